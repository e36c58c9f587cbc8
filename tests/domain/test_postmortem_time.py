"""Who was there, how long the phases were and when nobody wrote: words and picture say the same, by the same clocks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.course import WIDE, draw
from bot.domain.course.paper import span
from bot.domain.course.phases import phases
from bot.domain.incident import Moment
from bot.domain.metrics import spelt_out
from bot.domain.postmortem import Part, draft
from bot.domain.timeline import Kind, Tag
from tests.domain.postmortem_cases import at, entry, incident, universe
from tests.domain.test_postmortem_sections import noting, told


def typed(clock, one):
    """The entry, written down at another time than it tells of."""
    return replace(one, recorded_at=at(clock))


def active(paper):
    return [text for _, text in told(paper, Part.PEOPLE) if "active" in text]


def presence(paper):
    return {one.name: (f"{one.begin:%H:%M}", f"{one.end:%H:%M}") for one in paper.course.people}


def test_a_task_set_after_the_close_is_no_time_at_it_and_stretches_no_picture():
    late = entry(40, "15:10", "Task 3: look again", "U1", Kind.TASK, data={"task": 3})
    paper = draft(universe(entries=(*universe().entries, late), drafted_at=at("15:11")))
    assert "Ada Quist was active from 12:02 UTC to 14:31 UTC, 2 h 29 min." in active(paper)
    assert presence(paper)["Ada Quist"] == ("12:02", "14:31")
    assert span(paper.course, WIDE).end == at("14:31")
    assert any("1 entry later" in word.text for word in draw(paper.course, WIDE).shapes if hasattr(word, "text"))


def test_what_is_dated_back_is_presence_when_it_was_typed():
    paper = noting(
        typed("12:40", entry(2, "12:03", "it was slow already", "U2")),
        entry(3, "13:00", "still slow", "U2"),
        typed("12:50", entry(4, "12:05", "5,000 sold", "U3", Kind.IMPORTED)),
        typed("13:20", entry(5, "12:10", "I see it too", "U4", Kind.MESSAGE)),
    )
    assert active(paper) == ["Ben Okafor was active from 12:40 UTC to 13:00 UTC, 20 min."]
    people = presence(paper)
    assert people["Ben Okafor"] == ("12:40", "13:00")
    assert people["Chloë Tremblay"] == ("12:50", "12:50")  # who pasted it was there when it was pasted
    assert people["Dev Raman"] == ("12:10", "12:10")  # a message is written when it is posted, and pinned later


def test_what_is_dated_back_fills_no_silence():
    during = (entry(2, "12:10", "a", "U2"), entry(3, "12:30", "b", "U2"))
    back = typed("14:00", entry(4, "12:20", "nobody looked", "U2"))
    silence = ("", "Nothing was written down for 20 min, from 12:10 UTC to 12:30 UTC.")
    assert silence in told(noting(*during), Part.WAITS)
    assert silence in told(noting(*during, back), Part.WAITS)


@pytest.mark.parametrize("clock", ["12:06", "12:30", "14:00"])
def test_the_phases_told_are_those_that_are_drawn_in_order_of_time(clock):
    known = entry(40, clock, "no read tickets are left", "U2", Kind.NOTE, Tag.IDENTIFIED)
    paper = draft(universe(entries=(*universe().entries, known)))
    (text,) = [text for _, text in told(paper, Part.WAITS) if "longest phase" in text]
    drawn = [one for one in phases(paper.course) if one.until is not Moment.CLOSED]
    places = [text.index(f"{one.length} ") for one in drawn]
    assert places == sorted(places)
    assert [one.begin for one in drawn] == sorted(one.begin for one in drawn)
    assert any(one.until is Moment.IDENTIFIED for one in phases(paper.course))


def test_the_longest_phase_is_one_of_those_that_are_drawn():
    known = entry(40, "13:00", "no read tickets are left", "U2", Kind.NOTE, Tag.IDENTIFIED)
    paper = draft(universe(entries=(*universe().entries, known)))
    (text,) = [text for _, text in told(paper, Part.WAITS) if "longest phase" in text]
    assert text.endswith("The longest phase was the one until it was known what was wrong.")
    longest = max(phases(paper.course), key=lambda one: one.end - one.begin)
    assert longest.until is Moment.IDENTIFIED and longest.length == spelt_out(timedelta(minutes=52))


def test_a_moment_that_contradicts_the_beginning_ends_no_phase():
    paper = draft(universe(incident=incident(detected_at=at("11:50"))))
    assert Moment.DETECTED not in {one.until for one in phases(paper.course)}
