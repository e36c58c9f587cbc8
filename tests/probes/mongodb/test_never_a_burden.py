"""What our looks put on a server: only reads from a short list, one connection at a time, no write."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.domain.inventory import Member, System, SystemKind
from bot.probes import catalog
from bot.probes.mongodb.asking import MAY_LEAVE
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.services.systems.looker import Looker


def system_of(*addresses: str) -> System:
    places = [address.rsplit(":", 1) for address in addresses]
    return System(
        name="shop",
        kind=SystemKind.MONGODB,
        members=tuple(Member(host=host, port=int(port)) for host, port in places),
    )


def every_probe() -> tuple[str, ...]:
    return tuple(probe.name for probe in catalog.of_kind(SystemKind.MONGODB))


class Relay:
    """Stands before a member and counts who is connected at the same time."""

    def __init__(self, address: str) -> None:
        self._host, _, self._port = address.rpartition(":")
        self._open: set[asyncio.StreamReader] = set()
        self.most = self.all = 0

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Yields the relay's own address."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.all += 1
        self._open.add(reader)
        for _ in range(100):  # one that was closed just before this one was opened is noticed in the meantime
            if self._count() == 1:
                break
            await asyncio.sleep(0.01)
        self.most = max(self.most, self._count())
        there = await asyncio.open_connection(self._host, int(self._port))
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass(reader, there[1]))
                both.create_task(self._pass(there[0], writer))
        except* ConnectionError:
            pass
        finally:
            self._open.discard(reader)
            writer.close()
            there[1].close()

    def _count(self) -> int:
        return sum(not one.at_eof() for one in self._open)

    async def _pass(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while data := await source.read(65_536):
            sink.write(data)
            await sink.drain()
        with contextlib.suppress(OSError):
            sink.write_eof()


@pytest.mark.parametrize("release", ["4.4", "6.0", "7.0", "8.0"])
async def test_only_reads_of_a_short_list_leave_and_nothing_is_written(release):
    async with ReplicaSet(members=3, arbiter=True, version=release) as patient:
        taken = await Looker(lambda name: "").look(
            system_of(*patient.addresses), every_probe(), at=datetime.now(UTC), deadline_s=8.0
        )
        heard = {one.name for one in await patient.commands()}
        assert taken.result.evidence
        assert heard <= MAY_LEAVE
        assert {"hello", "serverStatus", "find", "aggregate", "top"} <= heard
        assert await patient.writes() == []


@pytest.mark.parametrize("disease", ["", "zombie-primary", "tickets-gone"])
async def test_one_connection_at_a_time_reaches_a_member(disease):
    async with ReplicaSet(members=3, version="6.0") as patient:
        if disease:
            await patient.fall_ill(disease)
        relay = Relay(patient.addresses[0])
        async with relay.listening() as address:
            await Looker(lambda name: "").look(system_of(address), at=datetime.now(UTC))
        assert relay.most == 1
        assert relay.all <= 6


async def test_twenty_who_ask_at_once_share_one_look():
    async with ReplicaSet(members=1, version="6.0") as patient:
        looker, system = Looker(lambda name: ""), system_of(*patient.addresses)
        taken = await asyncio.gather(*(looker.look(system, at=datetime.now(UTC)) for _ in range(20)))
        asked = [one.name for one in await patient.commands()]
        assert len({id(one.result) for one in taken}) == 1
        assert sum(one.age_s == 0 for one in taken) == 1
        assert asked.count("serverStatus") <= 2  # a first look takes two samples
