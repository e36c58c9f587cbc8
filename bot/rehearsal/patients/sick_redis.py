"""What else befalls a Redis: full of clients, unable to save, slow to copy or to load. Each with a server that runs.

Two masters are one `promote` of a replica, an unknown master is a `follow` of a server that no inventory has, and one
that hangs is `freeze`: for those the server's own methods do.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.rehearsal.patients.redis_server import HOST, RedisServer
from bot.rehearsal.patients.waiting import PatientError, until

# Redis config.c, settings for its own tests: microseconds to wait at each key.
SLOW_KEY_US = 20_000
# While it loads, Redis answers between pieces of this size: 2 MB, far more than a patient has.
SMALL_PIECE_BYTES = 1024
ENOUGH_KEYS = 3000


@asynccontextmanager
async def crowded(server: RedisServer, most: int = 10) -> AsyncIterator[None]:
    """Take every connection that the server gives, of `most` in all; one more is refused until the block ends."""
    await server.ask("CONFIG", "SET", "maxclients", most)
    held: list[asyncio.StreamWriter] = []
    try:
        while await _taken(server, held):
            if len(held) > most:
                raise PatientError(f"redis-server gives more than {most} connections")
        yield
    finally:
        for writer in held:
            writer.close()
        await until(lambda: _has_room(server), "the server takes clients again")


async def _taken(server: RedisServer, held: list[asyncio.StreamWriter]) -> bool:
    reader, writer = await asyncio.open_connection(HOST, server.port)
    held.append(writer)
    writer.write(b"PING\r\n")
    return (await reader.readline()).startswith(b"+")


async def _has_room(server: RedisServer) -> bool:
    return bool(await server.ask("PING"))


async def unable_to_save(server: RedisServer) -> None:
    """Take its folder away and let it try: from then on it refuses writes with MISCONF, as with a full disk."""
    await server.ask("CONFIG", "SET", "save", "3600 1")
    shutil.rmtree(server.data)
    await server.ask("BGSAVE")
    await until(lambda: _failed_to_save(server), "the save has failed")


async def _failed_to_save(server: RedisServer) -> bool:
    return bool((await server.info("persistence"))["rdb_last_bgsave_status"] == "err")


async def slow_to_copy(master: RedisServer, replica: RedisServer) -> None:
    """Let the replica copy the master so slowly that it takes a minute, and return in the midst of it."""
    await master.fill(0, ENOUGH_KEYS)
    await master.ask("CONFIG", "SET", "rdb-key-save-delay", SLOW_KEY_US)
    await replica.follow(master)
    await until(lambda: _copies(replica), "the replica copies its master")


async def _copies(replica: RedisServer) -> bool:
    return bool((await replica.info("replication"))["master_sync_in_progress"])


@asynccontextmanager
async def loading(folder: Path, binary: Path | None = None) -> AsyncIterator[RedisServer]:
    """A server that answers LOADING, and would for a minute. Raises PatientError with Redis before 7.0."""
    async with RedisServer(folder, binary=binary) as full:
        await full.fill(0, ENOUGH_KEYS)
        await full.save()
    slowly = {"key-load-delay": str(SLOW_KEY_US), "loading-process-events-interval-bytes": str(SMALL_PIECE_BYTES)}
    server = RedisServer(folder, binary=binary, settings=slowly)
    try:
        await server.start(lambda: _loads(server))
        yield server
    finally:
        await server.kill()


async def _loads(server: RedisServer) -> bool:
    return bool((await server.info("persistence"))["loading"])
