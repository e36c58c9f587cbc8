"""A patient in good health: the ordinary driver gets every answer a look may ask for, and cannot change a thing."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import OperationFailure

from bot.rehearsal.patients.mongodb import ReplicaSet

ASKED = (
    *("hello", "isMaster", "ping", "buildInfo", "serverStatus", "replSetGetStatus", "replSetGetConfig", "hostInfo"),
    *("getCmdLineOpts", "connectionStatus", "listDatabases", "dbStats", "getDefaultRWConcern"),
)


def gone(pid: int) -> bool:
    """Ended, or at least no more than a name that its parent has yet to strike out."""
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.parametrize("version", ["4.4", "6.0", "7.0", "8.0"])
async def test_every_question_has_its_answer_on_every_member(admit, version):
    patient, eyes = await admit(version=version)
    for member in range(3):
        for command in ASKED:
            assert (await eyes.ask(member, command))["ok"] == 1.0, command
        assert (await eyes.ask(member, "getParameter", watchdogPeriodSeconds=1))["watchdogPeriodSeconds"] == -1
        client = await eyes.on(member)
        assert await client.healthcheck.canary.find_one({}, {"_id": 1}) == {"_id": "canary"}
        assert await client.shop.orders.estimated_document_count() > 4_000_000
        assert set(await eyes.indexes(member)) == {"_id_", "customer_1_created_-1", "status_1"}
        assert [one["name"] async for one in await client.shop.orders.list_indexes()] == list(
            await eyes.indexes(member)
        )
        assert await client.shop.list_collection_names() == ["customers", "orders", "webhooks"]
        assert (await eyes.ask(member, "collStats", "shop", collStats="orders"))["nindexes"] == 3
        sizes = await (await client.shop.orders.aggregate([{"$collStats": {"storageStats": {}}}])).to_list()
        assert sizes[0]["storageStats"]["count"] > 4_000_000
        assert all(one["secs_running"] == 0 for one in await eyes.operations(member, op={"$ne": "none"}, type="op"))
        assert await eyes.states(member) == [1, 2, 2]
    assert not await patient.writes()


async def test_the_clock_of_the_last_write_goes_on_and_so_do_the_counters(admit):
    _, eyes = await admit()
    first, counted = await eyes.ask(1, "replSetGetStatus"), await eyes.ask(0, "serverStatus")
    await asyncio.sleep(1.1)
    then, later = await eyes.ask(1, "replSetGetStatus"), await eyes.ask(0, "serverStatus")
    for name in ("lastAppliedWallTime", "lastCommittedWallTime"):
        assert (then["optimes"][name] - first["optimes"][name]).total_seconds() in (1, 2)
    assert later["opcounters"]["insert"] > counted["opcounters"]["insert"]
    assert all(
        (then["date"] - one["lastHeartbeat"]).total_seconds() < 2 for one in then["members"] if not one.get("self")
    )


async def test_the_oplog_tells_its_window_both_ways(admit):
    _, eyes = await admit()
    shown = (await eyes.ask(0, "serverStatus", oplog=1))["oplog"]
    oplog = (await eyes.on(0)).local["oplog.rs"]
    first, last = [await oplog.find_one({}, sort=[("$natural", way)]) for way in (1, -1)]
    assert last["ts"].time - first["ts"].time == shown["latestOptime"].time - shown["earliestOptime"].time == 72 * 3600
    assert "oplog" not in await eyes.ask(0, "serverStatus")
    assert "metrics" not in await eyes.ask(0, "serverStatus", metrics=0)


async def test_a_client_of_the_whole_set_finds_the_primary_and_all_others(admit):
    patient, _ = await admit()
    async with AsyncMongoClient(patient.uri, serverSelectionTimeoutMS=3000) as client:
        assert await client.healthcheck.canary.find_one()
        host, port = await client.primary
        assert f"{host}:{port}" == patient.addresses[0]
        async with asyncio.timeout(3):
            while len(await client.secondaries) < 2:
                await asyncio.sleep(0.02)
    with MongoClient(patient.uri, serverSelectionTimeoutMS=3000) as client:
        assert await asyncio.to_thread(client.healthcheck.canary.find_one)


async def test_a_write_is_refused_as_a_server_would_and_counted(admit):
    patient, eyes = await admit()
    client = await eyes.on(0)
    with pytest.raises(OperationFailure, match=r"not authorized on shop to execute command \{ insert") as refused:
        await client.shop.orders.insert_one({"a": 1})
    assert refused.value.code == 13
    with pytest.raises(OperationFailure):
        await client.shop.orders.create_index("a")
    with pytest.raises(OperationFailure):
        await client.shop.orders.aggregate([{"$match": {}}, {"$out": "elsewhere"}])
    assert [(one.member, one.name, one.database) for one in await patient.writes()] == [
        (0, "insert", "shop"),
        (0, "createIndexes", "shop"),
        (0, "aggregate", "shop"),
    ]


async def test_what_it_was_asked_is_kept_with_the_stage_of_an_aggregation(admit):
    patient, eyes = await admit()
    await eyes.operations(1)
    asked = [(one.verb, one.database) for one in await patient.commands() if one.member == 1]
    assert ("$currentOp", "admin") in asked
    assert {one.member for one in await patient.commands()} == {1}


async def test_an_unknown_command_and_an_unknown_stage_are_errors(admit):
    _, eyes = await admit()
    with pytest.raises(OperationFailure, match="no such command: 'fooBar'") as refused:
        await eyes.ask(0, "fooBar")
    assert refused.value.code == 59
    with pytest.raises(OperationFailure, match="Unrecognized pipeline stage name"):
        await (await eyes.on(0)).shop.orders.aggregate([{"$group": {"_id": None}}])


async def test_three_members_start_quickly_small_and_leave_nothing_behind():
    began = time.perf_counter()
    async with ReplicaSet() as patient:
        took = time.perf_counter() - began
        pids = patient.pids
        sizes = [Path(f"/proc/{pid}/statm").read_text().split()[1] for pid in pids]
    assert took < 3  # 0.3 s on an idle machine
    assert max(int(pages) * 4096 for pages in sizes) < 40 * 2**20
    assert all(gone(pid) for pid in pids)


ORPHANS = """
import asyncio, sys
from bot.rehearsal.patients.mongodb import ReplicaSet
async def main():
    patient = ReplicaSet()
    await patient.start()
    print(*patient.pids, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_members_die_with_the_process_that_started_them():
    parent = await asyncio.to_thread(
        lambda: subprocess.Popen([sys.executable, "-c", ORPHANS], stdout=subprocess.PIPE, text=True)
    )
    pids = [int(pid) for pid in (await asyncio.to_thread(parent.stdout.readline)).split()]
    assert len(pids) == 3
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    async with asyncio.timeout(5):
        while not all(gone(pid) for pid in pids):
            await asyncio.sleep(0.05)
