"""Every line of the playbooks that calls Redis, run for real: each page is walked in the situation it is for."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import time
from asyncio import StreamWriter
from pathlib import Path
from shutil import which

import pytest

from bot.rehearsal.patients.waiting import until
from tests.playbooks.redis_nodes import Node, daemon, free, state
from tests.playbooks.redis_page import BOOKS, Page, filled, lines
from tests.rehearsal.patients.redis_here import every_redis, real

KEYS = 500


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


def test_every_page_with_such_a_line_is_walked_here():
    assert {name for name, book in BOOKS.items() if any(map(lines, book.steps))} == {
        "stop-respawn",
        "redis-replica-unknown-master",
        "disk-full",
        "connection-limit",
        "backup-verify",
        "restore-from-backup",
        "redis-memory-full",
        "redis-slow",
    }


@pytest.mark.parametrize("name", BOOKS)
def test_no_line_waits_for_ever_on_a_server_that_hangs(name):
    for step in BOOKS[name].steps:
        for line in lines(step, r"\bredis-cli\b"):
            assert len(re.findall(r"\btimeout \d+ redis-cli ", line)) == line.count("redis-cli"), line


async def test_a_redis_that_could_not_save_saves_again_and_takes_writes(binary, tmp_path):
    page = Page("disk-full", binary, tmp_path)
    async with Node(tmp_path / "full", "127.0.0.2", free(tmp_path / "port"), binary, save="3600 1") as node:
        us = {"redis": node.host, "redisport": node.port, "redisdir": node.data}
        assert node._process
        await node.fill(0, 20 * KEYS)
        room = resource.prlimit(node._process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(node._process.pid, resource.RLIMIT_FSIZE, (node.log.stat().st_size + 100_000, room[1]))
        await node.ask("BGSAVE")
        await state(node, "persistence", rdb_last_bgsave_status="err")
        assert "MISCONF" in (await page.typed(f"redis-cli -h {node.host} -p {node.port} PING"))[1]

        told = await page.step(2, **us)
        assert (
            "rdb_last_bgsave_status:err" in told and "uptime_in_seconds:" in told and told.endswith(f"\n{20 * KEYS}\n")
        )
        (node.data / "temp-7.rdb").touch()
        os.utime(node.data / "temp-7.rdb", (time.time() - 7200,) * 2)
        assert await page.step(3, "temp-", **us)

        resource.prlimit(node._process.pid, resource.RLIMIT_FSIZE, room)
        await page.step(6, **us)
        await state(node, "persistence", rdb_bgsave_in_progress=0)
        assert "rdb_last_bgsave_status:ok" in await page.step(6, "INFO persistence", **us)
        assert await node.ask("SET", "a", "1")
    assert page.left == set()


async def held(node: Node, source: str, how_many: int) -> list[StreamWriter]:
    """Connections from that address that stay open, under the name `loop`."""
    writers = []
    for _ in range(how_many):
        reader, writer = await asyncio.open_connection(node.host, node.port, local_addr=(source, 0))
        writer.write(b"CLIENT SETNAME loop\r\n")
        await reader.readline()
        writers.append(writer)
    return writers


async def test_who_holds_the_connections_is_found_and_cut_off_and_the_limit_is_raised(binary, tmp_path):
    page = Page("connection-limit", binary, tmp_path)
    most = min(
        64000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    )  # this machine may give less than the page asks for
    (page.tools / "prlimit").write_text(f'#!/bin/sh\necho "$@"\n{which("prlimit")} $1 $2 --nofile={most}:{most}\n')
    (page.tools / "prlimit").chmod(0o755)
    async with Node(tmp_path / "busy", "127.0.0.2", free(tmp_path / "port"), binary, maxclients="20") as node:
        us = {"redis": node.host, "redisport": node.port, "client": "127.0.0.5", "limit": 100}
        clients = [*await held(node, "127.0.0.5", 6), *await held(node, "127.0.0.6", 2)]
        told = await page.step(1, **us)
        assert "connected_clients:9" in told and "maxclients\n20\n" in told and "rejected_connections:0" in told
        assert (await page.step(2, **us)).splitlines()[:2] == ["      6 127.0.0.5 loop", "      2 127.0.0.6 loop"]
        assert await page.step(4, **us) == 6 * "1\n"
        assert (await page.step(2, **us)).splitlines()[0] == "      2 127.0.0.6 loop"

        resource.prlimit(pid := node._process.pid, resource.RLIMIT_NOFILE, (200, most))
        told = await page.step(6, **us)
        assert re.search(r"Max open files +200 ", told) and f"--pid {pid} --nofile=64000:64000\nOK\n" in told
        assert resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] == most
        assert await node.ask("CONFIG GET", "maxclients") == {"maxclients": "100"}
        await page.undo(6, "maxclients", node, " 20")
        assert await node.ask("CONFIG GET", "maxclients") == {"maxclients": "20"}

        clients += await held(node, "127.0.0.7", 18)
        refused = [await page.typed(filled(line, us)) for line in lines(page.steps[1]) + lines(page.steps[4])]
        assert [told[1].rstrip() for told in refused] == ["ERR max number of clients reached"] * 2 + ["", ""]
        for client in clients:
            client.close()
    assert page.left == set()


async def answers(page: Page, port: int, word: str) -> None:
    async def so() -> bool:
        return word in "".join(map(str, await page.typed(f"redis-cli -h 127.0.0.1 -p {port} PING")))

    await until(so, f"the server on port {port} says {word}")


async def test_a_backup_is_told_from_a_torn_one_and_is_restored_beside(binary, tmp_path):
    page, scratch, port = Page("backup-verify", binary, tmp_path), tmp_path / "scratch", free(tmp_path / "port")
    async with Node(tmp_path / "source", "127.0.0.2", port, binary) as node:
        await node.fill(0, KEYS)
        await node.save()
    torn = tmp_path / "torn.rdb"
    torn.write_bytes(node.dump.read_bytes()[:-2000])
    us = {"rdb": node.dump, "scratch": scratch, "redisport": port}
    told = await page.step(3, **us)
    assert "RDB looks OK" in told and f"{KEYS} keys read" in told
    assert abs(time.time() - int(re.findall(r"ctime = '(\d+)'", told)[0])) < 3600
    told = await page.step(3, **us | {"rdb": torn})
    assert "looks OK" not in told and "RDB ERROR DETECTED" in told

    with daemon(scratch / "redis" / "pid"):
        await page.step(5, "redis", **us)
        await answers(page, port, "PONG")
        assert (await page.step(6, **us)).startswith(f"loading:0\n# Keyspace\ndb0:keys={KEYS},expires=0,avg_ttl=0")
        await page.undo(5, "kill", **us)
        await answers(page, port, "Could not connect")
    assert page.left == set()


async def test_after_a_flushall_the_broken_state_is_kept_and_its_keys_come_back(binary, tmp_path):
    page, port = Page("restore-from-backup", binary, tmp_path), free(tmp_path / "port")
    node = Node(tmp_path / "sick", "127.0.0.2", port, binary, save="3600 1", appendonly="yes")
    spare, kept = tmp_path / "spare", tmp_path / "memory.rdb"
    us = {"redis": node.host, "port": port, "redisdir": node.data, "memory": kept, "rdb": kept}
    us |= {"spareredis": "127.0.0.1", "spareredisport": port, "redisspare": spare}
    async with node:
        await node.fill(0, KEYS)
        await node.ask("FLUSHALL")
        await node.ask("SET", "after", "1")
        told = await page.step(2, "CONFIG", **us)
        assert told == f"dir\n{node.data}\nsave\n3600 1\nauto-aof-rewrite-percentage\n100\nOK\nOK\n"
        assert await node.ask("CONFIG GET", "save") == {"save": ""}
        assert await node.ask("CONFIG GET", "auto-aof-rewrite-percentage") == {"auto-aof-rewrite-percentage": "0"}
        await page.step(2, "cp -a|--rdb", **us)
        for rest in (" save '3600 1'", " auto-aof-rewrite-percentage 100"):
            await page.undo(2, "CONFIG SET", node, rest)
        assert await node.ask("CONFIG GET", "save") == {"save": "3600 1"}
        assert await node.ask("CONFIG GET", "auto-aof-rewrite-percentage") == {"auto-aof-rewrite-percentage": "100"}
        assert "1 keys read" in await page.step(3, **us)

    with daemon(spare / "pid"):
        us["aof"] = (await page.step(5, r"sudo c|\.aof", **us)).split()[-1]
        found = await page.step(5, "flushall", **us)
        await page.step(5, "truncate|redis-check-aof|redis-server", **us, bytes=int(found.split(":")[0]) - 8)
        await answers(page, port, "PONG")
        assert (await page.step(6, **us)).startswith(f"loading:0\n# Keyspace\ndb0:keys={KEYS},expires=0,avg_ttl=0")
        await page.undo(5, "kill", **us)
        await answers(page, port, "Could not connect")
    assert page.left == set()
