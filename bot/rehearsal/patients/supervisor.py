"""What starts a server again whenever it dies, as upstart's `respawn` and systemd's `Restart=always` do."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.waiting import PatientError

# systemd.service(5): RestartSec is 100 ms unless set.
WAIT_S = 0.1


class Supervisor:
    """Keeps one server running until it is told not to. `restarts` counts how often it had to."""

    def __init__(self, server: RedisServer, *, wait_s: float = WAIT_S) -> None:
        self.server = server
        self.wait_s = wait_s
        self.restarts = 0
        self._masked = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start the server and keep it running from now on."""
        await self.server.start()
        self._keeping = asyncio.create_task(self._keep())

    def mask(self) -> None:
        """Start it no more, however it ends. A server that runs goes on running."""
        self._masked.set()

    async def kept(self) -> None:
        """Wait until it has given the server up: it was masked, and the server has ended."""
        if self._keeping:
            await asyncio.wait([self._keeping])

    async def stop(self) -> None:
        """Mask it and end the server."""
        self.mask()
        if self._keeping:
            self._keeping.cancel()
        await self.kept()
        await self.server.kill()

    async def _keep(self) -> None:
        while True:
            await self.server.wait()
            if await self._masked_within(self.wait_s):
                return
            self.restarts += 1
            with suppress(PatientError):
                await self.server.start()

    async def _masked_within(self, wait_s: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._masked.wait()
        return self._masked.is_set()
