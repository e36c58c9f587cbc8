"""Memory against its limit and its policy, on recorded answers."""

from __future__ import annotations

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis.memory import PROBE
from tests.probes.redis.recorded import MASTER, REFUSED, SEVEN, SIX, healthy, info, look, seen

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
