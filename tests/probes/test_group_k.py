"""Group K of the cases that probes must pass, and where each of them is tried.

| case | tried in |
| --- | --- |
| K1 only reads leave, and the minimal user suffices | mongodb/test_never_a_burden.py, redis/test_asking.py (MONITOR), test_rights.py, test_least_rights.py, here |
| K2 no host but the inventory's, pinned | domain/test_addresses.py, test_pins.py, web/test_in_its_process.py |
| K3 no URI and no option of one | here, store/test_inventory.py |
| K4 what hangs or drips is over in time | test_looking.py, redis/test_hostile.py, web/test_asking.py, here |
| K5 a hostile server, two primaries | test_looking.py, redis/test_hostile.py, mongodb/test_primary.py, here |
| K6 many who ask at once | mongodb/test_never_a_burden.py, here |
| K7 half of the rights denied | mongodb/test_on_patients.py, redis/test_asking.py, test_rights.py, here |
| K8 a dangerous command in a playbook | no step runs a command: people read it, with its danger (playbooks/test_shipped.py); what may leave is closed (redis/test_asking.py, here) |
| K9 what is older than 30 s is no precondition | domain/test_preflight.py, here |
| K10 secrets are not kept | test_evidence.py, mongodb/test_shapes.py, here |
| K11 odd sets | mongodb/test_on_patients.py, mongodb/test_primary.py, redis/test_roles.py, here |
| K12 odd values | mongodb/test_odd_answers.py, redis/test_bears_anything.py, web, backup and host likewise |
| K13 an election in progress | mongodb/test_primary.py, here |
| K14 loading | store/test_inventory.py, store/test_playbooks.py |
"""  # noqa: E501  # a table has no shorter lines

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pymongo.uri_parser import parse_uri

from bot.domain.finding import Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.domain.preflight.changes import CHANGES
from bot.domain.preflight.deciding import decide
from bot.domain.preflight.values import Answer as Go
from bot.domain.preflight.values import Case, Looked
from bot.probes import catalog
from bot.probes.lacking import CAN_WRITE
from bot.probes.mongodb.asking import MAY_LEAVE
from bot.probes.redis import wire
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.patients.redis_server import RedisServer
from bot.services.systems.looker import Looker, Taken
from bot.settings import HERE
from bot.store.inventory import load
from tests.patience import PATIENCE_S
from tests.rehearsal.patients.redis_here import every_redis, real

SECRET = "tr0ub4dor-3-and-more"
OVER_S = 3.5  # a look and the start of its process


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


def system_of(kind: SystemKind, *addresses: str, user: str = "") -> System:
    places = [address.rpartition(":") for address in addresses]
    members = tuple(Member(host=host, port=int(port)) for host, _, port in places)
    return System(name="shop", kind=kind, members=members, user=user, password_env="SHOP_PASSWORD")


async def looked(system: System, *, every: bool = False, password: str = "", deadline_s: float = 8.0) -> Taken:
    names = tuple(probe.name for probe in catalog.of_kind(system.kind)) if every else ()
    looker = Looker(lambda _: password)
    return await looker.look(system, names, at=datetime.now(UTC), deadline_s=deadline_s)


def verdicts(taken: Taken, signal: str) -> list[Verdict]:
    return [finding.verdict for finding in taken.result.findings if finding.signal == signal]


