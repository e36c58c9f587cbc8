from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incident import Moment
from bot.domain.metrics import How, Known, Measure, between, clashes, moments, spans, spelt_out
from bot.domain.timeline import Kind, Tag
from tests.domain.postmortem_cases import at, entry, incident

NOTHING = dict.fromkeys(("started_at", "detected_at", "mitigated_at", "resolved_at", "closed_at"))


def span(known, measure):
    return next(found for found in spans(known) if found.measure is measure)


def said(clock):
    return Known(at=at(clock), how=How.SAID, refs=(f"E{clock[-2:]}",))


def test_a_moment_nobody_recorded_is_missing_and_never_guessed():
    known = moments(incident(**NOTHING), [entry(1, "12:08", "Declared", "U1", Kind.DECLARED)])
    assert list(known) == [Moment.ACKNOWLEDGED, Moment.DECLARED]


def test_when_it_was_taken_up_is_derived_from_a_persons_declaration_and_says_by_which_rule():
    known = moments(incident(**NOTHING), [entry(1, "12:08", "Declared", "U1", Kind.DECLARED)])
    assert known[Moment.ACKNOWLEDGED] == Known(
        at=at("12:08"), how=How.DERIVED, refs=("E1",), rule="the declaration, since a person made it"
    )


def test_where_a_monitor_declared_it_the_first_entry_by_a_person_after_the_signal_takes_it_up():
    declared = entry(1, "12:08", "Declared", "", Kind.DECLARED)
    signal = entry(2, "12:04", "alarm", "U2", Kind.MESSAGE, Tag.DETECTED)
    early, first = entry(3, "12:01", "the sale begins", "U2"), entry(4, "12:20", "I am on it", "U3")
    known = moments(incident(**NOTHING, declared_by=""), [declared, signal, first, early])[Moment.ACKNOWLEDGED]
    assert (known.how, known.refs, known.rule) == (How.DERIVED, ("E4",), "the first entry by a person after the signal")


def test_a_tag_says_when_it_was_taken_up_and_the_earliest_counts():
    tagged = [entry(n, clock, "mine", "U1", Kind.NOTE, Tag.ACKNOWLEDGED) for n, clock in ((2, "12:09"), (3, "12:06"))]
    known = moments(incident(), tagged)[Moment.ACKNOWLEDGED]
    assert (known.at, known.how, known.refs) == (at("12:06"), How.SAID, ("E3",))


def test_what_was_wrong_is_known_from_its_tag_alone():
    assert Moment.IDENTIFIED not in moments(incident(), [])
    tagged = entry(2, "13:05", "the primary is a zombie", "U1", Kind.NOTE, Tag.IDENTIFIED)
    assert moments(incident(), [tagged])[Moment.IDENTIFIED].at == at("13:05")


def test_the_times_follow_their_definitions():
    known = {Moment.STARTED: said("12:02"), Moment.DETECTED: said("12:04"), Moment.DECLARED: said("12:14")}
    known |= {Moment.ACKNOWLEDGED: said("12:07"), Moment.IDENTIFIED: said("13:04")}
    known |= {Moment.MITIGATED: said("13:50"), Moment.RESOLVED: said("14:20")}
    assert [found.length for found in spans(known)] == [timedelta(minutes=n) for n in (2, 3, 10, 60, 108, 138)]


def test_without_a_beginning_three_times_are_unknown_and_are_not_counted_from_the_declaration():
    known = {Moment.DETECTED: said("12:04"), Moment.DECLARED: said("12:14"), Moment.MITIGATED: said("13:50")}
    lengths = {found.measure: found.length for found in spans(known)}
    assert lengths == {
        Measure.DETECT: None,
        Measure.ACKNOWLEDGE: None,
        Measure.DECLARE: timedelta(minutes=10),
        Measure.IDENTIFY: None,
        Measure.MITIGATE: None,
        Measure.RESOLVE: None,
    }


def test_an_end_before_its_beginning_is_a_contradiction_and_no_number():
    found = span({Moment.STARTED: said("12:05"), Moment.DETECTED: said("12:04")}, Measure.DETECT)
    assert (found.length, found.contradiction, found.refs) == (None, True, ("E05", "E04"))


def test_a_field_of_the_incident_wins_over_a_tag():
    tagged = entry(4, "11:30", "first sign", "U1", Kind.NOTE, Tag.DETECTED)
    assert moments(incident(), [tagged])[Moment.DETECTED].at == at("12:04")


def test_without_a_field_the_earliest_impact_is_the_beginning_and_says_that_it_is_derived():
    late = entry(1, "12:30", "checkout fails", "U1", Kind.NOTE, Tag.IMPACT)
    early = entry(2, "12:10", "pages are slow", "U1", Kind.NOTE, Tag.IMPACT)
    known = moments(incident(**NOTHING), [late, early])[Moment.STARTED]
    rule = "the earliest entry tagged #impact"
    assert known == Known(at=at("12:10"), how=How.DERIVED, refs=("E2",), rule=rule)


