"""Connections, on recorded answers of 2.6, 3.0, 3.2, 4.2 and a 5.0 router, and on made ones."""

from __future__ import annotations

import pytest

from bot.domain.inventory import Member
from bot.probes.mongodb.answers import CLOSED
from bot.probes.mongodb.connections import LIMIT, PROBE, REFUSED, STORM
from bot.probes.seen import Answer, Look, Trouble
from tests.probes.mongodb.making import (
    CRITICAL,
    OK,
    UNKNOWN,
    UNREACHABLE,
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


def with_connections(release: str = "7.0.14", **told: object) -> Look:
    look = made_set(release=release)[0]
    for field, value in told.items():
        look = changed(look, "serverStatus", "connections", field, to=value)
    return look


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("dcu-2.6.7", "1 of 819"),
        ("diamond-3.0.10", "19 of 51,200"),
        ("support-tools-3.2.22", "1 of 52,428"),
        ("percona-4.2.8", "22 of 838,860"),
        ("support-tools-5.0.31-mongos", "22 of 1,500"),
    ],
)
def test_recorded_servers_are_far_from_their_limit(name, most):
    look = Look(Member(host="db1", port=27017), {"serverStatus": Answer(recorded(f"{name}-serverStatus"))})
    found = PROBE.judge(seen(look))
    assert of(found, LIMIT).verdict is OK
    assert most in of(found, LIMIT).says
    assert of(found, STORM).verdict is UNKNOWN
    assert [one for one in found if one.signal == REFUSED] == []


@pytest.mark.parametrize(
    ("current", "left", "verdict"),
    [
        (800, 200, OK),
        (801, 199, WARNING),
        (951, 49, CRITICAL),
        (960, 40, CRITICAL),
        (1000, 0, CRITICAL),
        (1003, -3, CRITICAL),
        (60, 40, OK),
        (85, 15, CRITICAL),
    ],
)
def test_the_share_in_use_and_what_is_left_decide(current, left, verdict):
    found = of(PROBE.judge(seen(with_connections(current=current, available=left))), LIMIT)
    assert found.verdict is verdict
    assert f"{current:,} of" in found.says


@pytest.mark.parametrize(("new", "verdict"), [(30, OK), (499, OK), (500, WARNING), (1_999, WARNING), (2_000, CRITICAL)])
def test_new_connections_a_second_since_the_earlier_look(new, verdict):
    before = kept_by(PROBE, with_connections(totalCreated=90_000), ago_s=10)
    found = of(PROBE.judge(seen(with_connections(totalCreated=90_000 + new), before=before, since_s=10)), STORM)
    assert found.verdict is verdict
    assert found.data["new_per_s"] == new / 10


def test_two_looks_right_after_each_other_are_no_storm():
    before = kept_by(PROBE, with_connections(totalCreated=90_000), ago_s=0.02)
    found = of(PROBE.judge(seen(with_connections(totalCreated=90_002), before=before, since_s=0.02)), STORM)
    assert found.verdict is UNKNOWN


def test_a_member_that_turns_us_away_while_the_others_hear_it():
    db1, *others = made_set()
    closed = changed(db1, "serverStatus", to=UNREACHABLE)
    assert of(PROBE.judge(seen(closed, *others)), LIMIT, "db1").verdict is UNKNOWN
    before = kept_by(PROBE, db1, *others, ago_s=10)
    found = of(PROBE.judge(seen(closed, *others, before=before, since_s=10)), LIMIT, "db1")
    assert found.verdict is WARNING
    assert found.says == (
        "db1:27017 takes no connection of ours any more, and is still heard by db2:27017 and 1 more: "
        "at its limit, it seems."
    )
    again = kept_by(PROBE, closed, *others, ago_s=5, before=before)
    assert of(PROBE.judge(seen(closed, *others, before=again, since_s=5)), LIMIT, "db1").verdict is WARNING
    gone = made_set((Seat("db1", state=1, up=False), Seat("db2"), Seat("db3")))
    assert of(PROBE.judge(seen(*gone, before=before, since_s=10)), LIMIT, "db1").verdict is UNKNOWN


def test_a_member_that_takes_the_socket_and_closes_it_is_believed_only_where_another_hears_it():
    db1, *others = made_set()
    shut = changed(db1, "serverStatus", to=Answer(trouble=Trouble.UNREACHABLE, says=CLOSED))
    found = of(PROBE.judge(seen(shut, *others)), LIMIT, "db1")
    assert found.verdict is WARNING
    assert "closes each connection of ours at once" in found.says
    gone = made_set((Seat("db1", state=1, up=False), Seat("db2"), Seat("db3")))[1:]
    for beside in ((), gone):  # nobody to hear it, and those who do not
        found = of(PROBE.judge(seen(shut, *beside)), LIMIT, "db1")
        assert found.verdict is UNKNOWN
        assert "TLS that we lack" in found.says and "playbook connection-limit" in found.says


def test_no_connections_of_none_is_no_share():
    assert of(PROBE.judge(seen(with_connections(current=0, available=0))), LIMIT).verdict is UNKNOWN


def test_over_a_night_a_storm_cannot_be_seen_and_a_lasting_one_can():
    before = kept_by(PROBE, with_connections(totalCreated=0), ago_s=36_000)
    quiet = of(PROBE.judge(seen(with_connections(totalCreated=360_000), before=before, since_s=36_000)), STORM)
    lasting = of(PROBE.judge(seen(with_connections(totalCreated=3_600_000), before=before, since_s=36_000)), STORM)
    assert (quiet.verdict, lasting.verdict) == (UNKNOWN, WARNING)


def test_a_restart_is_no_storm():
    before = kept_by(PROBE, with_connections(totalCreated=90_000), ago_s=10)
    found = of(PROBE.judge(seen(with_connections(totalCreated=40), before=before, since_s=10)), STORM)
    assert found.verdict is UNKNOWN
    assert "restarted" in found.says


def test_refusals_are_held_against_the_earlier_look():
    before = kept_by(PROBE, with_connections(rejected=5), ago_s=10)
    assert of(PROBE.judge(seen(with_connections(rejected=5), before=before, since_s=10)), REFUSED).verdict is OK
    more = of(PROBE.judge(seen(with_connections(rejected=17), before=before, since_s=10)), REFUSED)
    assert more.verdict is CRITICAL
    assert "refused 12 connections in 10 s" in more.says
    assert of(PROBE.judge(seen(with_connections(rejected=5))), REFUSED).verdict is UNKNOWN
    assert of(PROBE.judge(seen(with_connections(rejected=0))), REFUSED).verdict is OK


@pytest.mark.parametrize(
    ("field", "signal"), [("current", LIMIT), ("available", LIMIT), ("totalCreated", STORM), ("rejected", REFUSED)]
)
def test_never_ok_without_the_number_that_decides(field, signal):
    before = kept_by(PROBE, with_connections(), ago_s=10)
    look = without(with_connections(), "serverStatus", "connections", field)
    assert of(PROBE.judge(seen(look, before=before, since_s=10)), signal).verdict is UNKNOWN


def test_a_member_that_refuses_us_is_unknown():
    found = PROBE.judge(seen(changed(with_connections(), "serverStatus", to=UNREACHABLE)))
    assert {one.verdict for one in found} == {UNKNOWN}
    assert all("cannot be reached (connection refused)" in one.says for one in found)
