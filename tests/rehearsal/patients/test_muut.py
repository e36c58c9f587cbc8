"""Muut's outage with real servers: without the playbook all that is newer than 26 days is lost, with it nothing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bot.domain.rdb import read_header
from bot.rehearsal.patients.muut import LIVE_KEYS, OLD_KEYS, Muut
from tests.rehearsal.patients.redis_here import every_redis, real


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


async def test_not_followed_the_stale_master_empties_its_replica(binary, tmp_path):
    async with Muut(tmp_path, binary=binary, grace_s=0) as muut:
        assert await muut.master.keys() == await muut.replica.keys() == LIVE_KEYS
        before = await muut.master.info("replication"), (await muut.master.info("server"))["run_id"]
        await muut.kill_master()
        await muut.until_respawned()
        after = await muut.master.info("replication"), (await muut.master.info("server"))["run_id"]
        await muut.until_lost()
        assert await muut.master.keys() == await muut.replica.keys() == OLD_KEYS
        assert after[1] != before[1]
        assert after[0]["master_repl_offset"] < before[0]["master_repl_offset"]
        assert "RDB age 22464" in muut.master.log.read_text()  # 26 days are 2,246,400 s
        assert read_header(muut.replica.dump.read_bytes()).first_database_keys == OLD_KEYS  # its own copy is gone too


async def test_the_restarted_master_calls_its_old_dump_fresh(binary, tmp_path):
    async with Muut(tmp_path, binary=binary) as muut:
        await muut.kill_master()
        await muut.until_respawned()
        assert time.time() - (await muut.master.info("persistence"))["rdb_last_save_time"] < 60


async def test_followed_before_the_master_is_back_every_key_is_kept(binary, tmp_path):
    async with Muut(tmp_path, binary=binary, respawn_s=60) as muut:
        await muut.kill_master()
        await muut.replica.promote()
        await muut.replica.save()
        muut.supervisor.mask()
        await muut.supervisor.kept()
        assert muut.supervisor.restarts == 0
        assert not muut.master.running
        await _kept(muut)


async def test_followed_while_the_stale_master_is_back_but_has_not_sent_its_data_every_key_is_kept(binary, tmp_path):
    async with Muut(tmp_path, binary=binary, grace_s=60) as muut:
        await muut.kill_master()
        await muut.until_respawned()
        await muut.until_replica_asks()
        assert await muut.replica.keys() == LIVE_KEYS
        await muut.replica.promote()
        await muut.replica.save()
        assert await muut.master.keys() == OLD_KEYS
        await _kept(muut)


async def _kept(muut: Muut) -> None:
    assert await muut.replica.keys() == LIVE_KEYS
    await muut.replica.kill()
    await muut.replica.start()
    assert (await muut.replica.info("replication"))["role"] == "master"
    assert await muut.replica.keys() == LIVE_KEYS
