"""Timelines kept by hand: zones that hold for the lines below, columns, and what tells of the document itself."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.writeup import read


def reading(text):
    return read(text, now=datetime(2026, 11, 21, 12, 0, tzinfo=UTC), zone=ZoneInfo("UTC"))


def lines(text):
    return [(f"{line.at:%H:%M}", line.text) for line in reading(text).lines]


@pytest.mark.parametrize(
    ("zone", "minute"), [("CEST", "12:03"), ("UTC+2", "12:03"), ("America/New_York", "18:03"), ("UTC", "14:03")]
)
def test_a_zone_holds_for_the_lines_below_it_and_that_is_said(zone, minute):
    text = f"# Down\n\n2026-06-03\n\n## Timeline\n- 14:03 {zone} alert\n- 14:10 restart\n- 14:12 UTC log\n"
    assert lines(text)[:2] == [(minute, "alert"), (f"{minute[:2]}:10", "restart")]
    assert f"Line 7 gives no zone: {zone}, as said above it, is taken." in reading(text).notes


def test_a_zone_of_one_list_does_not_hold_in_another_nor_above_it():
    text = "# Down\n2026-06-03\n## Timeline\n- 14:00 slow\n- 16:10 CEST down\n"
    assert lines(text) == [("14:00", "slow"), ("14:10", "down")]
    assert not any("gives no zone" in note for note in reading(text).notes)


@pytest.mark.parametrize("rule", ["|---|---|---|\n", ""])
def test_who_and_what_are_read_by_their_columns(rule):
    table = f"| Time | Who | What |\n{rule}| 2026-06-03 09:05 | Ben | Deployed |\n| 09:20 | | Slow |\n"
    text = f"# Down\n## Timeline (UTC)\n\n{table}"
    assert lines(text) == [("09:05", "Ben: Deployed"), ("09:20", "Slow")]
    assert reading(text).sections == {} and reading(text).unread == ()


def test_what_tells_of_the_document_lands_in_no_section_and_is_said():
    about = "Date: 2026-06-03\n**Author:** Ada Quist\nStatus: final"
    text = f"# Down\n\n{about}\n\nIt was down.\n\n## Timeline\n- 09:05 UTC slow\n"
    assert list(reading(text).sections.values()) == ["It was down."]
    assert "Line 4 tells of the document and is kept in no section: **Author:** Ada Quist" in reading(text).notes


@pytest.mark.parametrize("said", ["12 March 2019", "March 12, 2019", "**12 March 2019**", "2019-03-12"])
def test_a_day_keeps_the_year_that_stands_behind_it(said):
    assert [f"{one.at:%Y-%m-%d}" for one in reading(f"# Down\n\nDate: {said}\n\n- 09:05 UTC a\n").lines] == [
        "2019-03-12"
    ]