async def test_k1_every_probe_of_redis_leaves_the_data_as_they_are(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as server:
        await server.ask("SET", "a", "1")
        before = (await server.info("persistence"))["rdb_changes_since_last_save"]
        taken = await looked(system_of(SystemKind.REDIS, f"127.0.0.1:{server.port}"), every=True)
        assert not taken.result.trouble
        assert (await server.info("persistence"))["rdb_changes_since_last_save"] == before == 1
        assert await server.keys() == 1


def test_k1_no_driver_is_loaded_before_the_first_look_nor_by_it_outside_its_process():
    code = """if True:
        import asyncio, datetime, sys
        import bot.wiring
        from bot.domain.inventory import Member, System, SystemKind
        from bot.services.systems.looker import Looker
        system = System(name="x", kind=SystemKind.REDIS, members=(Member(host="127.0.0.1", port=1),))
        assert not {"pymongo", "redis", "fsspec"} & sys.modules.keys()
        taken = asyncio.run(Looker(lambda _: "").look(system, at=datetime.datetime.now(datetime.UTC)))
        assert taken.result.findings
        print(sorted({"pymongo", "redis", "fsspec"} & sys.modules.keys()))"""
    said = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "system",
    [
        "kind: mongodb, members: ['mongodb://%2Ftmp%2Fx.sock']",
        "kind: mongodb, members: ['db1/?tlsInsecure=true']",
        "kind: mongodb, members: ['db1?authMechanism=MONGODB-AWS']",
        "kind: mongodb, members: ['db1,db2.evil.example']",
        "kind: mongodb, members: ['mongodb+srv://evil.example']",
        "kind: mongodb, members: [db1], tlsInsecure: true",
        "kind: mongodb, members: [db1], authMechanism: MONGODB-OIDC",
        "kind: redis, members: ['unix:///var/run/docker.sock']",
        "kind: redis, members: ['cache1?socket_timeout=999999']",
    ],
)
def test_k3_what_drivers_read_out_of_addresses_is_refused(system, tmp_path):
    file = tmp_path / "inventory.yaml"
    file.write_text(f"systems:\n  x: {{{system}}}\n", "utf-8")
    loaded = load(file)
    assert loaded.inventory.systems == ()
    assert [problem.line for problem in loaded.problems] == [2]


@pytest.mark.parametrize("disease", ["hang-at-connect", "one-byte-a-second", "endless-reply", "deep-document"])
async def test_k4_and_k5_a_member_that_hangs_or_attacks_is_unknown_in_time_and_the_others_are_told(disease):
    async with ReplicaSet(members=3) as patient:
        await patient.fall_ill(disease, member=2)
        began = time.monotonic()
        taken = await looked(system_of(SystemKind.MONGODB, *patient.addresses), deadline_s=2.7)
        took_s = time.monotonic() - began
    assert verdicts(taken, "disk-full") == [Verdict.OK, Verdict.OK, Verdict.UNKNOWN]
    assert took_s < OVER_S + PATIENCE_S


