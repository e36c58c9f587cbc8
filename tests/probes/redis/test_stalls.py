"""What held a server that is no command: forks, the disk, the latency monitor. Only what was lately."""

from __future__ import annotations

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis.stalls import PROBE, SIGNAL
from bot.probes.seen import Answer, Trouble
from bot.rehearsal.patients.waiting import until
from tests.probes.redis.conftest import looked, system_of
from tests.probes.redis.recorded import AT, MASTER, REFUSED, SEVEN, info, kept, look, one, seen

NOW = int(AT.timestamp())
QUIET = {"rdb_last_save_time": NOW - 9_000, "server_time_usec": NOW * 1_000_000, "rdb_last_bgsave_time_sec": 2}


def told(events=(), **changes):
    fields = {**QUIET, **changes}
    return look(MASTER, info(SEVEN, "01-healthy.master", **fields), latency=events if events else Answer([]))


def judged(events=(), before=None, ago_s=30.0, **changes):
    earlier = kept(PROBE, seen(before, at=AT.fromtimestamp(NOW - ago_s, AT.tzinfo))) if before else None
    return one(PROBE.judge(seen(told(events, **changes), before=earlier, ago_s=ago_s)), SIGNAL)


def event(name: str, ago_s: float, took_ms: int) -> list[dict[str, object]]:
    return [{"event": name, "at": NOW - ago_s, "took_ms": took_ms}]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"latest_fork_usec": 900_000},  # two hours ago: it keeps that for ever
        {"latest_fork_usec": 90_000, "rdb_bgsave_in_progress": 1, "rdb_current_bgsave_time_sec": 4},
        {"latest_fork_usec": 900_000, "rdb_last_save_time": NOW - 5, "rdb_last_bgsave_time_sec": -1},  # its start
    ],
)
def test_a_server_that_was_not_held_lately_is_well(changes):
    assert judged(**changes).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("changes", "within"),
    [
        ({"rdb_last_save_time": NOW - 100, "rdb_last_bgsave_time_sec": 20}, "2 min"),
        ({"rdb_bgsave_in_progress": 1, "rdb_current_bgsave_time_sec": 7}, "7 s"),
        ({"aof_rewrite_in_progress": 1, "aof_current_rewrite_time_sec": 7}, "7 s"),
    ],
)
def test_a_long_fork_of_the_last_minutes_is_a_finding(changes, within):
    found = judged(latest_fork_usec=430_000, **changes)
    assert found.verdict is Verdict.WARNING
    assert found.says == f"127.0.0.1:7391, master, stood still: 0.4 s for a fork in the last {within}."


def test_a_fork_that_came_since_the_last_look_was_lately_whatever_made_it():
    assert judged(before=told(total_forks=7), latest_fork_usec=430_000, total_forks=8).value == "fork"
    assert judged(before=told(total_forks=8), latest_fork_usec=430_000, total_forks=8).verdict is Verdict.OK


def test_a_save_that_did_not_fork_makes_no_old_fork_a_new_one():
    old = {"latest_fork_usec": 430_000, "total_forks": 8}
    saved = {**old, "rdb_last_save_time": NOW - 20}
    assert judged(before=told(**old), ago_s=300, **saved).verdict is Verdict.OK
    assert judged(before=told(**old), ago_s=3_000, **saved).verdict is Verdict.OK
    assert judged(before=told(**old, run_id="another"), ago_s=300, **saved).value == "fork", "another process's count"
    assert judged(before=told(**saved), ago_s=10, **saved).value == "fork", "it may have forked before that look"


def test_a_save_that_did_not_fork_is_known_as_such_at_the_looks_after_it_too():
    old = {"latest_fork_usec": 430_000, "total_forks": 8}
    saved = told(**old, rdb_last_save_time=NOW - 20)
    first = kept(PROBE, seen(told(**old), at=AT.fromtimestamp(NOW - 300, AT.tzinfo)))
    second = kept(PROBE, seen(saved, before=first, at=AT.fromtimestamp(NOW - 10, AT.tzinfo)))
    assert one(PROBE.judge(seen(saved, before=second)), SIGNAL).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("before", "ago_s", "now", "verdict"),
    [
        ({"aof_delayed_fsync": 0}, 660, {"aof_delayed_fsync": 900}, Verdict.UNKNOWN),  # all of them may be old
        ({"aof_delayed_fsync": 900}, 660, {"aof_delayed_fsync": 900}, Verdict.OK),  # and none is new
        ({"aof_delayed_fsync": None}, 30, {"aof_delayed_fsync": 900}, Verdict.UNKNOWN),
        ({"aof_delayed_fsync": 900}, 30, {"aof_delayed_fsync": None}, Verdict.UNKNOWN),
        ({"aof_delayed_fsync": 900}, 30, {"aof_delayed_fsync": 4}, Verdict.WARNING),  # CONFIG RESETSTAT, and four more
    ],
)
def test_an_append_only_file_that_could_not_be_judged_is_unknown(before, ago_s, now, verdict):
    assert judged(before=told(aof_enabled=1, **before), ago_s=ago_s, aof_enabled=1, **now).verdict is verdict


