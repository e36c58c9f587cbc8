"""The times of a write-up as lines of a timeline: those at the start of a line, and those inside its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.clocks import Clock, read_clock
from bot.domain.imports import ImportedLine, UnreadLine, read_timeline
from bot.domain.writeup.structure import bare_item

MAX_LINE_CHARS = 20_000  # a longer line is kept, and not searched for times
TIMELINE_LINES = 3
NO_TIME = "no time at the start"  # why prose is no line of a timeline; nothing to tell anybody

_SENTENCE = re.compile(r"(?<=[.!?])[\"”')]{0,2}\s+(?=[A-Z0-9“\"'(])")
_SAID = re.compile(
    r"(?:^|(?<=[\s(,]))(?:at|around|about|by|from|since|until|till|on|between|before|after)\s+"
    r"(?:(?:around|about|approximately|roughly|circa|exactly|just after|just before)\s+|~\s?)?(?=[0-9A-Za-z])",
    re.IGNORECASE,
)
_REFS = re.compile(r"\s*(?:\[(?:E\d+|INC-\d+)\]\(#[\w-]+\)|\((?:E\d+)(?:, \[message\]\([^)]*\))?\))")
_NUMBERS = re.compile(r"(\blines? )(\d+(?:, \d+)*)", re.IGNORECASE)
_ANCHOR = re.compile(r'<a id="[^"]*"></a>')


@dataclass(frozen=True, kw_only=True)
class Timed:
    """The lines that became entries, those of them that are sentences, what could not be read, and what was assumed."""

    lines: tuple[ImportedLine, ...]
    in_prose: frozenset[int]  # numbers of lines whose text stays where it is as well
    taken: frozenset[int]  # numbers of the lines that are entries and nothing else
    unread: tuple[UnreadLine, ...]
    notes: tuple[str, ...]


def timed(numbered: Sequence[tuple[int, str]], *, now: datetime, zone: ZoneInfo, date: date | None = None) -> Timed:
    """Read the times that a write-up says. Bare clock times get their days as in a pasted timeline, from `date` on.

    Sentences are searched only where there is no timeline of at least TIMELINE_LINES lines: where there is one, prose
    tells its times again, in any order.
    """
    lines = [(number, _REFS.sub("", _ANCHOR.sub("", line))) for number, line in numbered]
    listed = sum(_begins_with_time(line) for _, line in lines) >= TIMELINE_LINES
    fed: list[tuple[int, str, bool]] = []
    unread: list[UnreadLine] = []
    for number, line in lines:
        if len(line) > MAX_LINE_CHARS:
            why = f"longer than {MAX_LINE_CHARS:,} characters: kept, and not searched for times"
            unread.append(UnreadLine(line_number=number, text=line[:200], why=why))
            continue
        inside = [] if listed or _begins_with_time(line) else _in_prose(line)
        fed += [(number, said, True) for said in inside] or [(number, line, False)]
    found = read_timeline("\n".join(line for _, line, _ in fed), now=now, zone=zone, date=date)
    prose = frozenset(number for number, _, inside in fed if inside)
    wrong = [one for one in found.unread if one.why != NO_TIME]
    kept = {one.line_number for one in unread} | {fed[one.line_number - 1][0] for one in found.unread} | prose
    for one in wrong:  # with the lines below it that would have been the same entry's
        kept |= {fed[one.line_number - 1][0] + below for below in range(one.text.count("\n") + 1)}
    unread += [UnreadLine(line_number=fed[one.line_number - 1][0], text=one.text, why=one.why) for one in wrong]
    entries = tuple(_numbered(line, fed) for line in found.lines)
    return Timed(
        lines=entries,
        in_prose=prose & {line.line_number for line in entries},
        taken=frozenset(number for number, line, _ in fed if line.strip() and number not in kept),
        unread=tuple(sorted(unread, key=lambda one: one.line_number)),
        notes=tuple(_NUMBERS.sub(lambda said: _of_the_text(said, fed), note) for note in found.notes),
    )


def _of_the_text(said: re.Match[str], fed: Sequence[tuple[int, str, bool]]) -> str:
    """Numbers of the lines that were handed on, as those of the text they came from."""
    return said[1] + re.sub(r"\d+", lambda number: str(fed[int(number[0]) - 1][0]), said[2])


def _begins_with_time(line: str) -> bool:
    return read_clock(bare_item(line).lstrip("*_`[(|# ")) is not None


def _numbered(line: ImportedLine, fed: Sequence[tuple[int, str, bool]]) -> ImportedLine:
    text = line.text.rstrip(" |") if line.text.endswith("|") else line.text  # the last cell of a table's row
    return ImportedLine(at=line.at, text=text, line_number=fed[line.line_number - 1][0])


def _in_prose(line: str) -> list[str]:
    """Each sentence that says a time, as a line that begins with it."""
    return [f"{clock.typed} - {said}" for said in _SENTENCE.split(line.strip()) if (clock := _clock(said))]


def _clock(sentence: str) -> Clock | None:
    return next(clocks(sentence), None)


def clocks(sentence: str) -> Iterator[Clock]:
    """The times of day that a sentence says after at, around, on and the like."""
    for word in _SAID.finditer(sentence):
        if clock := read_clock(sentence, word.end()):
            yield clock
