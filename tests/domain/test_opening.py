"""What an incident is opened with: moments leave the title, words that no time follows stay in it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.opening import read
from bot.errors import UserError

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-21T{clock}+00:00")


def opened(text: str):
    return read(text, now=NOW, zone=ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("text", "title", "started", "detected"),
    [
        ("checkout fails", "checkout fails", None, None),
        ("checkout fails since 12:02", "checkout fails", "12:02", None),
        ("checkout fails started 12:02", "checkout fails", "12:02", None),
        ("started 12:02 checkout fails", "checkout fails", "12:02", None),
        ("checkout fails started at 12:02 detected 12:04 for all", "checkout fails for all", "12:02", "12:04"),
        ("checkout fails, seen 30 min ago", "checkout fails,", None, "14:30"),
        ("checkout fails detected 12:04 since 12:02", "checkout fails", "12:02", "12:04"),
        ("the node started at the wrong place", "the node started at the wrong place", None, None),
        ("the node started 3 times since 12:02", "the node started 3 times", "12:02", None),
        ("impact unknown, ratio 16:9", "impact unknown, ratio 16:9", None, None),
        ("started 12:02 and started 12:03", "and started 12:03", "12:02", None),
        ("clocks run ahead since 15:01", "clocks run ahead", "15:00", None),
    ],
)
def test_moments_are_read_and_leave_the_title(text, title, started, detected):
    found = opened(text)
    assert found.title == title
    assert found.started == (at(started) if started else None)
    assert found.detected == (at(detected) if detected else None)


@pytest.mark.parametrize(
    "text",
    ["thing started 12:99", "thing since 25:00", "12:99 thing", "thing detected at 13:00 am", "thing seen 16:30 UTC"],
)
def test_a_time_that_cannot_be_is_a_question(text):
    with pytest.raises(UserError, match=r"is not a time of day|has not happened yet") as refused:
        opened(text)
    assert "`" in refused.value.hint and refused.value.typed == text


def test_how_a_time_was_read_is_told():
    assert "2026-11-20" in read("mail bounces since 23:50", now=NOW.replace(hour=0), zone=ZoneInfo("UTC")).note
