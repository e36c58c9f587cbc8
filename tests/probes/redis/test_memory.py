"""Memory against its limit and its policy, on recorded answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.finding import Verdict, absent
from bot.probes.redis.answers import size
from bot.probes.redis.memory import PROBE
from tests.probes.redis.conftest import looked, system_of
from tests.probes.redis.recorded import MASTER, REFUSED, REPLICA, SEVEN, SIX, healthy, info, look, seen

USED = 7_683_248 - 33_976  # used_memory less mem_not_counted_for_evict of the recording


def judged(**changes):
    (found,) = PROBE.judge(seen(look(MASTER, info(SEVEN, "01-healthy.master", **changes))))
    return found


@pytest.mark.parametrize("source", [SEVEN, SIX])
def test_without_a_limit_it_is_held_against_the_machine(source):
    found = PROBE.judge(seen(*healthy(source)))[0]
    assert found.verdict is Verdict.OK
    assert "no maxmemory" in found.says
    assert found.data["mem_fragmentation_ratio"] > 0


def test_a_machine_nearly_full_is_a_warning():
    assert judged(used_memory_rss=91, total_system_memory=100).verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("share", "verdict"),
    [(0.89, Verdict.OK), (0.91, Verdict.WARNING), (1.0, Verdict.CRITICAL), (1.2, Verdict.CRITICAL)],
)
def test_with_nothing_to_drop_a_full_memory_refuses_writes(share, verdict):
    assert judged(maxmemory=int(USED / share)).verdict is verdict


@pytest.mark.parametrize(
    ("policy", "expires", "verdict"),
    [
        ("allkeys-lru", 0, Verdict.OK),
        ("volatile-ttl", 5, Verdict.OK),
        ("volatile-ttl", 0, Verdict.CRITICAL),
        ("noeviction", 5, Verdict.CRITICAL),
    ],
)
def test_what_is_left_to_drop_depends_on_the_policy(policy, expires, verdict):
    found = judged(maxmemory=USED, maxmemory_policy=policy, db0={"keys": 20_100, "expires": expires})
    assert found.verdict is verdict
    assert policy in found.says


def told(share, policy="allkeys-lru", expires=0):
    keys = {"keys": 20_100, "expires": expires}
    return judged(maxmemory=int(USED / share), maxmemory_policy=policy, db0=keys)


def test_a_full_cache_is_well_and_is_not_told_as_not_there():
    full = told(1.0)
    assert full.says == (
        "127.0.0.1:7391, master, is at 100% of its limit (7.3 MB of 7.3 MB); allkeys-lru drops keys, see keys-evicted."
    )
    assert full.verdict is Verdict.OK
    assert full.present
    assert absent([full]) == ()
    nearly, room = told(0.92), told(0.5)
    assert "is at 92% of its limit (7.3 MB of 7.9 MB); allkeys-lru drops keys, see keys-evicted." in nearly.says
    assert (nearly.present, room.present) == (True, False)
    assert absent([room]) == ("memory-full",)


def test_sizes_are_those_of_redis():
    found = judged(used_memory=8 << 20, mem_not_counted_for_evict=0, maxmemory=8 << 20, maxmemory_policy="noeviction")
    assert (found.value, found.limit) == ("8.0 MB of 8.0 MB", "90% of 8.0 MB")
    assert (found.data["used_memory"], found.data["maxmemory"]) == (8_388_608, 8_388_608)
    assert [size(count) for count in (512, 1536, 8 << 20, 3 << 29, 5 << 40)] == [
        "512 B",
        "1.5 kB",
        "8.0 MB",
        "1.5 GB",
        "5.0 TB",
    ]


def test_of_how_many_keys_it_can_drop_is_told():
    assert "volatile-ttl drops the 1,250 that expire, see keys-evicted." in told(1.0, "volatile-ttl", 1250).says
    assert "expire" not in told(1.0, "allkeys-lru", 1250).says


def followed(share, policy, **changes):
    fields = info(SEVEN, "01-healthy.replica", **changes)
    used = fields["used_memory"] - fields["mem_not_counted_for_evict"]
    told = fields | {"maxmemory": int(used / share), "maxmemory_policy": policy}
    (found,) = PROBE.judge(seen(look(REPLICA, told)))
    return found


@pytest.mark.parametrize(
    ("policy", "share", "verdict", "says"),
    [
        ("allkeys-lru", 0.5, Verdict.OK, "uses"),
        ("allkeys-lru", 1.02, Verdict.OK, "Promoted, it drops keys by allkeys-lru."),
        ("allkeys-lru", 3.0, Verdict.WARNING, "Promoted, it drops keys by allkeys-lru."),
        ("noeviction", 1.0, Verdict.WARNING, "Promoted, it refuses writes (noeviction)."),
        ("noeviction", 0.92, Verdict.WARNING, "Promoted, it refuses writes (noeviction) when that is full."),
    ],
)
def test_a_replica_ignores_its_own_limit_until_it_is_promoted(policy, share, verdict, says):
    found = followed(share, policy)
    assert found.verdict is verdict
    assert says in found.says
    assert found.present is (verdict is Verdict.OK and share > 1)


def test_before_5_0_a_replica_kept_to_its_own_limit():
    assert followed(1.0, "noeviction", redis_version="4.0.14").verdict is Verdict.CRITICAL


async def test_a_real_cache_at_its_limit(redis):
    await redis.ask("CONFIG", "SET", "maxmemory", int((await redis.info("memory"))["used_memory"]) + 500_000)
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    await redis.fill(0, 20_000)
    (found,) = PROBE.judge(await looked(system_of(redis.port), PROBE))
    assert (found.verdict, found.present) == (Verdict.OK, True)
    assert "% of its limit" in found.says


@pytest.mark.parametrize(
    "changes",
    [
        {"used_memory": None},
        {"maxmemory": None},
        {"total_system_memory": None},
        {"maxmemory": USED, "maxmemory_policy": None},
    ],
)
def test_without_the_numbers_it_is_unknown(changes):
    assert judged(**changes).verdict is Verdict.UNKNOWN


def test_a_member_unreached_is_unknown():
    assert PROBE.judge(seen(look(MASTER, REFUSED)))[0].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("policy", ["allkeys-random", "volatile-random"])
def test_the_sentence_of_a_member_with_a_long_name_is_told_whole(policy):
    where = replace(MASTER, host="cache-0.cache-headless.prod-eu.svc")
    fields = {"maxmemory": USED, "maxmemory_policy": policy, "db0": {"keys": 20_100, "expires": 123_456}}
    (master,) = PROBE.judge(seen(look(where, info(SEVEN, "01-healthy.master", **fields))))
    (replica,) = PROBE.judge(seen(look(where, info(SEVEN, "01-healthy.replica", **fields))))
    assert master.says.endswith("see keys-evicted.")
    assert replica.says.endswith(f"drops keys by {policy}.")
