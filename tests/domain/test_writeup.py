"""Reading a postmortem that was kept by hand, and looking for what it lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.incident import Severity
from bot.domain.postmortem.values import TITLES, Part
from bot.domain.postmortem.written import MAX_SECTION_CHARS
from bot.domain.writeup import check, read
from bot.domain.writeup.blame import blamed
from bot.domain.writeup.source import MAX_CHARS, MAX_LINES
from bot.domain.writeup.structure import part_of
from bot.errors import UserError
from tests.domain.postmortem_random import HOSTILE

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
UTC_ZONE, HELSINKI = ZoneInfo("UTC"), ZoneInfo("Europe/Helsinki")


def reading(text, zone=UTC_ZONE):
    return read(text, now=NOW, zone=zone)


def clocks(text, zone=UTC_ZONE):
    return [(f"{line.at:%Y-%m-%d %H:%M}", line.text) for line in reading(text, zone).lines]


def found(text, sort):
    return [(one.line_number, one.what) for one in check(text, now=NOW, zone=UTC_ZONE) if one.sort == sort]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# Down\n\n## Impact\nmany", "Down"),
        ("Down\n====\n\nwords", "Down"),
        ("---\ntitle: 'Down'\n---\n# Postmortem\n\nwords", "Down"),
        ("## Summary\nIt went down. Then up.", "It went down."),
        ("It went down. Then up.", "It went down."),
        ('# <a id="inc-3"></a>INC-3: Down\n\nwords', "Down"),
        ("# " + "a word " * 60, ("a word " * 60)[:198].rpartition(" ")[0] + " …"),
    ],
)
def test_the_title_is_the_first_heading_or_the_first_sentence(text, title):
    assert reading(text).title == title


@pytest.mark.parametrize("line", ["Severity: sev1", "- **Severity:** SEV-1", "* severity = critical"])
def test_a_severity_is_read_where_it_is_said(line):
    assert reading(f"# Down\n\n{line}\n\nwords").severity is Severity.SEV1
    assert reading("# Down\n\nThe severity of it was great.").severity is None


def test_lines_that_begin_with_a_time_are_the_timeline_with_their_days_and_zone():
    text = "# Down\n## Timeline\n2026-04-23\n- 23:50 slow\n- 00:10 down\n  with a second line\n| 00:20 UTC | back |\n"
    assert clocks(text, HELSINKI) == [
        ("2026-04-23 20:50", "slow"),
        ("2026-04-23 21:10", "down\nwith a second line"),
        ("2026-04-24 00:20", "back"),
    ]


@pytest.mark.parametrize(
    "says",
    [
        "Date: 2026-03-03\nSeverity: SEV1\nAll times CET.",
        "Date: 2026-03-03. Severity: SEV1. All times are in CET.",
        "**Date:** 3 March 2026\n**Severity:** sev1\n**Time zone:** Europe/Paris",
    ],
)
def test_the_day_the_severity_and_the_zone_that_a_write_up_states_are_heeded(says):
    text = f"# Down\n\n{says}\n\n## Timeline\n- 14:02 slow\n- 14:05 CET down\n- 14:09 back\n"
    assert clocks(text) == [
        ("2026-03-03 13:02", "slow"),
        ("2026-03-03 13:05", "down"),
        ("2026-03-03 13:09", "back"),
    ]
    assert reading(text).severity is Severity.SEV1
    assert any("as the text says" in note for note in reading(text).notes)


@pytest.mark.parametrize("says", ["At times XYZZY was slow.", "Times Square.", "Date: soon", "Update: 2026-99-99"])
def test_what_only_looks_like_a_day_or_a_zone_changes_nothing(says):
    text = f"# Down\n\n{says}\n\n- 2026-03-03 14:02 slow\n- 14:05 down\n- 14:09 back\n"
    assert [at for at, _ in clocks(text)] == ["2026-03-03 14:02", "2026-03-03 14:05", "2026-03-03 14:09"]


def test_sentences_that_tell_a_time_are_entries_where_there_is_no_timeline_and_stay_where_they_are():
    text = "# Down\n\nOn 23 April 2026 at 10:36 UTC it stopped. We slept. By 11:00 UTC it was back (version 1.20)."
    assert clocks(text) == [
        ("2026-04-23 10:36", "On 23 April 2026 at 10:36 UTC it stopped."),
        ("2026-04-23 11:00", "By 11:00 UTC it was back (version 1.20)."),
    ]
    assert "We slept." in reading(text).sections[Part.SUMMARY]
    assert any("1 line of prose" in note for note in reading(text).notes)


def test_where_there_is_a_timeline_prose_is_not_read_a_second_time():
    text = "# Down\n- 10:00 UTC a\n- 10:05 UTC b\n- 10:09 UTC c\n\nAll began at 09:00 UTC, we think."
    assert [said for _, said in clocks(text)] == ["a", "b", "c"]


def test_what_was_meant_for_a_time_and_cannot_be_read_is_listed_with_its_line_and_kept():
    writeup = reading("# Down\n\n- 10:00 UTC a\n- 25:10 b\n- 10:05 XYZT c\n")
    assert [(one.line_number, one.text) for one in writeup.unread] == [(4, "25:10 b")]
    assert writeup.unread[0].why.startswith("`25:10` is not a time of day, so it stays with the entry above it; write")
    assert [line.text for line in writeup.lines] == ["a\n(no time read) 25:10 b", "XYZT c"]
    assert writeup.sections == {}


def test_remarks_name_the_lines_of_the_text():
    text = "# Down\n\nAt 12:00 UTC it stopped. At 12:30 UTC it was back.\n\nAt 12:10 UTC we saw it.\n"
    assert "Out of order and left so: line 5." in reading(text).notes


@pytest.mark.parametrize("part", [part for part in Part if part is not Part.QUESTIONS])
def test_our_own_headings_are_known(part):
    assert part_of(TITLES[part]) is part


@pytest.mark.parametrize(
    ("heading", "part"),
    [
        ("Root cause", Part.CAUSES),
        ("**Contributing factors:**", Part.CAUSES),
        ("What went well?", Part.WELL),
        ("What went wrong", Part.BADLY),
        ("Action Items", Part.FOLLOW_UPS),
        ("Going forward", Part.FOLLOW_UPS),
        ("Timeline (UTC)", Part.TIMELINE),
        ("How did we notice", Part.DETECTION),
        ("Customer impact", Part.IMPACT),
        ("What Happened", Part.SUMMARY),
        ("Where we got lucky", Part.LUCKY),
        ("Penguins", None),
        ("", None),
    ],
)
def test_headings_are_known_by_what_people_call_them(heading, part):
    assert part_of(heading) is part


def test_text_below_a_heading_becomes_that_section_and_the_rest_is_kept_in_the_summary():
    text = (
        "Before all.\n\n# Down\n\nFirst.\n\n**Impact**\nMany.\n\nRoot cause\n----------\nAn index.\n\n"
        "## Penguins\nThree.\n\n```\n# no heading\n```\n"
    )
    sections = reading(text).sections
    assert sections[Part.IMPACT] == "Many." and sections[Part.CAUSES] == "# Root cause\n\nAn index."
    assert sections[Part.SUMMARY] == "Before all.\n\nFirst.\n\n# Penguins\n\nThree.\n\n```\n# no heading\n```"


def test_a_short_line_of_plain_text_above_a_paragraph_is_a_heading():
    long = "The game stopped for everybody who was in it, and let nobody in for more than four hours."
    sections = reading(f"{long}\nThe Problem\n{long}\n\nOdds and ends\n\n{long}\n").sections
    assert sections[Part.CAUSES] == long
    assert sections[Part.SUMMARY].endswith(f"# Odds and ends\n\n{long}")


def test_follow_ups_are_read_with_owner_day_and_whether_they_are_done():
    text = """# Down
