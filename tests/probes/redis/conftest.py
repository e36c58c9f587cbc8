"""Real servers for the questions, all that are on this machine, and ways to ask them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.inventory import Member, System, SystemKind
from bot.probes.probe import Probe
from bot.probes.redis.asking import QUESTIONS, ask
from bot.probes.seen import Answer, Look, Seen
from bot.rehearsal.patients.redis_server import HOST, RedisServer
from tests.rehearsal.patients.redis_here import every_redis, real


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


@pytest.fixture
async def redis(binary: Path, tmp_path: Path) -> AsyncIterator[RedisServer]:
    """A server that saves nothing."""
    async with RedisServer(tmp_path / "redis", binary=binary) as server:
        yield server


def system_of(*ports: int, part: str = "", user: str = "", **options: Any) -> System:
    """What an inventory would say of servers on this machine."""
    members = tuple(Member(host=HOST, port=port, part=part) for port in ports)
    return System(name="cache", kind=SystemKind.REDIS, members=members, user=user, options=options)


async def asked(
    system: System, questions: Sequence[str] = QUESTIONS, *, password: str = "", deadline_s: float = 3.0
) -> dict[str, Answer]:
    """The answers of the first member; asked in a thread, as a look does."""
    return await asyncio.to_thread(ask, system, system.members[0], questions, deadline_s, password)


async def looked(system: System, *probes: Probe, before: Seen | None = None) -> Seen:
    """A look at all members side by side with the questions of these probes, after an earlier one."""
    questions = sorted({question for probe in probes for question in probe.asks})
    asking = (asyncio.to_thread(ask, system, member, questions, 2.5, "") for member in system.members)
    looks = zip(system.members, await asyncio.gather(*asking), strict=True)
    return Seen(
        system=system,
        at=datetime.now(UTC),
        looks=tuple(Look(member, answers) for member, answers in looks),
        before={probe.name: json.loads(json.dumps(probe.keep(before))) for probe in probes} if before else {},
        before_at=before.at if before else None,
    )


async def command(reader: asyncio.StreamReader) -> list[str]:
    """One command as it comes over the wire; none at the end."""
    head = await reader.readline()
    words = []
    for _ in range(int(head[1:] or 0)):
        size = await reader.readline()
        words.append((await reader.readexactly(int(size[1:]) + 2))[:-2].decode())
    return words
