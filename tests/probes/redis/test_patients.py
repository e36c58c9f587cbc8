"""The probes look at real servers that are really ill, Muut's outage first."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis import clients, memory, persistence, respawn, resync, roles, stale
from bot.rehearsal.patients import sick_redis
from bot.rehearsal.patients.muut import LIVE_KEYS, Muut
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.waiting import until
from tests.probes.redis.conftest import looked, system_of
from tests.probes.redis.recorded import one

RESPAWN_S, GRACE_S = 1.0, 5


async def test_muut_the_stale_master_is_named_before_the_resync_and_still_after_it(binary, tmp_path):
    probes = (stale.PROBE, roles.PROBE, persistence.PROBE, resync.PROBE, respawn.PROBE)
    async with Muut(tmp_path, binary=binary, respawn_s=RESPAWN_S, grace_s=GRACE_S) as muut:
        system = system_of(muut.master.port, muut.replica.port)
        master, replica = system.members
        eve = await looked(system, *probes)
        without = one(persistence.PROBE.judge(eve), persistence.WITHOUT, master)
        assert without.verdict is Verdict.WARNING, "it can be seen before anything has happened"

        await muut.kill_master()
        dead = await looked(system, *probes, before=eve)
        assert one(roles.PROBE.judge(dead), roles.LINK, replica).verdict is Verdict.CRITICAL
        (finding,) = stale.PROBE.judge(dead)
        assert finding.verdict is Verdict.UNKNOWN
        assert f"{replica.name} holds {LIVE_KEYS:,} keys" in finding.says

        await muut.until_respawned()
        back = await looked(system, *probes, before=dead)
        (finding,) = stale.PROBE.judge(back)
        assert (finding.verdict, finding.value, finding.limit) == (Verdict.CRITICAL, "100 keys", f"{LIVE_KEYS:,} keys")
        assert f"{replica.name} still holds {LIVE_KEYS:,}: save it first" in finding.says
        assert await muut.replica.keys() == LIVE_KEYS, "said in time"

        (unprepared,) = stale.PROBE.judge(await looked(system, *probes))
        assert unprepared.verdict is Verdict.CRITICAL, "also by who never looked before"

        await muut.until_lost()
        lost = await looked(system, *probes, before=back)
        (finding,) = stale.PROBE.judge(lost)
        assert finding.verdict is Verdict.CRITICAL
        assert "nobody else" in finding.says
        assert one(resync.PROBE.judge(lost), resync.SIGNAL, master).verdict is Verdict.WARNING


async def test_muut_a_replica_promoted_in_time_holds_all_and_then_two_masters_are_seen(binary, tmp_path):
    async with Muut(tmp_path, binary=binary, respawn_s=RESPAWN_S, grace_s=GRACE_S) as muut:
        system = system_of(muut.master.port, muut.replica.port)
        eve = await looked(system, stale.PROBE, roles.PROBE)
        await muut.kill_master()
        await muut.replica.promote()
        await muut.until_respawned()
        later = await looked(system, stale.PROBE, roles.PROBE, before=eve)
        assert one(roles.PROBE.judge(later), roles.TWO).verdict is Verdict.CRITICAL
        old, new = stale.PROBE.judge(later)
        assert old.verdict is Verdict.CRITICAL
        assert f"still holds {LIVE_KEYS:,}" in old.says
        assert new.verdict is Verdict.OK


@pytest.mark.parametrize("settings", [{"appendonly": "yes"}, {"save": "3600 1"}])
async def test_a_master_that_comes_back_with_all_its_data_is_not_called_stale(binary, tmp_path, settings):
    waits = {"repl-diskless-sync-delay": str(GRACE_S), **settings}
    async with (
        RedisServer(tmp_path / "master", binary=binary, settings=waits) as master,
        RedisServer(tmp_path / "replica", binary=binary, follows=master) as replica,
    ):
        await replica.linked()
        await master.fill(0, 2_000)
        await until(lambda: _has(replica, 2_000), "all is copied")
        system = system_of(master.port, replica.port)
        before = await looked(system, stale.PROBE)
        await master.stop()
        await master.start()
        (finding,) = stale.PROBE.judge(await looked(system, stale.PROBE, before=before))
    assert finding.verdict is not Verdict.CRITICAL, finding.says


async def _has(server: RedisServer, keys: int) -> bool:
    return await server.keys() == keys


async def test_what_is_started_again_and_again_is_a_loop(binary, tmp_path):
    async with Muut(tmp_path, binary=binary) as muut:
        system = system_of(muut.master.port)
        before = await looked(system, respawn.PROBE)
        assert respawn.PROBE.judge(before)[0].verdict is Verdict.UNKNOWN
        for restarts in (1, 2):
            await muut.kill_master()
            await muut.until_respawned()
            await until(lambda wanted=restarts: _restarted(muut, wanted), "it is back")
            before = await looked(system, respawn.PROBE, before=before)
        (finding,) = respawn.PROBE.judge(before)
    assert (finding.verdict, finding.value) == (Verdict.CRITICAL, "3 in 10 min")


async def _restarted(muut: Muut, times: int) -> bool:
    return muut.supervisor.restarts >= times and await muut.master.keys() >= 0


async def test_a_copy_that_runs_is_seen_from_both_sides(binary, redis, tmp_path):
    async with RedisServer(tmp_path / "replica", binary=binary) as replica:
        await sick_redis.slow_to_copy(redis, replica)
        now = await looked(system_of(redis.port, replica.port), resync.PROBE, roles.PROBE)
    assert [finding.verdict for finding in resync.PROBE.judge(now)] == [Verdict.WARNING, Verdict.WARNING]
    assert one(roles.PROBE.judge(now), roles.LINK).value == "full copy running"


async def test_a_replica_of_a_stranger_is_found(binary, redis, tmp_path):
    async with (
        RedisServer(tmp_path / "stranger", binary=binary) as stranger,
        RedisServer(tmp_path / "replica", binary=binary, follows=redis) as replica,
    ):
        system = system_of(redis.port, replica.port)
        await replica.linked()
        before = await looked(system, roles.PROBE)
        assert one(roles.PROBE.judge(before), roles.UNKNOWN).verdict is Verdict.OK
        await replica.follow(stranger)
        at_once = await looked(system, roles.PROBE, before=before)
        await until(replica_follows(replica, stranger), "the replica hears the stranger")
        linked = await looked(system, roles.PROBE, before=at_once)
    for now in (at_once, linked):
        finding = one(roles.PROBE.judge(now), roles.UNKNOWN)
        assert (finding.verdict, finding.value) == (Verdict.CRITICAL, f"127.0.0.1:{stranger.port}")


def replica_follows(replica: RedisServer, master: RedisServer):
    async def follows() -> bool:
        told = await replica.info("replication")
        return told["master_port"] == master.port and told["master_link_status"] == "up"

    return follows


async def test_a_server_without_room_for_clients_is_critical_and_counts_them_afterwards(redis):
    system = system_of(redis.port)
    before = await looked(system, clients.PROBE)
    assert one(clients.PROBE.judge(before), clients.LIMIT).verdict is Verdict.OK
    async with sick_redis.crowded(redis):
        full = await looked(system, clients.PROBE, before=before)
        assert one(clients.PROBE.judge(full), clients.LIMIT).value == "refused"
        assert one(clients.PROBE.judge(full), clients.LIMIT).verdict is Verdict.CRITICAL
    after = await looked(system, clients.PROBE, before=full)
    finding = one(clients.PROBE.judge(after), clients.LIMIT)
    assert finding.speaks
    assert "clients away" in finding.says


async def test_file_handles_that_are_too_few_are_seen_in_the_limit(binary, tmp_path):
    few = tmp_path / "few-files"
    few.write_text(f'#!/bin/sh\nulimit -n 512\nexec "{binary}" "$@"\n')
    few.chmod(0o755)
    async with RedisServer(tmp_path / "redis", binary=Path(few)) as redis:
        now = await looked(system_of(redis.port), clients.PROBE)
    finding = one(clients.PROBE.judge(now), clients.FILES)
    assert (finding.verdict, finding.value) == (Verdict.WARNING, "480 clients")


async def test_a_disk_that_cannot_be_written_is_told_from_death(redis):
    await sick_redis.unable_to_save(redis)
    now = await looked(system_of(redis.port), persistence.PROBE)
    finding = one(persistence.PROBE.judge(now), persistence.FAILING)
    assert finding.verdict is Verdict.CRITICAL
    assert "not dead" in finding.says


async def test_memory_that_is_full(redis):
    await redis.fill(0, 2_000)
    used = (await redis.info("memory"))["used_memory"]
    await redis.ask("CONFIG", "SET", "maxmemory", used - 100_000)
    (finding,) = memory.PROBE.judge(await looked(system_of(redis.port), memory.PROBE))
    assert finding.verdict is Verdict.CRITICAL
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    await asyncio.sleep(0.1)
    (finding,) = memory.PROBE.judge(await looked(system_of(redis.port), memory.PROBE))
    assert finding.verdict is Verdict.OK
