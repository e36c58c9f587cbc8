"""What our user may read and write, told by the servers themselves without a write being tried."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes.lacking import CAN_WRITE, CANNOT_READ
from bot.probes.least_rights import MINIMAL_ACL, MINIMAL_SENTINEL_ACL
from bot.probes.mongodb import rights as of_mongodb
from bot.probes.redis import rights as of_redis
from bot.probes.seen import Answer, Look, Seen, Trouble
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.patients.redis_server import RedisServer
from bot.rehearsal.patients.sentinel import Sentinel
from bot.services.systems.looker import Looker
from tests.rehearsal.patients.redis_here import every_redis, real

USER, PASSWORD = "muster-probe", "secret"
OK, UNKNOWN, WARNING, CRITICAL = Verdict.OK, Verdict.UNKNOWN, Verdict.WARNING, Verdict.CRITICAL
KIND = {of_mongodb: SystemKind.MONGODB, of_redis: SystemKind.REDIS}


@pytest.fixture(params=every_redis())
def binary(request: pytest.FixtureRequest) -> Path:
    return real(request.param)


async def told(kind: SystemKind, *addresses: str, part: str = "", user: str = "") -> dict[str, list[Finding]]:
    """The findings of the kind's rights by signal, members in the order given; a whole look in its process."""
    places = [address.rpartition(":") for address in addresses]
    members = tuple(Member(host=host, port=int(port), part=part) for host, _, port in places)
    options = {"sentinel_name": "mymaster"} if part else {}
    system = System(
        name="shop", kind=kind, members=members, user=user, password_env="SHOP" if user else "", options=options
    )
    taken = await Looker(lambda _: PASSWORD).look(system, ("rights",), at=datetime.now(UTC), deadline_s=8.0)
    assert not taken.result.trouble
    return {
        signal: [one for one in taken.result.findings if one.signal == signal] for signal in (CANNOT_READ, CAN_WRITE)
    }


def verdicts(findings: list[Finding]) -> list[Verdict]:
    return [finding.verdict for finding in findings]


@pytest.mark.parametrize("version", ["4.4", "8.0"])
async def test_the_minimal_user_of_mongodb_may_read_and_cannot_write(version):
    async with ReplicaSet(members=3, arbiter=True, version=version, user=(USER, PASSWORD)) as patient:
        found = await told(SystemKind.MONGODB, *patient.addresses, user=USER)
        assert verdicts(found[CANNOT_READ]) == verdicts(found[CAN_WRITE]) == [OK] * 4
        assert await patient.writes() == []


async def test_a_user_of_mongodb_that_may_write_is_red_with_the_actions_and_where():
    async with ReplicaSet(members=1, user=(USER, PASSWORD), roles=("clusterMonitor", "readWrite@shop")) as patient:
        found = await told(SystemKind.MONGODB, *patient.addresses, user=USER)
        (finding,) = found[CAN_WRITE]
        assert finding.verdict is CRITICAL
        assert "createIndex on shop" in finding.says
        assert "insert" in finding.value
        assert await patient.writes() == []


async def test_without_access_control_anybody_may_write():
    async with ReplicaSet(members=1) as patient:
        (finding,) = (await told(SystemKind.MONGODB, *patient.addresses))[CAN_WRITE]
    assert (finding.verdict, finding.value) == (CRITICAL, "access control off")


async def test_a_right_that_lacks_in_mongodb_is_named():
    async with ReplicaSet(members=3, user=(USER, PASSWORD)) as patient:
        await patient.fall_ill("denied", member=2)
        found = await told(SystemKind.MONGODB, *patient.addresses, user=USER)
    assert verdicts(found[CANNOT_READ]) == [OK, OK, WARNING]
    assert "replSetGetStatus" in found[CANNOT_READ][2].says


async def test_a_wrong_password_is_critical_and_what_may_be_written_is_not_known():
    async with ReplicaSet(members=1, user=(USER, "another")) as patient:
        found = await told(SystemKind.MONGODB, *patient.addresses, user=USER)
    assert verdicts(found[CANNOT_READ] + found[CAN_WRITE]) == [CRITICAL, UNKNOWN]
    assert "user or password is refused" in found[CANNOT_READ][0].says


async def test_a_member_that_is_not_there_is_unknown_on_both():
    found = await told(SystemKind.MONGODB, "127.0.0.1:1")
    assert verdicts(found[CANNOT_READ] + found[CAN_WRITE]) == [UNKNOWN, UNKNOWN]
    assert found[CANNOT_READ][0].value == "not reached"


