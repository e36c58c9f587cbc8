"""Each disease, seen with the ordinary driver: what a look has to find, on the member that has it and on all others."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import ExecutionTimeout, NetworkTimeout, NotPrimaryError, ServerSelectionTimeoutError

from tests.rehearsal.patients.mongodb.raw import dial


async def test_a_zombie_answers_hello_and_hangs_on_every_read(admit):
    patient, eyes = await admit()
    await patient.fall_ill("zombie-primary")
    started = time.monotonic()
    hello = await eyes.ask(0, "hello")
    assert hello["isWritablePrimary"]
    assert time.monotonic() - started < 1
    hasty = await eyes.on(0, socketTimeoutMS=700)
    for read in (
        hasty.healthcheck.canary.find_one({}, max_time_ms=300),
        hasty.shop.orders.aggregate([{"$indexStats": {}}]),
        hasty.shop.command("dbStats"),
        hasty.shop.orders.insert_one({"a": 1}),
    ):
        with pytest.raises(NetworkTimeout):
            await read
    status = await eyes.ask(0, "serverStatus")
    assert status["globalLock"]["currentQueue"]["readers"] > 1000
    assert status["wiredTiger"]["concurrentTransactions"]["read"]["available"] == 0


async def test_all_others_see_a_zombie_in_good_health_with_a_clock_that_stands(admit):
    patient, eyes = await admit()
    await patient.fall_ill("zombie-primary")
    first = [await eyes.ask(member, "replSetGetStatus") for member in (0, 1, 2)]
    await asyncio.sleep(1.1)
    for member, before in enumerate(first):
        now = await eyes.ask(member, "replSetGetStatus")
        zombie = now["members"][0]
        assert (zombie["state"], zombie["health"], now["term"]) == (1, 1.0, before["term"])
        assert zombie["optimeDate"] == before["members"][0]["optimeDate"]
        assert now["optimes"]["lastAppliedWallTime"] == before["optimes"]["lastAppliedWallTime"]
        if member:
            assert (now["date"] - zombie["lastHeartbeat"]).total_seconds() < 2
    assert await (await eyes.on(1)).healthcheck.canary.find_one()


async def test_a_zombie_may_leave_server_status_hanging_too_and_recovers(admit):
    patient, eyes = await admit()
    await patient.fall_ill("zombie-primary", server_status_hangs=True)
    hanging = asyncio.create_task(eyes.ask(0, "serverStatus"))
    await asyncio.sleep(0.8)
    assert not hanging.done()
    await patient.recover()
    assert (await hanging)["ok"] == 1.0
    assert await (await eyes.on(0)).healthcheck.canary.find_one()


@pytest.mark.parametrize("version", ["6.0", "7.0", "8.0"])
async def test_tickets_gone_shows_in_the_fields_of_its_version(admit, version):
    patient, eyes = await admit(version=version)
    await patient.fall_ill("tickets-gone", wait_s=0.2)
    status = await eyes.ask(0, "serverStatus")
    pool = (status["queues"]["execution"] if version == "8.0" else status["wiredTiger"]["concurrentTransactions"])[
        "read"
    ]
    assert (pool["available"], pool["out"], pool["totalTickets"]) == (0, 128, 128)
    queued = {"6.0": pool, "7.0": pool, "8.0": pool.get("normalPriority")}[version].get("queueLength")
    assert queued is None if version == "6.0" else queued > 1000
    assert status["globalLock"]["currentQueue"]["readers"] > 1000
    slow = await eyes.operations(0, planSummary="COLLSCAN", secs_running={"$gte": 600})
    assert len(slow) == 128
    assert {one["ns"] for one in slow} == {"shop.webhooks"}
    assert len(await eyes.operations(0, planSummary="COLLSCAN")) > 1128
    assert (await eyes.ask(1, "serverStatus"))["globalLock"]["currentQueue"]["total"] == 0


async def test_reads_wait_where_no_ticket_is_free_and_end_with_their_limit(admit):
    patient, eyes = await admit()
    await patient.fall_ill("tickets-gone", wait_s=0.5)
    canary = (await eyes.on(0)).healthcheck.canary
    started = time.monotonic()
    assert await canary.find_one()
    assert time.monotonic() - started >= 0.5
    with pytest.raises(ExecutionTimeout):
        await canary.find_one(max_time_ms=100)
    await patient.recover()
    assert (await eyes.ask(0, "serverStatus"))["wiredTiger"]["concurrentTransactions"]["read"]["available"] > 100


@pytest.mark.parametrize("version", ["4.4", "6.0", "8.0"])
async def test_an_index_is_ready_on_the_primary_and_half_built_on_the_others(admit, version):
    patient, eyes = await admit(version=version)
    await patient.fall_ill("index-half-built")
    assert {"status_1", "status_1_created_-1"} < set(await eyes.indexes(0))
    assert not any(one.get("building") for one in (await eyes.indexes(0)).values())
    assert not await eyes.operations(0, msg={"$regex": "^Index Build"})
    for member in (1, 2):
        assert (await eyes.indexes(member))["status_1_created_-1"]["building"] is True
        assert "status_1_created_-1" not in [
            one["name"] async for one in await (await eyes.on(member)).shop.orders.list_indexes()
        ]
        (build,) = await eyes.operations(member, msg={"$regex": "^Index Build"})
        assert 0.4 <= build["progress"]["done"] / build["progress"]["total"] < 0.5
        assert build["command"]["createIndexes"] == "orders"
    assert await lags(eyes) == [0, 0, 0]
    await patient.recover()
    assert not await eyes.operations(1, msg={"$regex": "^Index Build"})


async def test_with_the_old_index_dropped_replication_stands_still(admit):
    patient, eyes = await admit(version="4.4")
    await patient.fall_ill("index-half-built", dropped=True, ago_s=40)
    assert "status_1" not in await eyes.indexes(0)
    assert "status_1" in await eyes.indexes(1)
    assert await stalled_s(eyes) >= 40
    assert (await eyes.ask(0, "serverStatus"))["flowControl"]["isLagged"]


async def test_with_its_indexes_lost_every_collection_has_but_one(admit):
    patient, eyes = await admit()
    before = (await eyes.ask(0, "serverStatus"))["indexStats"]["count"]
    scans = (await eyes.ask(0, "serverStatus"))["metrics"]["queryExecutor"]["collectionScans"]["total"]
    await patient.fall_ill("indexes-lost", ago_s=1)
    for member in range(3):
        for collection in ("orders", "customers", "webhooks"):
            assert set(await eyes.indexes(member, collection)) == {"_id_"}
    after = await eyes.ask(0, "serverStatus")
    assert after["indexStats"]["count"] < before
    assert after["indexStats"]["count"] == after["indexStats"]["features"]["id"]["count"]
    assert after["metrics"]["queryExecutor"]["collectionScans"]["total"] > scans + 100


async def lags(eyes) -> list[float]:
    """How far each member is behind the primary, by the primary's own view."""
    members = (await eyes.ask(0, "replSetGetStatus"))["members"]
    return [(members[0]["optimeDate"] - one["optimeDate"]).total_seconds() for one in members if "optimeDate" in one]


