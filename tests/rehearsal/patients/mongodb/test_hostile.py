"""Members that do harm to whoever asks: what they send is measured here with a bare client that bears it."""

from __future__ import annotations

import asyncio
import struct
import time

import pytest
from bson.errors import InvalidBSON
from pymongo.errors import ServerSelectionTimeoutError

from tests.rehearsal.patients.mongodb.raw import HEADER, dial


async def test_a_reply_without_end_claims_two_gigabytes_and_streams_them(admit):
    patient, eyes = await admit()
    await patient.fall_ill("endless-reply")
    async with dial(patient.addresses[2]) as raw:
        assert (await raw.ask({"hello": 1}))["maxMessageSizeBytes"] == 2**31 - 1
        await raw.say({"serverStatus": 1})
        length, _, answers, op = HEADER.unpack(await raw.reader.readexactly(16))
        assert (length, answers, op) == (2**31 - 1, 77, 2013)
        got = 0
        async with asyncio.timeout(20):
            while got < 100 * 2**20:
                got += len(await raw.reader.read(1 << 20))
    assert await eyes.states(0) == [1, 2, 2]


async def test_a_reply_without_end_ends_where_it_is_told_to(admit):
    patient, _ = await admit()
    await patient.fall_ill("endless-reply", size=3 * 2**20)
    async with dial(patient.addresses[2]) as raw:
        await raw.say({"serverStatus": 1})
        assert len(await raw.reader.readexactly(3 * 2**20)) == 3 * 2**20
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await raw.reader.read(1)


async def test_a_document_is_ten_thousand_levels_deep(admit):
    patient, eyes = await admit()
    await patient.fall_ill("deep-document")
    async with dial(patient.addresses[2]) as raw:
        await raw.say({"serverStatus": 1})
        (length,) = struct.unpack("<i", await raw.reader.readexactly(4))
        assert (await raw.reader.readexactly(length - 4)).count(b"\x03a\0") == 10_000
    with pytest.raises(InvalidBSON, match="recursion"):
        await eyes.ask(2, "serverStatus")
    await patient.recover()  # or the client's farewell is answered so too, and it cannot close


async def test_one_byte_comes_each_second(admit):
    patient, _ = await admit()
    await patient.fall_ill("one-byte-a-second", pause_s=0.2)
    async with dial(patient.addresses[2]) as raw:
        assert (await raw.ask({"hello": 1}))["ok"] == 1.0
        await raw.say({"serverStatus": 1})
        started = time.monotonic()
        assert [len(await raw.reader.read(100)) for _ in range(5)] == [1] * 5
        assert time.monotonic() - started > 0.7


async def test_a_connection_is_taken_and_never_answered(admit):
    patient, eyes = await admit()
    await patient.fall_ill("hang-at-connect")
    with pytest.raises(ServerSelectionTimeoutError):
        await (await eyes.on(2, serverSelectionTimeoutMS=700, connectTimeoutMS=500)).admin.command("ping")
    assert await eyes.states(0) == [1, 2, 2]
    await patient.recover()
    assert (await (await eyes.on(2, appname="again")).admin.command("ping"))["ok"] == 1.0


async def test_a_liar_claims_to_be_primary_beside_the_real_one(admit):
    patient, eyes = await admit()
    await patient.fall_ill("liar")
    told = [await eyes.ask(member, "hello") for member in range(3)]
    assert [one["isWritablePrimary"] for one in told] == [True, False, True]
    assert [one["primary"] for one in told] == [patient.addresses[place] for place in (0, 0, 2)]
    status = await eyes.ask(2, "replSetGetStatus")
    assert status["myState"] == status["members"][2]["state"] == 1
    assert await eyes.states(0) == [1, 2, 2]
