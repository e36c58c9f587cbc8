"""The servers that the playbooks' lines for Redis are typed at: each on an address of its own, all on one port."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from redis.asyncio import Redis

from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.waiting import until


class Node(RedisServer):
    """A server on an address of its own. All of a set have one port, as in the playbooks' lines."""

    def __init__(self, folder: Path, host: str, port: int, binary: Path, password: str = "", **settings: str) -> None:
        lines = {"bind": host, "port": str(port), "protected-mode": "no", "repl-diskless-sync": "yes"}
        lines["replica-announce-ip"] = host
        lines |= {name.replace("_", "-"): value for name, value in settings.items()}
        super().__init__(folder, binary=binary, password=password, settings=lines)
        self.host, self.port = host, port

    def client(self) -> Redis:
        client = super().client()
        client.connection_pool.connection_kwargs["host"] = self.host
        return client

    async def after(self, master: Node) -> None:
        """Follow a master, also over a restart."""
        await self.ask("REPLICAOF", master.host, master.port)
        await self.ask("CONFIG", "REWRITE")

    async def role(self) -> str:
        return str((await self.info("replication"))["role"])


class Watch(Node):
    """A Sentinel that watches one master as `mymaster`, alone."""

    mode = ("--sentinel",)

    def __init__(self, folder: Path, host: str, port: int, binary: Path, master: Node) -> None:
        super().__init__(folder, host, port, binary, master.password)
        with self.conf.open("a") as conf:
            conf.write(f"sentinel monitor mymaster {master.host} {master.port} 1\n")
            if master.password:
                conf.write(f"sentinel auth-pass mymaster {master.password}\n")

    def heed(self, master: Node) -> None:
        """Watch another master from its next start on, and know none of the replicas that it knew."""
        text = re.sub(r"(?m)^sentinel known-(?:replica|slave) .*\n", "", self.conf.read_text())
        self.conf.write_text(re.sub(r"(?m)^(sentinel monitor mymaster) \S+", rf"\1 {master.host}", text))

    async def knows(self, replicas: int) -> None:
        """Wait until it has heard of so many replicas."""

        async def so() -> bool:
            return (await self.watched()).get("num-slaves") == replicas

        await until(so, f"the Sentinel knows {replicas} replicas", within_s=20)

    async def watched(self) -> dict[str, object]:
        """What it says of the master; nothing when it watches none."""
        return (await self.ask("SENTINEL MASTERS")).get("mymaster", {})


def free(folder: Path) -> int:
    """A port that nobody has."""
    return RedisServer(folder).port


async def has(node: Node, keys: int) -> None:
    """Wait until it has so many keys."""

    async def counted() -> bool:
        return await node.keys() == keys

    await until(counted, f"{node.host} has {keys} keys")


async def state(node: Node, section: str, **told: object) -> None:
    """Wait until INFO says this of it."""

    async def so() -> bool:
        found = await node.info(section)
        return all(found.get(name) == value for name, value in told.items())

    await until(so, f"{node.host} says {told}")


@contextmanager
def daemon(pidfile: Path) -> Iterator[None]:
    """What a page's line starts in the background is gone in the end, also when a test fails."""
    try:
        yield
    finally:
        with suppress(FileNotFoundError, ProcessLookupError):
            os.kill(int(pidfile.read_text()), signal.SIGKILL)
