from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.incident import Moment, Status
from bot.domain.postmortem import Part, draft
from bot.domain.roles import Assignment, Person, Role, Task
from bot.domain.timeline import Kind, Tag
from bot.domain.walk import Did
from tests.domain.postmortem_cases import DAY, PEOPLE, at, bare, entry, incident, universe, walk


@pytest.fixture(scope="module")
def paper():
    return draft(universe())


def told(draft, part):
    return [sentence.text for sentence in draft.section(part).sentences]


def asked(draft, part):
    return [question.text for question in draft.section(part).questions]


def refs(draft, part):
    return [sentence.refs for sentence in draft.section(part).sentences]


def noting(*entries, **changes):
    """The bare incident with a few more entries."""
    return bare(entries=(*bare().entries, *entries), **changes)


def test_the_sections_stand_in_reading_order(paper):
    assert [section.part for section in paper.sections] == list(Part)


def test_the_summary_tells_the_whole_outage_in_four_sentences(paper):
    assert told(paper, Part.SUMMARY) == [
        "INC-7, “Calendar is empty while the countdown sale runs”, was declared sev2 at 12:08 UTC, "
        "then sev1 at 12:14 UTC.",
        "Impact began at 12:02 UTC and stopped at 13:50 UTC, 1 h 48 min later; it was resolved at 14:20 UTC.",
        "The first signal came at 12:04 UTC, 2 min after impact began: “Sales report an empty calendar”.",
        "The last action recorded before the impact stopped, at 13:35 UTC: “Primary is out of the AWS security group”.",
    ]
    assert refs(paper, Part.SUMMARY) == [("E1", "E13"), ("E36", "E31", "E32"), ("E36", "E4"), ("E28",)]


def test_nothing_recorded_means_nothing_told_and_everything_asked():
    paper = draft(bare())
    empty = set(Part) - {Part.SUMMARY, Part.PEOPLE, Part.QUESTIONS}
    assert all(not told(paper, part) for part in empty)
    assert all(asked(paper, part) for part in empty - {Part.TIMELINE})
    assert told(paper, Part.SUMMARY) == [
        "INC-7, “it is slow”, was declared sev3 at 12:08 UTC.",
        "When the impact began and when it stopped is not recorded.",
        "When it was first noticed is not recorded.",
    ]


def test_an_open_incident_is_not_asked_when_it_ended():
    assert not any("steady state" in text for text in asked(draft(bare()), Part.QUESTIONS))


def test_a_closed_incident_is_asked_for_every_moment_it_lacks():
    lacking = incident(mitigated_at=None, started_at=None)
    paper = draft(universe(incident=lacking, entries=universe().entries[:3]))
    assert "When did customers stop being hurt?" in asked(paper, Part.TIMES)
    assert "When did impact begin, and how do we know?" in asked(paper, Part.TIMES)


def test_questions_name_the_commander_or_else_the_declarer():
    assert draft(universe()).section(Part.IMPACT).questions[0].whom == "Ada Quist, the commander"
    assert draft(bare()).section(Part.IMPACT).questions[0].whom == "Ada Quist, who declared it"


def test_the_timeline_is_in_the_order_of_events_and_marks_the_phases(paper):
    assert [line.at for line in paper.timeline] == sorted(line.at for line in paper.timeline)
    marked = [(line.label, mark) for line in paper.timeline for mark in line.marks]
    assert marked == [
        ("E36", Moment.STARTED),
        ("E4", Moment.DETECTED),
        ("E1", Moment.DECLARED),
        ("E31", Moment.MITIGATED),
        ("E32", Moment.RESOLVED),
        ("E39", Moment.CLOSED),
    ]


def test_entries_of_the_same_minute_stay_in_the_order_of_recording():
    facts = noting(entry(3, "12:10", "second"), entry(2, "12:10", "first"))
    assert [line.text for line in draft(facts).timeline][1:] == ["first", "second"]


