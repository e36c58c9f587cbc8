"""What the draft tells of walks: each try once, with its press and with what was said of it; and nothing as a cause."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident import Status
from bot.domain.playbook import Fill, Playbook, Variable
from bot.domain.postmortem import Part
from bot.domain.timeline import Kind, Tag
from bot.domain.walk import NO_MORE, SAID_AT_CLOSE, Did, Mark, Walk
from tests.domain.postmortem_cases import at, entry, incident, walk
from tests.domain.test_postmortem_sections import asked, looked, noting, told

TITLES = [step.title for step in walk().playbook.steps]
NAME, CLOSED = "force-failover", incident()


class Walked:
    """A walk and the entries of its presses, made side by side."""

    def __init__(self, seq=2, clock="13:00", walk_id="w1"):
        book, begun = walk().playbook, at(clock)
        self.walk = Walk(id=walk_id, incident_id="i7", playbook=book, begun_by="U2", begun_at=begun)
        self.entries = [entry(seq, clock, "Took it up", "U2", Kind.PLAYBOOK, data={"playbook": NAME})]

    def press(self, clock, step, did, by="U2", reason="", **values):
        """One press; its entry has the next number."""
        mark = Mark(step=step, did=did, by=by, at=at(clock), reason=reason, values=values)
        data = {"playbook": NAME, "step": step, "did": did.value, "reason": reason}
        text = f"Step {step} of {NAME} {did}: {TITLES[step - 1]}" + (f" ({reason})" if reason else "")
        return self.say(clock, text, by, Kind.STEP, data, marks=(*self.walk.marks, mark))

    def fill(self, clock, step, told="", **values):
        """Variables of a step get values; `told` is what the entry says of them."""
        told = told or ", ".join(f"{name} = {value}" for name, value in values.items())
        return self.press(clock, step, Did.FILLED, reason=told, **values)

    def gaps(self, *names, step=1, undo=""):
        """The step has these variables."""
        book = self.walk.playbook
        variables = tuple(Variable(name=name, fill=Fill.WORD) for name in names)
        steps = tuple(replace(one, variables=variables, undo=undo) if one.number == step else one for one in book.steps)
        self.walk = replace(self.walk, playbook=replace(book, steps=steps))
        return self

    def say(self, clock, text, by, kind, data=None, tags=(), **changes):
        """An entry beside the presses, and what changes in the walk."""
        self.walk = replace(self.walk, **changes)
        self.entries.append(entry(self.entries[-1].seq + 1, clock, text, by, kind, *tags, data=data or {}))
        return self

    def judged(self, clock, step, helped, by="U1", **data):
        """What was said of a step after the close."""
        data = {"judged": NAME, "step": step, "helped": helped} | data
        return self.say(clock, f"Step {step} {'helped' if helped else 'did not'}", by, Kind.PLAYBOOK, data)


def paper_of(*walks, verdicts=None, **changes):
    entries = [e for one in walks for e in one.entries]
    return noting(*entries, walks=tuple(one.walk for one in walks), verdicts=verdicts or {}, **changes)


def shown(paper, part=Part.TRIED):
    return [(s.mark, s.text, s.refs) for s in paper.section(part).sentences]


def test_steps_that_were_done_or_tried_stand_among_what_was_tried_in_order_with_their_evidence():
    one = Walked().press("13:02", 1, Did.NOTED, reason="not master\nok: 1").press("13:03", 1, Did.DONE)
    one.press("13:10", 2, Did.TRIED, reason="it did not help").press("13:11", 3, Did.SKIPPED, reason="no need")
    one.press("13:12", 4, Did.DONE, by="U4").judged("15:00", 4, True)
    note = entry(20, "13:05", "Rang the vendor", "U3", Kind.NOTE, Tag.ACTION)
    paper = noting(*one.entries, note, walks=(one.walk,), verdicts={("w1", 4): True, ("w1", 2): False})
    assert shown(paper) == [
        ("Step", f"Step 1 of {NAME} done: {TITLES[0]}", ("E4",)),
        ("What was noted on it", "“not master ok: 1”.", ("E4", "E3")),
        ("Action", "Rang the vendor", ("E20",)),
        ("Step", f"Step 2 of {NAME} tried: {TITLES[1]} (it did not help)", ("E5",)),
        ("Looked", f"Step 4 of {NAME} done: {TITLES[3]}", ("E7",)),
        ("What was said of it", "It helped, as Ada Quist said afterwards.", ("E7", "E8")),
    ]
    assert asked(paper, Part.TRIED) == ["What did this show: “Rang the vendor”?"]


def test_where_nobody_wrote_of_a_try_it_is_asked_what_else_was_tried():
    assert asked(paper_of(Walked().press("13:02", 1, Did.DONE)), Part.TRIED) == [
        "What was tried beside these steps, and what did it show?"
    ]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (3, "We close  its door at last"),
        (1, "Then we find that the primary still answers"),
    ],
)
def test_a_persons_note_of_the_same_deed_stands_for_the_press_and_rests_on_both(step, words):
    one = Walked().press("13:03", step, Did.TRIED, reason="it did not help")
    one.say("13:05", words, "U3", Kind.NOTE, tags=(Tag.ACTION,))
    assert shown(paper_of(one)) == [
        ("Action", words, ("E4", "E3")),
        ("What was said of it", "It did not help, said Ben Okafor.", ("E3",)),
    ]


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("13:05", "Restarted the primary"),  # one word of it is the title's, and the deed another
        ("13:05", "Could not find out whether the primary still answers"),
        ("13:05", "Asked whether the primary still answers"),  # the verb is another
        ("13:05", "The primary answers slowly since the restart, so we rang the vendor"),
        ("13:30", "Found that the primary still answers"),  # long after
    ],
)
def test_a_note_of_another_deed_or_of_another_time_stands_beside_the_press(clock, words):
    one = Walked().press("13:03", 1, Did.DONE).say(clock, words, "U3", Kind.NOTE, tags=(Tag.ACTION,))
    assert [(mark, refs) for mark, _, refs in shown(paper_of(one))] == [("Step", ("E3",)), ("Action", ("E4",))]


@pytest.mark.parametrize(
    ("title", "words", "joined"),
    [
        ("Stop the balancer and the migrations", "Stopped the balancer and the migrations", True),
        ("Stop the balancer and the migrations", "We have stopped both migrations and balancer", True),
        ("Stop the balancer and the migrations", "Started the balancer and the migrations again", False),
        ("Stop the balancer and the migrations", "Stop of balancer and migrations undone", False),
        ("Stop the balancer and the migrations", "Undid: stop the balancer and the migrations", False),
        ("Disable writes on the primary", "Disabling writes on the primary now", True),
        ("Disable writes on the primary", "Enabled writes on the primary", False),
        ("Lock writes on the primary", "Unlocked writes on the primary", False),
        ("Lock writes on the primary", "Unlock writes on the primary", False),
        ("Start the balancer and the migrations", "Restarted the balancer and the migrations", False),
        ("Apply the shorter timeouts", "Applied the shorter timeouts", True),
        ("Redis: stop saving snapshots", "Redis starts saving snapshots", False),
    ],
)
def test_a_note_is_of_the_same_deed_by_the_steps_own_verb_and_never_by_what_it_was_done_to_alone(title, words, joined):
    one = Walked().press("13:03", 1, Did.DONE).say("13:12", words, "U3", Kind.NOTE, tags=(Tag.ACTION,))
    book = one.walk.playbook
    steps = (replace(book.steps[0], title=title), *book.steps[1:])
    one.walk = replace(one.walk, playbook=replace(book, steps=steps))
    apart = [("Step", ("E3",)), ("Action", ("E4",))]
    assert [(mark, refs) for mark, _, refs in shown(paper_of(one))] == ([("Action", ("E4", "E3"))] if joined else apart)


def test_what_a_step_was_done_with_stands_below_it_and_rests_on_who_filled_it_in():
    one = Walked().gaps("megabytes", "redis").fill("13:01", 1, megabytes="32", redis="db1", other="x")
    one.fill("13:02", 2, megabytes="64").press("13:03", 1, Did.DONE).fill("13:04", 1, megabytes="96")
    one.press("13:05", 1, Did.BACK).press("13:06", 1, Did.TRIED).press("13:07", 2, Did.DONE)
    assert [(text, refs) for mark, text, refs in shown(paper_of(one)) if mark == "With"] == [
        ("megabytes = 64, redis = db1.", ("E5", "E4", "E3")),
        ("megabytes = 96, redis = db1.", ("E8", "E6", "E3")),
    ]


def test_a_value_is_told_below_a_note_too_that_stands_for_the_press():
    one = Walked().gaps("redis", step=3).fill("13:02", 3, redis="db1").press("13:03", 3, Did.DONE)
    one.say("13:05", "We close its door at last", "U3", Kind.NOTE, tags=(Tag.ACTION,))
    assert shown(paper_of(one)) == [
        ("Action", "We close its door at last", ("E5", "E4")),
        ("With", "redis = db1.", ("E4", "E3")),
    ]


def test_no_value_is_told_that_was_taken_away_cut_out_or_only_looked_with():
    filled = {"redis": "db1", "key": "s3cret"}
    gone = Walked().gaps(*filled).fill("13:01", 1, redis="db1").fill("13:02", 1, told="redis anew", redis="")
    cut = Walked().gaps(*filled).fill("13:01", 1, told="key = ‹cut out›", key="s3cret")
    looks = Walked().gaps(*filled, undo="nothing to undo; it only reads.").fill("13:01", 1, **filled)
    for one in (gone, cut, looks, Walked().gaps(*filled)):
        assert not any(mark == "With" for mark, _, _ in shown(paper_of(one.press("13:03", 1, Did.DONE))))


def test_a_press_that_somebody_went_back_on_is_told_so_and_has_no_verdict_of_the_one_that_stands():
    one = Walked().press("13:02", 1, Did.DONE).press("13:04", 1, Did.BACK, by="U4")
    one.press("13:05", 1, Did.TRIED, reason="it did not help")
    assert [(mark, text) for mark, text, _ in shown(paper_of(one, verdicts={("w1", 1): False}))] == [
        ("Step", f"Step 1 of {NAME} done: {TITLES[0]}"),
        ("What followed", "2 min later Dev Raman went back to step 1."),
        ("Step", f"Step 1 of {NAME} tried: {TITLES[0]} (it did not help)"),
    ]


def test_what_follows_several_steps_stands_beside_the_last_of_them():
    one = Walked().press("13:02", 1, Did.DONE).press("13:03", 2, Did.DONE)
    one.say("13:05", "It answers again", "U3", Kind.MESSAGE)
    assert [(mark, refs) for mark, _, refs in shown(paper_of(one))] == [
        ("Step", ("E3",)),
        ("Step", ("E4",)),
        ("What followed", ("E4", "E5")),
    ]


def test_a_step_said_done_at_close_only_has_no_time_and_was_not_done_before_the_end():
    one = Walked().press("13:02", 1, Did.DONE).press("13:40", 2, Did.DONE, reason=SAID_AT_CLOSE)
    paper = paper_of(one)
    assert [s.at is None for s in paper.section(Part.TRIED).sentences] == [False, True]
    assert "Step 2" not in str(told(paper, Part.RESOLUTION)) + str(told(paper, Part.SUMMARY))


def test_that_a_step_helped_rests_on_the_press_and_on_the_entry_of_the_last_word():
    one = Walked().press("13:02", 1, Did.DONE).press("13:40", 3, Did.DONE)
    one.judged("15:00", 3, True).judged("15:01", 3, False).judged("15:02", 3, True, by="U4").judged("15:03", 1, False)
    paper = paper_of(one, verdicts={("w1", 3): True, ("w1", 1): False})
    done = f"Step 3 of {NAME} done: {TITLES[2]}."
    assert shown(paper, Part.RESOLUTION)[-1][1:] == (f"{done} It helped, as Dev Raman said afterwards.", ("E4", "E7"))
    steps = {text: refs for _, text, refs in shown(paper, Part.PLAYBOOKS)}
    assert steps["As people said afterwards, step 3 helped."] == ("E4", "E7")
    assert steps["As people said afterwards, step 1 did not help."] == ("E3", "E8")
    assert "“It helped" not in str(steps)


def test_of_two_walks_of_one_playbook_each_has_its_own_verdict():
    first = Walked().press("13:02", 1, Did.DONE)
    second = Walked(seq=10, clock="13:20", walk_id="w2").press("13:22", 1, Did.DONE)
    second.judged("15:00", 1, False, walk="w1").judged("15:01", 1, False, by="U4", walk="w2")
    paper = paper_of(first, second, verdicts={("w1", 1): False, ("w2", 1): False})
    said = [(text, refs) for mark, text, refs in shown(paper) if mark == "What was said of it"]
    assert said == [
        ("It did not help, as Ada Quist said afterwards.", ("E3", "E12")),
        ("It did not help, as Dev Raman said afterwards.", ("E11", "E13")),
    ]


def test_no_step_is_a_cause_whatever_was_said_of_it():
    one = Walked().press("13:02", 1, Did.TRIED, reason="it did not help").press("13:03", 2, Did.DONE)
    one.judged("15:00", 2, False)
    paper = paper_of(one, verdicts={("w1", 1): False, ("w1", 2): False})
    assert told(paper, Part.CAUSES) == []
    assert not any("step" in text.casefold() for text in asked(paper, Part.CAUSES))


def test_the_last_action_before_the_end_may_be_a_step_and_says_what_was_thought_of_it():
    one = Walked().say("13:01", "Rang the vendor", "U3", Kind.NOTE, tags=(Tag.ACTION,)).press("13:20", 1, Did.DONE)
    one.judged("15:00", 1, False)
    paper = paper_of(one, verdicts={("w1", 1): False})
    last = paper.section(Part.SUMMARY).sentences[-1]
    assert last.text == (
        f"The last action recorded before the impact stopped, at 13:20 UTC: “Step 1 of {NAME} done: {TITLES[0]}”. "
        "It did not help, as Ada Quist said afterwards."
    )
    assert last.refs == ("E4", "E5")


def test_a_runbook_of_which_no_done_step_helped_did_not_go_well():
    one = Walked().press("13:02", 1, Did.DONE).press("13:03", 2, Did.DONE)
    well = [text for _, text in told(paper_of(one, verdicts={("w1", 1): False}), Part.WELL)]
    assert "A runbook was at hand: “Force a failover with the firewall”." in well
    vain = told(paper_of(one, verdicts={("w1", 1): False, ("w1", 2): False}), Part.WELL)
    assert "runbook" not in str(vain)


@pytest.mark.parametrize(
    ("presses", "counts"),
    [
        ([], False),
        ([(1, Did.SKIPPED)], False),
        ([(1, Did.DONE)], True),
        ([(1, Did.TRIED)], False),
        ([(4, Did.WENT), (4, Did.DONE), (2, Did.WENT), (2, Did.TRIED)], False),  # a look, and an action in vain
        ([(4, Did.WENT), (4, Did.DONE)], True),  # the look was the last step
    ],
)
def test_a_page_that_was_left_with_nothing_done_but_looks_proposes_nothing_and_is_no_runbook_at_hand(presses, counts):
    book = Playbook(name=NAME, title="B", follow_ups=("detect: watch the keys",), text="", digest="")
    one = Walked()
    for minute, (step, did) in enumerate(presses, 2):
        one.press(f"13:0{minute}", step, did, reason="said")
    one.say("13:30", "Put away", "U2", Kind.PLAYBOOK, {"put_away": NAME}, ended_at=at("13:30"))
    paper = paper_of(one, proposals=(book,))
    sentences = paper.section(Part.FOLLOW_UPS).sentences
    assert [(s.mark, s.refs) for s in sentences] == ([("Proposed", ("E2",))] if counts else [])
    assert ("runbook" in str(told(paper, Part.WELL))) is counts


def test_a_page_tried_to_its_end_in_vain_proposes_and_was_no_help():
    book = Playbook(name=NAME, title="B", follow_ups=("detect: watch the keys",), text="", digest="")
    one = Walked()
    for step in (1, 2, 3, 4):
        one.press(f"13:0{step}", step, Did.TRIED)
    paper = paper_of(one, proposals=(book,))
    assert len(paper.section(Part.FOLLOW_UPS).sentences) == 1
    assert "runbook" not in str(told(paper, Part.WELL))


def test_a_page_put_away_after_a_look_proposes_where_something_found_called_for_it():
    book = Playbook(
        name=NAME, title="B", called_by=("stale",), follow_ups=("detect: watch the keys",), text="", digest=""
    )
    one = Walked().press("13:02", 1, Did.TRIED)
    one.say("13:30", "Put away", "U2", Kind.PLAYBOOK, {"put_away": NAME}, ended_at=at("13:30"))
    look = looked(20, "12:30", {"signal": "stale", "verdict": "critical"})
    paper = noting(*one.entries, look, walks=(one.walk,), proposals=(book,))
    assert [s.refs for s in paper.section(Part.FOLLOW_UPS).sentences] == [("E20",)]


def test_what_a_playbook_proposes_rests_on_the_walk_that_was_walked_and_not_on_one_left_before():
    book = Playbook(name=NAME, title="B", follow_ups=("detect: watch the keys",), text="", digest="")
    left, walked = Walked(), Walked(seq=10, clock="13:20", walk_id="w2").press("13:22", 1, Did.DONE)
    assert [s.refs for s in paper_of(left, walked, proposals=(book,)).section(Part.FOLLOW_UPS).sentences] == [("E10",)]


def test_a_walk_that_was_put_away_rests_on_that_too_and_one_without_a_step_is_one_sentence():
    one = Walked().press("13:02", 1, Did.DONE)
    one.say("13:30", "Put away", "U2", Kind.PLAYBOOK, {"put_away": NAME}, ended_at=at("13:30"))
    none = Walked(seq=10, clock="13:40", walk_id="w2")
    none.say("13:41", "Put away", "U2", Kind.PLAYBOOK, {"put_away": NAME}, ended_at=at("13:41"))
    assert shown(paper_of(one, none), Part.PLAYBOOKS) == [
        ("", "“Force a failover with the firewall” (force-failover) was taken up by Ben Okafor.", ("E2",)),
        ("", "1 of 4 steps was done: 1.", ("E3",)),
        ("Open", "Left undone: steps 2, 3 and 4.", ("E4",)),
        (
            "",
            "“Force a failover with the firewall” (force-failover) was taken up by Ben Okafor and put away; "
            "no step of it was done.",
            ("E10", "E11"),
        ),
    ]


def test_of_a_walk_whose_done_step_was_gone_back_on_both_are_told():
    one = Walked().press("13:02", 1, Did.DONE).press("13:05", 1, Did.BACK)
    one.say("13:06", "Put away", "U2", Kind.PLAYBOOK, {"put_away": NAME}, ended_at=at("13:06"))
    assert [(text, refs) for _, text, refs in shown(paper_of(one), Part.PLAYBOOKS)[1:]] == [
        ("1 of 4 steps was done: 1.", ("E3",)),
        ("Left undone: steps 2, 3 and 4.", ("E5",)),
        ("Step 1 was taken up again, and how that ended nobody recorded.", ("E4",)),
    ]


def test_a_done_step_that_only_came_after_another_was_not_taken_up_again():
    one = Walked().press("13:02", 2, Did.WENT).press("13:03", 2, Did.DONE).press("13:04", 1, Did.WENT)
    one.press("13:05", 1, Did.DONE).say(
        "13:06", "Put away", "U2", Kind.PLAYBOOK, {"put_away": NAME}, ended_at=at("13:06")
    )
    assert told(paper_of(one), Part.PLAYBOOKS)[-1] == ("Open", "Left undone: steps 3 and 4.")


def test_steps_that_somebody_called_not_needed_are_not_called_left_undone():
    one = Walked().press("13:02", 1, Did.DONE).press("13:05", 2, Did.DONE, by="U4", reason=NO_MORE)
    paper = paper_of(one)
    assert shown(paper, Part.PLAYBOOKS)[-1] == ("", "Steps 3 and 4 were not needed, said Dev Raman.", ("E4",))
    assert "Left undone" not in " ".join(text for _, text in told(paper, Part.PLAYBOOKS))


def test_what_is_still_being_walked_is_not_called_left():
    now = incident(status=Status.OPEN, mitigated_at=None, resolved_at=None, closed_at=None)
    paper = paper_of(Walked().press("13:02", 1, Did.DONE), incident=now, drafted_at=at("13:02") + timedelta(minutes=5))
    assert told(paper, Part.PLAYBOOKS)[-1] == ("Open", "Not done so far: steps 2, 3 and 4.")


def test_several_steps_in_vain_are_asked_about_in_the_plural():
    one = Walked().press("13:02", 1, Did.TRIED, reason="no").press("13:03", 2, Did.TRIED, reason="no")
    assert "Steps 1 and 2 of “Force a failover with the firewall” did not help. What did they show instead?" in asked(
        paper_of(one), Part.QUESTIONS
    )