async def stalled_s(eyes) -> float:
    """How far what a majority has is behind what the primary has."""
    optimes = (await eyes.ask(0, "replSetGetStatus"))["optimes"]
    return (optimes["lastAppliedWallTime"] - optimes["lastCommittedWallTime"]).total_seconds()


@pytest.mark.parametrize("version", ["6.0", "8.0"])
async def test_a_stalled_majority_shows_in_optimes_timeouts_and_waiting_writes(admit, version):
    patient, eyes = await admit(version=version)
    timeouts = (await eyes.ask(0, "serverStatus"))["metrics"]["getLastError"]["wtimeouts"]
    await patient.fall_ill("majority-stalled", ago_s=30)
    assert min((await lags(eyes))[1:]) >= 30
    assert await stalled_s(eyes) >= 30
    assert (await eyes.ask(0, "serverStatus"))["metrics"]["getLastError"]["wtimeouts"] >= timeouts + 30
    waiting = await eyes.operations(0, **{"command.writeConcern.w": "majority"})
    assert len(waiting) > 50
    assert all(("waitForWriteConcernDurationMillis" in one) == (version == "8.0") for one in waiting)
    written = (await eyes.ask(1, "hello"))["lastWrite"]
    assert written["lastWriteDate"] == written["majorityWriteDate"]
    await patient.recover()
    assert await stalled_s(eyes) == 0
    assert (await eyes.ask(0, "serverStatus"))["metrics"]["getLastError"]["wtimeouts"] >= timeouts + 30


