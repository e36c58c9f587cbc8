"""Every line of the playbook for a Redis without memory, run for real at a server that is full."""

from __future__ import annotations

import asyncio
import itertools
import re
from contextlib import suppress
from pathlib import Path

import pytest
from redis.exceptions import OutOfMemoryError

from bot.rehearsal.patients.waiting import until
from tests.playbooks.redis_nodes import Node, free, has
from tests.playbooks.redis_page import BOOKS, Page, lines
from tests.rehearsal.patients.redis_here import every_redis, real

NAME = "redis-memory-full"
ANY = r"\S"
JOBS, ENTRIES, SESSIONS = 5000, 1000, 200
# Which steps each walk below goes through, with every line of theirs.
FULL, ROOM, BUFFERS, POLICY, MACHINE = (1, 3, 6, 7), (4,), (2, 5), (8,), (9,)
# Tools that reach beyond one's own servers and files: only what they would have been told to do.
STUBS = {
    "dmesg": 'echo "[Sat Nov 21 03:12:44 2026] Out of memory: Killed process 812 (redis-server) total-vm:9100804kB"',
    "sysctl": 'echo "sysctl $*"',
    "systemctl": 'echo "systemctl $*"',
}


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


@pytest.fixture
def page(binary, tmp_path) -> Page:
    """The page in somebody's hands, who counts the lines for other tools as well."""
    page = Page(NAME, binary, tmp_path)
    page.left = {(number, line) for number, step in page.steps.items() for line in lines(step, ANY)}
    for name, says in STUBS.items():
        (page.tools / name).write_text(f"#!/bin/sh\n{says}\n")
        (page.tools / name).chmod(0o755)
    return page


def says(page: Page, name: str, value: str) -> None:
    """Type `NAME='value'`, which a page asks for before lines with that name."""
    page._env[name] = value


def left(page: Page, steps: tuple[int, ...]) -> set[str]:
    return {line for number, line in page.left if number in steps}


def figure(told: str, name: str) -> float:
    return float(re.findall(rf"(?m)^{name}:([0-9.]+)", told)[0])


async def fill(node: Node) -> None:
    """Write keys that never expire until it takes no more, the last ones each over a connection of its own."""
    with suppress(OutOfMemoryError):
        async with node.client() as client:
            for number in itertools.count():
                await client.set(f"cache:large:{number}", 50_000 * "x")
    with suppress(OutOfMemoryError):
        for number in itertools.count():
            await node.ask("SET", f"cache:small:{number}", 2000 * "x")


async def takes(node: Node) -> bool:
    """Whether it takes a write now."""
    try:
        return bool(await node.ask("SET", "a", 2000 * "x"))
    except OutOfMemoryError:
        return False


def test_every_step_is_walked_below():
    assert sorted(FULL + ROOM + BUFFERS + POLICY + MACHINE) == [step.number for step in BOOKS[NAME].steps]


def test_no_line_waits_for_ever_on_a_server_that_hangs():
    for step in BOOKS[NAME].steps:
        for text in (*lines(step, r"\bredis-cli\b"), step.undo if "redis-cli" in step.undo else ""):
            assert len(re.findall(r"\btimeout \d+ redis-cli ", text)) == text.count("redis-cli"), text


