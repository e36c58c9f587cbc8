"""What was done at a terminal, as the channel reads it: one line each, with the time where it happened before."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.postmortem.wording import BARE
from bot.domain.timeline import Entry
from bot.services.chat import FromTerminal
from bot.services.closing import told_missing
from bot.slack.text import date, plain, shorten

MAX_LINE_CHARS = 3300
JUST_NOW = timedelta(minutes=1)  # what was recorded this soon needs no time of its own, unless a time is all it says


def lines(done: FromTerminal) -> str:
    """The lines, ready for Slack; after a close also which moments nobody recorded, and what to type."""
    return "\n".join([*map(_line, done.entries), *told_missing(done.missing)])


def _line(entry: Entry) -> str:
    who = entry.author.removeprefix("terminal:")
    return f"{plain(shorten(f'{who} at the terminal: {entry.text}', MAX_LINE_CHARS))}{_when(entry)}"


def _when(entry: Entry) -> str:
    if abs(entry.recorded_at - entry.at) < JUST_NOW and entry.text not in BARE:
        return ""
    same_day = entry.recorded_at.date() == entry.at.date()
    return f" (at {date(entry.at, '{time}' if same_day else '{date_short_pretty} {time}')})"
