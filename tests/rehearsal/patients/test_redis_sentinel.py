"""With a Sentinel in Muut's place: it saves the data when the master stays away, and not when it is back too soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.rehearsal.patients.muut import LIVE_KEYS, OLD_KEYS, Muut
from bot.rehearsal.patients.sentinel import Sentinel
from bot.rehearsal.patients.waiting import until
from tests.rehearsal.patients.redis_here import every_redis, real


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


async def test_a_master_that_stays_away_is_replaced_and_every_key_is_kept(binary, tmp_path):
    async with (
        Muut(tmp_path, binary=binary, respawn_s=60) as muut,
        Sentinel(tmp_path / "sentinel", muut.master, binary=binary, down_after_ms=300) as sentinel,
    ):
        await sentinel.until_it_knows(replicas=1)
        await muut.kill_master()
        await until(lambda: _names(sentinel, muut.replica.port), "Sentinel names the replica as the master")
        assert (await muut.replica.info("replication"))["role"] == "master"
        assert await muut.replica.keys() == LIVE_KEYS


async def _names(sentinel: Sentinel, port: int) -> bool:
    return (await sentinel.master())["port"] == port


async def test_a_master_that_is_back_too_soon_is_never_called_down_and_the_data_is_lost(binary, tmp_path):
    async with (
        Muut(tmp_path, binary=binary, grace_s=0) as muut,
        Sentinel(tmp_path / "sentinel", muut.master, binary=binary) as sentinel,
    ):
        await sentinel.until_it_knows(replicas=1)
        await muut.kill_master()
        await muut.until_lost()
        assert await muut.master.keys() == await muut.replica.keys() == OLD_KEYS
        await until(lambda: _is_content(sentinel), "Sentinel hears from the master again")
        told = await sentinel.master()
        assert (told["port"], told["config-epoch"]) == (muut.master.port, 0)
        assert "+sdown" not in sentinel.log.read_text("utf-8")


async def _is_content(sentinel: Sentinel) -> bool:
    return (await sentinel.master())["flags"] == "master"