def test_a_moment_that_no_entry_stands_for_gets_a_mark_of_its_own():
    paper = draft(bare(incident=incident(status=Status.OPEN)))
    first = paper.timeline[0]
    assert (first.label, first.text, first.at, first.refs) == ("", "Impact began.", at("12:02"), ("INC-7",))


def test_who_joined_and_what_slack_refused_stay_out_of_the_story(paper):
    assert [line.label for line in paper.aside] == ["E2", "E3", "E17", "E18"]
    assert not {"E2", "E3", "E17", "E18"} & {line.label for line in paper.timeline}


def test_mentions_become_names_and_channel_pings_become_words():
    text = "<@U5> and <@U9|otto> tell <!channel> in <#C1|ops> to read <https://x.test/a|the page>"
    line = draft(noting(entry(2, "12:10", text))).timeline[-1]
    assert line.text == "@Esra Polat and @otto tell @channel in #ops to read the page (https://x.test/a)"


def test_hidden_characters_and_broken_unicode_are_taken_out():
    line = draft(noting(entry(2, "12:10", "a\u202eb\u200bc\x07d\ud800e\r\nf"))).timeline[-1]
    assert line.text == "abcd�e\nf"


def test_a_person_nobody_knows_and_one_at_a_terminal_have_a_name():
    entries = [entry(2, "12:10", "x", "U99"), entry(3, "12:11", "y", "terminal:root"), entry(4, "12:12", "z", "")]
    assert [line.author for line in draft(noting(*entries)).timeline[1:]] == ["U99", "root (terminal)", "Muster"]


def test_an_incident_across_midnight_dates_its_times():
    night = entry(2, "", "failed over", "U1", Kind.NOTE, Tag.ACTION, at=DAY + timedelta(hours=24, minutes=20))
    ended = incident(status=Status.RESOLVED, mitigated_at=night.at, resolved_at=night.at, closed_at=None)
    paper = draft(noting(night, incident=ended))
    assert paper.dated
    window = "Impact began at 12 Mar 12:02 UTC and stopped at 13 Mar 00:20 UTC, 12 h 18 min later."
    assert window in told(paper, Part.IMPACT)


def test_a_stray_note_of_another_day_dates_itself_alone():
    stray = entry(2, "", "the index was dropped", "U1", Kind.NOTE, Tag.CAUSE, at=at("12:00") - timedelta(days=7))
    paper = draft(noting(stray, incident=incident()))
    assert paper.dated and paper.dates(stray.at) and not paper.dates(at("12:02"))
    assert "Impact began at 12:02 UTC and stopped at 13:50 UTC, 1 h 48 min later." in told(paper, Part.IMPACT)


def test_a_close_on_another_day_is_dated_and_the_rest_is_not():
    closed = incident(closed_at=at("09:00") + timedelta(days=1))
    paper = draft(universe(incident=closed))
    assert paper.dates(closed.closed_at) and not paper.dates(at("14:20"))


def test_times_that_contradict_each_other_are_asked_about_and_never_counted():
    paper = draft(bare(incident=incident(detected_at=at("11:58"), status=Status.OPEN)))
    assert paper.times[0].contradiction and paper.times[0].length is None
    assert "“First signal” is recorded at 11:58 UTC, ahead of “Impact began” at 12:02 UTC. Which is right?" in asked(
        paper, Part.QUESTIONS
    )
    assert not any("2 h" in text or "-" in text for text in told(paper, Part.DETECTION))


def test_the_longest_silence_while_customers_were_hurt_is_asked_about(paper):
    silent = [text for text in asked(paper, Part.QUESTIONS) if "written down" in text]
    assert silent == ["Nothing was written down from 12:20 UTC to 12:45 UTC. What happened then?"]


def test_the_words_of_a_form_are_not_quoted_as_impact(paper):
    assert "Impact began" not in told(paper, Part.IMPACT)


