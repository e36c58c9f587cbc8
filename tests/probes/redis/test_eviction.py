"""Keys that are dropped: of a queue critical, of a cache as ever well, and between the two a warning."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.domain.finding import Verdict, absent
from bot.probes.redis.eviction import PROBE, SIGNAL
from tests.probes.redis.conftest import looked, system_of
from tests.probes.redis.recorded import AT, MASTER, REFUSED, SEVEN, info, kept, look, one, seen

DAY_S = 86_400
WORKERS = {"cmdstat_brpop": {"calls": 400_000}}


def told(evicted, *, policy="allkeys-lru", uptime_s=30 * DAY_S, full=True, **changes):
    fields = {"evicted_keys": evicted, "maxmemory_policy": policy, "uptime_in_seconds": uptime_s, **changes}
    fields |= {"maxmemory": 8_000_000, "used_memory": 7_990_000 if full else 1_000_000, "mem_not_counted_for_evict": 0}
    return look(MASTER, info(SEVEN, "01-healthy.master", **fields))


def judged(now, before=None, ago_s=300.0):
    earlier = kept(PROBE, seen(before, at=AT.fromtimestamp(AT.timestamp() - ago_s, AT.tzinfo))) if before else None
    return one(PROBE.judge(seen(now, before=earlier, ago_s=ago_s)), SIGNAL)


@pytest.mark.parametrize(
    ("policy", "more", "verdict"),
    [
        ("allkeys-lru", {}, Verdict.WARNING),
        ("volatile-ttl", {}, Verdict.WARNING),
        ("allkeys-lru", WORKERS, Verdict.CRITICAL),
        ("volatile-ttl", WORKERS, Verdict.WARNING),
        ("allkeys-lru", {"cmdstat_lpop": {"calls": 2}}, Verdict.WARNING),  # typed by hand
    ],
)
def test_what_is_dropped_between_two_looks_weighs_by_the_policy_and_by_who_takes_jobs(policy, more, verdict):
    found = judged(told(1_234, policy=policy, **more), before=told(0, policy=policy, **more))
    assert (found.verdict, found.value) == (verdict, "1,234 in 5 min")
    assert policy in found.says


def test_it_says_what_that_means():
    assert judged(told(1_234), before=told(0)).says == (
        "127.0.0.1:7391, master, dropped keys by allkeys-lru: 1,234 in 5 min."
        " Normal for a cache; queues, sessions or locks are lost by it."
    )
    assert judged(told(9, **WORKERS), before=told(0)).says == (
        "127.0.0.1:7391, master, dropped keys by allkeys-lru: 9 in 5 min."
        " Workers take jobs from it (BRPOP): jobs may be among them."
    )


def test_a_cache_that_always_drops_about_as_many_is_well_and_one_that_drops_far_more_is_not():
    a_day = 288_000  # 1,000 in five minutes
    found = judged(told(30 * a_day + 2_000), before=told(30 * a_day))
    assert found.verdict is Verdict.OK
    assert "no more than usual" in found.says
    assert (found.present, absent([found])) == (True, ())
    assert judged(told(30 * a_day + 9_000), before=told(30 * a_day)).verdict is Verdict.WARNING
    assert judged(told(9_000, uptime_s=3_600), before=told(8_000, uptime_s=3_300)).verdict is Verdict.WARNING


def popped(name, calls):
    return {f"cmdstat_{name}": {"calls": calls}}


@pytest.mark.parametrize("name", ["lpop", "lmove", "zpopmin", "bzmpop"])
def test_a_queue_is_what_jobs_are_taken_from_often_now_or_all_its_life(name):
    a_day = 288_000
    now, before = 30 * a_day + 1_000, 30 * a_day
    cache = judged(told(now, **popped(name, 12)), before=told(before, **popped(name, 12)))
    assert (cache.verdict, "usual" in cache.says) == (Verdict.OK, True), "twelve in a month are typed by hand"
    always = judged(told(now, **popped(name, 90_000)), before=told(before, **popped(name, 90_000)))
    assert (always.verdict, f"({name.upper()})" in always.says) == (Verdict.CRITICAL, True)
    lately = judged(told(now, **popped(name, 30)), before=told(before, **popped(name, 12)))
    assert lately.verdict is Verdict.CRITICAL
    assert judged(told(5_000, **popped(name, 12))).verdict is Verdict.WARNING
    first = judged(told(now, **popped(name, 30)), before=told(before, run_id="old", **popped(name, 12)))
    assert first.verdict is not Verdict.CRITICAL


def test_what_was_dropped_before_the_policy_was_noeviction_is_told_and_no_fault_of_it():
    never = {"policy": "noeviction"}
    found = judged(told(5_000, **never), before=told(4_500))
    assert (found.verdict, found.value) == (Verdict.OK, "500 in 5 min")
    assert found.says == ("127.0.0.1:7391, master, dropped keys before its policy was noeviction: 500 in 5 min.")
    assert (found.present, judged(told(5_000, **never)).present) == (True, False)
    assert judged(told(5_000, **never)).verdict is Verdict.OK
    assert judged(told(5_000, full=False, **never)).verdict is Verdict.OK
    assert judged(told(5_000, **never, **WORKERS)).verdict is Verdict.OK
    lost = judged(told(5_000, **never, **WORKERS), before=told(4_500, **WORKERS))
    assert lost.verdict is Verdict.WARNING
    assert lost.says.endswith("jobs may be among them.")


def test_a_high_figure_at_the_first_look_counts_while_it_is_full():
    found = judged(told(5_000, uptime_s=7_200))
    assert (found.verdict, found.value) == (Verdict.WARNING, "5,000 since its start 2 h ago")
    assert judged(told(5_000, uptime_s=7_200), before=told(5_000), ago_s=1.0).verdict is Verdict.WARNING
    assert judged(told(5_000, full=False)).verdict is Verdict.UNKNOWN
    assert judged(told(5_000, full=False), before=told(5_000)).verdict is Verdict.OK
    assert judged(told(5_000), before=told(5_000)).verdict is Verdict.OK, "none in five minutes"
    assert judged(told(0)).verdict is Verdict.OK


def test_for_how_long_is_known_from_look_to_look():
    first = seen(told(0), at=AT.fromtimestamp(AT.timestamp() - 3 * 3_600, AT.tzinfo))
    before = kept(PROBE, first)
    at = AT.fromtimestamp(AT.timestamp() - 300, AT.tzinfo)
    before = kept(PROBE, seen(told(700), before=before, at=at))
    found = one(PROBE.judge(seen(told(1_000), before=before, ago_s=300)), SIGNAL)
    assert "300 in 5 min, for 3 h now" in found.says


def test_a_new_process_has_counted_from_zero():
    found = judged(told(40, run_id="new", uptime_s=60), before=told(9_000, run_id="old"))
    assert found.value == "40 in 60 s"


def at_looks(*nows, probe=PROBE, before=None):
    """The findings of looks that follow each other, each told as seconds and what the server says then."""
    found = []
    for after_s, now in nows:
        at = AT.fromtimestamp(AT.timestamp() + after_s, AT.tzinfo)
        taken = seen(now, before=before, at=at)
        found.append(one(probe.judge(taken), SIGNAL))
        before = json.loads(json.dumps(kept(probe, taken)))
    return found


def test_while_the_counter_stands_still_a_look_never_says_worse_than_the_one_before_it():
    idle = told(13_418, uptime_s=420)
    looks = at_looks(*[(after, idle) for after in (0, 0.6, 10, 55, 65, 75, 130, 140, 300, 305, 364, 400)])
    says = [one.verdict for one in looks]
    assert says == [Verdict.WARNING] * 4 + [Verdict.OK] * 8


@pytest.mark.parametrize(
    ("before", "now", "verdict", "value"),
    [
        (told(0), told(500), Verdict.WARNING, "500 in 5 min"),
        (told(8_640_000), told(8_641_000), Verdict.OK, "1,000 in 5 min"),
        (told(0, **WORKERS), told(500, **WORKERS), Verdict.CRITICAL, "500 in 5 min"),
        (told(9_000, run_id="old"), told(40, run_id="new", uptime_s=600), Verdict.WARNING, "40 in 5 min"),
        (told(500, policy="noeviction"), told(500, policy="noeviction"), Verdict.OK, "none"),
    ],
)
def test_a_look_within_seconds_counts_from_where_the_one_before_it_did(before, now, verdict, value):
    first, *later, last = at_looks((-300, before), (0, now), (3, now), (10, now), (20, now), (65, now))[1:]
    assert (first.verdict, first.value) == (verdict, value)
    assert [one.verdict for one in later] == [verdict] * 3
    assert last.verdict is Verdict.OK


def test_one_that_fills_up_again_without_a_drop_is_not_warned_of():
    full, room = told(9_000), told(9_000, full=False)
    assert [one.verdict for one in at_looks((0, full), (5, room), (10, full))] == [
        Verdict.WARNING,
        Verdict.OK,
        Verdict.OK,
    ]
    assert [one.verdict for one in at_looks((0, room), (5, full))] == [Verdict.UNKNOWN, Verdict.OK]


def test_one_that_refuses_writes_since_is_never_said_to_drop_keys_by_that():
    never = told(9_000, policy="noeviction")
    assert {one.verdict for one in at_looks((0, never), (1, never), (30, never), (90, never))} == {Verdict.OK}


def test_what_is_kept_stays_small_however_often_it_is_looked_at():
    before = None
    for after in range(0, 1_200, 10):
        at = AT.fromtimestamp(AT.timestamp() + after, AT.tzinfo)
        before = kept(PROBE, seen(told(after), before=before, at=at))
    (mine,) = before[PROBE.name].values()
    assert len(mine["marks"]) <= 2
    assert not any("marks" in one for one in mine["marks"])


def test_without_the_numbers_it_is_unknown():
    assert judged(told(None)).verdict is Verdict.UNKNOWN
    assert judged(told(5, policy=None)).verdict is Verdict.UNKNOWN
    assert PROBE.judge(seen(look(MASTER, REFUSED)))[0].verdict is Verdict.UNKNOWN


async def test_a_real_queue_that_is_dropped_to_make_room(redis):
    system = system_of(redis.port)
    before = await looked(system, PROBE)
    for job in range(20):
        await redis.ask("RPUSH", "jobs", f"mail {job}")
        await redis.ask("BLPOP", "jobs", 1)
    used = (await redis.info("memory"))["used_memory"]
    await redis.ask("CONFIG", "SET", "maxmemory", used + 200_000)
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    await redis.fill(0, 4_000)
    found = one(PROBE.judge(await looked(system, PROBE, before=before)), SIGNAL)
    assert found.verdict is Verdict.CRITICAL
    assert "allkeys-lru" in found.says
    assert "(BLPOP)" in found.says


async def test_a_real_cache_that_stands_idle_is_never_warned_of_anew(redis):
    system = system_of(redis.port)
    used = (await redis.info("memory"))["used_memory"]
    await redis.ask("CONFIG", "SET", "maxmemory", used + 200_000)
    await redis.ask("CONFIG", "SET", "maxmemory-policy", "allkeys-lru")
    await redis.fill(0, 4_000)
    await redis.ask("CONFIG", "SET", "maxmemory", int(1.05 * (used + 200_000)))  # our own looks take some of it
    before, says, evicted = None, [], set()
    for after in (0, 0.6, 8, 70, 75, 140, 144):
        taken = await looked(system, PROBE)
        at = AT.fromtimestamp(AT.timestamp() + after, AT.tzinfo)
        taken = replace(taken, at=at, before=before or {})
        found, before = one(PROBE.judge(taken), SIGNAL), json.loads(json.dumps(kept(PROBE, taken)))
        says.append(found.verdict)
        evicted.add(found.data["evicted"])
    assert len(evicted) == 1 and max(evicted) > 0
    assert says == [Verdict.WARNING] * 3 + [Verdict.OK] * 4
