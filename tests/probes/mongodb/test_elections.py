"""Elections and rollbacks, on recorded sets of 3.2, 4.2 and 4.x and on made ones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.inventory import Member
from bot.probes.mongodb import elections, rollback
from bot.probes.mongodb.elections import PROBE, SIGNAL
from bot.probes.seen import Answer, Look, Seen
from tests.probes.mongodb.making import (
    CRITICAL,
    DENIED,
    NOW,
    OK,
    UNKNOWN,
    WARNING,
    Seat,
    changed,
    made_set,
    of,
    recorded,
    seen,
    without,
)
from tests.probes.mongodb.test_lag import percona, set_of_one

SIGNAL_ROLLBACK = rollback.SIGNAL


def history(*samples: tuple[float, int]) -> dict[str, object]:
    """Terms as (seconds ago, term)."""
    return {PROBE.name: {"": {"terms": [[NOW.timestamp() - ago_s, term] for ago_s, term in samples]}}}


def judged(term: int, *samples: tuple[float, int], elected_s_ago: float = 30.0, reason: str = "electionTimeout"):
    looks = [
        changed(one, "replSetGetStatus", "electionCandidateMetrics", to={"lastElectionReason": reason})
        for one in made_set(term=term, elected_s_ago=elected_s_ago)
    ]
    since_s = min((ago_s for ago_s, _ in samples), default=None)
    return of(PROBE.judge(seen(*looks, before=history(*samples) if samples else None, since_s=since_s)), SIGNAL)


def test_recorded_sets_were_elected_long_ago():
    for one in (percona(), set_of_one()):
        assert of(PROBE.judge(seen(one)), SIGNAL).verdict is OK
    status = recorded("datadog-4.x-replSetGetStatus-replica-primary")
    found = of(PROBE.judge(seen(Look(Member(host="a", port=27017), {"replSetGetStatus": Answer(status)}))), SIGNAL)
    assert found.verdict is OK
    assert "(priorityTakeover), term 24" in found.says


def test_one_look_shortly_after_an_election_cannot_tell_a_loop():
    found = judged(24)
    assert found.verdict is UNKNOWN
    assert "needs another look" in found.says


@pytest.mark.parametrize(("rise", "verdict"), [(0, OK), (1, OK), (2, CRITICAL), (7, CRITICAL)])
def test_terms_that_rise_within_ten_minutes(rise, verdict):
    found = judged(24 + rise, (300, 24), (10, 24 + rise))
    assert found.verdict is verdict
    assert found.data["elections"] == rise


def test_a_failover_and_the_return_to_the_preferred_member_is_no_storm_yet():
    assert judged(26, (300, 24), reason="priorityTakeover").verdict is WARNING
    assert judged(27, (300, 24), reason="priorityTakeover").verdict is CRITICAL


def test_more_than_one_an_hour_is_a_concern():
    assert judged(30, (3 * 3600, 24)).verdict is WARNING
    assert judged(26, (3 * 3600, 24), elected_s_ago=3000).verdict is OK
    assert judged(25, (1200, 24), elected_s_ago=900).verdict is OK


def test_a_set_that_began_anew_has_no_history():
    assert judged(1, (300, 24)).verdict is UNKNOWN


def test_what_is_kept_is_the_hour_and_one_before_and_it_stays_small():
    before: dict[str, object] = {}
    for step in range(2000):
        looks = made_set((Seat("db1", state=1),), term=5 + step // 900)
        at = NOW + timedelta(seconds=10 * step)
        told = Seen(seen(*looks).system, at, looks, before, at - timedelta(seconds=10))
        before = {PROBE.name: dict(PROBE.keep(told))}
    terms = before[PROBE.name][""]["terms"]  # type: ignore[index]
    assert len(terms) <= 62
    assert terms[0][1] == 6
    assert terms[-1][1] == 7


def test_no_primary_is_unknown_unless_terms_rose():
    looks = made_set((Seat("db1"), Seat("db2"), Seat("db3")), term=27)
    assert of(PROBE.judge(seen(*looks)), SIGNAL).verdict is UNKNOWN
    assert of(PROBE.judge(seen(*looks, before=history((100, 24)), since_s=100)), SIGNAL).verdict is CRITICAL


def test_no_status_is_unknown_with_the_reason():
    found = of(PROBE.judge(seen(*[changed(one, "replSetGetStatus", to=DENIED) for one in made_set()])), SIGNAL)
    assert found.verdict is UNKNOWN
    assert DENIED.says in found.says


@pytest.mark.parametrize("kept", [None, "x", [], [["a", 1]], [[float("nan"), 3]], [[NOW.timestamp() + 99, 1]]])
def test_a_history_that_cannot_be_read_is_none(kept):
    looks = made_set(elected_s_ago=30)
    found = of(PROBE.judge(seen(*looks, before={PROBE.name: {"": {"terms": kept}}}, since_s=10)), SIGNAL)
    assert found.verdict is UNKNOWN


def test_never_ok_without_term_and_date():
    looks = [without(one, "replSetGetStatus", "members") for one in made_set()]
    looks = [without(one, "replSetGetStatus", "term") for one in looks]
    assert of(PROBE.judge(seen(*looks, before=history((100, 5)), since_s=100)), SIGNAL).verdict is UNKNOWN


def counted(rbid: object, release: str = "7.0.14", uptime_s: float = 1e6, state: int = 2) -> Look:
    look = made_set((Seat("db1", state=1), Seat("db2", state=state)), release=release)[1]
    look = changed(look, "serverStatus", "repl", "rbid", to=rbid)
    return changed(look, "serverStatus", "uptime", to=uptime_s)


def rolled(look: Look, before: int | None = None, since_s: float = 600.0):
    kept = {rollback.NAME: {"db2:27017": {"rbid": before}}} if before is not None else None
    found = rollback.PROBE.judge(seen(look, before=kept, since_s=since_s if kept else None))
    return of(found, SIGNAL_ROLLBACK, "db2")


def test_a_member_in_state_9_is_rolling_back():
    assert rolled(counted(1, state=9)).verdict is CRITICAL


def test_another_sees_it_roll_back_while_it_does_not_answer_us():
    primary = made_set((Seat("db1", state=1), Seat("db2", state=9)))[0]
    assert of(rollback.PROBE.judge(seen(primary)), SIGNAL_ROLLBACK, "db2").verdict is CRITICAL
    well = made_set((Seat("db1", state=1), Seat("db2")))[0]
    assert of(rollback.PROBE.judge(seen(well)), SIGNAL_ROLLBACK, "db2").verdict is UNKNOWN


def test_a_count_that_rose_says_that_it_rolled_back():
    found = rolled(counted(4), before=3)
    assert found.verdict is WARNING
    assert "rolled back once in the last 10 min" in found.says
    assert rolled(counted(3), before=3).verdict is OK
    assert rolled(counted(1), before=3).verdict is OK  # copied anew: the count begins again


def test_before_40_a_restart_changes_the_count_and_means_nothing():
    assert rolled(counted(1279865209, release="3.2.22", uptime_s=60), before=5).verdict is OK
    assert rolled(counted(6, release="3.2.22", uptime_s=1e6), before=5).verdict is WARNING
    assert rolled(counted(6, release="4.4.29", uptime_s=60), before=5).verdict is WARNING


def test_the_recorded_set_of_one_is_not_rolling_back():
    found = of(rollback.PROBE.judge(seen(set_of_one())), SIGNAL_ROLLBACK)
    assert found.verdict is OK
    assert rollback.PROBE.keep(seen(set_of_one())) == {"host1.example.com:27017": {"rbid": 1279865209}}


def test_never_ok_without_a_state():
    look = without(without(counted(1), "replSetGetStatus", "myState"), "replSetGetStatus", "members")
    look = without(look, "hello", "secondary")
    assert rolled(look).verdict is UNKNOWN
    assert elections.PROBE.light
