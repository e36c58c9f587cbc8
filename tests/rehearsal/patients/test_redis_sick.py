"""The other sick states, as a client meets them on a real server."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path

import pytest
from redis.exceptions import BusyLoadingError, RedisError

from bot.rehearsal.patients import sick_redis
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.waiting import until
from tests.rehearsal.patients.redis_here import every_redis, real


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


async def test_with_every_connection_taken_the_next_is_refused_and_afterwards_welcome(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        async with sick_redis.crowded(redis):
            with pytest.raises(RedisError, match="max number of clients reached"):
                await redis.ask("PING")
        stats = await redis.info("stats")
        assert stats["rejected_connections"] >= 2


async def test_a_server_that_cannot_save_refuses_writes_and_says_why(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        await sick_redis.unable_to_save(redis)
        with pytest.raises(RedisError, match="MISCONF"):
            await redis.ask("SET", "a", "b")
        assert await redis.keys() == 0


async def test_a_full_copy_is_seen_from_both_sides_while_it_lasts(binary, tmp_path):
    async with (
        RedisServer(tmp_path / "a", binary=binary) as master,
        RedisServer(tmp_path / "b", binary=binary) as replica,
    ):
        await replica.fill(0, 5)
        await sick_redis.slow_to_copy(master, replica)
        assert (await replica.info("replication"))["master_link_status"] == "down"
        assert (await replica.ask("ROLE"))[3] == "sync"
        assert (await master.info("replication"))["slave0"]["state"] in (
            "wait_bgsave",
            "send_bulk",
            "send_bulk_and_stream",  # from Redis 8.0 on, over a connection of its own
        )
        assert (await master.info("stats"))["sync_full"] == 1


async def test_a_server_that_loads_answers_with_loading(binary, tmp_path):
    version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.search(r"v=(\d+)", version)[1]) < 7:
        pytest.skip("before 7.0 Redis answers while it loads only every 2 MB, more than a patient has")
    async with sick_redis.loading(tmp_path, binary) as redis:
        with pytest.raises(BusyLoadingError):
            await redis.ask("GET", "post:1")
        told = await redis.info("persistence")
        assert told["loading"] == 1
        assert told["loading_eta_seconds"] > 0


async def test_two_masters_after_a_promotion_that_nobody_told_the_first(binary, tmp_path):
    async with (
        RedisServer(tmp_path / "a", binary=binary) as first,
        RedisServer(tmp_path / "b", binary=binary, follows=first) as second,
    ):
        await second.linked()
        await second.promote()
        assert [(await server.info("replication"))["role"] for server in (first, second)] == ["master", "master"]
        await first.ask("SET", "a", "1")
        await until(lambda: _holds(second, 0), "the second does not follow")


async def test_a_replica_of_an_unknown_master_names_it(binary, tmp_path):
    async with (
        RedisServer(tmp_path / "a", binary=binary) as known,
        RedisServer(tmp_path / "b", binary=binary, follows=known) as replica,
        RedisServer(tmp_path / "c", binary=binary) as stranger,
    ):
        await replica.linked()
        await known.fill(0, 20)
        await replica.follow(stranger)
        await replica.linked()
        assert (await replica.info("replication"))["master_port"] == stranger.port
        assert await replica.keys() == 0


async def _holds(server: RedisServer, keys: int) -> bool:
    return await server.keys() == keys


async def test_a_server_that_dies_while_it_copies_takes_its_children_along(binary, tmp_path):
    async with (
        RedisServer(tmp_path / "a", binary=binary) as master,
        RedisServer(tmp_path / "b", binary=binary) as replica,
    ):
        await sick_redis.slow_to_copy(master, replica)
        group = (await master.info("server"))["process_id"]
        assert await _members(group) > 1
        await master.kill()
        await until(lambda: _nobody(group), "no process of the master is left")


async def _members(group: int) -> int:
    listing = await asyncio.create_subprocess_exec("ps", "-eo", "pgid=,stat=", stdout=asyncio.subprocess.PIPE)
    out, _ = await listing.communicate()
    rows = [line.split() for line in out.decode().splitlines()]
    return sum(1 for pgid, state in rows if int(pgid) == group and not state.startswith("Z"))


async def _nobody(group: int) -> bool:
    return await _members(group) == 0
