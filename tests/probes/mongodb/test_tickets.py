"""Tickets and queues, on recorded answers of 2.6 to 4.2 and on made ones of 6, 7 and 8."""

from __future__ import annotations

import pytest

from bot.domain.inventory import Member
from bot.probes.mongodb.tickets import GONE, PROBE, QUEUED
from bot.probes.seen import Answer, Look
from tests.probes.mongodb.making import (
    CRITICAL,
    DENIED,
    OK,
    SILENT,
    UNKNOWN,
    WARNING,
    Seat,
    changed,
    kept_by,
    made_set,
    of,
    recorded,
    seen,
    without,
)

FIXED = ("wiredTiger", "concurrentTransactions")
FROM_8 = ("queues", "execution")


def answered(name: str) -> Look:
    return Look(Member(host="db1", port=27017), {"serverStatus": Answer(recorded(name))})


def exhausted(release: str, queued: int = 0, waiting: int = 0) -> Look:
    """Made: all read tickets are out."""
    path = FROM_8 if release.startswith("8") else FIXED
    look = made_set(release=release)[0]
    total = look.get("serverStatus", *path, "read", "totalTickets")
    look = changed(look, "serverStatus", *path, "read", "available", to=0)
    look = changed(look, "serverStatus", *path, "read", "out", to=total)
    look = changed(look, "serverStatus", "globalLock", "currentQueue", "total", to=waiting)
    if not release.startswith("6"):
        look = changed(look, "serverStatus", *path, "read", "normalPriority", "queueLength", to=queued)
    return look


@pytest.mark.parametrize("name", ["diamond-3.0.10", "support-tools-3.2.22", "percona-4.2.8"])
def test_a_recorded_server_with_tickets_left_is_ok(name):
    found = of(PROBE.judge(seen(answered(f"{name}-serverStatus"))), GONE)
    assert found.verdict is OK
    assert "of 128" in found.says


def test_the_recorded_26_has_no_tickets_and_says_so():
    found = PROBE.judge(seen(answered("dcu-2.6.7-serverStatus")))
    assert of(found, GONE).verdict is OK
    assert "without tickets" in of(found, GONE).says
    assert of(found, QUEUED).says.endswith("has 0 operations waiting for a lock or a ticket.")


@pytest.mark.parametrize(("waiting", "verdict"), [(0, WARNING), (99, WARNING), (100, CRITICAL), (1043, CRITICAL)])
def test_a_fixed_pool_that_is_empty_speaks_and_a_queue_makes_it_worse(waiting, verdict):
    found = of(PROBE.judge(seen(exhausted("6.0.16", waiting=waiting))), GONE)
    assert found.verdict is verdict
    assert "128 of 128 read tickets out" in found.says
    assert f"{waiting:,} operations wait" in found.says


def test_universe_128_out_and_more_than_a_thousand_queued():
    found = PROBE.judge(seen(exhausted("4.4.29", waiting=1043)))
    assert (of(found, GONE).verdict, of(found, QUEUED).verdict) == (CRITICAL, CRITICAL)


def test_a_fixed_pool_empty_in_two_looks_is_critical_without_a_queue():
    look = exhausted("6.0.16")
    earlier = kept_by(PROBE, look, ago_s=10)
    assert of(PROBE.judge(seen(look, before=earlier, since_s=10)), GONE).verdict is CRITICAL
    assert of(PROBE.judge(seen(look, before=earlier, since_s=3600)), GONE).verdict is WARNING


@pytest.mark.parametrize(
    ("since_s", "when"), [(10, "as 10 s ago."), (0.4, "as a moment ago."), (0.99, "as a moment ago.")]
)
def test_a_second_sample_is_told_as_a_moment_ago(since_s, when):
    look = exhausted("6.0.16", waiting=1167)
    found = of(PROBE.judge(seen(look, before=kept_by(PROBE, look, ago_s=since_s), since_s=since_s)), GONE)
    assert found.says.endswith(f"1,167 operations wait, {when}")


