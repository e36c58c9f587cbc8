"""`muster preflight` on real patients: what it prints, and its exit status."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.patients.muut import LIVE_KEYS, Muut
from bot.rehearsal.patients.redis_server import RedisServer
from tests.cli.conftest import Muster
from tests.probes.web.conftest import serving
from tests.rehearsal.patients.redis_here import every_redis, real

STATUS = {"go": 0, "wait": 1, "stop": 2, "unknown": 3}


async def preflight(tmp_path: Path, patient: ReplicaSet, *words: str, more: str = "") -> tuple[int, str, str]:
    """Run the command on a MongoDB patient."""
    members = ", ".join(f"'{address}'" for address in patient.addresses)
    return await typed(tmp_path, f"  orders-db: {{kind: mongodb, members: [{members}]}}\n{more}", *words)


async def typed(tmp_path: Path, systems: str, *words: str) -> tuple[int, str, str]:
    """Run the command as a person does, and return its status and what it printed."""
    file = tmp_path / "inventory.yaml"
    file.write_text(f"systems:\n{systems}")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "preflight", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={"ATLAS_KEY": "k", "MUSTER_INVENTORY": str(file), "DATABASE_URL": f"sqlite:///{tmp_path}/muster.db"},
        cwd=Path(__file__).parents[2],
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.parametrize(
    ("disease", "words", "answer", "says"),
    [
        ("", ("failover", "orders-db"), "go", "2 can take over"),
        ("", ("scale-out", "orders-db"), "unknown", "Say it, as in `+4x100`"),
        ("", ("scale-out", "orders-db", "+4x100"), "go", "400 more make"),
        ("", ("scale-out", "orders-db", "+500x100"), "wait", "50,000 more make 98%"),
        ("tickets-gone", ("scale-out", "orders-db", "+4x100"), "stop", "Take load off first"),
        ("zombie-primary", ("failover", "orders-db"), "go", "cut it off"),
        ("member-down", ("failover", "orders-db"), "stop", "1 votes are left"),
        (
            "index-half-built",
            ("index-swap", "orders-db", "shop.orders", "status_1", "status_1_created_-1"),
            "stop",
            "is still being built on",
        ),
        ("", ("cluster-upgrade", "orders-db"), "stop", "outside of the cluster is known"),
        ("indexes-lost", ("cluster-upgrade", "orders-db"), "stop", "has no index but _id on shop.orders"),
    ],
)
async def test_the_answer_is_printed_and_is_the_exit_status(tmp_path, disease, words, answer, says):
    async with ReplicaSet(members=3, version="6.0") as patient:
        if disease:
            await patient.fall_ill(disease, ago_s=60.0)
        status, out, err = await preflight(tmp_path, patient, *words)
        assert (status, out.split()[0]) == (STATUS[answer], answer.upper()), err
        assert says in out
        assert "muster runbook show " in out.splitlines()[-1]
        assert await patient.writes() == []


async def test_a_password_that_is_not_set_is_one_line(tmp_path):
    systems = "  orders-db: {kind: mongodb, members: ['127.0.0.1:1'], user: u, password_env: ORDERS_DB_PASSWORD}\n"
    status, out, _ = await typed(tmp_path, systems, "failover", "orders-db")
    assert (status, out.count("ORDERS_DB_PASSWORD is not set")) == (STATUS["unknown"], 1), out
    assert "questions open." in out
    assert "runbook show force-failover-via-firewall" in out


@pytest.mark.parametrize("name", every_redis()[:1])
async def test_a_redis_inventory_without_its_master_is_told_what_to_add(tmp_path, name):
    async with (
        RedisServer(tmp_path / "a", binary=real(name)) as master,
        RedisServer(tmp_path / "b", binary=real(name), follows=master) as replica,
    ):
        await replica.linked()
        systems = f"  posts: {{kind: redis, members: ['127.0.0.1:{replica.port}']}}\n"
        status, out, _ = await typed(tmp_path, systems, "restart-redis-master", "posts", "supervisor=off")
    assert status == STATUS["wait"], out
    assert f"follows 127.0.0.1:{master.port}, which the inventory lacks" in out


async def test_a_hidden_member_that_alone_still_builds_the_new_index_is_enough_to_stop(tmp_path):
    async with ReplicaSet(members=3, version="7.0", hidden=True) as patient:
        await patient.fall_ill("index-half-built", member=3)
        line = ("index-swap", "orders-db", "shop.orders", "status_1", "status_1_created_-1")
        status, out, _ = await preflight(tmp_path, patient, *line)
        assert status == STATUS["stop"]
        assert f"is still being built on {patient.addresses[3]}." in out, out


async def test_a_restore_is_held_against_what_lies_in_the_backup_place(tmp_path):
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    for day in (19, 20, 21):
        (dumps / f"orders-2026-11-{day}.archive").write_bytes(b"\x6d\xe2\x99\x81" + bytes(1000))
    more = f"  orders-dumps: {{kind: backup, url: {dumps}}}\n"
    async with ReplicaSet(members=3, version="6.0") as patient:
        status, out, _ = await preflight(tmp_path, patient, "restore", "orders-db", "jobs=stopped", "--json", more=more)
    told: dict[str, Any] = json.loads(out)
    assert STATUS[told["answer"]] == status
    assert told["details"] == {"jobs": "stopped"}
    signals = {line["finding"]["signal"] for line in told["lines"] if line["finding"]}
    assert signals >= {"backup-old", "backup-stale-content", "backup-too-few"}
    assert any("are free, the newest backup has" in line["says"] for line in told["lines"])


@pytest.mark.parametrize("name", every_redis())
async def test_muut_before_and_after_its_master_came_back_with_old_data(tmp_path, name):
    async with Muut(tmp_path / "muut", binary=real(name), grace_s=30) as muut:
        servers = f"['127.0.0.1:{muut.master.port}', '127.0.0.1:{muut.replica.port}']"
        systems = f"  posts: {{kind: redis, members: {servers}}}\n"
        status, out, err = await typed(tmp_path, systems, "restart-redis-master", "posts", "supervisor=on")
        assert status == STATUS["stop"], err
        assert "saves nothing" in out and "has saved no dump" not in out.splitlines()[1]
        await muut.kill_master()
        await muut.until_respawned()
        status, out, _ = await typed(tmp_path, systems, "restart-redis-master", "posts", "supervisor=on")
        assert status == STATUS["stop"]
        assert f"went from {LIVE_KEYS:,} keys to 100" in out, out
        assert "BGSAVE" not in out
        assert f"has {LIVE_KEYS:,} keys" in out and "its master 100 at offset" in out, out
        assert await muut.replica.keys() == LIVE_KEYS, "said while the replica still held everything"


@pytest.mark.parametrize("name", every_redis()[:1])
async def test_muut_the_one_copy_was_written_just_now_from_data_of_26_days_ago(tmp_path, name):
    async with Muut(tmp_path / "muut", binary=real(name)) as muut:
        (tmp_path / "copies").mkdir()
        (tmp_path / "copies" / "dump.rdb").write_bytes(muut.master.dump.read_bytes())
        systems = (
            f"  posts: {{kind: redis, members: ['127.0.0.1:{muut.master.port}']}}\n"
            f"  posts-copies: {{kind: backup, url: {tmp_path}/copies, every_h: 1}}\n"
        )
        status, out, err = await typed(tmp_path, systems, "restore", "posts", "jobs=stopped", "free=40GB")
    assert status == STATUS["stop"], err
    assert "the data in it 26 d" in out
    assert "There is 1 generation: the next backup may overwrite it." in out


async def test_havoc_by_the_vendors_own_interface_with_a_cluster_at_its_limit(tmp_path):
    with serving() as atlas:
        place = "/api/atlas/v2/groups/507f1f77bcf86cd799439011"
        atlas.page(f"{place}/clusters/orders", b'{"stateName": "IDLE", "paused": false}')
        atlas.page(f"{place}/events?clusterNames=orders&itemsPerPage=100", b'{"results": []}')
        more = (
            "  orders-atlas: {kind: atlas, project: '507f1f77bcf86cd799439011', cluster: orders, public_key: abcdefgh, "
            f"password_env: ATLAS_KEY, api_url: 'http://127.0.0.1:{atlas.port}'}}\n"
        )
        async with ReplicaSet(members=3, version="6.0") as patient:
            await patient.fall_ill("connection-limit", spare=20)
            status, out, err = await preflight(tmp_path, patient, "cluster-upgrade", "orders-atlas", more=more)
    assert status == STATUS["stop"], err
    assert "No copy of orders-atlas outside of the cluster is known" in out
    assert "of 1,500 connections" in out, out
    assert "is IDLE: Atlas changes nothing" in out, out


@pytest.mark.parametrize("name", every_redis()[:1])
async def test_a_redis_master_that_keeps_a_file_and_whose_replica_follows_may_restart_once_it_has_run_a_while(
    tmp_path, name
):
    async with (
        RedisServer(tmp_path / "a", binary=real(name), settings={"appendonly": "yes"}) as master,
        RedisServer(tmp_path / "b", binary=real(name), follows=master) as replica,
    ):
        await replica.linked()
        await master.fill(0, 500)
        systems = f"  posts: {{kind: redis, members: ['127.0.0.1:{master.port}', '127.0.0.1:{replica.port}']}}\n"
        status, out, _ = await typed(tmp_path, systems, "restart-redis-master", "posts")
        assert "keeps an append-only file" in out
        assert (status, "Whether a supervisor" in out) == (STATUS["unknown"], True)
        status, out, _ = await typed(tmp_path, systems, "restart-redis-master", "posts", "supervisor=off")
        assert status == STATUS["go"], out


def test_alone_it_lists_the_changes_and_a_mistake_says_what_to_type(muster: Muster, database: str):
    said = muster("preflight")
    assert (said.status, "restart-redis-master" in said.out) == (0, True)
    said = muster("preflight", "drop-indx", "orders-db")
    assert said.status == 3
    assert "`drop-index`" in said.err
    said = muster("preflight", "drop-index")
    assert said.status == 3
    assert "muster preflight drop-index SYSTEM shop.orders status_1" in said.err
