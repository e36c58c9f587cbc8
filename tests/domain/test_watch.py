"""What changed between two looks, and what of it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.check import Check, Why
from bot.domain.finding import Finding, Verdict
from bot.domain.watch import changes, kept, sentence, worth_saying

AT = datetime(2026, 3, 4, 12, 3, 10, tzinfo=UTC)
Ok, Warn, Bad, Unknown = Verdict.OK, Verdict.WARNING, Verdict.CRITICAL, Verdict.UNKNOWN


def found(signal: str, verdict: Verdict, member: str = "db1:27017", probe: str = "mongodb.x") -> Finding:
    return Finding(probe=probe, signal=signal, verdict=verdict, says="", member=member)


def test_a_change_is_told_with_its_time():
    changed = worth_saying([[found("tickets-gone", Ok)], [found("tickets-gone", Bad)]])
    assert (
        sentence("orders-db", changed, AT)
        == "orders-db: tickets-gone went from ok to critical at 12:03:10 UTC on db1:27017."
    )


def test_each_member_is_named_with_what_became_of_it():
    changed = worth_saying(
        [[found("a", Ok, "db1"), found("b", Bad, "db2")], [found("a", Warn, "db1"), found("b", Ok, "db2")]]
    )
    said = "orders-db: a went from ok to warning (db1); b went from critical to ok (db2) at 12:03:10 UTC."
    assert sentence("orders-db", changed, AT) == said


def test_the_same_again_is_no_change():
    assert changes([[found("a", Bad), found("b", Unknown)], [found("b", Unknown), found("a", Bad)]]) == ()


def test_what_merely_came_to_be_known_is_not_told_but_what_went_out_of_sight_is():
    assert worth_saying([[found("a", Unknown)], [found("a", Ok)]]) == ()
    lost = worth_saying([[found("a", Ok), found("b", Ok)], [found("a", Unknown), found("b", Unknown)]])
    assert sentence("orders-db", lost, AT) == "orders-db: a, b not known any more at 12:03:10 UTC on db1:27017."


def test_what_is_known_for_the_first_time_is_not_claimed_as_a_change_of_the_system():
    changed = worth_saying([[found("a", Unknown), found("b", Unknown)], [found("a", Bad), found("b", Ok)]])
    assert [one.moved for one in changed] == [False, False]
    said = sentence("orders-db", changed, AT)
    assert said == "orders-db: a now known: critical; b now known: ok at 12:03:10 UTC on db1:27017."
    assert worth_saying([[found("a", Unknown)], [found("a", Ok)]]) == ()


def test_from_critical_to_unknown_is_never_taken_for_better():
    (change,) = worth_saying([[found("a", Bad)], [found("a", Unknown)]])
    assert change.speaks and change.now is Unknown


def test_better_again_after_a_look_that_did_not_know_is_told():
    looks = [[found("a", verdict)] for verdict in (Bad, Unknown, Unknown, Ok)]
    assert (
        sentence("x", worth_saying(looks[:2]), AT)
        == "x: a went from critical to not known at 12:03:10 UTC on db1:27017."
    )
    assert worth_saying(looks[:3]) == ()
    said = sentence("x", worth_saying(looks), AT)
    assert said == "x: a now known: ok, critical before at 12:03:10 UTC on db1:27017."


def test_what_is_the_same_as_before_is_not_named_twice():
    looks = [[found("a", a), found("b", b)] for a, b in ((Ok, Ok), (Unknown, Ok), (Ok, Bad))]
    said = sentence("x", worth_saying(looks), AT)
    assert "a now known: ok" in said and "ok before" not in said


def test_known_again_and_as_well_as_before_is_not_told():
    assert worth_saying([[found("a", verdict)] for verdict in (Bad, Ok, Unknown, Ok)]) == ()


def test_a_signal_of_the_whole_system_that_turns_up_on_one_member_was_well_there():
    well, gone = [found("member-unreachable", Ok, "")], [found("member-unreachable", Warn, "db2")]
    (change,) = worth_saying([well, gone])
    assert (change.member, change.was, change.now) == ("db2", Ok, Warn)
    (change,) = worth_saying([gone, well])
    assert (change.member, change.was, change.now) == ("db2", Warn, Ok)


def test_a_probe_without_a_word_on_a_member_that_was_well_is_no_change():
    both, one = [found("full-resync", Ok, "db1"), found("full-resync", Ok, "db2")], [found("full-resync", Warn, "db1")]
    assert [each.member for each in changes([both, one])] == ["db1"]
    assert [each.member for each in changes([both, one, both])] == ["db1"]
    (change,) = worth_saying([one, []])
    assert change.now is Unknown


def test_a_signal_that_is_named_only_while_it_is_there_goes_back_to_ok_or_to_unknown():
    fine, slow = found("zombie-primary", Ok), found("reads-slow", Warn)
    assert [(one.signal, one.was, one.now) for one in changes([[fine], [slow]])] == [("reads-slow", Ok, Warn)]
    assert [(one.signal, one.was, one.now) for one in changes([[slow], [fine]])] == [("reads-slow", Warn, Ok)]
    silent = found("zombie-primary", Unknown)
    assert ("reads-slow", Warn, Unknown) in [(one.signal, one.was, one.now) for one in changes([[slow], [silent]])]


def test_many_changes_are_one_sentence_of_bounded_length():
    before = [found(f"s{n}", Ok, f"db{m}") for n in range(30) for m in range(9)]
    after = [found(f"s{n}", Bad, f"db{m}") for n in range(30) for m in range(9)]
    said = sentence("orders-db", worth_saying([before, after]), AT)
    assert (
        said == "orders-db: s0, s1, s2, s3 and 26 more went from ok to critical at 12:03:10 UTC "
        "on db0, db1, db2, db3 and 5 more."
    )


def test_of_an_old_watch_its_changes_stay_and_a_look_for_every_ten_minutes():
    def look(number: int, verdict: Verdict) -> Check:
        at = AT + timedelta(seconds=10 * number)
        about = (found("a", verdict),)
        return Check(
            id=f"w-{number:03d}", team_id="T1", system="x", why=Why.WATCHED, asked_at=at, taken_at=at, findings=about
        )

    looks = [look(number, Bad if 20 <= number < 30 else Ok) for number in range(150)]
    assert sorted(kept(looks)) == [f"w-{n:03d}" for n in (0, 19, 20, 29, 30, 60, 120, 149)]
    assert kept(looks[:1]) == {"w-000"} and kept([]) == frozenset()
