"""Restarts, told from one look to the next."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.finding import Verdict
from bot.probes.redis.respawn import PROBE
from tests.probes.redis.recorded import AT, MASTER, REFUSED, SEVEN, info, kept, look, seen


def alive(run_id: str, uptime_s: int):
    return look(MASTER, info(SEVEN, "01-healthy.master", run_id=run_id, uptime_in_seconds=uptime_s))


def course(*steps):
    """The verdicts of a row of looks: each (seconds after the first, look)."""
    before, found = None, []
    for seconds, one in steps:
        at = AT + timedelta(seconds=seconds)
        (finding,) = PROBE.judge(seen(one, before=before, at=at))
        found.append(finding)
        before = kept(PROBE, seen(one, before=before, at=at))
    return found


def test_who_has_run_for_long_is_in_no_loop():
    (found,) = course((0, alive("a", 86_400)))
    assert (found.verdict, found.value) == (Verdict.OK, "0 in 10 min")


def test_who_started_just_now_is_unknown_at_the_first_look():
    (found,) = course((0, alive("a", 5)))
    assert found.verdict is Verdict.UNKNOWN


def test_one_restart_is_no_loop_two_are():
    verdicts = course((0, alive("a", 9_000)), (60, alive("b", 5)), (120, alive("b", 65)), (180, alive("c", 1)))
    assert [one.verdict for one in verdicts] == [Verdict.OK, Verdict.OK, Verdict.OK, Verdict.CRITICAL]
    assert verdicts[-1].value == "2 in 10 min"
    assert "the last one 1 s ago" in verdicts[-1].says


def test_restarts_that_lie_apart_are_no_loop():
    verdicts = course((0, alive("a", 9_000)), (60, alive("b", 5)), (900, alive("c", 5)))
    assert [one.verdict for one in verdicts] == [Verdict.OK, Verdict.OK, Verdict.OK]


def test_it_is_a_loop_also_while_the_server_is_away_just_now():
    away = look(MASTER, REFUSED)
    verdicts = course((0, alive("a", 9_000)), (30, alive("b", 5)), (60, alive("c", 5)), (70, away), (1_000, away))
    assert [one.verdict for one in verdicts[-3:]] == [Verdict.CRITICAL, Verdict.CRITICAL, Verdict.UNKNOWN]
    assert "now silent" in verdicts[-2].says


def test_without_its_id_or_its_uptime_it_is_unknown():
    for field in ("run_id", "uptime_in_seconds"):
        told = look(MASTER, info(SEVEN, "01-healthy.master", **{field: None}))
        assert course((0, told))[0].verdict is Verdict.UNKNOWN