## Action items
- [ ] Alarm on tickets, owner: Ben Okafor, due 2026-05-01
- [x] Write this up (@ada)
  with pictures
1. *To do* 2. Index it. No owner yet. [E35](#e35)
2. Restore once a month, by 3 May 2026
"""
    assert [(one.owner, one.due, one.done) for one in reading(text).follow_ups] == [
        ("Ben Okafor", date(2026, 5, 1), False),
        ("ada", None, True),
        ("", None, False),
        ("", date(2026, 5, 3), False),
    ]
    assert reading(text).follow_ups[1].text == "Write this up (@ada) with pictures"
    assert Part.FOLLOW_UPS not in reading(text).sections


def test_a_section_that_is_too_long_is_cut_and_said_so():
    writeup = reading(f"# Down\n\n## Impact\n{'many words ' * 3000}")
    assert len(writeup.sections[Part.IMPACT]) == MAX_SECTION_CHARS
    assert any("that a section may have" in one.why for one in writeup.unread)


def test_a_line_that_is_too_long_is_kept_and_not_searched():
    writeup = reading("12:03 UTC " + "x" * 20_001)
    assert writeup.lines == () and any("not searched for times" in one.why for one in writeup.unread)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing in that"),
        (" \n\t\n", "nothing in that"),
        ("a\0b", "no text"),
        ("a" * (MAX_CHARS + 1), "1,000,000 is the most"),
        ("a\n" * MAX_LINES, "10,000 is the most"),
    ],
)
def test_what_is_no_write_up_is_refused_with_its_limit(text, said):
    for look in (read, check):
        with pytest.raises(UserError, match=said):
            look(text, now=NOW, zone=HELSINKI)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(HOSTILE),
            st.text(max_size=60),
            st.text("#-*=12:0 9amUTC[]()`~\n@|_.", max_size=40),
            st.sampled_from(("## Timeline", "12:03 UTC it stopped", "- [ ] do it, owner: Ben", "at 12:03 it stopped.")),
        )
    ).map("\n".join)
)
def test_any_text_is_read_or_refused_in_a_sentence(text):
    for look in (read, check):
        try:
            look(text, now=NOW, zone=HELSINKI)
        except UserError as wrong:
            assert wrong.message and wrong.hint


def test_times_without_a_zone_are_found_unless_one_stands_for_all():
    text = "# Down\n- 12:03 a\n- 12:04 GMT b\n\nIt was back at 1:10 pm, we think.\n"
    assert found(text, "time") == [(2, "`12:03` without a time zone"), (5, "`1:10 pm` without a time zone")]
    for whole in ("All times are UTC.", "Times are in Europe/Helsinki", "## Timeline (UTC)"):
        assert found(f"{text}\n{whole}\n", "time") == []


def test_sections_that_are_not_there_are_named_with_what_to_write():
    assert ("no section on “Impact”") in {what for _, what in found("# Down\n\n## Summary\nIt was.", "section")}
    whole = "\n".join(f"## {TITLES[part]}\nwords\n" for part in Part)
    assert found(f"# Down\n{whole}", "section") == []


def test_open_follow_ups_without_owner_or_day_are_found():
    text = "# Down\n## Follow-ups\n- index it\n- [x] done\n- alarm, owner: Ben\n- both, @ben, by 2026-12-01\n"
    assert found(text, "follow-up") == [
        (3, "no owner and no due date: “index it”"),
        (5, "no due date: “alarm, owner: Ben”"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Ben should have looked at the graph.",
        "They should not have dropped it.",
        "The engineer failed to notice.",
        "Ada Quist had failed to tell anybody.",
        "We forgot the second alarm.",
        "It was human error.",
        "A careless change.",
        "It is the fault of the vendor.",
        "The DBA was at fault.",
        "Nobody is to blame, but it was Ben's mistake.",
        "You simply had to read the page.",
        "@ada overlooked the alert.",
    ],
)
def test_words_that_blame_somebody_are_found(line):
    assert blamed(line)


@pytest.mark.parametrize(
    "line",
    [
        "MongoDB failed to elect a primary.",
        "Redis failed to start, and Atlas failed to migrate.",
        "The upgrade should have taken ten minutes.",
        "Requests failed to finish.",
        "The pod was OOM-killed after a page fault.",
        "The cluster is fault tolerant.",
        "The log says `Ben failed to log in`.",
        "The alarm did not fire.",
        "What should we have seen?",
    ],
)
def test_what_a_system_did_blames_nobody(line):
    assert blamed(line) == ()


def stated(text):
    return {moment.value: f"{one.at:%d %H:%M}" for moment, one in reading(f"# Down\n\n{text}\n").moments.items()}


@pytest.mark.parametrize(
    ("text", "moments"),
    [
        ("Detected: 2026-03-03 12:03 UTC", {"detected": "03 12:03"}),
        ("- **Impact began:** 2026-03-03 12:03", {"started": "03 12:03"}),
        ("- Mitigated at 2026-03-03 12:40 by a rollback", {"mitigated": "03 12:40"}),
        ("| Fixed | 2026-03-03 13:00 |\n|---|---|\n| Closed | 14:00 |", {"resolved": "03 13:00", "closed": "03 14:00"}),
        (
            "| Started | Ended |\n|---|---|\n| 2026-03-03 23:50 | 00:20 |",
            {"started": "03 23:50", "resolved": "04 00:20"},
        ),
        ("Began 2026-03-03 12:00, detected 12:05 and resolved 12:30", None),
        ("Incident start (CET): 2026-03-03 13:00", {"started": "03 12:00"}),
        ("Impact: 2026-03-03 12:00 to 12:40 UTC", {"started": "03 12:00", "mitigated": "03 12:40"}),
        ("Start: 2026-03-03 12:00\nTime to detect: 5 minutes", {"started": "03 12:00", "detected": "03 12:05"}),
        ("Resolved: 2026-03-03 13:00\nTime to resolve: 1 h 30 min", {"started": "03 11:30", "resolved": "03 13:00"}),
        ("Detection: Pingdom at 2026-03-03 12:05", {"detected": "03 12:05"}),
        ("Detected: by a customer", {}),
        ("Time to detect: 5 minutes", {}),
        ("It was resolved that the team should meet each day at 12:03 from then on, and so they did.", {}),
    ],
)
def test_moments_are_read_from_the_words_that_people_state_them_by(text, moments):
    whole = {"started": "03 12:00", "detected": "03 12:05", "resolved": "03 12:30"}
    assert stated(text) == (whole if moments is None else moments)


def test_moments_in_front_matter_are_read_and_stay_in_the_summary():
    writeup = reading("---\ntitle: Down\nstarted_at: 2026-03-03T12:00:00Z\nend_time: 12:30\n---\n## Impact\nmany")
    assert [f"{moment} {one.at:%H:%M}" for moment, one in writeup.moments.items()] == [
        "started 12:00",
        "resolved 12:30",
    ]
    assert "- **end_time:** 12:30" in writeup.sections[Part.SUMMARY]


@pytest.mark.parametrize(
    ("text", "left", "lines"),
    [
        ("Detected: 2026-03-03 12:03\n\nDetected: 12:09", [], [3, 5]),
        ("Began: 2026-03-03 14:00\n\nDetected: 14:05\n\nResolved: 13:00", ["started", "detected"], [7]),
        ("Detected: 2026-03-03 12:03\n\nMitigated: 11:50", [], [3, 5]),
        ("Detected: 2026-03-03 12:03\n\n## Timeline\n- 12:09 UTC Detected", [], [3, 6]),
        ("Detected: 2026-03-03 12:03\n\n## Timeline\n- 12:09 #detected the alarm", [], [3]),
        ("Began: 2026-03-03 12:00\n\nDetected: 12:75", ["started"], [5]),
    ],
)
def test_moments_that_contradict_each_other_are_listed_and_not_taken(text, left, lines):
    writeup = reading(f"# Down\n\n{text}\n")
    assert [moment.value for moment in writeup.moments] == left
    assert [one.line_number for one in writeup.unread] == lines


@pytest.mark.parametrize(
    "line", [" " * 19_000 + "x", "# " + " " * 19_000 + "x", "<!--" * 4_000, "12:03 " + "[" * 9_000]
)
def test_lines_made_to_keep_a_reader_busy_do_not(line):
    text = f"## Timeline\n{line}\n" * 10
    assert read(text, now=NOW, zone=UTC_ZONE).title and check(text, now=NOW, zone=UTC_ZONE)
