"""Whether writes are acknowledged by a majority, on recorded sets of 3.2 and 4.x and on made ones."""

from __future__ import annotations

import pytest

from bot.domain.inventory import Member
from bot.probes.mongodb.majority import PROBE, SIGNAL
from bot.probes.seen import Answer, Look
from tests.probes.mongodb.making import (
    CRITICAL,
    DENIED,
    OK,
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
from tests.probes.mongodb.test_lag import set_of_one

RELEASES = ("4.0.28", "4.4.29", "5.0.30", "6.0.16", "7.0.14", "8.0.4")
P, S, A = Seat("db1", state=1), Seat("db2"), Seat("arb", state=7, priority=0)


def judged(*seats: Seat, **made: object):
    return of(PROBE.judge(seen(*made_set(seats, **made))), SIGNAL)


def test_recorded_4x_with_an_arbiter_and_its_configuration():
    status, config = recorded("datadog-4.x-replSetGetStatus-replica-primary"), recorded("datadog-4.x-system.replset")
    names = [member["name"] for member in status["members"]]
    for member, name in zip(config["members"], names, strict=True):
        member["host"] = name  # recorded from another set of the same form
    answers = {"replSetGetStatus": Answer(status), "replSetGetConfig": Answer({"config": config})}
    found = of(PROBE.judge(seen(Look(Member(host="a", port=27017), answers))), SIGNAL)
    # Its publishers put a secondary back by 100 s: 2 of the 3 that hold data acknowledge in time, 3 are needed.
    assert found.verdict is WARNING
    assert found.data == {"part": "", "needed": 3, "heard": 3, "in_time": 2, "uncommitted_s": 0.0, "timeouts": None}


def test_the_recorded_set_of_one_acknowledges_by_itself():
    found = of(PROBE.judge(seen(set_of_one())), SIGNAL)
    assert found.verdict is OK
    assert found.value == "1 of 1"


@pytest.mark.parametrize("release", RELEASES)
def test_all_there_is_ok(release):
    assert judged(P, S, Seat("db3"), release=release).verdict is OK


@pytest.mark.parametrize("release", RELEASES)
def test_one_of_three_down_leaves_a_majority_and_two_do_not(release):
    assert judged(P, S, Seat("db3", up=False), release=release).verdict is OK
    lost = judged(P, Seat("db2", up=False), Seat("db3", up=False), release=release)
    assert lost.verdict is CRITICAL
    assert "1 of 3 members follow within 10 s, 2 are needed" in lost.says


@pytest.mark.parametrize("release", RELEASES)
def test_primary_secondary_arbiter_stalls_when_the_secondary_is_gone(release):
    well = judged(P, S, A, release=release)
    assert (well.verdict, well.value) == (OK, "2 of 2")
    assert judged(P, Seat("db2", up=False), A, release=release).verdict is CRITICAL


def test_a_member_without_a_vote_does_not_count():
    assert judged(P, Seat("db2", votes=0, priority=0), Seat("db3", up=False), S).verdict is OK
    seats = (P, Seat("db2", up=False), Seat("db3", up=False), Seat("db4", votes=0, priority=0))
    assert judged(*seats).verdict is CRITICAL


def test_a_delayed_voter_acknowledges_too_late():
    late = Seat("db3", behind_s=3600, delay_s=3600, priority=0)
    assert judged(P, S, late).verdict is OK
    assert judged(P, Seat("db2", up=False), late).verdict is WARNING


@pytest.mark.parametrize("state", [3, 5, 9])
def test_a_member_that_recovers_does_not_acknowledge(state):
    assert judged(P, Seat("db2", state=state), Seat("db3", state=state)).verdict is CRITICAL


@pytest.mark.parametrize(("gap_s", "verdict"), [(10, OK), (11, WARNING), (60, WARNING), (61, CRITICAL)])
def test_what_a_majority_has_falls_behind_the_newest_write(gap_s, verdict):
    assert judged(P, S, Seat("db3"), uncommitted_s=gap_s).verdict is verdict


def test_a_majority_that_stands_still_while_all_writers_wait():
    looks = made_set(uncommitted_s=2, idle_s=40)
    assert of(PROBE.judge(seen(*looks)), SIGNAL).verdict is OK
    before = kept_by(PROBE, *looks, ago_s=30)
    assert of(PROBE.judge(seen(*looks, before=before, since_s=30)), SIGNAL).verdict is WARNING
    idle = made_set(uncommitted_s=0, idle_s=40)
    calm = kept_by(PROBE, *idle, ago_s=30)
    assert of(PROBE.judge(seen(*idle, before=calm, since_s=30)), SIGNAL).verdict is OK


def test_secondaries_that_build_an_index_and_lag():
    found = judged(P, Seat("db2", behind_s=45), Seat("db3", behind_s=50), uncommitted_s=45)
    assert found.verdict is WARNING
    assert "1 of 3 members follow within 10 s" in found.says


def test_writes_that_ran_out_of_time_since_the_earlier_look():
    looks = list(made_set())
    before = kept_by(PROBE, *looks, ago_s=30)
    looks[0] = changed(looks[0], "serverStatus", "metrics", "getLastError", "wtimeouts", to=9)
    found = of(PROBE.judge(seen(*looks, before=before, since_s=30)), SIGNAL)
    assert found.verdict is WARNING
    assert "9 writes timed out in 30 s" in found.says
    assert of(PROBE.judge(seen(*looks)), SIGNAL).verdict is OK


def test_another_primary_has_another_counter():
    before = kept_by(PROBE, *made_set(), ago_s=30)
    looks = list(made_set((Seat("db1"), Seat("db2", state=1), Seat("db3"))))
    looks[1] = changed(looks[1], "serverStatus", "metrics", "getLastError", "wtimeouts", to=9)
    assert of(PROBE.judge(seen(*looks, before=before, since_s=30)), SIGNAL).verdict is OK


def test_without_votes_it_is_a_guess_and_so_unknown():
    looks = [changed(one, "replSetGetConfig", to=DENIED) for one in made_set(release="4.2.8")]
    assert of(PROBE.judge(seen(*looks)), SIGNAL).verdict is UNKNOWN
    newer = [changed(one, "replSetGetConfig", to=DENIED) for one in made_set(release="4.4.29")]
    newer = [changed(one, "replSetGetStatus", "votingMembersCount", to=3) for one in newer]
    assert of(PROBE.judge(seen(*newer)), SIGNAL).verdict is OK


def test_without_a_primary_or_its_own_view_it_is_unknown():
    assert judged(Seat("db1"), S, Seat("db3")).verdict is UNKNOWN
    db1, *others = made_set()
    found = of(PROBE.judge(seen(changed(db1, "replSetGetStatus", to=DENIED), *others)), SIGNAL)
    assert found.verdict is UNKNOWN
    assert DENIED.says in found.says


@pytest.mark.parametrize(
    "path", [("members",), ("optimes",), ("optimes", "lastCommittedWallTime")], ids=lambda path: path[-1]
)
def test_never_ok_without_the_numbers_that_decide(path):
    looks = [without(one, "replSetGetStatus", *path) for one in made_set()]
    if path[-1] == "lastCommittedWallTime":
        looks = [without(one, "replSetGetStatus", "optimes", "lastCommittedOpTime") for one in looks]
    assert of(PROBE.judge(seen(*looks)), SIGNAL).verdict is not OK


def test_each_shard_by_itself():
    sick = made_set((P, Seat("db2", up=False), A), part="shard-0")
    found = PROBE.judge(seen(*sick, *made_set((P, S), part="shard-1")))
    assert [(one.verdict, one.says[:7]) for one in found] == [(CRITICAL, "shard-0"), (OK, "shard-1")]
