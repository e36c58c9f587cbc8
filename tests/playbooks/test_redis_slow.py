"""Every line of the page for a slow Redis, run for real: on a server that something holds, and what it says of one."""

from __future__ import annotations

import asyncio
import re
from asyncio import StreamReader, StreamWriter
from pathlib import Path
from shutil import which

import pytest

from bot.rehearsal.patients.waiting import until
from tests.playbooks.redis_nodes import Node, free, has, state
from tests.playbooks.redis_page import Page, filled, lines
from tests.rehearsal.patients.redis_here import every_redis, real

KEYS = 20_000
FIELDS = 200_000
ANY = r"\S"
ENDLESS = "while true do end"
GROW = "for i = 1, ARGV[1] do redis.call('HSET', KEYS[1], i, 'value ' .. i) end"


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


def opened(binary: Path, folder: Path) -> Page:
    """The page, with all lines still to be typed, those without Redis too; `sleep` wakes early."""
    page = Page("redis-slow", binary, folder)
    page.left = {(number, line) for number, step in page.steps.items() for line in lines(step, ANY)}
    (page.tools / "sleep").write_text(f"#!/bin/sh\nexec {which('sleep')} 1\n")
    (page.tools / "sleep").chmod(0o755)
    return page


class Sender:
    """A program at an address of its own that sends one command, again and again."""

    def __init__(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def at(cls, node: Node, source: str, name: str) -> Sender:
        sender = cls(*await asyncio.open_connection(node.host, node.port, local_addr=(source, 0), limit=2**24))
        assert await sender.ask(f"CLIENT SETNAME {name}") == "+OK"
        return sender

    @property
    def port(self) -> int:
        return int(self._writer.get_extra_info("sockname")[1])

    async def ask(self, command: str) -> str:
        """The first line of the answer; nothing when the connection was closed."""
        self._writer.write(command.encode() + b"\r\n")
        return (await self._reader.readline()).decode().strip()

    async def busily(self) -> None:
        while await self.ask("KEYS nothing*"):
            await asyncio.sleep(0.01)

    def close(self) -> None:
        self._writer.close()


def steps_of(page: Page) -> set[int]:
    """The steps that still have a line that nobody typed."""
    return {number for number, _ in page.left}


async def test_the_slow_command_its_sender_and_the_big_key_are_found_and_stopped(binary, tmp_path):
    page, port = opened(binary, tmp_path), free(tmp_path / "port")
    settings = {"slowlog-log-slower-than": "200", "save": "900 1 300 10", "appendonly": "yes"}
    master = Node(tmp_path / "master", "127.0.0.2", port, binary, **settings)
    replica = Node(tmp_path / "replica", "127.0.0.3", free(tmp_path / "other"), binary, save="60 1")
    us = {"redis": master.host, "redisport": port, "replica": replica.host, "replicaport": replica.port}
    us |= {"client": "127.0.0.5", "user": "default", "command": "keys", "redislog": master.log}
    us["key"] = "shop:everything"
    async with master, replica:
        await master.fill(0, KEYS)
        await master.ask("EVAL", GROW, 1, "shop:everything", FIELDS)
        await replica.after(master)
        await has(replica, KEYS + 1)
        for node in (replica, master):
            await state(node, "persistence", rdb_bgsave_in_progress=0)  # what the copy was made from
            await node.ask("BGSAVE")
        report = await Sender.at(master, "127.0.0.5", "report")
        us["clientport"] = report.port
        sending = asyncio.create_task(report.busily())

        slow = ("PING|INFO clients", "--raw", "INFO cpu", "intrinsic", "vmstat")
        looks = [
            *((1, which) for which in slow),
            (3, "commandstats"),
            (4, "MONITOR"),
            (8, "replica.*--raw"),
            (9, "--raw"),
        ]
        told = await asyncio.gather(*(page.step(*look, **us) for look in looks))
        alive, here, percent, machine, swaps, took, watched, *quick = told
        assert alive.startswith("PONG\nconnected_clients:") and re.fullmatch(r"\d+ percent of one core\n", percent)
        assert "Max latency so far" in machine and " st\n" in swaps
        assert re.match(r"\d+ ms \d+ calls keys\n", took)
        assert re.search(r'(?m)^ +\d\d+ "KEYS" "nothing\*"$', watched)
        assert all(re.fullmatch(r"\d+ \d+ \d+\.\d+ \d+\n", one) for one in (here, *quick))

        told = await page.step(3, r"SLOWLOG|CONFIG GET|INFO stats", **us)
        assert f"KEYS\nnothing*\n127.0.0.5:{report.port}\nreport\n" in told and "latency-monitor-threshold\n0\n" in told
        await page.step(3, "CONFIG SET", **us)
        await page.step(3, "LATENCY LATEST", **us)
        await page.undo(3, "latency-monitor-threshold", master, " 5")

        told = await page.step(4, "CLIENT LIST", **us)
        assert f"addr=127.0.0.5:{report.port} " in told and "name=report" in told and "1 127.0.0.5 keys\n" in told
        told = await page.step(4, "key", **us)
        assert re.match(r"hash\n\d{7,}\n-1\n", told)
        assert f'"shop:everything" has {FIELDS} fields' in (await page.step(4, "--bigkeys", **us)).replace("'", "")

        assert await page.step(5, "CLIENT KILL", **us) == "1\n"
        await asyncio.wait_for(sending, 5)
        again = await Sender.at(master, "127.0.0.5", "report")
        assert "+@all" in await page.step(5, "ACL", **us)
        assert (await again.ask("KEYS nothing*")).startswith("-NOPERM")
        refused = await again.ask("EVAL \"return redis.call('KEYS', 'nothing*')\" 0")
        assert "can't run this command" in refused or "ACL failure in script" in refused  # from 7.0 on
        assert "report" in await page.step(5, "ACL LOG", **us)
        await page.undo(5, "ACL", master, **us)
        assert await again.ask("KEYS nothing*") == "*0"

        told = await page.step(6, "CONFIG|RENAMENX", **us)
        assert re.search("lazyfree-lazy-expire\n(no|yes)\n", told) and told.endswith("OK\nOK\nOK\n1\n")
        assert await master.ask("EXISTS", "shop:everything") == 0
        await page.undo(6, "RENAMENX", master, **us)
        assert await master.ask("HLEN", "shop:everything") == FIELDS
        assert await page.step(6, "RENAMENX", **us) == "1\n"
        assert (await page.step(6, "UNLINK|lazyfree_pending", **us)).startswith("1\n")
        await has(replica, KEYS)

        told = await page.step(7, ANY, **us)
        assert "aof_enabled:1" in told and "aof_delayed_fsync:" in told and re.search(r"latest_fork_usec:[1-9]", told)
        assert "appendfsync\neverysec\n" in told and "VmSwap:" in told and "madvise" in told
        assert "Background saving started" in told and "rdb_last_bgsave_status:ok" in told
        assert await master.ask("CONFIG GET", "save") == {"save": "3600 1"}
        await page.undo(7, "CONFIG SET save", master, " '900 1 300 10'")
        await page.undo(7, "no-appendfsync", master, " no")
        assert await master.ask("CONFIG GET", "save") == {"save": "900 1 300 10"}

        told = await page.step(8, "INFO|^ss", **us)
        assert "role:slave\nmaster_link_status:up" in told and " rtt:" in told and "instantaneous_output_kbps:" in told
        told = await page.step(9, "SLOWLOG|LATENCY|CONFIG", **us)
        assert re.match(r"\d+\n\d{10}\n\d+\n", told) and "slowlog-max-len\n128\nOK\n" in told
        await page.undo(9, "slowlog-max-len", master, " 128")
        report.close()
        again.close()
    assert steps_of(page) == {2}


async def held(node: Node, *command: str | int) -> asyncio.Task[tuple[bytes, bytes]]:
    """A script in a client of its own, once it has run for longer than a script may."""
    words = [str(node.binary.with_name("redis-cli")), "-h", node.host, "-p", str(node.port), *map(str, command)]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    waiting = asyncio.create_task(process.communicate())
    for _ in range(100):
        await asyncio.sleep(0.05)
        if "BUSY" in str((await asyncio.gather(node.ask("GET", "x"), return_exceptions=True))[0]).upper():
            return waiting
    raise AssertionError("no script holds it")


async def test_a_script_that_holds_it_is_ended_and_one_that_has_written_is_left_to_a_replica(binary, tmp_path):
    page, port = opened(binary, tmp_path), free(tmp_path / "port")
    node = Node(tmp_path / "held", "127.0.0.2", port, binary, lua_time_limit="200")
    replica = Node(tmp_path / "replica", "127.0.0.3", port, binary)
    us = {"redis": node.host, "redisport": port}
    async with node, replica:
        functions = int((await node.info("server"))["redis_version"].split(".")[0]) >= 7
        await node.fill(0, KEYS)
        await replica.after(node)
        await has(replica, KEYS)

        waiting = await held(node, "EVAL", ENDLESS, 0)
        busy = await page.typed(filled(lines(page.steps[1], "PING")[0], us))
        assert re.match("BUSY (Redis|Valkey) is busy running a script", busy[1])
        percent = await page.typed(filled(lines(page.steps[1], "INFO cpu")[0].replace("-i 2", "-i 0.1"), us))
        assert percent[1] == ""
        assert await page.step(2, "SCRIPT KILL", **us) == "OK\n"

        async def answers() -> bool:
            return await page.step(2, "PING", **us) == "PONG\n"

        await until(answers, "it answers again")
        assert b"Script killed by user" in (await waiting)[0]
        assert ENDLESS in await page.step(3, "SLOWLOG", **us) and "still in execution after" in node.log.read_text()

        if functions:
            body = f"#!lua name=l\nredis.register_function('f', function() {ENDLESS} end)"
            await node.ask("FUNCTION", "LOAD", body)
            waiting = await held(node, "FCALL", "f", 0)
            assert "FUNCTION KILL" in (await page.typed(filled(lines(page.steps[2], "SCRIPT KILL")[0], us)))[1]
            told = await page.step(2, "FUNCTION", **us)
            assert "name\nf\n" in told and told.endswith("OK\n")
            await waiting
        assert {line for number, line in page.left if number == 2} == (
            set() if functions else set(lines(page.steps[2], "FUNCTION"))
        )

        waiting = await held(node, "EVAL", f"redis.call('SET', 'half', 'done') {ENDLESS}", 0)
        assert (await page.typed(filled(lines(page.steps[2], "SCRIPT KILL")[0], us)))[1].startswith("UNKILLABLE")
        await replica.ask("REPLICAOF", "NO", "ONE")
        assert (await replica.role(), await replica.keys()) == ("master", KEYS)
        await node.kill()
        await waiting


async def test_what_the_page_says_of_commands_whose_client_is_gone_and_of_keys_that_expire(binary, tmp_path):
    settings = {"latency-monitor-threshold": "1", "slowlog-log-slower-than": "1000", "lua-time-limit": "5000"}
    async with Node(tmp_path / "node", "127.0.0.2", free(tmp_path / "port"), binary, **settings) as node:
        spin = asyncio.create_task(node.ask("EVAL", "for i = 1, 20000000 do local x = i end", 0))
        await asyncio.sleep(0.05)
        gone = await asyncio.open_connection(node.host, node.port)
        gone[1].write(b"KEYS nothing*\r\n")
        await gone[1].drain()
        gone[1].close()
        await spin
        await state(node, "commandstats")
        assert (await node.info("commandstats"))["cmdstat_keys"]["calls"] == 1

        await node.ask("EVAL", GROW, 1, "big", FIELDS)
        await node.ask("CONFIG", "SET", "lazyfree-lazy-expire", "no")  # as in Redis; Valkey frees it aside
        await node.ask("SLOWLOG", "RESET")
        await node.ask("PEXPIRE", "big", 1)
        await has(node, 0)
        events = {event[0] for event in await node.ask("LATENCY", "LATEST")}
        assert "expire-cycle" in events
        assert not [entry for entry in await node.ask("SLOWLOG", "GET", 20) if b"big" in entry["command"]]
