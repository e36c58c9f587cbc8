"""Each disease, seen with the ordinary driver: what a look has to find, on the member that has it and on all others."""

from __future__ import annotations

import asyncio
import time

import pytest
from pymongo.errors import NetworkTimeout


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
