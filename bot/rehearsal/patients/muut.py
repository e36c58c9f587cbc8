"""Muut's outage of April 2014 with real servers: a master that comes back with data of 26 days ago.

The master saves nothing and a supervisor starts it again whenever it dies; its replica keeps everything. Beside the
master lies an old dump. It dies, comes back with the dump, and the replica copies that over what it kept.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.rehearsal.patients.rdb import older
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.supervisor import WAIT_S, Supervisor
from bot.rehearsal.patients.waiting import until

OLD_KEYS = 100
LIVE_KEYS = 20_100
DUMP_AGE = timedelta(days=26)
# redis.conf of 7.0: a master waits 5 s for more replicas before it sends its data. So long the replica keeps its own.
GRACE_S = 5


class Muut:
    """The two servers on the eve of the outage, once started.

    `respawn_s` is how long the supervisor waits before it starts the master again, `grace_s` how long the master then
    waits before it empties its replica.
    """

    def __init__(
        self, folder: Path, *, binary: Path | None = None, respawn_s: float = WAIT_S, grace_s: int = GRACE_S
    ) -> None:
        transient = {"repl-diskless-sync": "yes", "repl-diskless-sync-delay": str(grace_s)}
        self.master = RedisServer(folder / "master", binary=binary, settings=transient)
        self.replica = RedisServer(folder / "replica", binary=binary, follows=self.master, settings={"save": "3600 1"})
        self.supervisor = Supervisor(self.master, wait_s=respawn_s)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            await self.stop()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Lay the old dump beside the master, then write on until both hold all of today's keys."""
        await self.supervisor.start()
        await self.master.ask("CONFIG", "SET", "repl-diskless-sync-delay", 0)
        await self.replica.start()
        await self.replica.linked()
        await self.master.fill(0, OLD_KEYS)
        await self.master.save()
        self.master.dump.write_bytes(older(self.master.dump.read_bytes(), DUMP_AGE))
        await self.master.fill(OLD_KEYS, LIVE_KEYS)
        await until(self._all_copied, "the replica has every key")

    async def _all_copied(self) -> bool:
        return await self.replica.keys() == LIVE_KEYS

    async def stop(self) -> None:
        await self.supervisor.stop()
        await self.replica.kill()

    async def kill_master(self) -> None:
        """The master dies, as it did when its file handles were gone. The supervisor does the rest."""
        await self.master.kill()

    async def until_respawned(self) -> None:
        """Wait until the master is back with what its dump held."""
        await until(self._stale, "the master is back with its old dump")

    async def _stale(self) -> bool:
        return self.supervisor.restarts > 0 and await self.master.keys() == OLD_KEYS

    async def until_replica_asks(self) -> None:
        """Wait until the replica has asked the stale master for everything: what it keeps has `grace_s` left."""
        await until(self._asked, "the replica asks the stale master for everything")

    async def _asked(self) -> bool:
        replica = (await self.master.info("replication")).get("slave0", {})
        return bool(replica.get("state") == "wait_bgsave")

    async def let_resync(self) -> None:
        """Let the stale master empty its replica now, however long it was to wait."""
        await self.master.ask("CONFIG", "SET", "repl-diskless-sync-delay", 0)

    async def refill(self) -> None:
        """Write back what the old dump lacks, and start the master no more when it dies."""
        self.supervisor.mask()
        await self.master.fill(OLD_KEYS, LIVE_KEYS)
        await until(self._all_copied, "the replica has every key again")

    async def until_lost(self) -> None:
        """Wait until the replica has copied the stale master: the rest is gone."""
        await until(self._wiped, "the replica has copied the stale master")

    async def _wiped(self) -> bool:
        return await self.replica.keys() == OLD_KEYS
