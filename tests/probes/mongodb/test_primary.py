"""Who is primary, on recorded answers of 3.2 and 4.x and on made sets, healthy, split and leaderless."""

from __future__ import annotations

import pytest

from bot.domain.inventory import Member
from bot.probes.mongodb import reach
from bot.probes.mongodb.primary import DISAGREE, NONE, PROBE, TWO, VOTES
from bot.probes.seen import Answer, Look
from tests.probes.mongodb.making import (
    CRITICAL,
    DENIED,
    OK,
    SILENT,
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
)
from tests.probes.mongodb.test_lag import percona, set_of_one

RELEASES = ("4.4.29", "5.0.30", "6.0.16", "7.0.14", "8.0.4")
LEADERLESS = (Seat("db1", up=False), Seat("db2"), Seat("db3"))


def verdicts(*looks: Look, **more: object) -> dict[str, object]:
    return {one.signal: one.verdict for one in PROBE.judge(seen(*looks, **more))}


@pytest.mark.parametrize("release", RELEASES)
def test_a_set_that_is_well(release):
    assert verdicts(*made_set(release=release)) == {NONE: OK, TWO: OK, DISAGREE: OK, VOTES: OK}


def test_the_recorded_set_of_one_is_well():
    assert verdicts(set_of_one()) == {NONE: OK, TWO: OK, DISAGREE: OK, VOTES: OK}


def test_the_recorded_428_alone_tells_no_votes():
    found = verdicts(percona())
    assert (found[VOTES], found[TWO]) == (UNKNOWN, UNKNOWN)


def test_recorded_greetings_without_any_right():
    looks = [
        Look(Member(host=host, port=27017), {"hello": Answer(recorded(f"datadog-4.x-isMaster-replica-{role}"))})
        for host, role in (("a", "primary"), ("b", "secondary"), ("c", "arbiter"))
    ]
    assert verdicts(*looks) == {NONE: OK, TWO: OK, DISAGREE: OK, VOTES: UNKNOWN}


@pytest.mark.parametrize("release", RELEASES)
def test_an_election_in_progress(release):
    found = of(PROBE.judge(seen(*made_set(LEADERLESS, release=release))), NONE)
    assert found.verdict is WARNING
    assert found.says.endswith("2 votes are heard, 2 are a majority: an election is in progress.")


def test_no_primary_for_longer_than_an_election_takes():
    looks = made_set(LEADERLESS)
    before = kept_by(PROBE, *looks, ago_s=10)
    assert of(PROBE.judge(seen(*looks, before=before, since_s=10)), NONE).verdict is WARNING
    later = kept_by(PROBE, *looks, ago_s=6, before=kept_by(PROBE, *looks, ago_s=20))
    found = of(PROBE.judge(seen(*looks, before=later, since_s=6)), NONE)
    assert found.verdict is CRITICAL
    assert "none was elected in 20 s" in found.says


def test_a_primary_in_between_begins_the_count_anew():
    before = kept_by(PROBE, *made_set(), ago_s=6, before=kept_by(PROBE, *made_set(LEADERLESS), ago_s=600))
    assert of(PROBE.judge(seen(*made_set(LEADERLESS), before=before, since_s=6)), NONE).verdict is WARNING


def test_the_first_look_at_a_set_that_was_silent_for_long():
    found = of(PROBE.judge(seen(*made_set(LEADERLESS, idle_s=300))), NONE)
    assert found.verdict is CRITICAL
    assert "the newest write is 5 min old" in found.says


def test_no_primary_and_too_few_votes():
    found = PROBE.judge(seen(*made_set((Seat("db1", up=False), Seat("db2", up=False), Seat("db3")))))
    assert of(found, NONE).verdict is CRITICAL
    assert "none can be elected" in of(found, NONE).says
    assert of(found, VOTES).verdict is CRITICAL
    assert "1 of 3 votes are heard, 2 are a majority" in of(found, VOTES).says


def test_one_vote_lost_leaves_none_to_spare():
    found = of(PROBE.judge(seen(*made_set((Seat("db1", state=1), Seat("db2", up=False), Seat("db3"))))), VOTES)
    assert found.verdict is WARNING
    assert "none to spare" in found.says


def test_of_five_votes_one_may_be_lost():
    seats = (Seat("db1", state=1), Seat("db2"), Seat("db3"), Seat("db4"), Seat("db5", up=False))
    found = of(PROBE.judge(seen(*made_set(seats))), VOTES)
    assert found.verdict is OK
    assert "4 of 5 votes are heard, 3 are a majority: 1 to spare" in found.says


def test_an_arbiter_votes_and_a_member_without_a_vote_does_not():
    seats = (Seat("db1", state=1), Seat("db2", up=False), Seat("arb", state=7))
    assert of(PROBE.judge(seen(*made_set(seats))), VOTES).verdict is WARNING
    seats = (Seat("db1", state=1), Seat("db2"), Seat("db3"), Seat("db4", votes=0, priority=0, up=False))
    assert of(PROBE.judge(seen(*made_set(seats))), VOTES).verdict is OK


