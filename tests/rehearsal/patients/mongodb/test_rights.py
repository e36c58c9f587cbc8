"""A patient with a user: who logs in how, what the roles allow, and what is refused in the server's own words."""

from __future__ import annotations

import asyncio
import time

import pytest
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import NetworkTimeout, OperationFailure

from tests.rehearsal.patients.mongodb.raw import dial

USER = ("probe", "a=long,secret")
LOGIN = {"username": USER[0], "password": USER[1]}


async def test_both_clients_log_in_with_the_right_password_alone(admit):
    patient, _ = await admit(user=USER)
    async with AsyncMongoClient(patient.uri, **LOGIN) as client:
        assert await client.healthcheck.canary.find_one()
    with MongoClient(patient.addresses[1], directConnection=True, **LOGIN, authMechanism="SCRAM-SHA-256") as client:
        assert (await asyncio.to_thread(client.admin.command, "serverStatus"))["ok"] == 1.0
    for wrong in ({"password": "another"}, {"username": "nobody"}):
        async with AsyncMongoClient(patient.uri, **LOGIN | wrong) as client:
            with pytest.raises(OperationFailure, match=r"Authentication failed\.") as refused:
                await client.admin.command("serverStatus")
            assert refused.value.code == 18
    assert not await patient.writes()


async def test_a_login_that_is_not_in_the_form_of_scram_fails_like_a_wrong_one(admit):
    patient, _ = await admit(user=USER)
    async with dial(patient.addresses[0]) as raw:
        for payload in (b"", b"\xff\xfe", b"n,,n=probe", b"n,,n=probe,r=abc"):
            started = await raw.ask({"saslStart": 1, "mechanism": "SCRAM-SHA-256", "payload": payload})
            if payload != b"n,,n=probe,r=abc":
                assert started["code"] == 18
        nonce = started["payload"].split(b",")[0]
        for proof in (b"", b",p=???", b",p=AAAA"):
            assert (await raw.ask({"saslContinue": 1, "payload": b"c=biws," + nonce + proof}))["code"] == 18
        assert (await raw.ask({"serverStatus": 1}))["code"] == 13


async def test_without_a_login_only_the_greeting_is_answered(admit):
    _, eyes = await admit(user=USER)
    assert (await eyes.ask(0, "hello"))["ok"] == (await eyes.ask(0, "ping"))["ok"] == 1.0
    with pytest.raises(OperationFailure, match="command serverStatus requires authentication") as refused:
        await eyes.ask(0, "serverStatus")
    assert refused.value.code == 13
    assert (await eyes.ask(0, "connectionStatus"))["authInfo"]["authenticatedUsers"] == []


async def test_the_roles_allow_a_look_and_no_more(admit):
    _, eyes = await admit(user=USER)
    client = await eyes.on(0, **LOGIN)
    for command in (
        "serverStatus",
        "replSetGetStatus",
        "replSetGetConfig",
        "getCmdLineOpts",
        "hostInfo",
        "top",
        "dbStats",
    ):
        assert (await client.admin.command(command))["ok"] == 1.0
    assert await (await client.shop.orders.aggregate([{"$indexStats": {}}])).to_list()
    assert await client.local["oplog.rs"].find_one()
    for refused in (
        client.shop.orders.find_one(),
        client.shop.orders.estimated_document_count(),
        client.shop.list_collection_names(),
    ):
        with pytest.raises(OperationFailure, match="not authorized on") as error:
            await refused
        assert error.value.code == 13
    info = (await client.admin.command("connectionStatus", showPrivileges=True))["authInfo"]
    assert info["authenticatedUsers"] == [{"user": "probe", "db": "admin"}]
    assert {"role": "clusterMonitor", "db": "admin"} in info["authenticatedUserRoles"]
    actions = {action for one in info["authenticatedUserPrivileges"] for action in one["actions"]}
    assert {"serverStatus", "inprog", "indexStats", "find"} < actions
    assert not {"insert", "update", "remove", "killop", "shutdown"} & actions


async def test_a_user_that_may_write_is_seen_to(admit):
    patient, eyes = await admit(user=USER, roles=("clusterMonitor", "readWrite@shop"))
    client = await eyes.on(0, **LOGIN)
    info = (await client.admin.command("connectionStatus", showPrivileges=True))["authInfo"]
    assert "insert" in {action for one in info["authenticatedUserPrivileges"] for action in one["actions"]}
    with pytest.raises(OperationFailure):
        await client.shop.orders.insert_one({})
    assert len(await patient.writes()) == 1


@pytest.mark.parametrize("user", [("", ""), USER])
async def test_half_of_the_commands_are_denied_by_name(admit, user):
    patient, eyes = await admit(user=user)
    await patient.fall_ill("denied")
    client = await eyes.on(2, **LOGIN if user[0] else {"appname": "plain"})
    for allowed in ("hello", "serverStatus", "hostInfo", "buildInfo"):
        assert (await client.admin.command(allowed))["ok"] == 1.0
    for denied in ("replSetGetStatus", "replSetGetConfig", "getCmdLineOpts", "dbStats"):
        with pytest.raises(
            OperationFailure, match=rf"not authorized on admin to execute command \{{ {denied}: 1"
        ) as error:
            await client.admin.command(denied)
        assert error.value.code == 13
    info = (await client.admin.command("connectionStatus", showPrivileges=True))["authInfo"]
    assert "replSetGetStatus" not in str(info["authenticatedUserPrivileges"])


async def test_an_arbiter_knows_no_users(admit):
    _, eyes = await admit(members=2, arbiter=True, user=USER)
    with pytest.raises(OperationFailure) as refused:
        await (await eyes.on(2, **LOGIN)).admin.command("serverStatus")
    assert refused.value.code == 18


async def test_a_login_that_hangs_is_told_from_a_connection_that_does(admit):
    patient, eyes = await admit(user=USER)
    await patient.fall_ill("hang-at-auth")
    assert (await eyes.ask(2, "hello"))["ok"] == 1.0
    started = time.monotonic()
    with pytest.raises(NetworkTimeout):
        await (await eyes.on(2, **LOGIN, socketTimeoutMS=500)).admin.command("serverStatus")
    assert time.monotonic() - started < 4
    await patient.recover()
    assert (await (await eyes.on(2, **LOGIN)).admin.command("serverStatus"))["ok"] == 1.0