def test_few_tickets_left_of_a_fixed_pool_is_a_warning():
    look = made_set(release="5.0.30")[0]
    for field, value in (("available", 12), ("out", 116)):
        look = changed(look, "serverStatus", *FIXED, "write", field, to=value)
    assert of(PROBE.judge(seen(look)), GONE).verdict is WARNING


@pytest.mark.parametrize("release", ["7.0.14", "8.0.4"])
def test_none_left_alone_proves_nothing_from_7_on(release):
    found = of(PROBE.judge(seen(exhausted(release))), GONE)
    assert found.verdict is OK
    assert "0 operations queued" in found.says


@pytest.mark.parametrize("release", ["7.0.14", "8.0.4"])
def test_from_7_on_the_queue_speaks(release):
    assert of(PROBE.judge(seen(exhausted(release, queued=100))), GONE).verdict is CRITICAL
    once = of(PROBE.judge(seen(exhausted(release, queued=7))), GONE)
    assert once.verdict is OK
    assert "needs another look" in once.says


@pytest.mark.parametrize("release", ["7.0.14", "8.0.4"])
def test_a_small_queue_in_three_looks_that_grows_older_is_a_warning(release):
    path = (FROM_8 if release.startswith("8") else FIXED, "read", "normalPriority", "totalTimeQueuedMicros")
    before: dict[str, object] = {}
    verdicts = []
    for number in range(3):
        look = exhausted(release, queued=7)
        look = changed(look, "serverStatus", *path[0], *path[1:], to=900_000 + number * 20_000_000)
        judged = PROBE.judge(seen(look, before=before, since_s=10 if number else None))
        verdicts.append(of(judged, GONE).verdict)
        before = kept_by(PROBE, look, ago_s=10, before=before) if number == 0 else kept_row(look, before)
    assert verdicts == [OK, OK, WARNING]
    assert "2.0 on average" in of(judged, GONE).says


def kept_row(look: Look, before: dict[str, object]) -> dict[str, object]:
    return {PROBE.name: dict(PROBE.keep(seen(look, before=before, since_s=10)))}


def test_a_restart_between_two_looks_is_no_negative_wait():
    look = exhausted("8.0.4", queued=7)
    earlier = {PROBE.name: {"db1:27017": {"row": 5, "queued_us": 1e15, "gone": False}}}
    found = of(PROBE.judge(seen(look, before=earlier, since_s=10)), GONE)
    assert found.verdict is OK
    assert found.data["queued_on_average"] is None


def test_many_waiting_for_a_lock_is_its_own_signal_while_tickets_are_free():
    look = changed(made_set(release="8.0.4")[0], "serverStatus", "globalLock", "currentQueue", "total", to=400)
    found = PROBE.judge(seen(look))
    assert (of(found, GONE).verdict, of(found, QUEUED).verdict) == (OK, WARNING)


@pytest.mark.parametrize("answer", [SILENT, DENIED])
def test_no_server_status_is_unknown_with_the_reason(answer):
    found = PROBE.judge(seen(changed(made_set()[0], "serverStatus", to=answer)))
    assert {one.verdict for one in found} == {UNKNOWN}
    assert all(answer.says in one.says for one in found)


@pytest.mark.parametrize(
    ("release", "path"),
    [
        ("6.0.16", (*FIXED, "read")),
        ("6.0.16", (*FIXED, "write", "available")),
        ("6.0.16", ("version",)),
        ("7.0.14", (*FIXED, "read", "normalPriority", "queueLength")),
        ("8.0.4", (*FROM_8, "read", "normalPriority")),
        ("8.0.4", FROM_8),
        ("8.0.4", ("version",)),
    ],
)
def test_never_ok_without_the_number_that_decides(release, path):
    look = without(made_set(release=release)[0], "serverStatus", *path)
    found = of(PROBE.judge(seen(look)), GONE)
    assert found.verdict is UNKNOWN


def test_arbiters_and_routers_have_no_tickets_to_judge():
    arbiter = made_set((Seat("db1", state=1), Seat("arb", state=7)))[1]
    router = Look(Member(host="r1", port=27017, part="mongos"), {"serverStatus": Answer({"version": "8.0.4"})})
    assert PROBE.judge(seen(arbiter, router)) == []
