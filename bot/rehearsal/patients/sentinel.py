"""A real Sentinel beside a patient: it watches a master, and promotes a replica when the master stays away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.rehearsal.patients.redis_server import HOST, RedisServer
from bot.rehearsal.patients.waiting import until

# sentinel.conf: 30 s unless set.
DOWN_AFTER_MS = 30_000
MASTER_NAME = "mymaster"


class Sentinel(RedisServer):
    """One Sentinel that watches one master, under the name `mymaster`, with a quorum of its own."""

    mode = ("--sentinel",)

    def __init__(
        self,
        folder: Path,
        master: RedisServer,
        *,
        binary: Path | None = None,
        quorum: int = 1,
        down_after_ms: int = DOWN_AFTER_MS,
    ) -> None:
        watch = {
            "sentinel monitor": f"{MASTER_NAME} {HOST} {master.port} {quorum}",
            "sentinel down-after-milliseconds": f"{MASTER_NAME} {down_after_ms}",
        }
        super().__init__(folder, binary=binary, settings=watch)

    async def master(self) -> dict[str, Any]:
        """What it says of the master: address, flags, run id, how many replicas it knows."""
        found: dict[str, Any] = (await self.ask("SENTINEL MASTERS"))[MASTER_NAME]
        return found

    async def until_it_knows(self, replicas: int) -> None:
        """Wait until it has heard of so many replicas; before that it could promote none."""

        async def knows() -> bool:
            return bool((await self.master())["num-slaves"] == replicas)

        await until(knows, "Sentinel knows the replicas", within_s=20)
