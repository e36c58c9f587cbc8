"""What the versions answer differently, each field where it first appeared or for the last time stood."""

from __future__ import annotations

import pytest
from pymongo.errors import ConfigurationError, ServerSelectionTimeoutError

from tests.rehearsal.patients.mongodb.raw import dial

EVERY = ["4.0", "4.2", "4.4", "6.0", "7.0", "8.0"]
NEAREST = {"$readPreference": {"mode": "nearest"}}


@pytest.fixture(params=EVERY)
def version(request) -> str:
    return request.param


def since(version: str, first: str) -> bool:
    return EVERY.index(version) >= EVERY.index(first)


async def test_hello_and_the_wire_version(admit, version):
    patient, _ = await admit(members=2, version=version)
    wires = dict(zip(EVERY, (7, 8, 9, 17, 21, 25), strict=True))
    async with dial(patient.addresses[0]) as raw:
        old = await raw.ask({"isMaster": 1, "helloOk": True})
        new = await raw.ask({"hello": 1})
        build = await raw.ask({"buildInfo": 1})
    assert (old["ismaster"], old["maxWireVersion"], old.get("helloOk")) == (
        *(True, wires[version]),
        True if since(version, "4.4") else None,
    )
    assert new.get("isWritablePrimary", new.get("code")) == (True if since(version, "4.4") else 59)
    assert build["version"].startswith(version + ".")
    assert build["versionArray"][:2] == [int(part) for part in version.split(".")]


async def test_replication_status(admit, version):
    patient, _ = await admit(members=2, version=version)
    async with dial(patient.addresses[0]) as raw:
        status = await raw.ask({"replSetGetStatus": 1})
        config = (await raw.ask({"replSetGetConfig": 1}))["config"]
    first = {
        "electionCandidateMetrics": "4.2",
        "writeMajorityCount": "4.2",  # its recorded 4.2.8 has it
        "votingMembersCount": "4.4",
    }
    for name, release in first.items():
        assert (name in status) == since(version, release), name
    for name, release in {"lastAppliedWallTime": "4.2", "lastDurableWallTime": "4.2", "writtenOpTime": "8.0"}.items():
        assert (name in status["optimes"]) == since(version, release), name
    assert ("syncingTo" in status) == (not since(version, "4.4"))
    assert ("lastAppliedWallTime" in status["members"][1]) == since(version, "6.0")
    assert ("secondaryDelaySecs" in config["members"][0]) == since(version, "6.0")
    assert ("term" in config) == since(version, "4.4")


async def test_server_status(admit, version):
    patient, _ = await admit(members=2, version=version)
    async with dial(patient.addresses[0]) as raw:
        status = await raw.ask({"serverStatus": 1})
        asked = await raw.ask({"getDefaultRWConcern": 1})
    for name, release in {"flowControl": "4.2", "electionMetrics": "4.2", "indexStats": "6.0", "queues": "8.0"}.items():
        assert (name in status) == since(version, release), name
    assert ("collectionScans" in status["metrics"]["queryExecutor"]) == since(version, "4.4")
    assert ("rejected" in status["connections"]) == since(version, "6.0")
    assert asked.get("code") == (None if since(version, "4.4") else 59)
    assert asked.get("defaultWriteConcern", {}).get("w") == ("majority" if since(version, "6.0") else None)


async def test_tickets_at_rest(admit, version):
    patient, _ = await admit(members=2, version=version)
    async with dial(patient.addresses[0]) as raw:
        status = await raw.ask({"serverStatus": 1})
    assert ("concurrentTransactions" in status["wiredTiger"]) == (version != "8.0")
    pools = status["queues"]["execution"] if version == "8.0" else status["wiredTiger"]["concurrentTransactions"]
    assert pools["read"]["out"] + pools["read"]["available"] == pools["read"]["totalTickets"]
    assert (pools["read"]["totalTickets"] == 128) == (not since(version, "7.0"))
    assert ("queueLength" in pools["read"]) == (version == "7.0")
    assert ("normalPriority" in pools["read"]) == (version == "8.0")


async def test_index_builds_and_the_rows_of_index_stats(admit, version):
    patient, _ = await admit(members=2, version=version)
    await patient.fall_ill("index-half-built")
    async with dial(patient.addresses[1]) as raw:
        wanted = {"aggregate": "orders", "pipeline": [{"$indexStats": {}}], "cursor": {}, "$db": "shop"} | NEAREST
        rows = (await raw.ask(wanted))["cursor"]["firstBatch"]
        operations = await raw.ask({"aggregate": 1, "pipeline": [{"$currentOp": {}}], "cursor": {}})
    assert any(row.get("building") for row in rows) == since(version, "4.2")
    assert all(("spec" in row) == since(version, "4.4") for row in rows)
    (build,) = [one for one in operations["cursor"]["firstBatch"] if str(one.get("msg", "")).startswith("Index Build")]
    assert ("createIndexes" in build["command"]) == since(version, "4.4")
    assert ("key" in build["command"]) == (not since(version, "4.4"))


async def test_the_driver_refuses_what_is_older_than_4_4(admit, version):
    if since(version, "4.4"):
        return
    _, eyes = await admit(members=2, version=version)
    with pytest.raises((ConfigurationError, ServerSelectionTimeoutError), match="wire version"):
        await eyes.ask(0, "ping")
