"""The playbooks' lines for Redis where replicas and Sentinels are: each page is walked in the situation it is for."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.rehearsal.patients.supervisor import Supervisor
from tests.playbooks.redis_nodes import Node, Watch, free, has, state
from tests.playbooks.redis_page import Page
from tests.rehearsal.patients.redis_here import every_redis, real

KEYS, OLD, WRONG, MORE = 500, 100, 60, 4000
SLOW_KEY_US = "1000000"
LATER = r"INFO replication \|"  # the line that a page says to ask again


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


@dataclass(frozen=True)
class Respawned:
    """A master that came back with an old dump, and what stands around it."""

    master: Node
    replica: Node
    other: Node
    watch: Watch
    supervisor: Supervisor


@pytest.fixture
async def muut(binary, tmp_path) -> AsyncIterator[Respawned]:
    """The master is back with its old dump; both replicas have asked it for everything, and it waits a minute."""
    port = free(tmp_path / "port")
    master = Node(tmp_path / "master", "127.0.0.2", port, binary, repl_diskless_sync_delay="60")
    ours = {"save": "3600 1", "replicaof": f"{master.host} {port}"}
    replica, other = (Node(tmp_path / f"r{at}", f"127.0.0.{at}", port, binary, **ours) for at in (3, 4))
    watch, supervisor = Watch(tmp_path / "watch", "127.0.0.5", port, binary, master), Supervisor(master)
    try:
        await supervisor.start()
        await master.ask("CONFIG", "SET", "repl-diskless-sync-delay", 0)
        await master.fill(0, OLD)
        await master.save()
        async with replica, other, watch:
            await replica.linked()
            await other.linked()
            await master.fill(OLD, KEYS)
            await has(replica, KEYS)
            await has(other, KEYS)
            await master.kill()
            await state(master, "replication", connected_slaves=2)
            yield Respawned(master, replica, other, watch, supervisor)
    finally:
        await supervisor.stop()


async def test_a_master_came_back_with_old_data_and_its_best_replica_is_saved(muut, binary, tmp_path):
    master, replica, other, watch = muut.master, muut.replica, muut.other, muut.watch
    port, page = master.port, Page("stop-respawn", binary, tmp_path)
    us = {"port": port, "replica": replica.host, "other": other.host, "master": master.host}

    told = [await page.step(1, node=node.host, port=port) for node in (replica, other, master)]
    sizes = [int(one.split()[-1]) for one in told]
    ends = [re.findall(r"(?:slave|master)_repl_offset:(\d+)", one) for one in told]
    assert sizes == [KEYS, KEYS, OLD] and int(ends[0][0]) > int(ends[2][-1])
    assert told[2].count("state=wait_bgsave") == 2

    told = await page.step(2, sentinel=watch.host, sentinelport=port, name="mymaster", **us)
    assert told.startswith("OK\nmaster\n") and f"\n{KEYS}\nname\nmymaster\n" in told
    assert await watch.watched() == {} and "replicaof" not in replica.conf.read_text()
    await master.ask("CONFIG", "SET", "repl-diskless-sync-delay", 0)
    await has(other, OLD)  # the one that nobody cut loose
    assert await replica.keys() == KEYS
    await replica.stop()
    await replica.start()
    assert (await replica.role(), await replica.keys()) == ("master", KEYS)

    told = await page.step(3, copy=tmp_path, **us)
    assert "RDB looks OK" in told and f"{KEYS} keys read" in told and told.endswith(f"dir\n{replica.data}\n")

    muut.supervisor.mask()
    await master.stop()

    told = await page.step(6, "GET|INFO|SET", **us)
    assert f"db0:keys={KEYS}," in told and "aof_enabled:1" in told
    await page.undo(6, "appendonly no|REWRITE", replica)
    await state(replica, "persistence", aof_enabled=0)
    assert "\nappendonly no\n" in replica.conf.read_text()
    await page.step(6, "SET", **us)
    written = {"aof_enabled": 1, "aof_rewrite_scheduled": 0, "aof_rewrite_in_progress": 0}
    await state(replica, "persistence", **written, aof_last_bgrewrite_status="ok")
    await page.step(6, "REWRITE", **us)
    await replica.kill()
    await replica.start()
    assert await replica.keys() == KEYS

    told = await page.step(7, **us)
    assert "connected_clients:" in told and told.endswith(" addr=127.0.0.1\n")

    told = await page.step(8, "DBSIZE|REPLICAOF|CONFIG", **us)
    assert told == f"{OLD}\n{KEYS}\nOK\nOK\n"
    await has(other, KEYS)
    assert "master_link_status:up" in await page.step(8, LATER, **us)
    assert f"\nreplicaof {replica.host} {port}\n" in other.conf.read_text()
    await page.undo(8, "REPLICAOF", other)
    assert (await other.role(), await other.keys()) == ("master", KEYS)
    await page.undo(2, "REPLICAOF|REWRITE", other, port=port, master=replica.host)
    await other.linked()

    with master.conf.open("a") as conf:
        conf.write("maxclients 900")  # a file whose last line has no end
    told = await page.step(8, "dump.rdb|replicaof", datadir=master.data, config=master.conf, **us)
    assert told.endswith(f":replicaof {replica.host} {port}\n")
    await master.start()
    await master.linked()
    assert (await master.role(), await master.keys()) == ("slave", KEYS)
    assert (master.data / "dump-stale.rdb").exists()

    assert await page.step(9, **us) == "appendonly\nyes\n"
    assert page.left == set()


async def test_a_master_that_nobody_knows_is_left_by_those_who_have_the_data(binary, tmp_path):
    port, word = free(tmp_path / "port"), "s3cret"
    wrong = Node(tmp_path / "wrong", "127.0.0.2", port, binary, word)
    best = Node(tmp_path / "best", "127.0.0.3", port, binary, word, save="3600 1")
    replica = Node(tmp_path / "replica", "127.0.0.4", port, binary, word)
    watch = Watch(tmp_path / "watch", "127.0.0.5", port, binary, wrong)
    page = Page("redis-replica-unknown-master", binary, tmp_path, word)
    us = {"port": port, "best": best.host, "saved": best.host, "replica": replica.host, "master": best.host}
    us |= {"copy": tmp_path}
    async with wrong, best, replica:
        await best.fill(0, KEYS)
        await wrong.fill(0, WRONG)
        await replica.after(wrong)
        await has(replica, WRONG)
        await wrong.ask("CONFIG", "SET", "rdb-key-save-delay", SLOW_KEY_US)
        await best.after(wrong)
        await state(best, "replication", master_sync_in_progress=1)
        told = await page.step(1, node=best.host, port=port)
        assert f"master_host:{wrong.host}" in told and f"db0:keys={KEYS}," in told and str(best.conf) in told

        async with watch:
            await watch.knows(2)
            told = await page.step(2, sentinel=watch.host, sentinelport=port, name="mymaster")
            assert told.startswith(f"name\nmymaster\nip\n{wrong.host}\n") and f"name\n{best.host}:{port}\n" in told
            assert "OK 1 usable Sentinels" in told

        told = await page.step(3, **us)
        assert told.startswith("OK\nmaster\n") and told.endswith(f"\n{KEYS}\nOK\n")
        await best.stop()
        await best.start()
        assert (await best.role(), await best.keys()) == ("master", KEYS)

        told = await page.step(4, **us)
        assert "RDB looks OK" in told and f"{KEYS} keys read" in told

        told = await page.step(6, node=replica.host, port=port)
        assert "flags=M" in told and told.endswith(f"dir\n{replica.data}\n")
        told = await page.step(6, "sudo grep", config=replica.conf, log=replica.log)
        assert f":replicaof {wrong.host} {port}\n" in told and word not in told and "overcommit" not in told
        assert f"REPLICAOF {wrong.host}:{port} enabled (user request from " in told

        assert await page.step(7, "DBSIZE|REPLICAOF|CONFIG", **us) == f"{WRONG}\n{KEYS}\nOK\nOK\n"
        await has(replica, KEYS)
        assert "master_link_status:up" in await page.step(7, LATER, **us)
        assert f"\nreplicaof {best.host} {port}\n" in replica.conf.read_text()

        told = await page.step(9, **us)
        assert "master_link_status:up" in told and "sync_full:" in told and "repl-backlog-size\n" in told
        assert told.endswith("OK\n" * 4) and "slave 268435456 67108864 60" in told
        assert (await best.ask("CONFIG GET", "client-output-buffer-limit")).popitem()[1].count(
            "slave 1073741824 536"
        ) == 1
        for node in (best, replica):
            assert await node.ask("CONFIG GET", "repl-timeout") == {"repl-timeout": "300"}
            await page.undo(9, "CONFIG SET", node, " repl-timeout 60")
        await page.undo(9, "CONFIG SET", best, " client-output-buffer-limit 'slave 268435456 67108864 60'")

        watch.heed(best)  # as the page says: another address, and no replica that it knew
        async with watch:
            await watch.knows(1)
            assert (await watch.watched())["ip"] == best.host and await best.role() == "master"

        told = await page.step(8, **us)
        assert told == "OK\nmin-replicas-max-lag\n10\ndefault\n"
        await replica.promote()
        await state(best, "replication", connected_slaves=0)
        assert (await page.typed(f"redis-cli -h {best.host} -p {port} SET a 1"))[1].startswith("NOREPLICAS")
        await page.undo(8, "CONFIG SET", best)
        assert await best.ask("SET", "a", "1")
    assert page.left == set()


def ids(told: str) -> set[str]:
    """The ids under which a server counts its offset, as step 1 prints them."""
    return {one for one in re.findall(r"master_replid2?:(\w+)", told) if one.strip("0")}


def counted(told: str) -> tuple[int, int]:
    """Its keys and its offset."""
    return int(re.findall(r"db0:keys=(\d+)", told)[0]), int(re.findall(r"master_repl_offset:(\d+)", told)[0])


async def test_who_copied_a_bigger_foreign_master_has_the_most_keys_and_shows_its_id(binary, tmp_path):
    port, page = free(tmp_path / "port"), Page("redis-replica-unknown-master", binary, tmp_path)
    ours, mate, taken, wrong = (Node(tmp_path / f"n{at}", f"127.0.0.{at}", port, binary) for at in (2, 3, 4, 5))
    async with ours, mate, taken, wrong:
        for master, replica, keys in ((ours, mate, KEYS), (wrong, taken, MORE)):
            await replica.after(master)
            await replica.linked()
            await master.fill(0, keys)
            await has(replica, keys)
        us, foreign = [ids(await page.step(1, node=node.host, port=port)) for node in (ours, wrong)]
        for cut in (False, True):
            if cut:
                await taken.ask("REPLICAOF", "NO", "ONE")
            told = {node: await page.step(1, node=node.host, port=port) for node in (ours, mate, taken)}
            assert ids(told[taken]) & foreign and not ids(told[taken]) & us and ids(told[mate]) == us
            keys, offset = counted(told[taken])
            assert keys == MORE and offset > counted(told[ours])[1]


async def test_what_only_the_smaller_of_two_masters_has_does_not_show_in_the_counts_and_is_in_its_copy(
    binary, tmp_path
):
    port, page = free(tmp_path / "port"), Page("redis-replica-unknown-master", binary, tmp_path)
    best, smaller = (Node(tmp_path / f"n{at}", f"127.0.0.{at}", port, binary) for at in (2, 3))
    us = {"port": port, "best": best.host, "replica": smaller.host, "copy": tmp_path}
    async with best, smaller:
        await best.fill(0, KEYS + 100)
        await smaller.fill(0, KEYS)
        await smaller.fill(MORE, MORE + 30)
        assert f"{KEYS + 30} keys read" in await page.step(4, saved=smaller.host, **us)
        assert await page.step(7, "DBSIZE|REPLICAOF", **us) == f"{KEYS + 30}\n{KEYS + 100}\nOK\n"
        await has(smaller, KEYS + 100)
        assert await smaller.ask("EXISTS", f"post:{MORE}") == 0


async def test_a_rewritten_file_keeps_what_another_page_set_for_a_while(binary, tmp_path):
    page = Page("redis-replica-unknown-master", binary, tmp_path)
    async with Node(tmp_path / "best", "127.0.0.2", free(tmp_path / "port"), binary, save="3600 1") as best:
        await best.ask("CONFIG", "SET", "save", "")
        await page.step(3, "REWRITE", best=best.host, port=best.port)
        assert 'save ""' in best.conf.read_text() and "save 3600 1" not in best.conf.read_text()
