"""Moments that a write-up states by name, as in `Detected: 12:03`: reading the name, the time and the length.

Rows of a table (`| Detected | 12:03 |`), columns, front matter and `Time to detect: 5 minutes` are read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.domain.incident import Moment
from bot.domain.metrics import SPANS
from bot.domain.postmortem.values import Part
from bot.domain.writeup.pasted import Read, at_end, at_start
from bot.domain.writeup.structure import Block, Parted, is_item
from bot.domain.writeup.tables import is_row, tables

MAX_KEY_WORDS = 6
MOST_LINE_CHARS = 2_000  # of a line that is searched for moments
MOST_VALUE_CHARS = 80  # of words with a time at their end; longer ones are a sentence
MOST_BARE_CHARS = 60  # of a line that states a moment without a colon
_NAMES: Mapping[Moment, str] = {
    Moment.STARTED: "began begin begins beginning started starts start onset beginn",
    Moment.DETECTED: "detected detection detect noticed discovered discovery",
    Moment.ACKNOWLEDGED: "acknowledged acknowledgement acked ack acknowledge",
    Moment.DECLARED: "declared declaration declare",
    Moment.IDENTIFIED: "identified identification identify diagnosed",
    Moment.MITIGATED: "mitigated mitigation mitigate contained",
    Moment.RESOLVED: "resolved resolution resolve fixed ended ends end recovered restored over ende",
    Moment.CLOSED: "closed close",
}
_MOMENTS = {word: moment for moment, words in _NAMES.items() for word in words.split()}
_ENDS = frozenset({"ended", "ends", "end", "over", "stopped"})
_ABOUT_WHAT = re.compile(
    r"impact|incident|outage|issue|problem|event|disruption|degradation|service|customers?|user|root|cause|downtime"
)
_NOISE = re.compile(
    r"(?:date)?times?|date|timestamp|at|on|of|the|was|were|is|when|approx\w*|about|first|and|it|utc|gmt|[ecmp][sd]t|ces?t"
)
_STRETCH = re.compile(r"window|duration|period|time|date|when|of|the|length|affected")
_MEASURES = {"ttd": Moment.DETECTED, "tta": Moment.ACKNOWLEDGED, "ttm": Moment.MITIGATED, "tti": Moment.IDENTIFIED}
_LENGTH = re.compile(
    r"\W{0,4}(?:about|around|approx\w*\.?|~|ca\.?)?\s*(?P<said>(?:(?:\d{1,4}(?:\.\d)?|an?|one)\s?"
    r"(?:days?|d|hours?|hrs?|h|minutes?|mins?|min|m|seconds?|secs?|s)\b\.?(?:\s*,?\s*(?:and\s+)?)?){1,4})",
    re.IGNORECASE,
)
_LENGTH_PART = re.compile(r"(\d{1,4}(?:\.\d)?|an?|one)\s?([dhms])", re.IGNORECASE)
_KEY = re.compile(
    r"[\s>*•+_`-]{0,12}(?P<key>[A-Za-z][^:=|;.,\d~≈]{1,60}?)[\s*_`]*(?P<sep>[:=]|\s[–—-]\s|\sat\b|(?=\s[\d~≈]))"
    r"[\s:=*_`]*(?P<value>\S.{0,400})"
)
_NEXT = re.compile(
    r"\s*(?:[;|,.·]\s+(?:and\s+|then\s+)?|\sand\s+)[*_]*(?P<name>(?:[A-Za-z]+\s){0,2}[A-Za-z]+)(?=[*_]*(?:[:=]|\sat\s|\s[\d~]))"
)
_ZONE = re.compile(r"\(([A-Z]{2,5}(?:[+-]\d{1,2})?)\)")
MARKED = {  # an outage is what customers feel, an incident what people do about it
    "OUTAGE BEGINS": Moment.STARTED,
    "OUTAGE MITIGATED": Moment.MITIGATED,
    "OUTAGE ENDS": Moment.RESOLVED,
    "INCIDENT BEGINS": Moment.DECLARED,
    "INCIDENT ENDS": Moment.CLOSED,
}
BASE = {end: start for start, end in SPANS.values()}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One moment as it is stated: by a time, or by a length from another."""

    moment: Moment
    line_number: int
    text: str
    read: Read | None = None
    length: timedelta | None = None


def statements(whole: Parted) -> Iterator[Statement]:
    """Every moment that stands by its name outside the timeline and the follow-ups."""
    for number, line in whole.front:
        yield from _of_line(number, line.replace("_", " "))
    for block in whole.blocks:
        if block.part not in (Part.TIMELINE, Part.FOLLOW_UPS):
            yield from _of_block(block)


