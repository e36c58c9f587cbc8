"""Follow-ups of a write-up, and what a check says of a draft that nobody has finished."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.writeup import check, read

NOW, ZONE = datetime(2026, 11, 21, 12, 0, tzinfo=UTC), ZoneInfo("UTC")


def follow_ups(lines):
    found = read(f"# Down\n\n## Action items\n{lines}\n", now=NOW, zone=ZONE).follow_ups
    return [(one.text, one.owner, one.due) for one in found]


def found(text, sort):
    return [(one.line_number, one.what) for one in check(text, now=NOW, zone=ZONE) if one.sort == sort]


@pytest.mark.parametrize(
    ("lines", "read_as"),
    [
        (
            "| Action | Owner | Due |\n|---|---|---|\n| Set it | Ada | 2026-05-09 |",
            ("Set it", "Ada", date(2026, 5, 9)),
        ),
        ("- [ ] Set it (owner: Ada, due 2026-05-09)", ("Set it", "Ada", date(2026, 5, 9))),
        ("- Set it (in db-1, owner: Ada)", ("Set it (in db-1, owner: Ada)", "Ada", None)),
        ("To-do: check the backups", ("check the backups", "", None)),
        (
            "- *To do* 2. Set it! Aim: prevent. Owner: Ada Quist. Due: 9 May 2026. [E3](#e3)",
            ("Set it!", "Ada Quist", date(2026, 5, 9)),
        ),
        ("- *To do* 2. Set it. No owner yet.", ("Set it.", "", None)),
    ],
)
def test_owner_and_day_are_read_out_of_the_words(lines, read_as):
    assert follow_ups(lines) == [read_as]


def test_a_name_before_a_colon_is_asked_about_and_a_proposal_is_no_follow_up():
    text = "# Down\n\n## Action items\n- Ben: do this\n- *Proposed* Enable it.\n"
    assert follow_ups("- Ben: do this\n- *Proposed* Enable it.\n") == [("Ben: do this", "", None)]
    unread = read(text, now=NOW, zone=ZONE).unread
    assert [(one.line_number, one.why.partition(";")[0]) for one in unread] == [
        (4, "no owner read"),
        (5, "a proposal that nobody accepted, so no follow-up"),
    ]
    assert found(text, "follow-up") == [
        (4, "no owner and no due date: “Ben: do this”"),
        (5, "proposed, nobody accepted it yet: “Enable it.”"),
    ]


def test_the_rows_of_a_table_are_checked_too():
    text = "## Action items\n\n| Action | Owner | Due |\n|---|---|---|\n| Set it | | 2026-05-09 |\n| Log it | Ada | |\n"
    assert found(text, "follow-up") == [(5, "no owner: “Set it”"), (6, "no due date: “Log it”")]


def test_a_section_without_a_word_and_open_questions_are_pointed_out():
    text = "## Impact\n\nNot recorded.\n\n**To ask Ada, the commander:**\n\n- Who was hurt?\n- How many?\n"
    assert (3, "“Impact” is not recorded") in found(text, "section")
    assert found(text, "question") == [(5, "2 questions are open")]


def test_a_row_of_a_timeline_that_cannot_be_read_is_reported():
    text = "## Timeline\n- 12:03 UTC slow\n- 12:75 down\n"
    (one,) = [one for one in check(text, now=NOW, zone=ZONE) if one.sort == "not read"]
    assert one.line_number == 3 and one.what.startswith("“12:75 down”: `12:75` is not a time of day")
    assert one.try_.startswith("Write a clock time first")