def test_the_first_and_the_last_look_at_each_system_stand_side_by_side():
    def looked(seq, clock, system, text):
        return entry(seq, clock, text, "", Kind.FINDING, data={"system": system})

    paper = draft(
        bare(
            entries=(
                entry(1, "12:08", "Declared sev3: it is slow", "U1", Kind.DECLARED),
                looked(2, "12:09", "orders-db", "Looked at orders-db: 1 critical. No read answers."),
                looked(3, "12:20", "orders-db", "Looked at orders-db: 1 warning."),
                looked(4, "12:21", "sessions", "Looked at sessions: 4 ok."),
                looked(5, "13:00", "orders-db", "Looked at orders-db: 9 ok."),
            )
        )
    )
    assert [(s.mark, s.text, s.refs) for s in paper.section(Part.FINDINGS).sentences] == [
        ("While it lasted", "Looked at orders-db: 1 critical. No read answers.", ("E2",)),
        ("While it lasted", "Looked at orders-db: 9 ok.", ("E5",)),
        ("While it lasted", "Looked at sessions: 4 ok.", ("E4",)),
    ]


def test_tried_sets_what_the_record_shows_next_beside_each_try_and_leaves_the_verdict_to_people(paper):
    tried = paper.section(Part.TRIED)
    assert [(s.mark, s.refs[-1]) for s in tried.sentences] == [
        ("Action", "E8"),
        ("What followed", "E10"),
        ("Action", "E15"),
        ("Hypothesis", "E19"),
        ("Action", "E20"),
        ("Step", "E23"),
        ("Action", "E24"),
        ("Action", "E28"),
        ("What followed", "E30"),
        ("What followed", "E31"),
        ("Step", "E29"),
    ]
    assert tried.questions[0].refs == ("E19",)


def test_runbook_steps_tell_which_were_done_who_skipped_one_and_why_and_what_is_left(paper):
    assert told(paper, Part.PLAYBOOKS) == [
        "“Force a failover with the firewall” (force-failover) was taken up by Ben Okafor.",
        "2 of 4 steps were done: 1 and 3.",
        "Step 2, “Ask for a step down”: skipped by Ben Okafor, because “it ignores even a kill”.",
        "Left undone: step 4.",
    ]
    assert refs(paper, Part.PLAYBOOKS) == [("E22",), ("E23", "E29"), ("E27",), ("E22",)]


def test_a_step_gone_back_to_stays_what_it_was_and_its_end_is_not_known():
    gone_back = walk().marks[2]
    again = replace(gone_back, did=Did.BACK, step=2)
    went = replace(walk(), marks=(*walk().marks, again), ended_at=again.at)
    assert told(draft(universe(walks=(went,))), Part.PLAYBOOKS)[-2:] == [
        "Left undone: step 4.",
        "Step 2 was taken up again, and how that ended nobody recorded.",
    ]


def test_a_step_that_did_not_help_is_told_and_asked_about():
    marks = (*walk().marks[:2], replace(walk().marks[2], did=Did.TRIED, reason="it did not help"))
    paper = draft(universe(walks=(replace(walk(), marks=marks),)))
    assert "Step 3 was tried and did not help." in told(paper, Part.PLAYBOOKS)
    asked = [question.text for section in paper.sections for question in section.questions]
    assert any(text.endswith("did not help. What did it show instead?") for text in asked)


def test_a_step_whose_entry_is_gone_is_told_without_a_time():
    paper = draft(universe(entries=tuple(e for e in universe().entries if e.kind is not Kind.STEP)))
    step = paper.section(Part.PLAYBOOKS).sentences[1]
    assert (step.refs, step.at) == (("INC-7",), None)


def test_decisions_are_told_in_their_own_words(paper):
    decided = [s.text for s in paper.section(Part.DECISIONS).sentences if s.mark == "Decision"]
    assert decided[-1] == "Wait no longer: firewall the primary off"


def test_changes_of_severity_and_status_are_told_in_the_summary_and_not_again_as_decisions(paper):
    assert not {"E13", "E31", "E32"} & {ref for one in refs(paper, Part.DECISIONS) for ref in one}
    assert {"E13", "E31", "E32"} <= {ref for one in refs(paper, Part.SUMMARY) for ref in one}