def moment_of(name: str) -> Moment | None:
    """The moment that a name stands for: `Impact started at`, `Date/time detected (UTC)`. None for any other words."""
    words = re.findall(r"[a-z]+", re.sub(r"\([^)]*\)", " ", name.lower()))
    if not words or len(words) > MAX_KEY_WORDS:
        return None
    told = [word for word in words if not _NOISE.fullmatch(word)]
    named = [word for word in told if not _ABOUT_WHAT.fullmatch(word)]
    if named == ["stopped"] and "impact" in told:
        return Moment.MITIGATED
    if len(named) != 1 or named[0] not in _MOMENTS:
        return None
    return Moment.MITIGATED if named[0] in _ENDS and "impact" in told else _MOMENTS[named[0]]


def marked_moment(text: str) -> Moment | None:
    """The moment that an entry marks in capitals, as in `OUTAGE BEGINS`, or that is all it says."""
    capitals = re.match(r"(?:[A-Z]{3,}\s){1,2}[A-Z]{3,}(?![\w])", text)
    return MARKED.get(capitals[0]) if capitals else moment_of(text)


def _of_block(block: Block) -> Iterator[Statement]:
    for table in tables(block.lines):
        for row in table.rows:
            named = [(name, row.cell(at)) for at, name in enumerate(row.head) if moment_of(name)]
            columns = [(name, value) for name, value in named if at_start(value)]
            for name, value in columns or ([(row.cells[0], row.cells[1])] if len(row.cells) > 1 else []):
                yield from _stated(name, value, row.line_number, f"{name}: {value}")
        if len(table.names) > 1:  # a table whose first row is one like the others
            name, value = table.names[:2]
            yield from _stated(name, value, table.head, f"{name}: {value}")
    for number, line in block.lines:
        if not is_row(line):
            yield from _of_line(number, line)


def _of_line(number: int, line: str) -> Iterator[Statement]:
    for piece in _pieces(" ".join(line[:MOST_LINE_CHARS].split())):
        found = _KEY.match(piece)
        if found and (found["sep"] in (":", "=") or len(piece) <= MOST_BARE_CHARS or is_item(line)):  # no sentence
            yield from _stated(found["key"], found["value"], number, piece, bare=not found["sep"])


def _pieces(line: str) -> Iterator[str]:
    """The line, cut where another moment is named, as in `Began 12:03, detected 12:05`."""
    begin = 0
    for found in _NEXT.finditer(line):
        if moment_of(found["name"]):
            yield line[begin : found.start()]
            begin = found.end() - len(found["name"])
    yield line[begin:]


def _stated(name: str, value: str, number: int, text: str, *, bare: bool = False) -> Iterator[Statement]:
    """What a name and its value state. A `bare` one has nothing between, so that no more than a time may follow."""
    text = " ".join(text.split())
    moment, read = moment_of(name), at_start(value)
    if read is None and len(value) <= MOST_VALUE_CHARS:
        read = at_end(value)
    zone = _ZONE.search(name)
    if read and zone and not read.clock.zone:
        read = replace(read, clock=replace(read.clock, typed=f"{read.clock.typed} {zone[1]}"))
    if read and moment and not (bare and read.rest.strip(" .;,()")):
        yield Statement(moment=moment, line_number=number, text=text, read=read)
    elif read and read.until and (end := _end_of(name)):
        until = Read(clock=read.until, loose="", rest="")
        yield Statement(moment=Moment.STARTED, line_number=number, text=text, read=replace(read, loose="", rest=""))
        yield Statement(moment=end, line_number=number, text=text, read=until)
    elif (length_of := _length_of(name)) and (length := _length(value)):
        yield Statement(moment=length_of, line_number=number, text=text, length=length)


def _end_of(name: str) -> Moment | None:
    """What the end of a stretch of time is by its name: the impact's, the incident's, or nothing that is known."""
    words = re.findall(r"[a-z]+", name.lower())
    if not words or not all(_ABOUT_WHAT.fullmatch(word) or _STRETCH.fullmatch(word) for word in words):
        return None
    return Moment.RESOLVED if words[0] in ("incident", "when", "date") else Moment.MITIGATED


def _length_of(name: str) -> Moment | None:
    """The moment at the end of `Time to detect`, or of `Detection time` where a length is its value."""
    words = re.findall(r"[a-z]+", name.lower())
    if len(words) == 1 and words[0] in _MEASURES:
        return _MEASURES[words[0]]
    to = len(words) >= 3 and words[-3:-1] == ["time", "to"]
    after = len(words) == 2 and words[1] in ("time", "delay")  # `Detection time`
    moment = _MOMENTS.get(words[-1] if to else words[0]) if to or after else None
    return moment if moment in BASE else None


def _length(value: str) -> timedelta | None:
    found = _LENGTH.match(value.strip())
    if not found:
        return None
    units = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    parts = _LENGTH_PART.findall(found["said"])
    told = (timedelta(**{units[unit.lower()]: float(many) if many[0].isdigit() else 1}) for many, unit in parts)
    return sum(told, timedelta()) or None