async def test_in_an_election_loop_all_members_tell_the_same_story(admit):
    patient, eyes = await admit()
    await patient.fall_ill("election-loop", every_s=0.5)
    terms, primaries = [], []
    for _ in range(6):
        views = await asyncio.gather(*(eyes.ask(member, "replSetGetStatus") for member in range(3)))
        terms.append(views[0]["term"])
        if len({view["term"] for view in views}) == 1:
            now = {one["_id"] for view in views for one in view["members"] if one["state"] == 1}
            assert len(now) == 1
            primary = views[now.pop()]
            primaries.append(primary["members"].index(next(one for one in primary["members"] if one["state"] == 1)))
            assert primary["electionCandidateMetrics"]["electionTerm"] == primary["term"]
            assert primary["electionCandidateMetrics"]["lastElectionReason"] == "electionTimeout"
            assert sum("electionCandidateMetrics" in view for view in views) == 1
        await asyncio.sleep(0.35)
    assert terms == sorted(terms)
    assert terms[-1] - terms[0] >= 2
    assert len(set(primaries)) >= 2
    await patient.recover()
    settled = (await eyes.ask(0, "replSetGetStatus"))["term"]
    await asyncio.sleep(0.8)
    assert (await eyes.ask(0, "replSetGetStatus"))["term"] == settled >= terms[-1]


async def test_at_its_limit_a_member_closes_what_is_new_and_counts_it(admit):
    patient, eyes = await admit()
    await eyes.ask(0, "ping")
    await patient.fall_ill("connection-limit", limit=1500)
    first = (await eyes.ask(0, "serverStatus"))["connections"]
    assert (first["current"], first["available"]) == (1500, 0)
    assert (await eyes.ask(0, "getCmdLineOpts"))["parsed"]["net"]["maxIncomingConnections"] == 1500
    for _ in range(3):
        async with dial(patient.addresses[0]) as raw:
            assert await raw.reader.read() == b""
    then = (await eyes.ask(0, "serverStatus"))["connections"]
    assert then["rejected"] >= first["rejected"] + 3
    assert then["totalCreated"] > first["totalCreated"]
    with pytest.raises(ServerSelectionTimeoutError):
        await (await eyes.on(0, serverSelectionTimeoutMS=500)).admin.command("ping")
    await patient.recover()
    assert (await eyes.ask(0, "serverStatus"))["connections"]["available"] > 1000


async def test_a_limit_may_leave_room_for_one(admit):
    patient, _ = await admit()
    await patient.fall_ill("connection-limit", spare=1)
    async with dial(patient.addresses[0]) as let_in, dial(patient.addresses[0]) as turned_away:
        assert (await let_in.ask({"serverStatus": 1}))["connections"]["available"] == 0
        assert await turned_away.reader.read() == b""


async def test_without_a_primary_nobody_claims_to_be_one_and_nothing_is_written(admit):
    patient, eyes = await admit()
    term = (await eyes.ask(0, "replSetGetStatus"))["term"]
    await patient.fall_ill("no-primary")
    for member in range(3):
        hello = await eyes.ask(member, "hello")
        assert (hello["isWritablePrimary"], hello["secondary"], "primary" in hello) == (False, True, False)
        assert await eyes.states(member) == [2, 2, 2]
    assert patient.primary is None
    client = await eyes.on(1)
    assert await client.healthcheck.canary.find_one()
    await patient.recover()
    assert await eyes.states(2) == [1, 2, 2]
    assert (await eyes.ask(0, "replSetGetStatus"))["term"] == term + 1


async def test_a_member_that_is_down_refuses_and_the_others_say_so(admit):
    patient, eyes = await admit()
    await patient.fall_ill("member-down")
    with pytest.raises(OSError):
        async with dial(patient.addresses[2]):
            pass
    with pytest.raises(OSError, match="in use"):  # its port waits for it
        socket.create_server(("127.0.0.1", int(patient.addresses[2].rpartition(":")[2])))
    for member in (0, 1):
        view = (await eyes.ask(member, "replSetGetStatus"))["members"][2]
        assert (view["state"], view["health"], view["uptime"]) == (8, 0.0, 0)
        assert "Connection refused" in view["lastHeartbeatMessage"]
        assert (await eyes.ask(member, "replSetGetStatus"))["optimes"]["lastCommittedWallTime"]
    assert await stalled_s(eyes) == 0
    await patient.recover()
    assert (await eyes.ask(2, "ping"))["ok"] == 1.0
    assert await eyes.states(0) == [1, 2, 2]


async def test_when_the_primary_goes_down_another_is_elected_and_a_lone_one_is_none(admit):
    patient, eyes = await admit()
    await patient.fall_ill("member-down", member=0)
    assert await eyes.states(1) == [8, 1, 2]
    assert (await eyes.ask(1, "hello"))["isWritablePrimary"]
    await patient.fall_ill("member-down", member=1)
    assert await eyes.states(2) == [8, 8, 2]
    assert (await eyes.ask(2, "replSetGetStatus"))["myState"] == 2
    await patient.recover()
    assert await eyes.states(0) == [2, 2, 1]