async def test_k6_twenty_who_ask_at_once_are_one_connection(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as server:
        looker, system = Looker(lambda _: ""), system_of(SystemKind.REDIS, f"127.0.0.1:{server.port}")
        earlier = await looker.look(system, at=datetime.now(UTC))
        before = (await server.info("stats"))["total_connections_received"]
        looker = Looker(lambda _: "")
        asking = (
            looker.look(system, at=datetime.now(UTC), before=earlier.result.kept, before_at=datetime.now(UTC))
            for _ in range(20)
        )
        taken = await asyncio.gather(*asking)
        after = (await server.info("stats"))["total_connections_received"]
    assert len({id(one.result) for one in taken}) == 1
    assert after - before == 2  # one of them is this question


async def test_k7_with_half_of_the_rights_denied_the_rest_is_told_and_the_right_is_named():
    async with ReplicaSet(members=1) as patient:
        await patient.fall_ill("denied", member=0)
        findings = (await looked(system_of(SystemKind.MONGODB, *patient.addresses))).result.findings
    assert any(one.verdict is Verdict.OK for one in findings)
    untold = [one for one in findings if "lacks the right" in one.says or "lacks a right" in one.says]
    assert untold
    assert {one.verdict for one in untold} == {Verdict.UNKNOWN}


@pytest.mark.parametrize("words", [("KEYS", "*"), ("EVAL", "x", "0"), ("DEBUG", "SLEEP", "1"), ("ACL", "SETUSER", "x")])
def test_k8_what_no_look_may_say_never_leaves(words):
    assert not wire.allowed(words)
    assert not {"mapReduce", "eval", "insert", "update", "delete", "createIndexes", "shutdown"} & MAY_LEAVE


def test_k9_what_was_seen_ten_minutes_ago_is_refused_and_its_age_is_shown():
    now = datetime.now(UTC)
    for change in CHANGES:
        kind = SystemKind.REDIS if "redis" in change.name else SystemKind.MONGODB
        old = Looked(system=System(name="x", kind=kind), at=now - timedelta(minutes=10), findings=())
        made = decide(change, Case(details=dict.fromkeys(change.words, "a.b"), looks=(old,)), now)
        assert made.answer is not Go.GO
        assert "600 s old" in " ".join(line.says for line in made.lines)


async def test_k10_the_passwords_of_a_redis_and_of_its_clients_are_in_nothing_that_is_kept(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary, password=SECRET) as server:
        system = system_of(SystemKind.REDIS, f"127.0.0.1:{server.port}")
        taken = await looked(system, every=True, password=SECRET)
        assert verdicts(taken, CAN_WRITE) == [Verdict.CRITICAL]
    assert SECRET not in json.dumps(asdict(taken.result), default=str)


async def test_k10_the_password_of_a_mongodb_is_in_nothing_that_is_kept():
    async with ReplicaSet(members=1, user=("probe", SECRET)) as patient:
        taken = await looked(
            system_of(SystemKind.MONGODB, *patient.addresses, user="probe"), every=True, password=SECRET
        )
    assert verdicts(taken, CAN_WRITE) == [Verdict.OK]
    assert SECRET not in json.dumps(asdict(taken.result), default=str)


async def test_k11_a_single_server_is_no_sick_set():
    async with ReplicaSet(members=1, standalone=True) as patient:
        findings = (await looked(system_of(SystemKind.MONGODB, *patient.addresses))).result.findings
    assert [one.says for one in findings if one.speaks] == []


async def test_k13_a_set_without_a_primary_is_told_as_that():
    async with ReplicaSet(members=3) as patient:
        await patient.fall_ill("no-primary")
        taken = await looked(system_of(SystemKind.MONGODB, *patient.addresses))
    spoken = {one.signal: one.says for one in taken.result.findings if one.speaks}
    assert "no-primary" in spoken
    assert "two-primaries" not in spoken


@pytest.fixture
async def mongod(tmp_path: Path) -> AsyncIterator[System]:
    """A real mongod: the one that MUSTER_TEST_MONGODB_URI names, else one started here, else none."""
    uri, program = os.environ.get("MUSTER_TEST_MONGODB_URI", ""), shutil.which("mongod")
    async with AsyncExitStack() as ends:
        if uri:
            told = parse_uri(uri)
            places = [f"{host}:{port}" for host, port in told["nodelist"]]
            yield system_of(SystemKind.MONGODB, *places, user=told["username"] or "")
            return
        if not program:
            pytest.skip("there is no mongod here: install one, or name one with MUSTER_TEST_MONGODB_URI")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ("--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", str(tmp_path))
        quiet = asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(program, *words, stdout=quiet, stderr=quiet)
        ends.push_async_callback(process.wait)
        ends.callback(process.kill)
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(_listens, port):
                await asyncio.sleep(0.1)
        yield system_of(SystemKind.MONGODB, f"127.0.0.1:{port}")


def _listens(port: int) -> bool:
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


async def test_k11_every_probe_reads_a_real_mongod(mongod):
    password = parse_uri(os.environ["MUSTER_TEST_MONGODB_URI"])["password"] if mongod.user else ""
    taken = await looked(mongod, every=True, password=password or "")
    assert not taken.result.trouble
    heard = [one for one in taken.result.evidence.values() if "value" in one["serverStatus"]]
    assert len(heard) == len(mongod.members)
    assert "could not be judged" not in " ".join(one.says for one in taken.result.findings)


async def test_k1_a_real_mongod_without_access_control_is_told_as_one_that_anybody_may_write_to(mongod):
    if mongod.user:
        pytest.skip("this one has users")
    assert set(verdicts(await looked(mongod, every=True), CAN_WRITE)) == {Verdict.CRITICAL}
