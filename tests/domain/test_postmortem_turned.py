"""What the draft names as done before it got better: what changed something, and never a step that only looks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.course.values import Sort
from bot.domain.incident import Status
from bot.domain.playbook import Playbook, Step
from bot.domain.postmortem import Part, draft
from bot.domain.timeline import Kind, Tag
from bot.domain.walk import NO_MORE, Did
from tests.domain.postmortem_cases import at, bare, entry, incident
from tests.domain.test_postmortem_sections import BOOK, asked, looked, noting, told
from tests.domain.test_postmortem_walks import NAME, TITLES, Walked, paper_of, shown

READS = "nothing to undo; it only reads."
CHECKED = "How was it checked that it was over?"


@pytest.mark.parametrize(
    ("title", "undo", "danger", "looks"),
    [
        ("Prove that it answers hello", READS, "", True),
        ("Prove that it answers hello", "Nothing to undo; both\nonly read.", "", True),
        ("Find the big keys", READS, "it blocks the server for a second", True),  # what it breaks it does not turn
        ("See what they believe, and hold them", "`sudo systemctl start redis-sentinel`", "", False),
        ("List every copy", "the lines only read. For the delayed member unmask it.", "", False),
        ("End what runs", "nothing to undo; the application sends reads again.", "", False),
        ("See that it lasts", "nothing to undo.", "", False),  # in doubt
        ("Check the lag", "", "", True),
        ("Verify the counts", "", "", True),
        ("Check the lag and fail over", "", "", False),
        ("Compare, then let people back", "", "", False),
        ("Watch out", "", "the lines drop the data", False),
        ("Restart the service", "", "", False),
        ("Listen on another port", "", "", False),
        ("Seed the new member", "", "", False),
        ("Check out the last good release", "", "", False),
        ("Read-only mode on", "", "", False),
        ("See to it that writers stop", "", "", False),
        ("List the stuck jobs, kill them", "", "", False),
        ("Drop the keys", "Nothing brings the keys back; only reads of other keys still work.", "they are gone", False),
    ],
)
def test_a_step_only_looks_when_it_says_so_or_when_its_bare_title_does(title, undo, danger, looks):
    assert Step(number=1, title=title, body="", undo=undo, danger=danger).only_looks is looks


def looking(walked: Walked, *steps: int) -> Walked:
    """The same walk, along a page on which these steps only look."""
    book = walked.walk.playbook
    kept = tuple(replace(one, undo=READS) if one.number in steps else one for one in book.steps)
    walked.walk = replace(walked.walk, playbook=replace(book, steps=kept))
    return walked


def test_the_last_action_is_the_last_that_changed_something():
    paper = paper_of(looking(Walked().press("13:02", 1, Did.DONE).press("13:20", 2, Did.DONE), 2))
    last = paper.section(Part.SUMMARY).sentences[-1]
    assert (last.text, last.refs) == (
        f"The last action recorded before the impact stopped, at 13:02 UTC: “Step 1 of {NAME} done: {TITLES[0]}”.",
        ("E3",),
    )
    assert shown(paper, Part.RESOLUTION)[:2] == [
        ("Step", f"Step 1 of {NAME} done: {TITLES[0]}", ("E3",)),
        ("Looked", f"Step 2 of {NAME} done: {TITLES[1]}", ("E4",)),
    ]


def test_where_people_only_looked_nothing_is_said_to_have_come_last_and_it_is_asked():
    paper = paper_of(looking(Walked().press("13:02", 1, Did.DONE), 1))
    assert "last action" not in str(told(paper, Part.SUMMARY))
    assert "Step 1" not in str(told(paper, Part.RESOLUTION))
    assert asked(paper, Part.RESOLUTION)[0] == "What ended it, and who found the way?"


def test_a_look_that_people_said_helped_is_told_once_as_that():
    one = looking(Walked().press("13:02", 1, Did.DONE).press("13:20", 2, Did.DONE), 2).judged("15:00", 2, True)
    marks = [mark for mark, _, _ in shown(paper_of(one, verdicts={("w1", 2): True}), Part.RESOLUTION)]
    assert marks[:2] == ["Step", "Helped"] and "Looked" not in marks


def test_among_what_was_tried_a_look_is_called_one_and_the_end_does_not_follow_it():
    one = looking(Walked().press("13:38", 1, Did.DONE).press("13:40", 2, Did.DONE), 2)
    one.say("13:42", "It answers again", "U3", Kind.MESSAGE)
    one.say("13:44", "Mitigated", "U3", Kind.STATUS, {"to": "mitigated"}).press("13:46", 1, Did.DONE)
    one.say("13:47", "Mitigated", "U3", Kind.STATUS, {"to": "mitigated"})
    assert [(mark, refs) for mark, _, refs in shown(paper_of(one))] == [
        ("Step", ("E3",)),
        ("Looked", ("E4",)),
        ("What followed", ("E4", "E5")),
        ("Step", ("E7",)),
        ("What followed", ("E7", "E8")),
    ]


def test_of_many_looks_after_the_last_action_the_last_three_are_told():
    one = Walked().press("13:02", 1, Did.DONE)
    for clock, step in (("13:03", 2), ("13:04", 3), ("13:05", 4)):
        one.press(clock, step, Did.DONE)
    two = Walked(seq=20, clock="13:06", walk_id="w2").press("13:07", 1, Did.DONE, reason=NO_MORE)
    paper = paper_of(looking(one, 2, 3, 4), looking(two, 1))
    assert [refs for mark, _, refs in shown(paper, Part.RESOLUTION) if mark == "Looked"] == [("E5",), ("E6",), ("E21",)]


def test_a_look_on_a_page_that_was_put_away_after_it_ended_nothing():
    one = Walked().press("13:02", 1, Did.DONE)
    wrong = looking(Walked(seq=20, clock="13:06", walk_id="w2").press("13:07", 1, Did.DONE), 1)
    wrong.say("13:10", "Put away", "U2", Kind.PLAYBOOK, {"put_away": NAME}, ended_at=at("13:10"))
    assert "E21" not in [ref for _, _, refs in shown(paper_of(one, wrong), Part.RESOLUTION) for ref in refs]


ILL, WELL, UNSEEN, WARNS = ({"signal": "memory-full", "verdict": v} for v in ("critical", "ok", "unknown", "warning"))
OTHER = {"signal": "copies", "verdict": "warning"}
ACTED = entry(3, "13:20", "Gave it room", "U1", Kind.NOTE, Tag.ACTION)
ENDED = entry(8, "13:50", "Mitigated", "U1", Kind.STATUS, data={"to": "mitigated"})
HEALTHY = looked(9, "13:55", WELL, system="other")


@pytest.mark.parametrize(
    ("looks", "told_of", "asks"),
    [
        ([looked(4, "13:49", WELL)], ["Checked"], False),
        ([looked(4, "13:49", WELL, OTHER)], ["Checked in part"], False),  # what warns was not what hurt
        ([looked(4, "13:15", WELL)], [], True),  # before the last action
        ([looked(4, "13:49", OTHER)], [], True),  # it did not ask
        ([looked(4, "13:49", WELL), looked(5, "13:49", OTHER)], ["Checked"], False),
        ([looked(4, "13:49", UNSEEN)], [], True),
        ([looked(4, "13:49", WARNS)], [], True),
        ([looked(4, "13:48", WELL), looked(5, "13:49", ILL)], [], True),  # it came back
        ([looked(4, "13:48", WELL), looked(5, "13:49", WARNS)], [], True),
        ([looked(4, "13:48", ILL), looked(5, "13:49", WELL)], ["Checked"], False),
        ([looked(4, "13:49", WELL, system="third")], [], True),  # of what was ill it tells nothing
    ],
)
def test_the_look_that_found_gone_what_was_critical_is_how_it_was_checked(looks, told_of, asks):
    paper = noting(looked(2, "13:00", ILL), ACTED, *looks, ENDED, HEALTHY)
    checks = [(mark, text, refs) for mark, text, refs in shown(paper, Part.RESOLUTION) if "Look" in text]
    assert [mark for mark, _, _ in checks] == [*told_of, "Checked"]
    assert (CHECKED in asked(paper, Part.RESOLUTION)) is asks
    if told_of:
        assert checks[0][1].endswith(". Critical before, and gone by then: memory full.")
        assert checks[0][2][-1] in ("E2", "E4") and len(checks[0][2]) == 2


def test_what_was_critical_in_two_ways_is_named_with_the_looks_that_found_it_and_the_one_that_found_it_gone():
    copies = {"signal": "copies"}
    paper = noting(
        looked(2, "13:00", ILL, copies | {"verdict": "critical"}),
        ACTED,
        looked(4, "13:30", ILL),
        looked(5, "13:40", WELL, copies),
        ENDED,
    )
    assert shown(paper, Part.RESOLUTION)[1] == (
        "Checked",
        "Looked at db. Critical before, and gone by then: memory full and copies.",
        ("E5", "E4", "E2"),
    )


def test_a_look_that_found_one_thing_gone_and_left_another_is_told_and_the_end_is_asked_about():
    other = {"signal": "copies", "verdict": "critical"}
    paper = noting(looked(2, "13:00", ILL, other), ACTED, looked(4, "13:40", WELL), ENDED)
    assert ("Checked", "Looked at db. Critical before, and gone by then: memory full.", ("E4", "E2")) in shown(
        paper, Part.RESOLUTION
    )
    assert CHECKED in asked(paper, Part.RESOLUTION)


@pytest.mark.parametrize(("clock", "asks", "refs"), [("13:40", True, ("E4",)), ("13:55", False, ())])
def test_a_look_after_the_end_is_how_it_was_checked_and_one_before_it_may_be(clock, asks, refs):
    one = looking(Walked().press("13:02", 1, Did.DONE).press(clock, 2, Did.DONE), 2)
    questions = paper_of(one).section(Part.RESOLUTION).questions
    assert [(q.text, q.refs) for q in questions] == ([(CHECKED, refs)] if asks else [])


def test_where_the_times_ask_how_it_was_checked_the_resolution_does_not():
    paper = noting(incident=incident(resolved_at=None, closed_at=None, status=Status.RESOLVED))
    assert "When was the system back to a steady state, and how was that checked?" in asked(paper, Part.TIMES)
    assert CHECKED not in asked(paper, Part.RESOLUTION)


def test_what_a_step_in_vain_showed_is_not_asked_where_it_was_noted():
    one = Walked().press("13:02", 1, Did.NOTED, reason="still 90 percent").press("13:03", 1, Did.TRIED, reason="no")
    one.press("13:04", 2, Did.TRIED, reason="no")
    vain = [text for text in asked(paper_of(one), Part.QUESTIONS) if "did not help" in text]
    assert vain == ["Step 2 of “Force a failover with the firewall” did not help. What did it show instead?"]


def test_an_impact_first_written_of_after_the_declaration_contradicts_nothing_and_is_asked_for_once():
    late = entry(2, "12:12", "Nobody can pay", "U1", Kind.NOTE, Tag.IMPACT)
    seen = entry(3, "12:10", "The first ticket", "U1", Kind.NOTE, Tag.DETECTED)
    paper = draft(bare(entries=(*bare().entries, late, seen)))
    began, *others = [one for one in paper.section(Part.QUESTIONS).questions if "UTC" in one.text]
    assert began.text == (
        "The first #impact on record is of 12:12 UTC, after “Declared” at 12:08 UTC. "
        "When did impact begin, and how do we know?"
    )
    assert began.refs == ("E2", "E1")
    ask = "“Declared” is recorded at 12:08 UTC, ahead of “First signal” at 12:10 UTC. Which is right?"
    assert [one.text for one in others] == [ask]


@pytest.mark.parametrize(
    ("clock", "kind", "asks"),
    [
        ("12:06", Kind.NOTE, True),
        ("12:08", Kind.NOTE, True),
        ("12:30", Kind.NOTE, False),  # after the declaration it is how it went on
        ("11:50", Kind.NOTE, False),  # an earlier one corrects it
        ("12:06", Kind.MESSAGE, False),  # nobody typed its time
    ],
)
@pytest.mark.parametrize(
    ("tag", "given", "name"), [(Tag.IMPACT, "12:02", "Impact began"), (Tag.DETECTED, "12:04", "First signal")]
)
def test_a_beginning_that_somebody_notes_again_as_later_is_asked_about(clock, kind, asks, tag, given, name):
    said = entry(2, given, name, "U1", Kind.NOTE, tag)
    paper = noting(said, entry(3, clock, "nobody can pay", "U2", kind, tag))
    found = [(q.text, q.refs) for q in paper.section(Part.QUESTIONS).questions if "the right time" in q.text]
    text = (
        f"“{name}” is recorded at {given} UTC, and a later note has #{tag} at {clock} UTC: “nobody can pay”. "
        f"Was that a further sign, or the right time? If it is right, strike the entry of {given} UTC."
    )
    assert found == ([(text, ("E2", "E3"))] if asks else [])


def test_no_draft_asks_the_same_in_two_sections():
    for paper in (draft(bare()), noting(), paper_of(Walked().press("13:02", 1, Did.TRIED, reason="no"))):
        every = [one.text for section in paper.sections for one in section.questions]
        assert len(every) == len(set(every))
        assert sum("first sign of it" in text for text in every) <= 1


def test_what_would_have_shown_it_sooner_is_asked_once():
    seen = entry(3, "12:10", "The first ticket", "U1", Kind.NOTE, Tag.DETECTED)
    row, late = {"verdict": "warning"}, noting(incident=incident(detected_at=None)).section(Part.DETECTION)
    assert [one.text for one in late.questions] == ["What was the first sign of it, when, and who or what saw it?"]
    for entries, part in (
        ((looked(2, "12:20", row),), Part.FINDINGS),
        ((looked(2, "12:20", row), seen), Part.DETECTION),
    ):
        paper = noting(*entries, incident=incident(detected_at=None))
        sooner = [s.part for s in paper.sections for q in s.questions if "would have shown it" in q.text]
        assert sooner == [part]


def test_the_longest_phase_is_told_and_only_how_it_had_been_shorter_is_asked():
    assert asked(noting(), Part.WAITS) == ["What would have made the longest phase shorter?"]
    assert asked(draft(bare()), Part.WAITS) == ["What took longest, and what would have made it shorter?"]


def test_what_playbooks_propose_is_asked_about_where_nobody_wrote_down_anything():
    book: Playbook = replace(BOOK, name=NAME)
    paper = paper_of(Walked().press("13:02", 1, Did.DONE), proposals=(book,))
    (question,) = paper.section(Part.FOLLOW_UPS).questions
    assert (question.text, question.refs) == ("Which of these is worth doing, and who takes it?", ("E2",))
    assert asked(noting(), Part.FOLLOW_UPS) == ["What is to be done, and who takes it?"]


def test_what_is_filled_in_or_noted_on_a_step_is_no_step_of_the_picture():
    one = Walked().press("13:01", 1, Did.FILLED, reason="host = db1").press("13:02", 1, Did.NOTED, reason="ok")
    one.press("13:03", 1, Did.HELP).press("13:04", 1, Did.DONE)
    paper = paper_of(one)
    drawn = {one.label: one.sort for one in paper.course.happenings}
    assert [drawn[f"E{n}"] for n in (2, 3, 4, 5, 6)] == [Sort.STEP, Sort.NOTE, Sort.NOTE, Sort.NOTE, Sort.STEP]
    assert "host = db1" in str(paper.timeline)
    assert "host = db1" not in str(paper.sections)
