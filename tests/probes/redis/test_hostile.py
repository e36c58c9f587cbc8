"""Servers that are no Redis, an old one or a mean one: each costs its deadline and little memory, and gets its name."""

from __future__ import annotations

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.domain.finding import Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes import catalog, looking
from bot.probes.pins import Pins
from bot.probes.redis import answering
from bot.probes.redis.asking import QUESTIONS
from bot.probes.seen import Trouble
from tests.probes.redis.conftest import asked, command, system_of

MOST_BYTES = 50 * 2**20
LONG = b"x" * 65_536


def says(reply: bytes) -> Callable:
    """A server that gives this reply to whatever it reads."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(65_536):
            writer.write(reply)
            await writer.drain()

    return serve


def goes_on(first: bytes, more: bytes) -> Callable:
    """A server whose reply does not end."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await named(reader, writer)
        writer.write(first)
        while True:
            writer.write(more)
            await writer.drain()

    return serve


async def named(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The first command is our name; that is granted."""
    await reader.readuntil(b"muster-probe\r\n")
    writer.write(b"+OK\r\n")
    await reader.read(65_536)


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.sleep(10)


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await named(reader, writer)
    for byte in b"$2000\r\n" + b"a" * 2000:
        writer.write(bytes([byte]))
        await asyncio.sleep(0.3)


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


@asynccontextmanager
async def server(serve: Callable) -> AsyncIterator[int]:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


ENDLESS = {
    "a text of two gigabytes": goes_on(b"$2147483647\r\n", LONG),
    "a line without an end": goes_on(b"+", LONG),
    "an error without an end": goes_on(b"-ERR ", LONG),
    "a list of empty lists": goes_on(b"*1000000000\r\n", b"*0\r\n" * 16_384),
    "a list of numbers": goes_on(b"*1000000000\r\n", b":1234567\r\n" * 6_553),
    "lists in lists": goes_on(b"", b"*1\r\n" * 16_384),
    "a text of a million fields": says(b"$900000\r\n" + b"a:1\nbb:2\n" * 100_000 + b"\r\n"),
}
ODD = {
    "gibberish": says(b"\xff" * 4096),
    "HTTP": says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "a number for a text": says(b":1\r\n"),
    "a number of five thousand digits": says(b":" + b"9" * 5_000 + b"\r\n"),
    "a length that is none": says(b"$abc\r\n"),
    "a length beyond all memory": says(b"$99999999999999999999\r\n"),
    "a list of a negative length": says(b"*-5\r\n"),
    "nothing": says(b"$-1\r\n"),
    "a text that is no text": says(b"$4\r\n\xff\xfe\x00\x01\r\n"),
    "an error for a cluster": says(b"-ASK\r\n"),
    "an empty error": says(b"-\r\n"),
    "an error with colours": says(b"-ERR \x1b[31mred\x07\r\n"),
    "the end": hangs_up,
}


@pytest.mark.parametrize("serve", [*ENDLESS.values(), *ODD.values()], ids=[*ENDLESS, *ODD])
async def test_whatever_comes_is_told_from_an_answer_within_the_deadline(serve):
    async with server(serve) as port:
        began = time.monotonic()
        answers = await asked(system_of(port), deadline_s=2.0)
        assert time.monotonic() - began < 3.0
    assert set(answers) == set(QUESTIONS)
    assert not answers["role"].ok
    for answer in answers.values():
        assert answer.says.isprintable()
        assert len(answer.says) <= 80


@pytest.mark.parametrize("name", ["a text of two gigabytes", "a line without an end", "a list of numbers"])
async def test_a_reply_without_an_end_is_given_up_long_before_the_deadline(name):
    async with server(ENDLESS[name]) as port:
        answer = (await asked(system_of(port), ("info",), deadline_s=30.0))["info"]
    assert (answer.trouble, answer.says) == (Trouble.BROKEN, "the reply is too long")


@pytest.mark.parametrize("serve", [silent, drips])
async def test_silence_and_a_drip_are_silence_and_take_the_deadline_at_most(serve):
    async with server(serve) as port:
        began = time.monotonic()
        answers = await asked(system_of(port), deadline_s=2.5)
        assert time.monotonic() - began < 3.0
    assert (answers["info"].trouble, answers["info"].says) == (Trouble.SILENT, "no answer in 1.5 s")


@pytest.mark.parametrize(
    ("reply", "trouble", "words"),
    [
        (b"-ERR unknown command 'INFO'\r\n", Trouble.UNSUPPORTED, "no such command here"),
        (b"-DENIED Redis runs in protected\r\n", Trouble.DENIED, "protected mode: it listens to its own host only"),
        (b"-MASTERDOWN Link with MASTER is down\r\n", Trouble.BROKEN, "MASTERDOWN: its link to the master is down"),
        (b"-MISCONF Errors\r\n", Trouble.BROKEN, "MISCONF: it cannot save; that is its disk, it is not dead"),
        (b"-LOADING Redis is loading the dataset\r\n", Trouble.BROKEN, "LOADING: it reads its data from the disk"),
        (b"-ERR invalid password\r\n", Trouble.DENIED, "it does not take our password"),
        (b"-ERR something else\r\n", Trouble.BROKEN, "something else"),
    ],
)  # fmt: skip
async def test_each_error_gets_its_name(reply, trouble, words):
    async with server(says(reply)) as port:
        answer = (await asked(system_of(port), ("info",)))["info"]
    assert (answer.trouble, answer.says) == (trouble, words)


@pytest.mark.parametrize("reply", [b"", b"-ERR no\r\n", b"+OK\r\n", b"-NOPERM this user has no permissions\r\n"])
async def test_it_is_asked_twice_at_most(reply):
    came: list[int] = []

    async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        came.append(1)
        await reader.read(100)
        writer.write(reply)

    async with server(counts) as port:
        await asked(system_of(port))
    assert len(came) == 2


async def test_more_clients_than_are_light_to_list_are_not_listed():
    sent: list[bytes] = []

    async def busy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while some := await reader.read(65_536):
            sent.append(some)
            writer.write(b"$24\r\nconnected_clients:9000\r\n\r\n")

    async with server(busy) as port:
        answer = (await asked(system_of(port), ("clients",)))["clients"]
    assert (answer.trouble, answer.says) == (Trouble.NOT_ASKED, "9000 connections: listing them would be a burden")
    assert not any(b"LIST" in some for some in sent)


async def test_settings_of_redis_4_go_by_their_new_names():
    known = {"save": "900 1", "maxclients": "10000", "min-slaves-to-write": "1", "slave-read-only": "yes"}

    async def four(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while words := await command(reader):
            value = known.get(words[-1])
            pair = f"*2\r\n${len(words[-1])}\r\n{words[-1]}\r\n${len(value or '')}\r\n{value}\r\n"
            writer.write(pair.encode() if value else b"*0\r\n" if words[0] == "CONFIG" else b"+OK\r\n")

    async with server(four) as port:
        answer = (await asked(system_of(port), ("config",)))["config"]
    assert answer.value == {
        "save": "900 1",
        "maxclients": 10_000,
        "min-replicas-to-write": 1,
        "replica-read-only": "yes",
    }


@pytest.mark.parametrize("serve", [*ENDLESS.values(), silent, drips], ids=[*ENDLESS, "silence", "a drip"])
async def test_a_whole_look_costs_little_memory(serve):
    async with server(hangs_up) as port:
        await look(port)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    async with server(serve) as port:
        result = await look(port)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 - before < MOST_BYTES
    judged = [one for one in result.findings if one.signal not in ("member-unreachable", answering.SIGNAL)]
    silence = [one.verdict for one in result.findings if one.signal == answering.SIGNAL]
    assert silence == [Verdict.WARNING if serve in (silent, drips) else Verdict.UNKNOWN]
    assert {finding.verdict for finding in judged} == {Verdict.UNKNOWN}
    assert not any("could not be judged" in finding.says for finding in result.findings)
    assert result.took_s < looking.LOOK_S + looking.START_S


async def look(port: int) -> looking.Result:
    member = Member(host="localhost", port=port)
    system = System(name="sick", kind=SystemKind.REDIS, members=(member,))
    probes = catalog.choose(system.kind)
    pins = Pins({"localhost": ("127.0.0.1",)})
    return await looking.look(looking.Request(system=system, probes=probes, at=datetime.now(UTC), pins=pins))
