"""A look runs in a process of its own: it ends in time, takes little memory, and knows none of our secrets."""

import asyncio
import resource
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.finding import Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes import catalog, looking
from bot.probes.looking import Request, Result
from bot.probes.pins import Pins
from tests.patience import PATIENCE_S

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
MOST_BYTES = 50 * 2**20
PINS = Pins({"localhost": ("127.0.0.1",)})


@asynccontextmanager
async def server(serve: Serve) -> AsyncIterator[int]:
    """A server on a free port whose every connection is served by `serve`; yields the port."""

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


async def look(*ports: int, deadline_s: float = looking.LOOK_S, pins: Pins = PINS) -> Result:
    members = tuple(Member(host="localhost", port=port) for port in ports)
    system = System(name="sick", kind=SystemKind.MONGODB, members=members)
    return await looking.look(
        Request(
            system=system,
            probes=catalog.choose(system.kind),
            at=datetime.now(UTC),
            pins=pins,
            password="",
            deadline_s=deadline_s,
        )
    )


def verdicts(result: Result) -> set[Verdict]:
    """Of all that is judged by answers; that nobody could be reached is known."""
    return {finding.verdict for finding in result.findings if finding.signal != "member-unreachable"}


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def drips(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(16)
    for byte in struct.pack("<iiii", 1_000, 1, 1, 2013) + bytes(984):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readexactly(16)
    writer.write(struct.pack("<iiii", 2**31 - 1, 1, struct.unpack("<iiii", head)[1], 2013))
    while True:
        writer.write(bytes(2**20))
        await writer.drain()


async def gibberish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(16)
    writer.write(b"\xff" * 4096)
    await writer.drain()


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


@pytest.mark.parametrize("serve", [silent, drips, endless, gibberish, hangs_up])
async def test_a_hostile_server_costs_its_deadline_and_little_memory(serve: Serve):
    async with server(hangs_up) as port:
        await look(port)
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    async with server(serve) as port:
        began = time.monotonic()
        result = await look(port)
        took_s = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert verdicts(result) == {Verdict.UNKNOWN}
    assert took_s < looking.LOOK_S + looking.START_S + PATIENCE_S
    assert after - before < MOST_BYTES


async def test_three_silent_members_are_waited_for_side_by_side():
    async with server(silent) as one, server(silent) as two, server(silent) as three:
        result = await look(one, two, three)
    assert len({finding.member for finding in result.findings if finding.member}) == 3
    assert result.took_s < looking.LOOK_S + looking.START_S


async def test_a_member_whose_name_has_no_address_is_unknown_and_asked_nothing():
    asked: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.read(16))

    async with server(listen) as port:
        result = await look(port, pins=Pins({}))
    assert verdicts(result) == {Verdict.UNKNOWN}
    assert asked == []


async def test_a_look_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, "START_S", -0.9)
    async with server(silent) as port:
        began = time.monotonic()
        result = await look(port, deadline_s=1.0)
    assert time.monotonic() - began < 1.0 + PATIENCE_S
    assert verdicts(result) == {Verdict.UNKNOWN}
    assert "did not end" in result.findings[0].says


async def test_the_process_that_looks_has_none_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-not-for-the-cell")
    seen: list[bytes] = []
    real = asyncio.create_subprocess_exec

    async def spy(*command: str, **options: object) -> asyncio.subprocess.Process:
        process = await real(*command, **options)  # type: ignore[arg-type]
        seen.append(Path(f"/proc/{process.pid}/environ").read_bytes())
        return process

    monkeypatch.setattr(asyncio, "create_subprocess_exec", spy)
    async with server(hangs_up) as port:
        await look(port)
    assert seen
    assert b"xoxb" not in seen[0]