async def test_redis_tells_of_each_sort_of_user_what_it_may_and_of_before_7_what_its_rules_are(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as server:
        has_dry_run = int((await server.info("server"))["redis_version"].split(".")[0]) >= 7
        cases = {
            MINIMAL_ACL: OK if has_dry_run else UNKNOWN,
            f"{MINIMAL_ACL} +acl|getuser": OK,
            f"{MINIMAL_ACL} +acl|getuser +set ~*": CRITICAL if has_dry_run else UNKNOWN,
            f"{MINIMAL_ACL} +acl|getuser +set ~app:*": UNKNOWN,
            f"{MINIMAL_ACL} +acl|getuser +config|set": CRITICAL if has_dry_run else UNKNOWN,
            "+@all ~*": CRITICAL,
            MINIMAL_ACL.replace(" +acl|dryrun", ""): UNKNOWN,
        }
        said = {}
        for rules in cases:
            await server.ask("ACL", "SETUSER", USER, "reset", "on", f">{PASSWORD}", *rules.split())
            found = await told(SystemKind.REDIS, f"127.0.0.1:{server.port}", user=USER)
            assert verdicts(found[CANNOT_READ]) == [OK], rules
            said[rules] = found[CAN_WRITE][0].verdict
        assert said == cases
        assert await server.keys() == 0


async def test_whoever_needs_no_password_may_do_everything(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as server:
        (finding,) = (await told(SystemKind.REDIS, f"127.0.0.1:{server.port}"))[CAN_WRITE]
    assert finding.verdict is CRITICAL
    assert any(word in finding.says for word in ("SET, DEL", "everything"))


async def test_a_right_that_lacks_in_redis_is_named(binary, tmp_path):
    async with RedisServer(tmp_path, binary=binary) as server:
        rules = MINIMAL_ACL.replace("+config|get ", "").split()
        await server.ask("ACL", "SETUSER", USER, "on", f">{PASSWORD}", *rules)
        (finding,) = (await told(SystemKind.REDIS, f"127.0.0.1:{server.port}", user=USER))[CANNOT_READ]
    assert (finding.verdict, finding.value) == (WARNING, "config")
    assert "+config|get" in finding.says


async def test_a_sentinel_is_asked_about_what_a_sentinel_can_do(binary, tmp_path):
    async with (
        RedisServer(tmp_path / "master", binary=binary) as master,
        Sentinel(tmp_path / "sentinel", master, binary=binary) as sentinel,
    ):
        at = f"127.0.0.1:{sentinel.port}"
        (anybody,) = (await told(SystemKind.REDIS, at, part="sentinel"))[CAN_WRITE]
        assert anybody.verdict is CRITICAL
        await sentinel.ask("ACL", "SETUSER", USER, "on", f">{PASSWORD}", *MINIMAL_SENTINEL_ACL.split())
        found = await told(SystemKind.REDIS, at, part="sentinel", user=USER)
        assert verdicts(found[CANNOT_READ]) == [OK]
        has_dry_run = int((await sentinel.info("server"))["redis_version"].split(".")[0]) >= 7
        assert verdicts(found[CAN_WRITE]) == [OK if has_dry_run else UNKNOWN]


def judged(of, answers: dict[str, Answer]) -> dict[str, Finding]:
    member = Member(host="10.0.0.1", port=1)
    system = System(name="shop", kind=KIND[of], members=(member,))
    return {one.signal: one for one in of.judge(Seen(system, datetime.now(UTC), (Look(member, answers),)))}


def test_an_action_that_nobody_knows_is_never_fine():
    privileges = [{"resource": {"cluster": True}, "actions": ["serverStatus", "brandNewAction"]}]
    info = {"authenticatedUsers": [{"user": "a"}], "authenticatedUserPrivileges": privileges}
    finding = judged(of_mongodb, {"connectionStatus": Answer({"authInfo": info})})[CAN_WRITE]
    assert (finding.verdict, finding.value) == (UNKNOWN, "brandNewAction")


def test_no_action_both_reads_and_changes():
    assert not of_mongodb.ONLY_READ & of_mongodb.CHANGES


def test_a_redis_without_users_lets_everybody_do_everything():
    answers = {
        "info": Answer({"redis_version": "5.0.5"}),
        "rights": Answer(trouble=Trouble.UNSUPPORTED, says="no such command here"),
    }
    assert judged(of_redis, answers)[CAN_WRITE].verdict is CRITICAL


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["insert", "OK"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(("of", "question"), [(of_mongodb, "connectionStatus"), (of_redis, "rights")])
@given(value=ODD, part=st.sampled_from(["", "authenticatedUsers", "authenticatedUserPrivileges", "tried", "rules"]))
@settings(max_examples=300)
def test_odd_answers_never_raise_and_never_pass(of, question, value, part):
    whole = {"authInfo": {"authenticatedUsers": [{}], part: value}, part: value} if part else value
    finding = judged(of, {question: Answer(whole)})[CAN_WRITE]
    assert finding.verdict is not OK
    assert finding.says.isprintable()
    assert len(finding.says) <= 160


async def test_a_look_at_rights_costs_less_than_a_look_may():
    async with ReplicaSet(members=3, user=(USER, PASSWORD)) as patient:
        async with asyncio.timeout(8.0):
            await told(SystemKind.MONGODB, *patient.addresses, user=USER)
