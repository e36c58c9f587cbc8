"""The wire protocol itself: both kinds of message, both kinds of section, cursors, and what is no message at all."""

from __future__ import annotations

import asyncio
import contextlib
import struct

import pytest
from bson import Int64
from hypothesis import given
from hypothesis import strategies as st

from bot.rehearsal.patients.mongodb import hostile, wire
from tests.rehearsal.patients.mongodb.raw import dial


async def test_the_old_greeting_is_answered_the_old_way(admit):
    patient, _ = await admit()
    async with dial(patient.addresses[1]) as raw:
        told = await raw.ask_the_old_way({"isMaster": 1, "helloOk": True})
        assert (told["ismaster"], told["secondary"], told["helloOk"], told["setName"]) == (False, True, True, "rs0")
        assert "topologyVersion" not in told
        assert (await raw.ask({"hello": 1}))["isWritablePrimary"] is False


async def test_documents_in_a_section_of_their_own_belong_to_the_command(admit):
    patient, _ = await admit()
    async with dial(patient.addresses[0]) as raw:
        told = await raw.ask({"insert": "orders", "$db": "shop"}, documents=[{"a": 1}, {"a": 2}])
    assert told["code"] == 13
    assert "documents: [{'a': 1}, {'a': 2}]" in told["errmsg"]


async def test_a_command_that_wants_no_answer_gets_none(admit):
    patient, _ = await admit()
    async with dial(patient.addresses[0]) as raw:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await raw.ask({"insert": "orders", "$db": "shop"}, flags=2, documents=[{}])
        assert (await raw.ask({"ping": 1}))["ok"] == 1.0
    assert len(await patient.writes()) == 1


async def test_a_secondary_serves_no_read_that_wants_the_primary(admit):
    patient, _ = await admit()
    async with dial(patient.addresses[2]) as raw:
        assert (await raw.ask({"find": "canary", "$db": "healthcheck"}))["code"] == 13435
        allowed = {"find": "canary", "$db": "healthcheck", "$readPreference": {"mode": "nearest"}}
        assert (await raw.ask(allowed))["cursor"]["firstBatch"]


async def test_the_id_of_a_cursor_is_64_bits_wide_also_when_nothing_is_left(admit):
    patient, _ = await admit()
    await patient.fall_ill("tickets-gone")
    async with dial(patient.addresses[0]) as raw:
        for size in (1, 10_000):
            wanted = {"aggregate": 1, "pipeline": [{"$currentOp": {}}], "cursor": {"batchSize": size}}
            assert type((await raw.ask(wanted))["cursor"]["id"]) is Int64


async def test_long_answers_come_in_batches_and_a_cursor_can_be_dropped(admit):
    patient, _ = await admit()
    await patient.fall_ill("tickets-gone")
    async with dial(patient.addresses[0]) as raw:
        wanted = {"aggregate": 1, "pipeline": [{"$currentOp": {}}], "cursor": {"batchSize": 10}}
        opened = (await raw.ask(wanted))["cursor"]
        assert len(opened["firstBatch"]) == 10
        more = {"getMore": opened["id"], "collection": "$cmd.aggregate", "batchSize": 100}
        assert len((await raw.ask(more))["cursor"]["nextBatch"]) == 100
        dropped = await raw.ask({"killCursors": "$cmd.aggregate", "cursors": [opened["id"]]})
        assert dropped["cursorsKilled"] == [opened["id"]]
        assert (await raw.ask(more))["codeName"] == "CursorNotFound"


@pytest.mark.parametrize(
    "broken",
    [
        struct.pack("<iiii", 2**31 - 1, 1, 0, 2013),
        struct.pack("<iiii", 3, 1, 0, 2013),
        struct.pack("<iiii", 21, 1, 0, 2013) + b"\0\0\0\0\x07",
        struct.pack("<iiii", 26, 1, 0, 2013) + b"\0\0\0\0\0" + b"\x05\0\0\0\xff",
        struct.pack("<iiii", 20, 1, 0, 2012) + b"\0\0\0\0",
    ],
)
async def test_what_is_no_message_ends_the_connection_and_nothing_else(admit, broken):
    patient, _ = await admit(members=1)
    async with dial(patient.addresses[0]) as raw:
        raw.writer.write(broken)
        async with asyncio.timeout(3):
            assert await raw.reader.read() == b""
    async with dial(patient.addresses[0]) as raw:
        assert (await raw.ask({"ping": 1}))["ok"] == 1.0


@given(st.binary(max_size=200), st.sampled_from([wire.OP_MSG, wire.OP_QUERY]))
def test_no_bytes_at_all_bring_anything_but_a_command_or_a_wire_error(body, op):
    async def read() -> None:
        reader = asyncio.StreamReader()
        reader.feed_data(wire.HEADER.pack(wire.HEADER.size + len(body), 1, 0, op) + body)
        reader.feed_eof()
        with contextlib.suppress(wire.WireError):
            await wire.read_request(reader)

    asyncio.run(read())


def test_a_deep_document_says_how_long_it_is():
    document = hostile.deep_document(10_000)
    assert struct.unpack_from("<i", document)[0] == len(document)
    assert document.count(b"\x03a\0") == 10_000
