"""What is set beside each try: what the record truly tells next, and what was said of a guess later on."""

from dataclasses import replace

import pytest

from bot.domain.postmortem import Part
from bot.domain.postmortem.wording import quote
from bot.domain.timeline import Kind, Tag
from tests.domain.postmortem_cases import entry
from tests.domain.test_postmortem_sections import asked, looked, noting, told


def thread(ts, root):
    return f"https://x.test/archives/C7/p{ts.replace('.', '')}?thread_ts={root}&cid=C7"


def test_what_followed_a_try_is_the_next_entry_that_tells_of_it_and_no_step_role_or_decision():
    paper = noting(
        entry(2, "13:35", "The primary is firewalled off", "U1", Kind.NOTE, Tag.ACTION),
        entry(3, "13:36", "Step 6 done: Cut it off", "U1", Kind.STEP),
        entry(4, "13:37", "We tell nobody yet", "U1", Kind.NOTE, Tag.DECISION),
        entry(5, "13:40", "Election over", "U2", Kind.MESSAGE),
        entry(6, "13:50", "The application talks again", "U1", Kind.NOTE, Tag.MITIGATED),
    )
    assert told(paper, Part.TRIED) == [
        ("Action", "The primary is firewalled off"),
        ("What followed", "5 min later: “Election over”."),
        ("What followed", "The end of the impact, 15 min later: “The application talks again”."),
    ]


def test_a_doubt_and_a_correction_with_a_guesss_rare_words_are_set_beside_it():
    paper = noting(
        entry(2, "12:46", "A segfault broke the primary", "U1", Kind.NOTE, Tag.HYPOTHESIS),
        entry(3, "12:48", "Would something that segfaulted answer every heartbeat?", "U2", Kind.MESSAGE),
        *(entry(n, "12:55", f"The primary is silent, look {n}", "U2") for n in range(4, 10)),
        entry(10, "13:30", "The segfault was a misreading", "U2", Kind.NOTE, Tag.MISLED),
        looked(11, "12:59"),
    )
    assert told(paper, Part.TRIED)[1:] == [
        ("What was said of it", "2 min later: “Would something that segfaulted answer every heartbeat?”"),
        ("What was said of it", "44 min later: “The segfault was a misreading”."),
    ]


def test_a_reply_in_a_guesss_thread_is_set_beside_it_whatever_its_words():
    ts = "1552395600.000100"
    guess = entry(2, "12:46", "The disk is full", "U1", Kind.MESSAGE, Tag.HYPOTHESIS)
    guess = replace(guess, permalink=f"https://x.test/archives/C7/p{ts.replace('.', '')}")
    reply = entry(3, "12:48", "No, look at df", "U2", Kind.MESSAGE, permalink=thread("1552395660.000200", ts))
    other = entry(
        4, "12:49", "Who is on?", "U2", Kind.MESSAGE, permalink=thread("1552395670.000200", "1552000000.000100")
    )
    assert told(noting(guess, reply, other), Part.TRIED)[1:] == [
        ("What was said of it", "2 min later: “No, look at df”.")
    ]


def test_a_guess_that_nobody_spoke_of_again_is_set_beside_what_misled_or_the_next_guess():
    guess = entry(2, "12:46", "A cable is loose", "U1", Kind.NOTE, Tag.HYPOTHESIS)
    other = entry(3, "13:20", "Perhaps DNS", "U1", Kind.NOTE, Tag.HYPOTHESIS)
    misled = entry(3, "13:20", "We looked at the wrong rack", "U1", Kind.NOTE, Tag.MISLED)
    assert ("The next guess", "34 min later: “Perhaps DNS”.") in told(noting(guess, other), Part.TRIED)
    assert ("What misled", "34 min later: “We looked at the wrong rack”.") in told(noting(guess, misled), Part.TRIED)


def test_nobody_is_asked_what_a_call_for_people_or_an_update_showed():
    paper = noting(
        entry(2, "12:20", "Two more engineers are called in: <@U5>", "U1", Kind.NOTE, Tag.ACTION),
        entry(3, "12:25", "Escalated to the vendor", "U1", Kind.NOTE, Tag.ACTION),
        entry(4, "12:26", "Wrote to the client", "U1", Kind.NOTE, Tag.ACTION, Tag.UPDATE),
        entry(5, "12:30", "Nothing yet", "U2"),
    )
    assert [mark for mark, _ in told(paper, Part.TRIED)] == ["Action"] * 3
    assert asked(paper, Part.TRIED) == []


def test_at_most_three_whys_are_asked_one_of_each_kind_before_a_second():
    causes = [entry(n, "13:00", f"cause {n}", "U1", Kind.NOTE, Tag.CAUSE) for n in range(2, 6)]
    worse = [entry(n, "13:10", f"worse {n}", "U1", Kind.NOTE, Tag.WORSE) for n in range(6, 9)]
    trigger = entry(9, "12:01", "a release", "U1", Kind.NOTE, Tag.TRIGGER)
    act = entry(10, "13:40", "Rolled back", "U1", Kind.NOTE, Tag.ACTION)
    assert asked(noting(*causes, *worse, trigger, act), Part.CAUSES) == [
        "How did this lead to what customers felt: “a release”?",
        "Why was it so: “cause 2”?",
        "Why was this not done before 13:40 UTC: “Rolled back”?",
    ]


def test_the_trigger_leads_to_the_first_impact_after_it_and_to_none_before():
    before = entry(2, "11:40", "one person cannot pay", "U1", Kind.NOTE, Tag.IMPACT)
    trigger = entry(3, "12:01", "a release", "U1", Kind.NOTE, Tag.TRIGGER)
    after = entry(4, "12:05", "nobody can pay", "U1", Kind.NOTE, Tag.IMPACT)
    looking_back = entry(5, "14:10", "some accounts are lost", "U1", Kind.NOTE, Tag.IMPACT)
    at_once = entry(2, "12:01", "nobody can pay", "U1", Kind.NOTE, Tag.IMPACT)
    for entries, refs in (
        ((before, trigger, after), ("E3", "E4")),
        ((before, trigger, looking_back), ("E3",)),
        ((at_once, trigger), ("E3", "E2")),
    ):
        questions = noting(*entries).section(Part.CAUSES).questions
        assert [one.refs for one in questions if one.text.startswith("How did this lead")] == [refs]


def test_why_it_was_not_seen_before_is_asked_once():
    paper = noting(entry(2, "12:20", "an alarm", "U1", Kind.NOTE, Tag.DETECTED))
    everything = [question.text for section in paper.sections for question in section.questions]
    assert [text for text in everything if "before 12:04 UTC" in text] == ["What would have shown it before 12:04 UTC?"]


@pytest.mark.parametrize(
    ("text", "limit", "told"),
    [
        ("It began here: calls turn slow. None of us knew then", 40, "“It began here: calls turn slow. …”"),
        ("No secondary called an election, and it stayed down until we", 50, "“No secondary called an election …”"),
        ("about 2,300 queries at once", 14, "“about 2,300 …”"),
        ("onewordthatislongerthanall", 10, "“onewordtha …”"),
    ],
)
def test_a_quotation_is_cut_where_a_group_of_words_ends(text, limit, told):
    assert quote(text, limit) == told
