"""Follow-ups and proposals, who took part how long, contradictions, and times told with their day."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from bot.domain.incident import Moment, Status
from bot.domain.metrics import How
from bot.domain.playbook import Playbook
from bot.domain.postmortem import Part, draft
from bot.domain.roles import Aim, Task
from bot.domain.timeline import Kind, Tag
from tests.domain.postmortem_cases import at, bare, entry, incident, universe

BOOK = Playbook(
    name="force-failover",
    title="Force a failover",
    follow_ups=("prevent: keep two generations of backups", "detect: watch the key count"),
    text="",
    digest="",
)


def task(number, text="Do it", **more):
    return Task(id=f"t{number}", number=number, text=text, made_by="U1", made_at=at("14:00"), **more)


def told(paper, part):
    return [(s.mark, s.text) for s in paper.section(part).sentences]


def asked(paper, part):
    return [question.text for question in paper.section(part).questions]


def noting(*entries, **changes):
    return draft(bare(entries=(*bare().entries, *entries), **changes))


def test_follow_ups_stand_by_what_they_are_for_and_the_finished_ones_come_last():
    tasks = (
        task(1, aim=None),
        task(2, aim=Aim.PROCESS),
        task(3, aim=Aim.PREVENT, done_at=at("14:10")),
        task(4, aim=Aim.MITIGATE),
        task(5, aim=Aim.PREVENT),
        task(6, aim=Aim.DETECT),
    )
    texts = [
        text.split(" Owner")[0].split(" No owner")[0] for _, text in told(draft(bare(tasks=tasks)), Part.FOLLOW_UPS)
    ]
    assert texts == [
        "5. Do it. Aim: prevent.",
        "6. Do it. Aim: detect.",
        "4. Do it. Aim: mitigate.",
        "2. Do it. Aim: process.",
        "1. Do it.",
        "3. Do it. Aim: prevent.",
    ]


def test_a_follow_up_tells_its_owner_its_day_and_where_it_is_tracked():
    one = task(1, aim=Aim.DETECT, owner="U2", due=date(2019, 4, 3), link="https://tracker.test/T-1")
    assert told(draft(bare(tasks=(one,))), Part.FOLLOW_UPS) == [
        ("To do", "1. Do it. Aim: detect. Owner: Ben Okafor. Due: 3 April 2019. Tracked at https://tracker.test/T-1.")
    ]


def test_what_a_walked_playbook_proposes_is_marked_and_not_told_twice():
    tasks = (task(1, "Watch the key count."),)
    proposed = draft(universe(tasks=tasks, proposals=(BOOK,))).section(Part.FOLLOW_UPS).sentences[1:]
    assert [(s.mark, s.text, s.refs) for s in proposed] == [
        (
            "Proposed",
            "Keep two generations of backups. Aim: prevent. Proposed by force-failover.",
            ("E22",),
        )
    ]


def test_a_playbook_that_was_neither_walked_nor_called_for_proposes_nothing():
    assert told(draft(bare(proposals=(BOOK,))), Part.FOLLOW_UPS) == []


def test_what_was_called_for_proposes_too_and_names_the_look():
    book = Playbook(name="b", title="B", called_by=("stale-master",), follow_ups=BOOK.follow_ups, text="", digest="")
    row = {"signal": "stale-master", "verdict": "warning"}
    look = entry(2, "12:10", "Looked", "", Kind.FINDING, data={"system": "db", "findings": [row]})
    sentences = noting(look, proposals=(book,)).section(Part.FOLLOW_UPS).sentences
    assert [(s.mark, s.refs) for s in sentences] == [("Proposed", ("E2",))] * 2


@pytest.mark.parametrize("rows", [None, "x", {"a": 1}, [1, "x", None], [{"verdict": []}]])
def test_a_look_put_down_in_another_shape_calls_for_nothing_and_breaks_nothing(rows):
    look = entry(2, "12:10", "Looked", "", Kind.FINDING, data={"system": "db", "findings": rows})
    assert told(noting(look, proposals=(BOOK,)), Part.FOLLOW_UPS) == []


def test_everyone_who_wrote_is_told_with_the_length_between_their_first_and_last_entry():
    paper = noting(entry(2, "12:20", "a", "U2"), entry(3, "13:25", "b", "U2"), entry(4, "12:30", "c", "U3"))
    active = [text for _, text in told(paper, Part.PEOPLE) if "active" in text]
    assert active == ["Ben Okafor was active from 12:20 UTC to 13:25 UTC, 1 h 5 min."]


def test_taking_it_up_before_or_after_the_declaration_contradicts_nothing():
    for clock in ("12:05", "12:20"):
        taken = entry(2, clock, "mine", "U1", Kind.NOTE, Tag.ACKNOWLEDGED)
        facts = bare(incident=incident(status=Status.OPEN, mitigated_at=None), entries=(*bare().entries, taken))
        assert not any("Which is right" in text for text in asked(draft(facts), Part.QUESTIONS))


def test_knowing_what_was_wrong_before_it_began_is_asked_about():
    early = entry(2, "11:30", "the disk is dying", "U1", Kind.NOTE, Tag.IDENTIFIED)
    facts = bare(incident=incident(status=Status.OPEN), entries=(*bare().entries, early))
    ask = "“Identified” is recorded at 11:30 UTC, ahead of “Impact began” at 12:02 UTC. Which is right?"
    assert ask in asked(draft(facts), Part.QUESTIONS)


def test_a_derived_moment_is_told_among_the_times_with_its_rule_and_marks_no_line():
    paper = draft(universe())
    known = paper.moments[Moment.ACKNOWLEDGED]
    assert (known.how, known.rule) == (How.DERIVED, "the declaration, since a person made it")
    assert not any(Moment.ACKNOWLEDGED in line.marks for line in paper.timeline)
    said = entry(40, "12:06", "on it", "U2", Kind.NOTE, Tag.ACKNOWLEDGED)
    marked = draft(universe(entries=(*universe().entries, said))).timeline
    assert [line.label for line in marked if Moment.ACKNOWLEDGED in line.marks] == ["E40"]


def test_an_incident_that_crosses_midnight_only_in_the_teams_zone_dates_its_times():
    assert not draft(universe()).dated  # 12:00 to 14:31 UTC
    assert not draft(universe(zone=ZoneInfo("Asia/Kolkata"))).dated  # 17:30 to 20:01
    paper = draft(universe(zone=ZoneInfo("Australia/Brisbane")))  # 22:00 to 00:31
    assert paper.dated and paper.zone == ZoneInfo("Australia/Brisbane")
    assert "12 Mar 12:02 UTC" in paper.section(Part.IMPACT).sentences[0].text
