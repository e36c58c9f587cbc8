"""Rows of a timeline whose time cannot be read: kept below the entry above them, and told with what to write."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.arguments import find_tags
from bot.domain.imports import UnreadLine
from bot.domain.timeline import Tag
from bot.domain.writeup.pasted import later
from bot.domain.writeup.rows import Line

MARK = "(no time read)"
TO_WRITE = "write a clock time first, as in `12:10 …`"
MOST_NAMED = 10
_SHOWN_TAG = re.compile(r"[*_](#\w+)[*_]")  # as our own documents show one


@dataclass(frozen=True, kw_only=True)
class Event:
    """One entry of the timeline: `at` in UTC. `region` names the timeline that it stands in, None outside of one."""

    at: datetime
    text: str
    line_number: int
    tags: tuple[Tag, ...] = ()
    region: int | None = None


@dataclass(frozen=True, kw_only=True)
class Riddle:
    """A line that is no entry, why ("" where it only gives no time), and how many entries stand above it."""

    line: Line
    why: str
    above: int
    region: int | None


@dataclass(frozen=True, kw_only=True)
class Told:
    """The entries with what belongs to them. `loose` are rows that stand in a timeline without any entry."""

    events: tuple[Event, ...]
    unread: tuple[UnreadLine, ...]
    loose: tuple[str, ...]
    notes: tuple[str, ...]


def unmarked(text: str) -> str:
    """Markdown as the plain text of an entry: without stars around words, addresses in brackets behind theirs."""
    text = re.sub(r"<br\s*/?>", "\n", text, flags=re.IGNORECASE)
    text = re.sub(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1", r"\2", text)
    text = re.sub(r"!?\[([^\[\]\n]+)\]\(([^()\s]+)\)", r"\1 (\2)", text)
    return text.replace("**", "", 1) if text.count("**") == 1 else text


@dataclass
class _Entry:
    """An entry being put together: what stands above it, and what below."""

    event: Event
    above: list[str] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)

    def whole(self) -> Event:
        """The entry in one text. Tags are those of its own words: nobody knows when the rest happened."""
        tags, said = find_tags(_SHOWN_TAG.sub(r"\1", self.event.text))
        headed = "".join(f"[{heading}] " for heading in self.headings)
        text = "\n".join((*self.above, f"{headed}{said or self.event.text}", *self.below))
        return replace(self.event, text=unmarked(text), tags=tags)


def with_riddles(events: Sequence[Event], riddles: Sequence[Riddle], *, about: Sequence[int]) -> Told:
    """Put each riddle where it belongs.

    One that says how much later than the line above it happened is an entry. `about` are the lines of entries whose
    time is not said to the minute.
    """
    entries = [_Entry(event) for event in events]
    unread: list[UnreadLine] = []
    loose: list[str] = []
    added: list[tuple[int, _Entry]] = []
    for one in riddles:
        line, length = one.line, later(one.line.raw)
        above = next((entry for at, entry in reversed(added) if at == one.above), None)
        above = above or (entries[one.above - 1] if one.above else None)
        above = above if above and above.event.region == one.region else None
        below = entries[one.above] if one.above < len(entries) else None
        below = below if below and below.event.region == one.region else None
        if line.heading:
            (below.headings if below else above.below if above else loose).append(line.words)
        elif length and above and not one.why:
            event = replace(above.event, at=above.event.at + length, text=line.words, line_number=line.number)
            added.append((one.above, _Entry(event)))
        else:
            listed = line.own or bool(one.why)
            home, where = _home(above, below, loose)
            home.append(f"{MARK} {line.words}" if listed else line.raw.strip())
            if listed:
                why = f"{one.why or 'no time that can be read'}, so it stays {where}; {TO_WRITE}"
                unread.append(UnreadLine(line_number=line.number, text=line.words, why=why))
    for count, entry in reversed(added):
        entries.insert(count, entry)
    return Told(
        events=tuple(entry.whole() for entry in entries),
        unread=tuple(unread),
        loose=tuple(loose),
        notes=_notes(sorted({*about, *(entry.event.line_number for _, entry in added)})),
    )


def _home(above: _Entry | None, below: _Entry | None, loose: list[str]) -> tuple[list[str], str]:
    """Where a riddle goes, and in words."""
    if above:
        return above.below, "with the entry above it"
    if below:
        return below.above, "with the entry below it"
    return loose, "at the beginning of the timeline"


def _notes(numbers: Sequence[int]) -> tuple[str, ...]:
    if not numbers:
        return ()
    shown = ", ".join(map(str, numbers[:MOST_NAMED])) + (", …" if len(numbers) > MOST_NAMED else "")
    if len(numbers) == 1:
        return (f"Line {shown} says about when, or from when to when: its own words are kept with the time.",)
    return (f"Lines {shown} say about when, or from when to when: their own words are kept with the time.",)
