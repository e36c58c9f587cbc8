"""Sets that are not three equals: one server alone, an arbiter, hidden and delayed members."""

from __future__ import annotations

import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import NotPrimaryError, OperationFailure

from bot.rehearsal.patients.mongodb import ReplicaSet


async def test_a_server_alone_is_in_no_set(admit):
    patient, eyes = await admit(members=1, standalone=True)
    hello = await eyes.ask(0, "hello")
    assert (hello["isWritablePrimary"], "setName" in hello, "hosts" in hello) == (True, False, False)
    with pytest.raises(OperationFailure) as refused:
        await eyes.ask(0, "replSetGetStatus")
    assert refused.value.code == 76
    status = await eyes.ask(0, "serverStatus", oplog=1)
    assert not {"repl", "oplog", "$clusterTime"} & set(status)
    async with AsyncMongoClient(patient.uri) as client:
        assert await client.healthcheck.canary.find_one()


async def test_with_an_arbiter_one_lost_member_stops_the_majority(admit):
    patient, eyes = await admit(members=2, arbiter=True)
    assert await eyes.states(0) == [1, 2, 7]
    hello = await eyes.ask(2, "hello")
    assert (hello["arbiterOnly"], hello["secondary"], hello["arbiters"]) == (True, False, [patient.addresses[2]])
    assert (await eyes.ask(0, "serverStatus"))["defaultRWConcern"]["defaultWriteConcern"]["w"] == 1
    view = await eyes.ask(0, "replSetGetStatus")
    assert (view["votingMembersCount"], view["writableVotingMembersCount"], view["writeMajorityCount"]) == (3, 2, 2)
    assert "optime" not in view["members"][2]
    with pytest.raises(NotPrimaryError):
        await (await eyes.on(2)).healthcheck.canary.find_one()
    with pytest.raises(NotPrimaryError):
        await eyes.operations(2)
    assert (await eyes.ask(2, "dbStats", "shop"))["collections"] == 0
    await patient.fall_ill("member-down", ago_s=20)
    assert await eyes.states(0) == [1, 8, 7]
    optimes = (await eyes.ask(0, "replSetGetStatus"))["optimes"]
    assert (optimes["lastAppliedWallTime"] - optimes["lastCommittedWallTime"]).total_seconds() >= 20


async def test_hidden_and_delayed_members_are_in_the_configuration_and_not_among_the_hosts(admit):
    patient, eyes = await admit(members=2, hidden=True, delayed_s=3600)
    assert (await eyes.ask(0, "hello"))["hosts"] == patient.addresses[:2]
    assert (await eyes.ask(2, "hello"))["hidden"] is True
    config = (await eyes.ask(0, "replSetGetConfig"))["config"]["members"]
    assert [(one["hidden"], one["priority"], one["votes"], one["secondaryDelaySecs"]) for one in config] == [
        (False, 1.0, 1, 0),
        (False, 1.0, 1, 0),
        (True, 0.0, 1, 0),
        (True, 0.0, 0, 3600),
    ]
    members = (await eyes.ask(0, "replSetGetStatus"))["members"]
    assert [(members[0]["optimeDate"] - one["optimeDate"]).total_seconds() for one in members] == [0, 0, 0, 3600]


@pytest.mark.parametrize("wrong", [{"version": "3.6"}, {"members": 0}, {"members": 2, "standalone": True}])
def test_a_set_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match="no patient of version"):
        ReplicaSet(**wrong)