async def test_what_fills_it_is_found_and_it_takes_writes_again(page, binary, tmp_path):
    copy, keycopy = tmp_path / "copy.rdb", tmp_path / "key.dump"
    async with Node(tmp_path / "full", "127.0.0.2", free(tmp_path / "port"), binary, maxmemory="12mb") as node:
        us = {"redis": node.host, "reader": node.host, "port": node.port, "copy": copy, "keycopy": keycopy}
        async with node.client() as client:
            await client.rpush("queue:mail", *(f"job {number} {600 * 'x'}" for number in range(JOBS)))
            async with client.pipeline(transaction=False) as pipe:
                for number in range(ENTRIES):
                    pipe.xadd("events", {"seen": f"by {number}"})
                for number in range(SESSIONS):
                    pipe.set(f"session:{number}:{'ab' * 16}", "u")
                pipe.xgroup_create("events", "readers", "0")
                await pipe.execute()
        await fill(node)
        keys = await node.keys()
        assert not await takes(node)

        told = await page.step(1, ANY, **us)
        assert figure(told, "used_memory") / figure(told, "maxmemory") > 0.97
        assert "maxmemory_policy:noeviction" in told and f"db0:keys={keys},expires=0" in told
        assert "evicted_keys:0" in told and "Killed process 812 (redis-server)" in told

        us["key"] = "queue:mail"
        told = await page.step(3, ANY, **us)
        assert re.search(r"Biggest +list found \W*queue:mail\W* has \d{7} bytes", told)
        assert f"{SESSIONS} session:N:N\n" in told and "cache:large:N" in told
        assert re.search(r"(?m)^ *1 client\|?\w* 127\.0\.0\.1 ?$", told) and re.search(r"(?m)^\d+ set$", told)
        assert re.search(r"\nlist\n\d{7}\n-1\n$", told)

        told = await page.step(6, ANY, **us, service="import")
        assert "systemctl stop import\n" in told and told.count("used_memory:") == 2

        told = await page.step(7, "--rdb|check-rdb|keycopy", **us)
        assert "RDB looks OK" in told and f"{keys} keys read" in told and str(keycopy) in told
        says(page, "PATTERN", "cache:*")
        told = await page.step(7, "PATTERN", **us)
        cached = keys - SESSIONS - 2
        assert f"{cached} keys\n" in told and re.search(rf"(?m)^ *{cached} 1$", told)
        assert 60 <= await node.ask("TTL", "cache:large:1") <= 660
        assert await node.ask("TTL", f"session:1:{'ab' * 16}") == -1

        us["key"] = "events"
        assert "readers" in await page.step(7, "XINFO|XTRIM", **us, keep=100)
        assert 100 <= await node.ask("XLEN", "events") < 300
        us["key"] = "queue:mail"
        assert await page.step(7, "UNLINK", **us) == "1\n"
        await until(lambda: takes(node), "it takes writes, with the list freed")
        assert not await node.ask("EXISTS", "queue:mail")

        told = await page.step(4, r"\{\{redis\}\}", **us, megabytes=24)
        assert "maxmemory 12 MB\n" in told and "OK\nused_memory:" in told and f"maxmemory:{24 << 20}" in told
        await page.undo(7, "RESTORE", **us)
        assert await node.ask("LLEN", "queue:mail") == JOBS and await node.ask("TTL", "queue:mail") == -1
        await page.undo(4, "maxmemory$", node, " 12mb")
        assert await node.ask("CONFIG GET", "maxmemory") == {"maxmemory": str(12 << 20)}
    assert left(page, FULL) == set()


async def test_the_room_is_told_and_a_replica_that_is_given_it_too_loses_nothing_when_promoted(page, binary, tmp_path):
    port = free(tmp_path / "port")
    master = Node(tmp_path / "master", "127.0.0.2", port, binary, maxmemory="12mb", save="3600 1")
    of = {"replicaof": f"{master.host} {port}", "maxmemory_policy": "allkeys-lru"}
    replica = Node(tmp_path / "replica", "127.0.0.3", port, binary, maxmemory="4mb", **of)
    async with master, replica:
        await replica.linked()
        await fill(master)
        keys = await master.keys()
        await has(replica, keys)  # three times its own limit

        us = {"redis": master.host, "port": port, "replica": replica.host, "room": 14_900, "megabytes": 24}
        told = await page.step(4, ANY, **us)
        assert re.search(r"(?m)^Mem: +\d+ +\d+ ", told)
        assert re.search(rf"redis-server {master.host}:{port} ?\n(no limit|\d+ MB at most)\n", told)
        assert "maxmemory 12 MB\n" in told and re.search(r"used_memory_rss \d+ MB\n", told)
        assert "aof_enabled:0\n" in told and "connected_slaves:1\nslave0:ip=127.0.0.3," in told
        assert "save\n3600 1\n" in told and "maxmemory 4 MB\n" in told and "replica-ignore-maxmemory\nyes\n" in told
        assert re.search(r"total_system_memory [1-9]\d* MB\n", told)
        assert "it forks: 10430, heavy writes or small: 7450, never forks: 12665\n" in told
        assert f"maxmemory:{24 << 20}" in told and await takes(master)
        for node in (master, replica):
            assert await node.ask("CONFIG GET", "maxmemory") == {"maxmemory": str(24 << 20)}

        keys = await master.keys()
        await has(replica, keys)
        await replica.ask("REPLICAOF", "NO", "ONE")
        assert await takes(replica) and await replica.keys() == keys
        await page.undo(4, "maxmemory$", replica, " 4mb")
        await takes(replica)
        assert await replica.keys() < keys / 2  # what would have been lost
    assert left(page, ROOM) == set()