async def test_a_zombie_that_is_taken_off_the_net_leaves_a_set_that_works(admit):
    patient, eyes = await admit()
    await patient.fall_ill("zombie-primary")
    await patient.fall_ill("member-down", member=0)
    before = await eyes.ask(1, "replSetGetStatus")
    await asyncio.sleep(1.1)
    after = await eyes.ask(1, "replSetGetStatus")
    assert [one["state"] for one in after["members"]] == [8, 1, 2]
    assert after["optimes"]["lastCommittedWallTime"] > before["optimes"]["lastCommittedWallTime"]


async def test_lag_rollback_and_a_full_disk(admit):
    patient, eyes = await admit()
    await patient.fall_ill("lag", seconds=300)
    assert await lags(eyes) == [0, 0, 300]
    assert await stalled_s(eyes) == 0
    await patient.recover("lag")
    before = (await eyes.ask(2, "serverStatus"))["repl"]["rbid"]
    await patient.fall_ill("rollback")
    assert (await eyes.ask(2, "serverStatus"))["repl"]["rbid"] == before + 1
    assert await eyes.states(0) == await eyes.states(2) == [1, 2, 9]
    assert (await eyes.ask(2, "replSetGetStatus"))["myState"] == 9
    assert (await eyes.ask(2, "hello"))["secondary"] is False
    with pytest.raises(NotPrimaryError) as refused:
        await (await eyes.on(2)).healthcheck.canary.find_one()
    assert refused.value.details["code"] == 13436
    assert (await eyes.ask(2, "dbStats"))["ok"] == 1.0
    await patient.fall_ill("disk-full", used=0.97)
    sizes = await eyes.ask(0, "dbStats", "shop")
    assert sizes["fsUsedSize"] / sizes["fsTotalSize"] == pytest.approx(0.97)


async def test_what_every_member_can_have_one_alone_can_have_too(admit):
    patient, eyes = await admit()
    await patient.fall_ill("indexes-lost", member=1)
    await patient.fall_ill("disk-full", member=2)
    assert [len(await eyes.indexes(member)) for member in range(3)] == [3, 1, 3]
    full = [(await eyes.ask(member, "dbStats"))["fsUsedSize"] > 4.5e11 for member in range(3)]
    assert full == [False, False, True]
    await patient.recover()
    await patient.fall_ill("index-half-built", member=2)
    building = [(await eyes.indexes(member))["status_1_created_-1"].get("building", False) for member in range(3)]
    assert building == [False, False, True]


async def test_counters_do_not_fall_when_another_is_elected(admit):
    patient, eyes = await admit()
    await patient.fall_ill("majority-stalled", ago_s=10)
    before = [await eyes.ask(member, "serverStatus") for member in range(3)]
    await patient.recover()
    await patient.fall_ill("election-loop", every_s=600)
    after = [await eyes.ask(member, "serverStatus") for member in range(3)]
    assert patient.primary == 1
    for then, now in zip(before, after, strict=True):
        for counters in ("opcounters", "opcountersRepl"):
            assert all(now[counters][name] >= count for name, count in then[counters].items())
        assert now["metrics"]["getLastError"]["wtimeouts"] >= then["metrics"]["getLastError"]["wtimeouts"]
    assert after[0]["metrics"]["getLastError"]["wtimeouts"] >= 10


async def test_a_client_of_the_set_finds_the_new_primary(admit):
    patient, _ = await admit()
    async with AsyncMongoClient(patient.uri, heartbeatFrequencyMS=500) as client:
        assert await client.healthcheck.canary.find_one()
        await patient.fall_ill("member-down", member=0)
        assert await client.healthcheck.canary.find_one()
        host, port = await client.primary
    assert f"{host}:{port}" == patient.addresses[1]


async def test_an_order_that_somebody_gave_up_on_does_not_confuse_the_next(admit):
    patient, _ = await admit(members=1)
    asking = asyncio.create_task(patient.commands())
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await patient.fall_ill("disk-full")
    assert await patient.commands() == []


async def test_a_disease_that_is_none_is_refused(admit):
    patient, _ = await admit(members=1)
    for name, member in (("election-loop", 0), ("disk-full", 7)):
        with pytest.raises(ValueError, match="is nothing that member"):
            await patient.fall_ill(name, member=member)
    with pytest.raises(ValueError, match="no disease measles"):
        await patient.fall_ill("measles")
    with pytest.raises(ValueError, match="no disease lag with the options"):
        await patient.fall_ill("lag", hours=3)
    with pytest.raises(ValueError, match="no secondary that could fall ill"):
        await patient.fall_ill("lag")
    with pytest.raises(ValueError, match="needs a patient with a user"):
        await patient.fall_ill("hang-at-auth", member=0)
