"""What each section takes from the record, and what it asks where the record is silent."""

from collections import Counter

import pytest

from bot.domain.incident import Status
from bot.domain.playbook import Playbook
from bot.domain.postmortem import Part, Rule, draft
from bot.domain.timeline import Kind, Tag
from tests.domain.postmortem_cases import at, bare, entry, incident, universe, walk

BOOK = Playbook(
    name="save-the-replicas",
    title="Save the replicas",
    called_by=("stale-master",),
    forbidden_by=("no-primary",),
    follow_ups=("detect: watch the key count", "prevent: keep two generations of backups"),
    text="",
    digest="",
)


def noting(*entries, **changes):
    """A resolved incident from 12:02 to 13:50 about which these entries were written down."""
    whole = incident(status=Status.RESOLVED, closed_at=None)
    return draft(bare(**({"incident": whole, "entries": (*bare().entries, *entries)} | changes)))


def told(paper, part):
    return [(s.mark, s.text) for s in paper.section(part).sentences]


def asked(paper, part):
    return [question.text for question in paper.section(part).questions]


def looked(seq, clock, *rows, system="db"):
    data = {"system": system, "findings": [{"signal": "x", "verdict": "ok"} | row for row in rows]}
    counts = Counter(row["verdict"] for row in data["findings"])
    told = f": {', '.join(f'{count} {verdict}' for verdict, count in counts.items())}." if len(counts) > 1 else ""
    return entry(seq, clock, f"Looked at {system}{told}", "", Kind.FINDING, data=data)


def test_causes_stand_in_their_authors_words_and_no_one_of_them_is_called_the_cause():
    paper = noting(
        entry(2, "12:01", "A release", "U1", Kind.NOTE, Tag.TRIGGER),
        entry(3, "12:10", "Nobody can pay", "U2", Kind.NOTE, Tag.IMPACT),
        entry(4, "13:00", "The pool had no limit", "U2", Kind.NOTE, Tag.CAUSE, Tag.WORSE),
        entry(5, "13:05", "We restarted everything", "U2", Kind.NOTE, Tag.WORSE),
        entry(6, "12:30", "It looked like a segfault", "U2", Kind.NOTE, Tag.MISLED),
    )
    assert told(paper, Part.CAUSES) == [
        ("Trigger", "A release"),
        ("Contributing, made it worse", "The pool had no limit"),
        ("Made it worse", "We restarted everything"),
        ("Misled", "It looked like a segfault"),
    ]
    assert "root cause" not in str(paper.section(Part.CAUSES)).lower()
    assert asked(paper, Part.CAUSES) == [
        "How did this lead to what customers felt: “A release”?",
        "Why was it so: “The pool had no limit”?",
        "What would have held this back: “The pool had no limit”?",
    ]
    assert paper.section(Part.CAUSES).questions[0].refs == ("E2", "E3")


def test_the_summary_quotes_an_entry_once():
    felt = entry(2, "12:02", "Webhooks are slow", "U1", Kind.NOTE, Tag.TRIGGER, Tag.IMPACT)
    summary = [text for _, text in told(noting(felt), Part.SUMMARY)]
    assert [text for text in summary if "Webhooks" in text] == ["What set it off, as recorded: “Webhooks are slow”."]


def test_causes_that_nobody_named_are_asked_for():
    assert told(noting(), Part.CAUSES) == []
    assert asked(noting(), Part.CAUSES) == [
        "What set it off?",
        "Which conditions had to come together, so that it could happen?",
    ]


def test_a_try_is_answered_by_the_next_look_or_impact_within_a_quarter_of_an_hour():
    paper = noting(
        entry(2, "12:10", "Scale it up", "U1", Kind.NOTE, Tag.ACTION),
        looked(3, "12:20"),
        entry(4, "12:40", "Restart it", "U1", Kind.NOTE, Tag.ACTION),
        looked(5, "12:56"),
    )
    assert told(paper, Part.TRIED) == [
        ("Action", "Scale it up"),
        ("What followed", "The next look, 10 min later: “Looked at db”."),
        ("Action", "Restart it"),
    ]
    assert asked(paper, Part.TRIED) == ["What did this show: “Restart it”?"]


def test_the_end_is_told_by_what_was_done_last_and_by_what_was_checked_afterwards():
    done = {"playbook": "force-failover", "step": 3, "did": "done"}
    paper = noting(
        entry(2, "13:40", "Step 3 done", "U1", Kind.STEP, data=done),
        entry(3, "13:50", "Mitigated", "U1", Kind.STATUS, data={"to": "mitigated"}),
        looked(4, "14:00", {"verdict": "ok"}),
        entry(5, "14:20", "Resolved", "U1", Kind.STATUS, data={"to": "resolved"}),
        walks=(walk(),),
        verdicts={("w1", 3): True, ("w1", 1): False},
    )
    assert told(paper, Part.RESOLUTION) == [
        ("Helped", "Step 3 done. It helped, as people said afterwards."),
        ("Checked", "Looked at db"),
        ("", "It was recorded as mitigated at 13:50 UTC and resolved at 14:20 UTC."),
    ]
    assert asked(paper, Part.RESOLUTION) == []
    steps = [text for _, text in told(paper, Part.PLAYBOOKS)]
    assert "As people said afterwards, step 3 helped." in steps
    assert "As people said afterwards, step 1 did not help." in steps