def test_what_went_well_comes_from_facts_within_named_limits(paper):
    assert told(paper, Part.WELL) == [
        "The first signal came 2 min after impact began.",
        "The incident was declared 4 min after the first signal.",
        "There was a commander 1 min after the declaration.",
        "A runbook was at hand: “Force a failover with the firewall”.",
    ]


def test_a_slow_detection_is_not_praised():
    slow = incident(started_at=at("11:00"))
    paper = draft(universe(incident=slow))
    assert not any("first signal came" in text for text in told(paper, Part.WELL))
    late = "The first signal came 1 h 4 min after impact began; the aim is 5 min."
    assert late in told(paper, Part.BADLY)


def test_luck_is_what_people_tagged_as_luck(paper):
    assert refs(paper, Part.LUCKY) == [("E33",)]


def test_follow_ups_have_owners_or_a_question_who_takes_them(paper):
    assert told(paper, Part.FOLLOW_UPS) == [
        "1. Index the queries behind the Stripe webhooks. Owner: Ben Okafor.",
        "2. Alarm when read tickets run out. No owner yet.",
    ]
    assert asked(paper, Part.FOLLOW_UPS) == ["Who takes follow-up 2, “Alarm when read tickets run out”?"]


def test_finished_follow_ups_come_last():
    done = Task(id="t1", number=1, text="a", made_by="U1", made_at=at("14:00"), done_at=at("14:10"))
    todo = Task(id="t2", number=2, text="b", made_by="U1", made_at=at("14:05"))
    paper = draft(bare(tasks=(done, todo)))
    assert [s.mark for s in paper.section(Part.FOLLOW_UPS).sentences] == ["To do", "Done"]


def test_participants_stand_by_role_then_those_who_wrote_then_those_who_came(paper):
    assert told(paper, Part.PEOPLE) == [
        "Commander: Ada Quist from 12:09 UTC for 2 h 22 min.",
        "Also took part: Ben Okafor, Chloë Tremblay, Dev Raman and Esra Polat.",
        "Came into the room: Esra Polat at 12:20 UTC and Finn Larsen at 12:21 UTC.",
        "Ada Quist was active from 12:02 UTC to 14:31 UTC, 2 h 29 min.",
        "Ben Okafor was active from 12:00 UTC to 14:25 UTC, 2 h 25 min.",
        "Dev Raman was active from 12:14 UTC to 13:35 UTC, 1 h 21 min.",
        "Chloë Tremblay was active from 12:04 UTC to 12:08 UTC, 4 min.",
    ]


def test_a_role_handed_over_names_both_carriers():
    roles = [
        entry(2, "12:10", "", "U1", Kind.ROLE, data={"role": "commander", "user": "U1"}),
        entry(3, "13:10", "", "U1", Kind.ROLE, data={"role": "commander", "user": "U4"}),
    ]
    held = (Assignment(role=Role.COMMANDER, user_id="U4", since=at("13:10")),)
    paper = draft(noting(*roles, assignments=held))
    assert told(paper, Part.PEOPLE)[0] == (
        "Commander: Ada Quist from 12:10 UTC for 1 h, then Dev Raman from 13:10 UTC."
    )


def test_bots_are_no_participants():
    people = {**PEOPLE, "B2": Person(user_id="B2", name="alerts", is_bot=True)}
    paper = draft(noting(entry(2, "12:10", "CPU is at 100%", "B2"), people=people))
    assert not any("alerts" in text for text in told(paper, Part.PEOPLE))


def test_withdrawing_an_entry_takes_its_words_out_of_the_whole_draft():
    kept = tuple(e for e in universe().entries if e.label != "E28")
    paper = draft(universe(entries=kept))
    assert "AWS security group" not in " ".join(s.text for section in paper.sections for s in section.sentences)
