"""A pasted timeline, line by line: `12:03 GMT - text`, `[12:03] text`, ISO times, date headings, copies out of Slack.

A line with a time at its start is an entry. Indented lines, and lines below a time that stands alone, belong to the
entry above. Everything else comes back unread, with the reason, so that nothing typed is lost. How bare clock times
get their days is told in rolling.py.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.domain.clocks import (
    FIRST_YEAR,
    LAST_YEAR,
    Clock,
    describe,
    read_clock,
    read_day,
    read_zone,
    season_note,
    skip_separator,
)
from bot.domain.rolling import EARLY_S, Stamp, place
from bot.errors import UserError

_MARKS = re.compile(r"[\s\-*•>_`\[(|#]{0,12}(?:at\s{1,4})?", re.IGNORECASE)
_HEADING = re.compile(r"[\s\-*•>_`\[(|#=]{0,12}(?P<day>[^\s*_`#=](?:.{0,40}?[^\s*_`\])|:.,#=])?)[\s*_`\])|:.,#=]{0,8}")
_NAME = r"(?P<name>[^\W\d_][\w.'’-]{0,40}(?: [(\w][\w.'’)-]{0,40}){0,3})"
_SPEAKER = re.compile(rf"{_NAME}(?:\s{{2,8}}|\s(?=\[|[0-9:]{{4,5}}\s?[ap]\.?m))\[?", re.IGNORECASE)
_NAME_ALONE = re.compile(_NAME)
_LINE_END = re.compile(r"\r\n|[\r\n\u2028\u2029\x85]")


@dataclass(frozen=True, kw_only=True)
class ImportedLine:
    """One entry: `at` in UTC; `line_number` counts from 1."""

    at: dt.datetime
    text: str
    line_number: int


@dataclass(frozen=True, kw_only=True)
class UnreadLine:
    """A line that could not become an entry, and why, as half a sentence."""

    line_number: int
    text: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a pasted timeline gave, in pasted order. `notes` are whole sentences that say what was assumed."""

    lines: tuple[ImportedLine, ...]
    unread: tuple[UnreadLine, ...]
    notes: tuple[str, ...]


@dataclass
class _Draft:
    """An entry being put together."""

    stamp: Stamp
    speaker: str
    body: list[str]
    raw: list[str]

    def add(self, line: str) -> None:
        self.body.append(line)
        self.raw.append(line)


def read_timeline(text: str, *, now: dt.datetime, zone: ZoneInfo, date: dt.date | None = None) -> Imported:
    """Read pasted lines into entries, in the order they were pasted.

    Without a stated zone the clocks are those of `zone`. Without `date` or a date in the lines, the day is the newest
    on which no line is in the future. Raises UserError only for a `date` outside 1970 to 2199.
    """
    if date and not FIRST_YEAR <= date.year <= LAST_YEAR:
        raise UserError(f"`{date}` is not a date an incident can have.", hint="Type the date as 2026-04-23.")
    pasted = [*_LINE_END.split(text), ""]
    pile = _Pile(today=now.astimezone(zone).date(), zone=zone, day=date)
    for number, line in enumerate(pasted[:-1], start=1):
        pile.take(line, number, below=pasted[number])
    drafts, unread = pile.drafts, pile.unread
    moments, notes = place([draft.stamp for draft in drafts], now=now)
    lines: list[ImportedLine] = []
    for draft, at in zip(drafts, moments, strict=True):
        number, body = draft.stamp.line_number, "\n".join(draft.body)
        if why := _fault(draft, at, now):
            unread.append(UnreadLine(line_number=number, text="\n".join(draft.raw), why=why))
        else:
            said = f"{draft.speaker}: {body}" if draft.speaker else body
            lines.append(ImportedLine(at=at, text=said, line_number=number))
    notes += _zone_notes(drafts, moments, zone)
    unread.sort(key=lambda line: line.line_number)
    return Imported(lines=tuple(lines), unread=tuple(unread), notes=tuple(dict.fromkeys(notes)))


def _fault(draft: _Draft, at: dt.datetime, now: dt.datetime) -> str:
    if at > now + dt.timedelta(seconds=EARLY_S):
        return f"in the future: it is {now.astimezone(draft.stamp.zone):%Y-%m-%d} {describe(now, draft.stamp.zone)}"
    return "" if draft.body else "no text after the time"