def test_impact_that_came_back_ended_at_the_last_mitigated_tag():
    first = entry(1, "12:30", "back", "U1", Kind.NOTE, Tag.MITIGATED)
    again = entry(2, "13:10", "back again", "U1", Kind.NOTE, Tag.MITIGATED)
    known = moments(incident(**NOTHING), [again, first])[Moment.MITIGATED]
    assert known == Known(at=at("13:10"), how=How.SAID, refs=("E2",))


def test_a_moment_rests_on_the_status_change_that_recorded_it():
    change = entry(9, "13:50", "Mitigated", "U1", Kind.STATUS, data={"to": "mitigated"})
    assert moments(incident(), [change])[Moment.MITIGATED].refs == ("E9",)


def test_a_moment_given_later_rests_on_the_entry_at_its_own_time():
    change = entry(9, "13:58", "Mitigated", "U1", Kind.STATUS, data={"to": "mitigated"})
    given = entry(12, "13:50", "Impact stopped", "U1", Kind.NOTE, Tag.MITIGATED)
    assert moments(incident(), [change, given])[Moment.MITIGATED].refs == ("E12",)


def test_an_end_noted_after_the_change_of_status_corrects_it():
    change = entry(9, "13:50", "Mitigated", "U1", Kind.STATUS, data={"to": "mitigated"})
    before = entry(8, "13:20", "some can pay", "U1", Kind.NOTE, Tag.MITIGATED)
    after = entry(10, "13:30", "all can pay", "U1", Kind.NOTE, Tag.MITIGATED)
    assert moments(incident(), [before, change])[Moment.MITIGATED].at == at("13:50")
    assert moments(incident(), [before, after, change])[Moment.MITIGATED].refs == ("E10",)


def test_an_earlier_beginning_noted_later_corrects_the_field_and_a_later_one_does_not():
    began = incident().started_at
    given = entry(2, f"{began:%H:%M}", "Impact began", "U1", Kind.NOTE, Tag.IMPACT)
    late = entry(3, "12:40", "nobody can pay", "U1", Kind.NOTE, Tag.IMPACT)
    early = entry(4, "11:40", "some cannot pay", "U1", Kind.NOTE, Tag.IMPACT)
    assert moments(incident(), [given, late])[Moment.STARTED].refs == ("E2",)
    assert moments(incident(), [given, late, early])[Moment.STARTED].refs == ("E4",)


def test_a_moment_without_an_entry_rests_on_the_record_of_the_incident():
    assert moments(incident(), [])[Moment.STARTED].refs == ("INC-7",)


def test_the_bot_saw_the_declaration_and_a_person_said_the_rest():
    how = {moment: known.how for moment, known in moments(incident(), []).items()}
    assert {moment for moment, way in how.items() if way is How.OBSERVED} == {Moment.DECLARED, Moment.CLOSED}
    assert how[Moment.ACKNOWLEDGED] is How.DERIVED


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "under 1 min"),
        (59.9, "under 1 min"),
        (60, "1 min"),
        (5820, "1 h 37 min"),
        (7200, "2 h"),
        (86400, "1 d"),
        (93900, "1 d 2 h 5 min"),
    ],
)
def test_lengths_are_spelt_out_in_whole_minutes(seconds, words):
    assert spelt_out(timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("13:50:40", "14:22:10", "32 min"),
        ("13:50:10", "14:22:40", "32 min"),
        ("13:50:50", "13:51:10", "under 1 min"),
        ("13:50:05", "13:51:55", "1 min"),
        ("13:50:00", "13:52:59", "2 min"),
        ("13:50:30", "13:50:10", "under 1 min"),
    ],
)
def test_a_length_is_the_difference_of_the_clock_times_shown(start, end, words):
    assert spelt_out(between(moment(start), moment(end))) == words


def moment(clock):
    return at(clock[:5]) + timedelta(seconds=int(clock[6:]))


@given(st.datetimes(), st.timedeltas(timedelta(0), timedelta(days=3)))
def test_from_two_minutes_on_the_minutes_shown_add_up(start, length):
    try:
        end = start + length
    except OverflowError:
        return
    told = between(start, end)
    cut = [one.replace(second=0, microsecond=0) for one in (start, end)]
    assert told == (length if length < timedelta(minutes=2) else cut[1] - cut[0])
    assert abs(told - length) < timedelta(minutes=1)


def test_only_an_end_of_an_earlier_minute_is_a_contradiction():
    start = Known(at=moment("13:50:40"), how=How.SAID, refs=("E1",))
    same = Known(at=moment("13:50:10"), how=How.SAID, refs=("E2",))
    before = Known(at=moment("13:49:59"), how=How.SAID, refs=("E3",))
    assert clashes({Moment.STARTED: start, Moment.MITIGATED: same}) == ()
    assert clashes({Moment.STARTED: start, Moment.MITIGATED: before}) == ((before, start),)
    assert clashes({Moment.DETECTED: before}) == ()
    assert span({Moment.STARTED: start, Moment.DETECTED: same}, Measure.DETECT).length == timedelta(0)