@pytest.mark.parametrize(
    ("cgroup", "files", "says"),
    [
        ("0::/system.slice/redis.service", {"system.slice/redis.service/memory.max": "4294967296"}, "4096 MB at most"),
        ("0::/pods/one", {"pods/one/memory.max": "max", "pods/memory.max": "2147483648"}, "2048 MB at most"),
        ("0::/", {"memory.max": "1073741824"}, "1024 MB at most"),  # as a container sees itself
        ("0::/init.scope", {"init.scope/memory.max": "max"}, "no limit"),
        ("0::/\n4:memory:/docker/f00", {"memory/docker/f00/memory.limit_in_bytes": "536870912"}, "512 MB at most"),
        ("4:memory:/docker/f00", {"memory/memory.limit_in_bytes": "536870912"}, "512 MB at most"),
        ("4:memory:/", {"memory/memory.limit_in_bytes": "9223372036854771712"}, "no limit"),
    ],
)
async def test_the_least_limit_of_the_control_groups_is_told(page, tmp_path, cgroup, files, says):
    """As the kernel shows them: version 2, version 1, from outside a container and from inside."""
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "cgroup").write_text(cgroup + "\n")
    for name, value in files.items():
        (tmp_path / "fs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "fs" / name).write_text(value + "\n")
    for tool, prints in (("pgrep", "77"), ("ps", "redis-server *:6379")):
        (page.tools / tool).write_text(f"#!/bin/sh\necho '{prints}'\n")
        (page.tools / tool).chmod(0o755)
    (line,) = lines(page.steps[4], "sys/fs/cgroup")
    here = line.replace("/sys/fs/cgroup", str(tmp_path / "fs")).replace("/proc/", f"{tmp_path}/")
    assert await page.typed(here) == (0, f"redis-server *:6379\n{says}\n", "")


@pytest.mark.parametrize("said", [{}, {"PATTERN": ""}])
async def test_a_form_that_nobody_named_is_none_of_them(said, page, binary, tmp_path):
    async with Node(tmp_path / "full", "127.0.0.2", free(tmp_path / "port"), binary) as node:
        await node.fill(0, 10)
        for name, value in said.items():
            says(page, name, value)
        us = {"redis": node.host, "reader": node.host, "port": node.port}
        assert await page.step(7, "PATTERN", **us) == "0 keys\n"
        assert "db0:keys=10,expires=0" in await page.step(1, "keyspace", **us)


async def test_a_client_that_does_not_read_its_answers_is_found_and_cut(page, binary, tmp_path):
    async with Node(tmp_path / "full", "127.0.0.2", free(tmp_path / "port"), binary, maxmemory="90mb") as node:
        us = {"redis": node.host, "port": node.port}
        await node.ask("SET", "big", 1_000_000 * "x")
        reader, writer = await asyncio.open_connection(node.host, node.port, limit=1024)
        writer.write(b"CLIENT SETNAME slow\r\n")
        await reader.readline()
        writer.write(40 * b"GET big\r\n")

        async def waits() -> bool:
            return int((await node.info("memory"))["mem_clients_normal"]) > 20_000_000

        await until(waits, "its answers wait")
        told = await page.step(2, ANY, **us)
        worst = re.findall(r"(?m)^(\d+) \d+ id=(\d+) 127\.0\.0\.1:\d+ slow get$", told)
        data = figure(told, "used_memory_dataset")  # on Valkey 9 a small negative one, told as one of twenty digits
        assert worst and int(worst[0][0]) > 20_000_000 and not 10_000_000 < data < 1e19
        assert "rdb_bgsave_in_progress:0" in told

        told = await page.step(5, ANY, **us, client=worst[0][1])
        assert (
            told.startswith("1\nclient-output-buffer-limit\nnormal 0 0 0 slave ") and figure(told, "used_memory") < 1e7
        )
        limit = (await node.ask("CONFIG GET", "client-output-buffer-limit"))["client-output-buffer-limit"]
        assert limit == f"normal {256 << 20} {64 << 20} 60 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        await page.undo(5, "normal", node)
        assert (await node.ask("CONFIG GET", "client-output-buffer-limit"))["client-output-buffer-limit"].startswith(
            "normal 0 0 0 "
        )
        writer.close()
    assert left(page, BUFFERS) == set()


async def test_a_policy_that_drops_does_so_at_once_and_on_the_replica_too(page, binary, tmp_path):
    port = free(tmp_path / "port")
    master = Node(tmp_path / "master", "127.0.0.2", port, binary, maxmemory="8mb", maxmemory_policy="volatile-lru")
    replica = Node(tmp_path / "replica", "127.0.0.3", port, binary, replicaof=f"{master.host} {port}")
    async with master, replica:
        await replica.linked()
        await fill(master)
        keys, us = await master.keys(), {"redis": master.host, "port": port, "replica": replica.host}
        assert not await takes(master)  # no key expires, so volatile-lru has none to drop
        await master.ask("CONFIG", "SET", "maxmemory", "6mb")

        typo = await page.typed(f"redis-cli -h {master.host} -p {port} CONFIG SET maxmemory-policy allkey-lru")
        assert "must be one of the following: volatile-lru" in "".join(map(str, typo))  # and the next line: it stays
        told = await page.step(8, ANY, **us, policy="allkeys-lru")
        assert (
            told.startswith("maxmemory-policy\nvolatile-lru\nOK\nmaxmemory-policy\nallkeys-lru\nOK\n")
            and figure(told, "evicted_keys") > 5
        )
        assert "maxmemory-policy\nnoeviction\n" in told and "maxmemory\n0\n" in told  # what the replica would go by
        assert await takes(master)
        gone = await master.keys()
        assert gone < keys
        await has(replica, gone)
        assert "maxmemory-policy allkeys-lru" in master.conf.read_text()
        await page.undo(8, "maxmemory-policy", master, " noeviction")
        await page.undo(8, "REWRITE", master)
        assert "allkeys-lru" not in master.conf.read_text()
    assert left(page, POLICY) == set()


async def test_a_server_without_a_limit_is_given_one_before_the_kernel_acts(page, binary, tmp_path):
    async with Node(tmp_path / "free", "127.0.0.2", free(tmp_path / "port"), binary) as node:
        us = {"redis": node.host, "port": node.port, "ceiling": 6}
        told = await page.step(9, ANY, **us)
        assert "Killed process 812 (redis-server)" in told and re.search(r"VmRSS:\s+\d+ kB\nVmSwap:\s+0 kB\n", told)
        assert "loading:0" in told and "sysctl -w vm.overcommit_memory=1\n" in told
        await fill(node)
        assert not await takes(node)
        await page.undo(9, "CONFIG", node)
        await page.undo(9, "sysctl", **us)
        assert await takes(node)
    assert left(page, MACHINE) == set()