def test_a_look_that_could_not_see_everything_is_a_check_in_part():
    rows = [{"signal": "index-count-fell", "verdict": "unknown", "member": f"db{n}"} for n in (1, 2)]
    paper = noting(looked(2, "13:58", {"verdict": "ok"}, *rows), looked(3, "14:00", {"verdict": "ok"}, *rows))
    seen = "Looked at db: 1 ok, 2 unknown. What it could not tell: index count fell (db1 and db2)."
    assert told(paper, Part.RESOLUTION) == [("Checked in part", seen)]
    assert "How was that checked which the look could not see?" in asked(paper, Part.RESOLUTION)


@pytest.mark.parametrize("verdict", ["warning", "critical", "unknown"])
def test_a_look_that_found_something_ill_or_saw_nothing_is_no_check(verdict):
    paper = noting(looked(2, "14:00", *({"verdict": one} for one in {verdict, "unknown"})))
    assert [mark for mark, _ in told(paper, Part.RESOLUTION)] == ["Looked"]
    assert "How was it checked that it was over?" in asked(paper, Part.RESOLUTION)


def test_what_is_said_looking_back_has_no_time_of_its_own():
    paper = noting(
        entry(2, "12:01", "A release", "U1", Kind.NOTE, Tag.TRIGGER),
        entry(3, "14:20", "The pool had no limit", "U2", Kind.NOTE, Tag.CAUSE),
    )
    assert [one.at is None for one in paper.section(Part.CAUSES).sentences] == [False, True]


def test_the_severities_that_it_had_stand_in_turn():
    changed = entry(2, "12:30", "sev2 to sev1", "U1", Kind.SEVERITY, data={"from": "sev2", "to": "sev1"})
    assert noting(changed).header[0].value == "sev2, then sev1"
    assert noting(changed).header[0].refs == ("E2",)


def test_looks_are_set_side_by_side_before_while_it_lasted_and_after():
    clocks = ("11:00", "11:58", "12:10", "12:30", "13:00", "13:51", "14:00", "14:10")
    verdicts = ("ok", "ok", "critical", "critical", "critical", "warning", "ok", "ok")
    seen = zip(clocks, verdicts, strict=True)
    looks = [looked(seq, clock, {"verdict": verdict}) for seq, (clock, verdict) in enumerate(seen, 2)]
    shown = [(s.mark, f"{s.at:%H:%M}") for s in noting(*looks).section(Part.FINDINGS).sentences]
    assert shown == [
        ("Before", "11:58"),
        ("While it lasted", "12:10"),
        ("Afterwards", "13:51"),
        ("Afterwards", "14:00"),
    ]


def test_a_look_afterwards_is_told_though_it_found_what_one_before_the_end_found():
    shown = noting(looked(2, "13:40"), looked(3, "14:00"), looked(4, "14:10")).section(Part.FINDINGS).sentences
    assert [(one.mark, one.refs) for one in shown] == [("While it lasted", ("E2",)), ("Afterwards", ("E4",))]


def test_of_many_changes_of_what_the_looks_found_the_first_and_the_last_are_told():
    looks = [looked(n, f"12:{n + 10}", {"verdict": ("ok", "critical")[n % 2]}) for n in range(2, 22)]
    shown = noting(*looks).section(Part.FINDINGS).sentences
    assert [one.refs for one in shown] == [(f"E{n}",) for n in (2, 3, 4, 5, 6, 21)]


def test_a_playbook_that_was_called_for_and_left_is_told_unless_the_same_look_forbade_it():
    called = looked(2, "12:10", {"signal": "stale-master", "verdict": "critical"})
    forbidden = looked(
        3, "12:20", {"signal": "stale-master", "verdict": "critical"}, {"signal": "no-primary", "verdict": "critical"}
    )
    left = ("Not used", "“Save the replicas” was called for by what was found, and was not taken up.")
    paper = noting(called, proposals=(BOOK,))
    assert told(paper, Part.PLAYBOOKS) == [left]
    assert asked(paper, Part.PLAYBOOKS)[0].startswith("Why was none of these runbooks used")
    assert told(noting(forbidden, proposals=(BOOK,)), Part.PLAYBOOKS) == []


