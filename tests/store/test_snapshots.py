"""Snapshots to and from their table, on SQLite and on PostgreSQL, also by several processes at once."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlmodel import Session, select

from bot.domain.inventory import Inventory, Member, System, SystemKind
from bot.domain.snapshot import Snapshot, Why
from bot.services.desk import Desk
from bot.services.systems import nights
from bot.store import snapshots, work
from bot.store.door import Door
from bot.store.playbooks import Shelf
from bot.store.tables import WorkRow
from tests.store.conftest import NOW, at_once

SYSTEMS = tuple(
    System(name=f"db-{n}", kind=SystemKind.MONGODB, members=(Member(host="db1", port=27017),)) for n in range(3)
)


def snapshot(name: str, at: datetime = NOW, why: Why = Why.NIGHT, system: str = "db-0", team: str = "T1") -> Snapshot:
    body = {"counts": {"shop.orders": 3}, "gaps": []}
    return Snapshot(id=name, team_id=team, system=system, why=why, taken_at=at, body=body)


def test_what_is_kept_comes_back_under_its_number(door: Door):
    with door.writes() as session:
        first = snapshots.add(session, snapshot("a"))
        snapshots.add(session, snapshot("b", NOW + timedelta(hours=1)))
        assert snapshots.add(session, snapshot("a")).number == 1
        assert snapshots.add(session, snapshot("c", system="db-1")).number == 1
        assert snapshots.add(session, snapshot("d", team="T2")).number == 1
    with door.reads() as session:
        assert snapshots.load(session, "a") == first
        newest = snapshots.newest(session, "T1", "db-0")
        assert newest is not None
        assert (newest.id, newest.number) == ("b", 2)
        found = snapshots.at(session, "T1", "db-0", NOW + timedelta(minutes=59))
        assert found is not None
        assert found.id == "a"
        assert snapshots.at(session, "T1", "db-0", NOW - timedelta(seconds=1)) is None
        assert snapshots.newest(session, "T1", "db-9") is None


def test_many_who_keep_one_at_the_same_time_get_a_number_each(door: Door):
    def keep(session: Session, n: int) -> int:
        return snapshots.add(session, snapshot(f"s{n}", NOW + timedelta(minutes=n))).number

    assert sorted(at_once(door, 20, keep)) == list(range(1, 21))


def test_many_processes_that_promise_the_nights_promise_each_once(door: Door, tmp_path: Path):
    def promise(session: Session, n: int) -> None:
        ids = (f"w{n}-{turn}" for turn in range(9))
        nights.promise_nights(
            Desk(
                session=session,
                team_id="T1",
                now=NOW,
                wall=NOW,
                zone=ZoneInfo("Europe/Helsinki"),
                new_id=lambda: next(ids),
                shelf=Shelf(tmp_path),
                inventory=Inventory(SYSTEMS),
                pages_url="",
            )
        )

    at_once(door, 20, promise)
    with door.writes() as session:
        assert work.unfinished(session) == []  # a night that is ahead is nobody's unfinished work
        assert len(session.exec(select(WorkRow.id)).all()) == 3
        due = work.take_due(session, NOW + timedelta(hours=14))  # 03:00 in Helsinki is 13 h after this noon
        assert sorted(one.subject for one in due) == ["db-0", "db-1", "db-2"]