@pytest.mark.parametrize("release", RELEASES)
def test_two_primaries_are_told_as_what_they_say(release):
    old = made_set((Seat("db1", state=1), Seat("db2", up=False), Seat("db3", up=False)), term=5, release=release)[0]
    new = made_set((Seat("db1", up=False), Seat("db2", state=1), Seat("db3")), term=6, release=release)[1:]
    found = PROBE.judge(seen(old, *new))
    assert of(found, TWO).verdict is CRITICAL
    assert of(found, TWO).says == "db1:27017 (term 5) and db2:27017 (term 6) each say that they take writes."
    assert of(found, DISAGREE).verdict is WARNING
    assert "db1:27017 sees db1:27017, db2:27017 sees db2:27017" in of(found, DISAGREE).says
    assert of(found, NONE).says == "db2:27017 is primary, term 6."


def test_members_that_see_different_primaries():
    looks = list(made_set())
    looks[2] = changed(
        looks[2], "replSetGetStatus", "members", to=made_set(LEADERLESS)[2]["replSetGetStatus"].value["members"]
    )
    found = of(PROBE.judge(seen(*looks)), DISAGREE)
    assert found.verdict is WARNING
    assert "db3:27017 sees none" in found.says


def test_a_primary_that_we_cannot_reach_but_the_others_see():
    db1, *others = made_set()
    for question in db1.answers:
        db1 = changed(db1, question, to=UNREACHABLE)
    found = PROBE.judge(seen(db1, *others))
    assert of(found, NONE).verdict is UNKNOWN
    assert "The others see db1:27017 as primary" in of(found, NONE).says
    assert {of(found, signal).verdict for signal in (TWO, DISAGREE)} == {UNKNOWN}


def test_a_primary_that_the_inventory_does_not_have():
    found = of(PROBE.judge(seen(*made_set((Seat("db1", state=1, listed=False), Seat("db2"), Seat("db3"))))), NONE)
    assert found.verdict is UNKNOWN
    assert "not in the inventory" in found.says


def test_an_arbiter_that_is_down_cannot_be_a_second_primary():
    found = PROBE.judge(seen(*made_set((Seat("db1", state=1), Seat("db2"), Seat("arb", state=7, up=False)))))
    assert of(found, TWO).verdict is OK


def test_nobody_answers():
    looks = [Look(Member(host=host, port=27017), dict.fromkeys(PROBE.asks, SILENT)) for host in ("a", "b")]
    assert verdicts(*looks) == {NONE: UNKNOWN, TWO: UNKNOWN, DISAGREE: UNKNOWN, VOTES: UNKNOWN}


def test_one_greeting_alone_does_not_say_that_there_is_none():
    db1, db2, db3 = (changed(one, "replSetGetStatus", to=DENIED) for one in made_set(LEADERLESS))
    assert of(PROBE.judge(seen(db1, db2, db3)), NONE).verdict is UNKNOWN
    assert of(PROBE.judge(seen(db2, db3)), NONE).verdict is WARNING


def test_a_member_of_another_set_than_the_inventory_says():
    looks = made_set()
    assert of(PROBE.judge(seen(*looks, replica_set="orders")), DISAGREE).verdict is OK, "they agree with each other"
    found = of(reach.PROBE.judge(seen(*looks, replica_set="orders")), reach.OTHER_SET)
    assert found.verdict is WARNING
    assert "call their set shop, the inventory orders: mend replica_set" in found.says
    assert of(reach.PROBE.judge(seen(*looks, replica_set="shop")), reach.OTHER_SET).verdict is OK


def test_a_member_of_another_set_than_the_others():
    looks = list(made_set())
    looks[2] = changed(looks[2], "hello", "setName", to="orders")
    found = of(PROBE.judge(seen(*looks)), DISAGREE)
    assert found.verdict is WARNING
    assert "call their set orders and shop" in found.says


def test_the_newest_configuration_counts_by_term_then_by_version():
    looks = list(made_set((Seat("db1", state=1), Seat("db2"), Seat("db3"))))
    old = made_set((Seat("db1", state=1), Seat("db2", votes=0), Seat("db3", votes=0)))[2]
    looks[2] = changed(looks[2], "replSetGetConfig", to=old["replSetGetConfig"])
    looks[2] = changed(looks[2], "replSetGetConfig", "config", "version", to=99)
    looks[0] = changed(looks[0], "replSetGetConfig", "config", "term", to=5)
    assert of(PROBE.judge(seen(*looks)), VOTES).value == "3 of 3"


def test_a_member_of_a_set_that_was_started_alone():
    alone = Look(Member(host="a", port=27017), {"hello": Answer(recorded("datadog-4.x-isMaster-standalone"))})
    assert PROBE.judge(seen(alone)) == []
    assert of(PROBE.judge(seen(alone, replica_set="orders")), NONE).verdict is not OK


def test_each_part_of_a_sharded_cluster_by_itself():
    router = Look(
        Member(host="r", port=27017, part="mongos"), {"hello": Answer(recorded("datadog-4.x-isMaster-mongos"))}
    )
    parts = (*made_set(part="config"), *made_set(LEADERLESS, part="shard-0"), *made_set(part="shard-1"))
    found = [one for one in PROBE.judge(seen(router, *parts)) if one.signal == NONE]
    assert [(one.verdict, one.says.split(":")[0]) for one in found] == [
        (OK, "config"),
        (WARNING, "shard-0"),
        (OK, "shard-1"),
    ]
