"""A real redis-server: how it starts, how it ends, and that it never outlives us."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from bot.rehearsal.patients.redis_binary import find_server, servers
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.supervisor import Supervisor
from bot.rehearsal.patients.waiting import PatientError, until
from tests.rehearsal.patients.redis_here import every_redis, real


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


async def test_it_serves_once_it_is_started_and_refuses_once_it_is_stopped(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        assert (await redis.info("server"))["config_file"] == str(tmp_path / "redis.conf")
        assert await redis.ask("CONFIG GET", "save") == {"save": ""}
        await redis.stop()
        assert not redis.running
        with pytest.raises(RedisError):
            await redis.ask("PING")


async def test_without_save_points_a_killed_server_comes_back_empty_on_the_same_port(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        port, run = redis.port, (await redis.info("server"))["run_id"]
        await redis.fill(0, 2500)
        assert await redis.keys() == 2500
        await redis.kill()
        await redis.start()
        assert await redis.keys() == 0
        assert redis.port == port
        assert (await redis.info("server"))["run_id"] != run


async def test_what_was_saved_is_there_after_a_kill(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        await redis.fill(0, 10)
        await redis.save()
        await redis.fill(10, 20)
        await redis.kill()
        await redis.start()
        assert await redis.keys() == 10


async def test_a_password_is_asked_of_everybody(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary, password='a "strange" one') as redis:
        assert await redis.ask("PING")
        redis.password = ""
        with pytest.raises(RedisError, match="Authentication required"):
            await redis.ask("PING")


async def test_a_folder_with_spaces_and_quotes_is_a_folder(binary, tmp_path):
    async with RedisServer(tmp_path / 'data of "today"', binary=binary) as redis:
        await redis.save()
        assert redis.dump.exists()


async def test_a_replica_copies_its_master_and_keeps_all_once_promoted_also_over_a_restart(binary, tmp_path):
    async with (
        RedisServer(tmp_path / "a", binary=binary, password="same") as master,
        RedisServer(tmp_path / "b", binary=binary, password="same", follows=master) as replica,
    ):
        await replica.linked()
        await master.fill(0, 10)
        await until(lambda: _holds(replica, 10), "the replica has ten keys")
        await replica.promote()
        await replica.save()
        await replica.kill()
        await replica.start()
        assert (await replica.info("replication"))["role"] == "master"
        assert await replica.keys() == 10


async def _holds(server: RedisServer, keys: int) -> bool:
    return await server.keys() == keys


async def test_a_setting_that_redis_does_not_know_fails_with_its_own_words(binary, tmp_path):
    redis = RedisServer(tmp_path, binary=binary, settings={"no-such-setting": "1"})
    with pytest.raises(PatientError, match="no-such-setting"):
        await redis.start()
    assert not redis.running


async def test_a_start_that_is_given_up_leaves_no_process(binary, tmp_path):
    redis = RedisServer(tmp_path, binary=binary)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await redis.start(lambda: _holds(redis, 1))
    assert not redis.running
    with pytest.raises(RedisError):
        await redis.ask("PING")


async def test_a_frozen_server_takes_connections_and_answers_when_it_thaws(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as redis:
        redis.freeze()
        reader, writer = await asyncio.open_connection("127.0.0.1", redis.port)
        writer.write(b"PING\r\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.readline()
        redis.thaw()
        async with asyncio.timeout(5):
            assert await reader.readline() == b"+PONG\r\n"
        writer.close()
        redis.freeze()  # so that the end of this test shows that a frozen server can be ended too


OWNER = """
import asyncio, sys
from pathlib import Path
from bot.rehearsal.patients.redis_server import RedisServer

async def main():
    redis = RedisServer(Path(sys.argv[1]), binary=Path(sys.argv[2]))
    await redis.start()
    print((await redis.info("server"))["process_id"], flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_it_ends_when_its_owner_is_killed(binary, tmp_path):
    owner = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, tmp_path, binary, stdout=asyncio.subprocess.PIPE
    )
    assert owner.stdout
    pid = int(await owner.stdout.readline())
    assert _alive(pid)
    owner.send_signal(signal.SIGKILL)
    await owner.wait()
    await until(lambda: _gone(pid), "the server is gone too")


def _alive(pid: int) -> bool:
    """Also false for one that ended and that nobody has asked about yet."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


async def _gone(pid: int) -> bool:
    return not _alive(pid)


async def test_a_supervisor_starts_it_again_whenever_it_dies(binary, tmp_path):
    redis = RedisServer(tmp_path, binary=binary)
    supervisor = Supervisor(redis, wait_s=0)
    await supervisor.start()
    seen = set()
    for round_ in range(1, 4):
        seen.add((await redis.info("server"))["run_id"])
        await redis.kill()
        await until(lambda n=round_: _back(supervisor, n), "it is back")
    assert len(seen) == 3
    await supervisor.stop()
    assert not redis.running


async def _back(supervisor: Supervisor, times: int) -> bool:
    return supervisor.restarts == times and bool(await supervisor.server.ask("PING"))


async def test_a_masked_server_runs_on_and_stays_down_once_it_ends(binary, tmp_path):
    redis = RedisServer(tmp_path, binary=binary)
    supervisor = Supervisor(redis, wait_s=0)
    await supervisor.start()
    supervisor.mask()
    assert await redis.ask("PING")
    await redis.kill()
    await supervisor.kept()
    assert supervisor.restarts == 0
    assert not redis.running


async def test_a_mask_comes_in_time_while_the_supervisor_still_waits(binary, tmp_path):
    redis = RedisServer(tmp_path, binary=binary)
    supervisor = Supervisor(redis, wait_s=60)
    await supervisor.start()
    await redis.kill()
    supervisor.mask()
    await supervisor.kept()
    assert not redis.running


async def test_a_server_that_cannot_start_is_tried_again_and_again(binary, tmp_path):
    redis = RedisServer(tmp_path, binary=binary)
    supervisor = Supervisor(redis, wait_s=0)
    await supervisor.start()
    redis.conf.write_text("no-such-setting 1\n", "utf-8")
    await redis.kill()
    await until(lambda: _tried(supervisor, 3), "it was tried three times")
    await supervisor.stop()
    assert not redis.running


async def _tried(supervisor: Supervisor, times: int) -> bool:
    return supervisor.restarts >= times


def test_the_systems_own_server_goes_before_the_one_that_a_package_carries(monkeypatch, tmp_path):
    own = tmp_path / "redis-server"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_server() == own
    monkeypatch.setenv("PATH", "")
    assert own not in servers()


def test_in_an_activated_environment_the_packages_server_is_not_taken_for_the_systems(monkeypatch):
    there = servers()
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert servers() == there
    assert not any(server.parent == Path(sys.executable).parent for server in there)


async def test_without_any_server_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr("bot.rehearsal.patients.redis_binary.servers", list)
    with pytest.raises(PatientError, match="install redis-server"):
        await RedisServer(tmp_path).start()
