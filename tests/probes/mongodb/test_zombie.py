"""The zombie primary, in each topology; hello answers are recorded (4.x, 3.2) or made, reads are made."""

from __future__ import annotations

import pytest

from bot.domain.inventory import Member
from bot.probes.mongodb.zombie import HANGS, PROBE, SIGNAL, SLOW
from bot.probes.seen import Answer, Look, Trouble
from tests.probes.mongodb.making import (
    CRITICAL,
    DENIED,
    OK,
    SILENT,
    THREE,
    UNKNOWN,
    UNREACHABLE,
    WARNING,
    Seat,
    changed,
    made_set,
    of,
    recorded,
    seen,
)

READ = Answer({"n": 1}, took_s=0.003)


def greeting(name: str, read: Answer = READ, part: str = "") -> Look:
    """A recorded greeting, and a made read."""
    return Look(
        Member(host="db1", port=27017, part=part), {"hello": Answer(recorded(name), took_s=0.004), "canary": read}
    )


@pytest.mark.parametrize("release", ["4.4.29", "5.0.30", "6.0.16", "7.0.14", "8.0.4"])
def test_a_primary_that_answers_hello_and_no_read(release):
    db1, db2, db3 = made_set(release=release)
    found = PROBE.judge(seen(changed(db1, "canary", to=SILENT), db2, db3))
    zombie = of(found, SIGNAL)
    assert zombie.verdict is CRITICAL
    assert zombie.member == "db1:27017"
    assert zombie.says == (
        "db1:27017, primary, answers hello in 4 ms, and a read gives no answer in 2.0 s;"
        " db2:27017, db3:27017 see it as primary."
    )
    assert of(found, HANGS, "db2").verdict is OK


@pytest.mark.parametrize("name", ["datadog-4.x-isMaster-replica-primary", "support-tools-3.2.22-isMaster"])
def test_a_recorded_primary_with_a_read_that_hangs(name):
    assert of(PROBE.judge(seen(greeting(name, SILENT))), SIGNAL).verdict is CRITICAL
    assert of(PROBE.judge(seen(greeting(name))), SIGNAL).verdict is OK


def test_a_recorded_arbiter_and_a_router_hold_no_data():
    router = greeting("datadog-4.x-isMaster-mongos", SILENT, part="mongos")
    assert PROBE.judge(seen(greeting("datadog-4.x-isMaster-replica-arbiter", SILENT), router)) == []


def test_a_secondary_that_hangs_is_no_zombie_primary():
    look = greeting("datadog-4.x-isMaster-replica-secondary", SILENT)
    found = PROBE.judge(seen(look))
    assert [one.signal for one in found] == [HANGS]
    assert found[0].verdict is WARNING


def test_a_single_server_that_hangs_leaves_nobody_and_asks_for_no_failover():
    found = PROBE.judge(seen(greeting("datadog-4.x-isMaster-standalone", SILENT)))
    assert (found[0].signal, found[0].verdict) == (HANGS, CRITICAL)
    assert "single server" in found[0].says


@pytest.mark.parametrize(
    "seats",
    [
        (Seat("db1", state=1), Seat("db2"), Seat("arb", state=7)),
        (Seat("db1", state=1), Seat("db2"), Seat("db3", hidden=True, priority=0)),
        (Seat("db1", state=1), Seat("db2"), Seat("db3", delay_s=3600, behind_s=3600, priority=0)),
        (Seat("db1", state=1),),
    ],
    ids=["PSA", "hidden", "delayed", "set of one"],
)
def test_topologies_that_are_well_are_ok(seats):
    found = PROBE.judge(seen(*made_set(seats)))
    assert {one.verdict for one in found} == {OK}
    assert len(found) == sum(1 for seat in seats if seat.state != 7)


def test_a_read_that_is_slow_is_a_signal_of_its_own():
    db1, *_ = made_set()
    found = PROBE.judge(seen(changed(db1, "canary", to=Answer({"n": 1}, took_s=0.8))))
    assert (found[0].signal, found[0].verdict) == (SLOW, WARNING)
    assert "800 ms" in found[0].says


@pytest.mark.parametrize("took_s", [float("nan"), float("inf")])
def test_a_time_that_is_no_number_is_not_ok(took_s):
    db1, *_ = made_set()
    assert PROBE.judge(seen(changed(db1, "canary", to=Answer({"n": 1}, took_s=took_s))))[0].verdict is not OK


def test_without_the_right_to_read_a_silent_server_status_shows_it():
    db1, *others = made_set()
    denied = changed(db1, "canary", to=Answer(trouble=Trouble.DENIED, says="lacks the right to find on healthcheck"))
    assert of(PROBE.judge(seen(denied, *others)), SIGNAL).verdict is UNKNOWN
    assert "lacks the right to find" in of(PROBE.judge(seen(denied, *others)), SIGNAL).says
    hung = of(PROBE.judge(seen(changed(denied, "serverStatus", to=SILENT), *others)), SIGNAL)
    assert hung.verdict is CRITICAL
    assert "serverStatus gives no answer" in hung.says


def test_a_primary_that_greets_nobody_but_is_seen_by_the_others():
    db1, db2, db3 = made_set()
    for question in db1.answers:
        db1 = changed(db1, question, to=SILENT)
    found = of(PROBE.judge(seen(db1, db2, db3)), SIGNAL)
    assert found.verdict is UNKNOWN
    assert "still see it as primary" in found.says


def test_a_member_that_recovers_refuses_reads_and_is_not_called_hung():
    db1, db2, _ = made_set((*THREE[:2], Seat("db3", state=3)))
    db3 = made_set((*THREE[:2], Seat("db3", state=3)))[2]
    db3 = changed(db3, "canary", to=Answer(trouble=Trouble.BROKEN, says="error 13436 NotPrimaryOrSecondary"))
    found = of(PROBE.judge(seen(db1, db2, db3)), HANGS, "db3")
    assert found.verdict is UNKNOWN
    assert "recovering" in found.says


@pytest.mark.parametrize("answer", [SILENT, UNREACHABLE, DENIED])
def test_no_hello_is_unknown_with_the_reason(answer):
    db1, *_ = made_set()
    found = PROBE.judge(seen(changed(db1, "hello", to=answer)))
    assert found[0].verdict is UNKNOWN
    assert answer.says in found[0].says


def test_shards_are_named():
    shard = made_set(part="shard-0")
    found = PROBE.judge(seen(changed(shard[0], "canary", to=SILENT), *shard[1:], *made_set(part="shard-1")))
    assert "of shard-0" in next(one for one in found if one.verdict is CRITICAL).says
    assert sum(1 for one in found if one.verdict is CRITICAL) == 1
