"""Nights pass: each system's snapshot is taken once, by whichever process, and a new system is taken up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.snapshot import SPREAD_S, Snapshot
from bot.flows import night
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.server import Rehearsal
from bot.store import snapshots
from bot.wiring import Muster, wall
from tests.conftest import settings_for, soon

NIGHT_S = 30.0


class Clock:
    """The machine's time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return wall() + self.ahead

    def to_the_end_of_the_next_night(self) -> None:
        today = self().astimezone(ZoneInfo("UTC"))
        end = datetime.combine(today.date(), datetime.min.time(), today.tzinfo) + timedelta(hours=3, seconds=SPREAD_S)
        self.ahead += (end if end > today else end + timedelta(days=1)) - today


@pytest.fixture
async def patient() -> AsyncIterator[ReplicaSet]:
    """A set of one member."""
    async with ReplicaSet(members=1) as made:
        yield made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock for every process of the test."""
    made = Clock()
    monkeypatch.setattr("bot.wiring.wall", made)
    monkeypatch.setattr(night, "PROMISE_EVERY_S", 0.05)
    return made


def written(path: Path, *names: str, address: object) -> Path:
    path.write_text("systems:\n" + "".join(f"  {name}: {{kind: mongodb, members: ['{address}']}}\n" for name in names))
    return path


async def started(rehearsal: Rehearsal, folder: Path, inventory: Path) -> Muster:
    url = f"sqlite:///{folder}/muster.db"
    made = Muster(settings_for(rehearsal, url, muster_inventory=inventory), now=rehearsal.clock.now)
    await made.start()
    await made.ready()
    return made


async def held(muster: Muster, *names: str) -> dict[str, list[Snapshot]]:
    def look(session: object) -> dict[str, list[Snapshot]]:
        return {name: list(snapshots.of_system(session, team, name)) for name in names}  # type: ignore[arg-type]

    team = (await muster.deps.chat.who_am_i()).team_id
    return await muster.deps.door.read(look)


async def test_night_after_night_each_system_is_taken_once_also_across_a_restart_and_a_new_one_is_taken_up(
    rehearsal: Rehearsal, tmp_path: Path, patient: ReplicaSet, clock: Clock
):
    address = patient.addresses[0]
    inventory = written(tmp_path / "inventory.yaml", "orders-db", address=address)
    muster = await started(rehearsal, tmp_path, inventory)
    await asyncio.sleep(0.5)
    assert await held(muster, "orders-db") == {"orders-db": []}

    clock.to_the_end_of_the_next_night()
    await soon(lambda: taken(muster, 1, "orders-db"), NIGHT_S)
    (first,) = (await held(muster, "orders-db"))["orders-db"]
    assert first.gaps == ()
    assert {"_id_", "status_1"} <= {one["name"] for one in first.body["indexes"][""]["shop.orders"]}
    await muster.stop()

    muster = await started(rehearsal, tmp_path, written(inventory, "orders-db", "stock-db", address=address))
    await asyncio.sleep(0.5)
    clock.to_the_end_of_the_next_night()
    await soon(lambda: taken(muster, 2, "orders-db"), NIGHT_S)
    await soon(lambda: taken(muster, 1, "stock-db"), NIGHT_S)
    await asyncio.sleep(0.5)
    found = await held(muster, "orders-db", "stock-db")
    assert [one.number for one in found["orders-db"]] == [2, 1]
    assert [one.number for one in found["stock-db"]] == [1]
    await muster.stop()


async def taken(muster: Muster, count: int, name: str) -> bool:
    return len((await held(muster, name))[name]) == count