def test_a_disk_that_delays_the_append_only_file_is_counted_between_two_looks():
    disk = {"aof_enabled": 1, "aof_delayed_fsync": 12}
    assert judged(**disk).verdict is Verdict.UNKNOWN, "twelve since its start, perhaps last year"
    assert judged(before=told(**disk), **disk).verdict is Verdict.OK
    found = judged(before=told(**disk), aof_enabled=1, aof_delayed_fsync=15)
    assert (found.verdict, found.value) == (Verdict.WARNING, "disk")
    assert "3 times in 30 s" in found.says
    again = judged(before=told(**disk, run_id="another"), aof_enabled=1, aof_delayed_fsync=15)
    assert again.verdict is Verdict.UNKNOWN, "another process has counted from zero"


@pytest.mark.parametrize(
    ("before", "now", "value"),
    [
        ({"aof_delayed_fsync": 12}, {"aof_delayed_fsync": 15}, "disk"),
        ({"total_forks": 7}, {"total_forks": 8, "latest_fork_usec": 430_000}, "fork"),
    ],
)
def test_a_look_within_seconds_does_not_forget_what_the_one_before_it_saw(before, now, value):
    before, now = (told(aof_enabled=1, **{"aof_delayed_fsync": 12, **one}) for one in (before, now))
    earlier, found = None, []
    for after_s, one_look in ((-300, before), (0, now), (10, now), (200, now), (320, now), (330, now)):
        taken = seen(one_look, before=earlier, at=AT.fromtimestamp(NOW + after_s, AT.tzinfo))
        found.append(one(PROBE.judge(taken), SIGNAL).value)
        earlier = kept(PROBE, taken)
    assert found[1:] == [value] * 3 + ["none"] * 2


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        (event("expire-cycle", 40, 412), Verdict.WARNING),
        (event("expire-cycle", 40, 150), Verdict.OK),
        (event("expire-cycle", 4_000, 9_000), Verdict.OK),
        (event("command", 40, 900), Verdict.OK),  # the slow log has it
    ],
)
def test_what_the_latency_monitor_kept_of_the_last_minutes(events, verdict):
    found = judged(events)
    assert found.verdict is verdict
    assert ("0.4 s for expire-cycle, 40 s ago" in found.says) is (verdict is Verdict.WARNING)


def test_without_the_numbers_it_is_unknown():
    assert judged(latest_fork_usec=None).verdict is Verdict.UNKNOWN
    assert judged(Answer(trouble=Trouble.DENIED, says="needs +latency|latest")).verdict is Verdict.UNKNOWN
    assert judged(Answer(trouble=Trouble.UNSUPPORTED, says="no such command here")).verdict is Verdict.OK
    assert PROBE.judge(seen(look(MASTER, REFUSED)))[0].verdict is Verdict.UNKNOWN


async def test_on_a_real_server_a_big_key_that_expires_is_seen_and_nothing_before_it(redis):
    system = system_of(redis.port)
    assert one(PROBE.judge(await looked(system, PROBE)), SIGNAL).verdict is Verdict.OK
    await redis.ask("CONFIG", "SET", "latency-monitor-threshold", 1)
    await redis.ask("CONFIG", "SET", "lazyfree-lazy-expire", "no")  # as in Redis; Valkey frees it aside
    await redis.ask("EVAL", "for i = 1, 400000 do redis.call('SADD', 'big', i) end redis.call('PEXPIRE', 'big', 1)", 0)
    await until(lambda: _noted(redis), "the latency monitor has it")
    (answer,) = [one["latency"] for one in [look.answers for look in await looked(system, PROBE)]]
    took_ms = max(one["took_ms"] for one in answer.value if one["event"].startswith("expire-"))
    found = one(PROBE.judge(await looked(system, PROBE)), SIGNAL)
    assert found.speaks is (took_ms >= 200), found.says


async def _noted(server) -> bool:
    return any(event[0].startswith("expire-") for event in await server.ask("LATENCY", "LATEST"))