def _zone_notes(drafts: Sequence[_Draft], moments: Sequence[dt.datetime], home: ZoneInfo) -> list[str]:
    """One remark for each stated offset: people mean the clock on their wall and write the offset they remember."""
    notes: dict[str, str] = {}
    for draft, at in zip(drafts, moments, strict=True):
        typed = draft.stamp.clock.zone
        if not typed or typed in notes:
            continue
        plain = f"{typed} is taken as written: {draft.stamp.wall:%H:%M} is {at:%H:%M} UTC."
        notes[typed] = season_note(typed, at, home) or (plain if re.match(r"(?:UTC|GMT)[+−-]", typed, re.I) else "")
    return [note for note in notes.values() if note]


@dataclass
class _Pile:
    """What the lines read so far have become."""

    today: dt.date
    zone: ZoneInfo
    day: dt.date | None  # the last one that somebody said
    drafts: list[_Draft] = field(default_factory=list)
    unread: list[UnreadLine] = field(default_factory=list)
    above: _Draft | None = None  # the entry that indented lines belong to
    loose: bool = False  # whether lines without indent belong to it, too
    speaker: str = ""  # a name on a line of its own, above its time

    def take(self, line: str, number: int, below: str) -> None:
        """Put one line where it belongs; `below` is the next one."""
        bare = line.strip()
        if not bare:
            self.loose = self.loose and self.above is not None and not self.above.body
            return
        try:
            self._take(line, bare, number, below)
        except UserError as wrong:
            said = f"{self.speaker}\n{bare}" if self.speaker else bare
            self.unread.append(UnreadLine(line_number=number, text=said, why=wrong.message.rstrip(".")))
            self.above, self.speaker = None, ""

    def _take(self, line: str, bare: str, number: int, below: str) -> None:
        if heading := _heading(bare, self.today):
            self.day, self.above = heading, None
        elif draft := _entry(bare, number, self.today, self.day, self.zone) or _spoken(
            bare, number, self.day, self.zone
        ):
            self._open(draft)
        elif self.above and line[0].isspace():
            self.above.add(bare)
        elif _NAME_ALONE.fullmatch(bare) and _is_time_alone(below.strip()):
            self.speaker = bare
        elif self.above and self.loose:
            self.above.add(bare)
        else:
            self.unread.append(UnreadLine(line_number=number, text=bare, why="no time at the start"))

    def _open(self, draft: _Draft) -> None:
        if self.speaker:
            draft.speaker, draft.raw[:0], self.speaker = self.speaker, [self.speaker], ""
        self.drafts.append(draft)
        self.above, self.day, self.loose = draft, draft.stamp.day, not draft.body


def _heading(line: str, today: dt.date) -> dt.date | None:
    found = _HEADING.fullmatch(line)
    return read_day(found["day"], today=today) if found else None


def _is_time_alone(line: str) -> bool:
    clock = read_clock(line)
    return clock is not None and clock.end == len(line)


def _entry(line: str, number: int, today: dt.date, day: dt.date | None, zone: ZoneInfo) -> _Draft | None:
    """The draft of a line that begins with a time."""
    marks = _MARKS.match(line)
    clock = read_clock(line, marks.end() if marks else 0)
    if not clock:
        return None
    said = read_day(clock.day, today=today) if clock.day else day
    body = line[skip_separator(line, clock.end) :].strip()
    return _Draft(_stamp(clock, said, number, zone), "", [body] if body else [], [line])


def _spoken(line: str, number: int, day: dt.date | None, zone: ZoneInfo) -> _Draft | None:
    """The draft of `Ada Lovelace  12:03 PM`, the line Slack copies above a message."""
    found = _SPEAKER.match(line)
    clock = read_clock(line, found.end()) if found else None
    if not found or not clock or clock.day or line[clock.end :].strip(" ])."):
        return None
    return _Draft(_stamp(clock, day, number, zone), found["name"].strip(), [], [line])


def _stamp(clock: Clock, day: dt.date | None, number: int, zone: ZoneInfo) -> Stamp:
    where = read_zone(clock.zone) if clock.zone else zone
    return Stamp(clock=clock, wall=clock.wall(), zone=where, day=day, line_number=number)