def test_the_longest_wait_lasts_until_its_author_writes_of_something_else():
    paper = noting(
        entry(2, "12:10", "Asked the vendor", "U1", Kind.NOTE, Tag.WAITING),
        entry(3, "12:30", "We try another door", "U2", Kind.NOTE, Tag.ACTION),
        entry(4, "12:40", "Still nothing", "U1", Kind.NOTE, Tag.WAITING),
        entry(5, "13:06", "They answer", "U1"),
    )
    assert ("Waited", "56 min, from 12:10 UTC to 13:06 UTC: “Asked the vendor”") in told(paper, Part.WAITS)


def test_a_wait_whose_author_wrote_no_more_ends_with_the_next_action_and_else_is_asked():
    waiting = entry(2, "12:10", "Asked the vendor", "U1", Kind.NOTE, Tag.WAITING)
    acted = entry(3, "12:30", "Restored it", "U2", Kind.NOTE, Tag.ACTION)
    assert ("Waited", "20 min, from 12:10 UTC to 12:30 UTC: “Asked the vendor”") in told(
        noting(waiting, acted), Part.WAITS
    )
    assert "When did this wait end: “Asked the vendor”?" in asked(noting(waiting), Part.WAITS)


def test_the_phases_and_the_longest_silence_are_told_with_their_lengths():
    paper = draft(universe())
    assert told(paper, Part.WAITS)[:2] == [
        (
            "",
            "From the beginning of the impact it took 2 min to the first signal, then 4 min until it was declared, "
            "1 h 42 min until the impact stopped and 30 min until it was resolved. "
            "The longest phase was the one until the impact stopped.",
        ),
        ("", "Nothing was written down for 25 min, from 12:20 UTC to 12:45 UTC."),
    ]


def test_what_was_done_twice_is_counted_from_presses_and_from_the_same_words_of_two_people():
    done = {"playbook": "force-failover", "step": 3, "did": "done"}
    paper = noting(
        entry(2, "12:10", "", "U1", Kind.STEP, data=done),
        entry(3, "12:20", "", "U2", Kind.STEP, data=done),
        entry(4, "12:30", "Restarted the pool.", "U1"),
        entry(5, "12:31", "restarted  the pool", "U2"),
        entry(6, "12:32", "All quiet", "U2"),
        entry(7, "12:33", "All quiet", "U2"),
    )
    twice = [s for s in paper.section(Part.WAITS).sentences if s.mark == "Twice"]
    assert [(s.text, s.refs, s.rule) for s in twice] == [
        ("Step 3 of “force-failover” was done 2 times.", ("E2", "E3"), Rule.COUNT),
        ("2 entries say the same: “Restarted the pool.”", ("E4", "E5"), Rule.COUNT),
    ]


@pytest.mark.parametrize(
    ("clock", "says"),
    [("12:13", []), ("12:14", ["The first commander on record came 6 min after the declaration; the aim is 5 min."])],
)
def test_a_commander_later_than_five_minutes_is_told_as_what_went_badly(clock, says):
    taken = entry(2, clock, "", "U1", Kind.ROLE, data={"role": "commander", "user": "U1"})
    found = [text for _, text in told(noting(taken, drafted_at=at("15:00")), Part.BADLY)]
    assert [text for text in found if "commander" in text] == says


def test_nobody_in_command_is_told_once_five_minutes_are_over():
    assert ("", "No commander is on record.") in told(noting(drafted_at=at("12:14")), Part.BADLY)
    assert ("", "No commander is on record.") not in told(noting(drafted_at=at("12:13")), Part.BADLY)


def test_well_badly_luck_surprises_and_updates_are_what_people_tagged_as_such():
    tags = {Part.WELL: Tag.WELL, Part.BADLY: Tag.BADLY, Part.LUCKY: Tag.LUCKY}
    tags |= {Part.SURPRISES: Tag.SURPRISE, Part.UPDATES: Tag.UPDATE}
    entries = [entry(n, "12:30", f"said of {tag}", "U1", Kind.NOTE, tag) for n, tag in enumerate(tags.values(), 2)]
    paper = noting(*entries)
    for part, tag in tags.items():
        assert [text for _, text in told(paper, part) if "said of" in text] == [f"said of {tag}"]


def test_the_age_of_the_newest_copy_and_a_replica_that_held_the_data_are_luck():
    copy = {"probe": "backup.newest", "signal": "backup-old", "verdict": "ok", "value": "3 min"}
    held = {"signal": "stale-master", "verdict": "critical", "says": "cache1 came back empty."}
    paper = noting(
        looked(2, "12:10", copy, system="bucket"),
        looked(3, "12:40", copy | {"value": "33 min"}, system="bucket"),
        looked(4, "12:11", held | {"data": {"best_replica": "cache2"}}, system="sessions"),
    )
    assert [text for _, text in told(paper, Part.LUCKY)] == [
        "The newest copy in bucket was 3 min old when it was first looked at.",
        "When sessions was looked at, cache2 still held its data: “cache1 came back empty.”",
    ]
