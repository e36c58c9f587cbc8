"""Preflight from Slack on real patients: each of the four outages would have been stopped before it began."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.snapshot import Snapshot, Why
from bot.domain.timeline import Kind
from bot.flows import hands
from bot.rehearsal.knobs import Fault
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.patients.muut import Muut
from bot.rehearsal.server import Rehearsal
from bot.services.desk import Desk
from bot.services.systems import nights
from bot.wiring import Muster
from tests.conftest import Stage, settings_for, soon
from tests.rehearsal.patients.redis_here import every_redis, real

SWAP = "index-swap orders-db shop.orders status_1 status_1_created_-1"
ATLAS_PROJECT = "507f1f77bcf86cd799439011"


@pytest.fixture(autouse=True)
def _no_shared_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.services.systems.looker.SHARED_S", 0.0)  # a patient falls ill between two questions here


@pytest.fixture
async def patient() -> AsyncIterator[ReplicaSet]:
    async with ReplicaSet(members=3, version="7.0") as made:
        yield made


@pytest.fixture
def inventory(tmp_path: Path, patient: ReplicaSet) -> str:
    members = ", ".join(f"'{address}'" for address in patient.addresses)
    (tmp_path / "dumps").mkdir()
    return (
        f"  orders-db: {{kind: mongodb, members: [{members}]}}\n"
        f"  secret-db: {{kind: mongodb, members: [{members}], may_look: [U0NOBODY01]}}\n"
        f"  orders-dumps: {{kind: backup, url: {tmp_path}/dumps}}\n"
        f"  page: {{kind: http, url: 'http://127.0.0.1:1/'}}\n"
    )


async def staged(rehearsal: Rehearsal, tmp_path: Path, inventory: str) -> Muster:
    file = tmp_path / "inventory.yaml"
    file.write_text("systems:\n" + inventory)
    found = settings_for(rehearsal, f"sqlite:///{tmp_path}/muster.db", muster_inventory=file)
    muster = Muster(found, now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    return muster


@pytest.fixture
async def stage(rehearsal: Rehearsal, tmp_path: Path, inventory: str) -> AsyncIterator[Stage]:
    """A bot whose inventory has the patient."""
    muster = await staged(rehearsal, tmp_path, inventory)
    yield Stage(rehearsal, muster)
    await muster.stop()


async def asked(stage: Stage, line: str, channel: str = "#general") -> Any:
    """The message that answers a preflight."""
    answer = await stage.say("ada", f"/incident preflight {line}", channel)
    assert answer.startswith(":mag: Looking at"), answer
    await stage.settled()
    channel = stage.rehearsal.workspace.find_channel(channel).id
    return [message for message in stage.messages(channel) if f", {line.split()[0]} " in message.text][-1]


async def test_small_giant_the_old_index_is_kept_while_the_new_one_is_half_built(stage, patient):
    await patient.fall_ill("index-half-built")
    message = await asked(stage, SWAP)
    assert message.text.startswith("orders-db: stop, index-swap orders-db shop.orders status_1 ")
    shown = repr(message.blocks)
    assert f"`{SWAP}`" in shown
    assert ":red_circle: *stop*" in shown and "Wait until `status_1_created_-1` is ready on every member" in shown
    assert "is still being built on" in shown
    assert "/playbooks/safe-index-swap" in shown
    assert await patient.writes() == []


async def test_havoc_an_upgrade_without_a_copy_elsewhere_is_stopped_under_storm_or_not(stage, patient, tmp_path):
    file = tmp_path / "inventory.yaml"
    file.write_text("\n".join(one for one in file.read_text().splitlines() if "orders-dumps" not in one))
    await asyncio.sleep(1.1)  # the file is read again within a second
    assert (await asked(stage, "cluster-upgrade orders-db")).text.startswith("orders-db: stop")
    await patient.fall_ill("connection-limit", spare=20)
    message = await asked(stage, "cluster-upgrade orders-db")
    assert message.text.startswith("orders-db: stop")
    assert "outside of the cluster is known" in repr(message.blocks)
    assert "`connection-limit`" in repr(message.blocks)


async def test_an_upgrade_goes_with_a_young_copy_elsewhere_and_a_kept_list(stage, patient, tmp_path):
    now = datetime.now(UTC)
    for hours in (1, 25, 49):
        at = now - timedelta(hours=hours)
        dump = tmp_path / "dumps" / f"orders-{at:%Y-%m-%dT%H-%M-%S}Z.archive"
        dump.write_bytes(b"\x6d\xe2\x99\x81" + bytes(1000 + hours))
        os.utime(dump, (at.timestamp(), at.timestamp()))
    assert (await asked(stage, "cluster-upgrade orders-db")).text.startswith("orders-db: unknown")

    def keep(desk: Desk) -> None:
        body = {"indexes": {"": {"shop.orders": []}}, "counts": {"shop.orders": 4_812_330}}
        kept = Snapshot(id="s1", team_id=desk.team_id, system="orders-db", why=Why.ASKED, taken_at=desk.now, body=body)
        nights.keep(desk, kept)

    deps = stage.muster.deps
    await deps.at_desk(stage.rehearsal.workspace.team_id, keep)
    message = await asked(stage, "cluster-upgrade orders-db")
    assert message.text.startswith("orders-db: go"), message.blocks
    assert "The newest data in orders-dumps are" in repr(message.blocks)


async def test_universe_no_servers_are_added_while_tickets_are_gone_and_a_zombie_is_cut_off(stage, patient):
    assert (await asked(stage, "scale-out orders-db +4x100")).text.startswith("orders-db: go")
    await patient.fall_ill("tickets-gone")
    message = await asked(stage, "scale-out orders-db +4x100")
    assert message.text.startswith("orders-db: stop")
    assert "`tickets-gone`" in repr(message.blocks)
    await patient.recover()
    await patient.fall_ill("zombie-primary")
    message = await asked(stage, "scale-out orders-db +4x100")
    assert ":octagonal_sign: *not now*" in repr(message.blocks), "a hung primary speaks against shedding load"
    message = await asked(stage, "failover orders-db")
    assert message.text.startswith("orders-db: go")
    assert "cut it off" in repr(message.blocks[0])


@pytest.mark.parametrize("name", every_redis()[:1])
async def test_muut_a_master_that_saves_nothing_is_not_restarted(rehearsal, tmp_path, name):
    async with Muut(tmp_path / "muut", binary=real(name)) as muut:
        servers = f"['127.0.0.1:{muut.master.port}', '127.0.0.1:{muut.replica.port}']"
        muster = await staged(rehearsal, tmp_path, f"  posts: {{kind: redis, members: {servers}}}\n")
        stage = Stage(rehearsal, muster)
        message = await asked(stage, "restart-redis-master posts supervisor=on")
        assert message.text.startswith("posts: stop")
        assert "`master-without-persistence`" in repr(message.blocks)
        assert "/playbooks/stop-respawn" in repr(message.blocks)
        await muster.stop()


async def test_in_an_incident_the_answer_is_an_entry_as_it_was_told(stage, patient):
    incident = await stage.opened("/incident open sev2 orders-db is slow")
    message = await asked(stage, "failover orders-db", incident.channel_id)
    assert message.text == "orders-db: go, failover orders-db"
    assert "walk_start" in repr(message.blocks)
    entry = [one for one in await stage.entries() if one.data.get("change")][-1]
    assert entry.kind is Kind.FINDING
    assert entry.author == stage.person("ada").user_id
    assert entry.text.startswith("Preflight failover orders-db: go.")
    assert (entry.data["answer"], entry.data["why"]) == ("go", "preflight")
    assert {one["signal"] for one in entry.data["findings"]} >= {"replication-lag", "votes-lost"}


async def test_a_member_that_cannot_be_reached_makes_it_unknown(stage, patient):
    await patient.fall_ill("hang-at-connect", member=2)
    message = await asked(stage, "scale-out orders-db +4x100")
    assert message.text.startswith("orders-db: unknown")
    assert ":question: *unknown*" in repr(message.blocks[0])


async def test_the_use_of_an_index_is_compared_with_the_preflight_before(stage, patient):
    line = "drop-index orders-db shop.orders status_1"
    assert "Asked again, I say the rise" in repr((await asked(stage, line)).blocks)
    await asyncio.sleep(1.1)
    assert "since the preflight before" in repr((await asked(stage, line)).blocks)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("drop-idx orders-db", "I know `drop-index`"),
        ("drop-index", "lacks the system"),
        ("drop-index orders-db shop.orders", "lacks the name of the index"),
        ("drop-index order-db shop.orders a_1", "no system `order-db`"),
        ("drop-index page shop.orders a_1", "of kind http"),
        ("failover secret-db", "may not look at `secret-db`"),
        ("cluster-upgrade orders-db backup=page", "is no backup place"),
    ],
)
async def test_what_cannot_be_asked_comes_back_with_what_to_type(stage, line, says):
    answer = await stage.say("ada", f"/incident preflight {line}")
    assert says in answer
    assert f"/incident preflight {line}" in answer


async def test_alone_it_lists_the_changes_and_either_order_of_words_is_read(stage, patient):
    answer = await stage.say("ada", "/incident preflight")
    assert all(name in answer for name in ("drop-index", "index-swap", "cluster-upgrade", "failover", "scale-out"))
    assert "before `failover orders-db`" in await stage.say("ada", "/incident preflight orders-db failover")
    await stage.settled()


@pytest.mark.parametrize("lose", ["request", "answer"])
async def test_told_late_it_tells_once_what_is_so_by_then(stage, patient, monkeypatch, lose):
    monkeypatch.setattr(hands, "FIRST_WAIT_S", 0.05)
    monkeypatch.setattr(hands, "LONGEST_WAIT_S", 0.2)
    incident = await stage.opened("/incident open sev2 orders-db is slow")
    broken = Fault("chat.postMessage", times=1, lose=lose)
    stage.rehearsal.knobs.faults.append(broken)
    await stage.say("ada", "/incident preflight scale-out orders-db +4x100", incident.channel_id)
    await soon(lambda: broken not in stage.rehearsal.knobs.faults)
    await patient.fall_ill("tickets-gone")
    await stage.settled()
    told = [one.text for one in stage.messages(incident.channel_id) if ", scale-out " in one.text]
    assert [one.split(",")[0] for one in told] == ["orders-db: stop"]
    entries = [one for one in await stage.entries() if one.data.get("change")]
    assert [one.data["answer"] for one in entries] == ["stop"]
