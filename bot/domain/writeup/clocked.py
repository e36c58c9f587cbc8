"""The times of a write-up as lines of a timeline: those at the start of a line, and those inside its sentences.

What stands in a timeline and gives no time that can be read stays there, below the entry above it, and is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.clocks import DAY, Clock, read_day
from bot.domain.imports import Imported, UnreadLine, read_timeline
from bot.domain.postmortem.values import Part
from bot.domain.writeup.pasted import at_start, clocks_behind
from bot.domain.writeup.riddles import Event, Riddle, with_riddles
from bot.domain.writeup.rows import Line, is_day, is_timed, rows
from bot.domain.writeup.structure import Block
from bot.domain.writeup.tables import is_row
from bot.domain.writeup.zones import carried
from bot.errors import UserError

MAX_LINE_CHARS = 20_000  # a longer line is kept, and not searched for times
TIMELINE_LINES = 3
RUN_LINES = 2  # of a timeline under no heading of its own
NO_TIME = "no time at the start"  # why prose is no line of a timeline; nothing to tell anybody
BREAK = "99:99 ."  # no time of day: it ends the entry above, so that no heading's text runs into another's

_DAY = re.compile(DAY, re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])[\"”')]{0,2}\s+(?=[A-Z0-9“\"'(])")
_SAID = re.compile(
    r"(?:^|(?<=[\s(,]))(?:at|around|about|by|from|since|until|till|on|between|before|after)\s+"
    r"(?:(?:around|about|approximately|roughly|circa|exactly|just after|just before)\s+|~\s?)?(?=[0-9A-Za-z])",
    re.IGNORECASE,
)
_REFS = re.compile(r"\s{0,4}(?:\[(?:E\d+|INC-\d+)\]\(#[\w-]+\)|\((?:E\d+)(?:, \[message\]\([^)]*\))?\))")
_NUMBERS = re.compile(r"(\blines? )(\d+(?:, \d+)*)", re.IGNORECASE)
_ANCHOR = re.compile(r'<a id="[^"]*"></a>')


@dataclass(frozen=True, kw_only=True)
class Timed:
    """The entries, which lines they came from, what could not be read, and what was assumed.

    `loose` are rows of a timeline in which nothing gives a time at all.
    """

    events: tuple[Event, ...]
    in_prose: frozenset[int]  # numbers of lines whose text stays where it is as well
    taken: frozenset[int]  # numbers of the lines that stand in the timeline and nowhere else
    unread: tuple[UnreadLine, ...]
    loose: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass
class _Feed:
    """Lines handed on to be read, in order; those of a timeline, of a section that keeps them, and of sentences."""

    today: date
    lines: list[Line] = field(default_factory=list)
    regions: dict[int, int] = field(default_factory=dict)  # of a timeline's lines: which timeline
    stay: set[int] = field(default_factory=set)
    prose: set[int] = field(default_factory=set)
    unread: list[UnreadLine] = field(default_factory=list)

    def end_entry(self) -> None:
        self.lines.append(Line(number=0, raw="", fed=BREAK))


def timed(
    blocks: Sequence[Block],
    *,
    now: datetime,
    zone: ZoneInfo,
    date: date | None = None,
    month_first: bool = False,
    one_zone: bool = True,
) -> Timed:
    """Read the times that a write-up says. Bare clock times get their days as in a pasted timeline, from `date` on.

    Sentences are searched only where there is no timeline of at least TIMELINE_LINES lines: where there is one, prose
    tells its times again, in any order. Where the text gives no `one_zone` for all, one said in a list holds below it.
    """
    today = now.astimezone(zone).date()
    feed = _Feed(today)
    blocks = [_clean(block, feed) for block in blocks if block.part is not Part.FOLLOW_UPS]
    listed = sum(_begins(line) for block in blocks for _, line in block.lines) >= TIMELINE_LINES
    kept = sum(_begins(line) for block in blocks if block.part is Part.TIMELINE for _, line in block.lines)
    for block in blocks:
        feed.end_entry()
        if block.part is Part.TIMELINE:
            made = rows(block, today=today, month_first=month_first)
            feed.regions |= dict.fromkeys((line.number for line in made), 0)
            feed.lines += made
        elif block.part in (None, Part.SUMMARY):
            _free(block, feed, today=today, listed=listed, month_first=month_first)
        elif kept < TIMELINE_LINES:
            feed.stay |= {number for number, _ in block.lines}
            feed.lines += _sentences(block.lines, feed, listed=listed)
    fed = [_with_year(line.fed, date) if date else line.fed for line in feed.lines]
    fed, notes = (fed, ()) if one_zone else carried(fed, [feed.regions.get(line.number) for line in feed.lines])
    found = read_timeline("\n".join(fed), now=now, zone=zone, date=date)
    return _sorted_out(replace(found, notes=(*found.notes, *notes)), feed)


def _with_year(line: str, day: date) -> str:
    """A line that begins with a weekday, or with a day without its year, with the next such day from `day` on."""
    said = _DAY.match(line)
    if not said or said[0].lower() in ("today", "yesterday", "tomorrow") or re.search(r"\d{4}", said[0]):
        return line
    try:
        meant = read_day(said[0], today=day + timedelta(days=6))
    except UserError:
        return line
    return f"{meant}{line[said.end() :]}"


def clocks(sentence: str) -> Iterator[Clock]:
    """The times of day that a sentence says after at, around, on and the like."""
    return (clock for _, clock in clocks_behind(sentence, _SAID))


def _begins(line: str) -> bool:
    return any(map(at_start, line.split("|")[1:4])) if is_row(line) else is_timed(line)


def _clean(block: Block, feed: _Feed) -> Block:
    """The block without the references of our own documents, and without lines that are too long to search."""
    lines = []
    for number, line in block.lines:
        if len(line) > MAX_LINE_CHARS:
            why = f"longer than {MAX_LINE_CHARS:,} characters: kept, and not searched for times"
            feed.unread.append(UnreadLine(line_number=number, text=line, why=why))
        else:
            lines.append((number, _REFS.sub("", _ANCHOR.sub("", line))))
    return replace(block, lines=tuple(lines))


def _free(block: Block, feed: _Feed, *, today: date, listed: bool, month_first: bool) -> None:
    """A block under no heading of a section: what lies between its first time and its last is a timeline."""
    times = [at for at, (_, line) in enumerate(block.lines) if _begins(line)]
    if len(times) < RUN_LINES:
        feed.lines += _sentences(block.lines, feed, listed=listed)
        return
    first, last = times[0], times[-1]
    while last + 1 < len(block.lines) and block.lines[last + 1][1].strip():
        last += 1
    if is_row(block.lines[first][1]):
        while first and is_row(block.lines[first - 1][1]):
            first -= 1
    feed.lines += _sentences(block.lines[:first], feed, listed=True)
    run = rows(
        Block(heading="", level=0, line_number=block.line_number, lines=block.lines[first : last + 1]),
        today=today,
        month_first=month_first,
    )
    region = len(feed.lines)
    feed.regions |= {line.number: region for line in run}
    feed.lines += run
    feed.end_entry()
    feed.lines += _sentences(block.lines[last + 1 :], feed, listed=listed)


def _sentences(lines: Sequence[tuple[int, str]], feed: _Feed, *, listed: bool) -> Iterator[Line]:
    """Lines outside a timeline: each that begins with a time, and each sentence that says one."""
    for number, line in lines:
        inside = [] if listed or is_timed(line) else _in_prose(line)
        if inside:
            feed.prose.add(number)
        read = at_start(line) if is_timed(line) else None
        told = "" if not read and at_start(line) else line  # a sentence that begins with `At 12:03`
        for said in inside or [read.line if read else told]:
            yield Line(number=number, raw=line, fed=said)


def _in_prose(line: str) -> list[str]:
    """Each sentence that says a time, as a line that begins with it."""
    said = ((next(clocks(one), None), one) for one in _SENTENCE.split(line.strip()))
    return [f"{clock.typed} - {one}" for clock, one in said if clock]


def _sorted_out(found: Imported, feed: _Feed) -> Timed:
    """What was read, by the lines of the text: entries, riddles, and what stays where it was."""
    lines, regions = feed.lines, feed.regions
    starts = {one.line_number - 1: one for one in found.lines}
    wrong = {one.line_number - 1: one for one in found.unread}
    events: list[Event] = []
    riddles: list[Riddle] = []
    taken = set(regions)
    skip = 0
    for at, line in enumerate(lines):
        region = regions.get(line.number)
        if not line.fed.strip() or line.fed == BREAK:
            continue
        if one := starts.get(at):
            events.append(Event(at=one.at, text=one.text, line_number=line.number, region=region))
        elif at in wrong or skip:
            why = wrong[at].why if at in wrong else ""
            skip = _more(wrong[at], line) if at in wrong else skip - 1
            riddles.append(Riddle(line=line, why="" if why == NO_TIME else why, above=len(events), region=region))
            continue
        elif not (events and line.fed.strip() in events[-1].text) and not _leads(feed, at, starts):
            if region is not None:  # a day or a name that nothing follows
                riddles.append(Riddle(line=line, why="", above=len(events), region=region))
            continue
        taken.add(line.number)
    told = with_riddles(
        events,
        [one for one in riddles if one.region is not None],
        about=[line.number for at, line in enumerate(lines) if line.loose and at in starts],
    )
    stays = feed.prose | feed.stay
    notes = [_NUMBERS.sub(lambda said: _of_the_text(said, lines), note) for note in found.notes]
    return Timed(
        events=told.events,
        in_prose=frozenset(stays & {event.line_number for event in told.events}),
        taken=frozenset(taken - stays),
        unread=tuple(sorted((*feed.unread, *_outside(riddles), *told.unread), key=lambda one: one.line_number)),
        loose=told.loose,
        notes=(*notes, *told.notes),
    )


def _outside(riddles: Sequence[Riddle]) -> Iterator[UnreadLine]:
    """What was meant for a time outside a timeline; it stays where it is."""
    for one in riddles:
        if one.region is None and one.why:
            yield UnreadLine(line_number=one.line.number, text=one.line.words, why=one.why)


def _more(wrong: UnreadLine, line: Line) -> int:
    """How many lines below belong to one that could not be read."""
    named = wrong.text.partition("\n")[0] != line.fed.strip()  # the first is a name above it
    return wrong.text.count("\n") - named


def _leads(feed: _Feed, at: int, starts: Mapping[int, object]) -> bool:
    """Whether a day or a name belongs to an entry below it: the next line, or for a day any of the same timeline."""
    region = feed.regions.get(feed.lines[at].number)
    if region is not None and is_day(feed.lines[at].fed, feed.today):
        return any(feed.regions.get(feed.lines[later].number) == region for later in starts if later > at)
    return next((later for later in range(at + 1, len(feed.lines)) if feed.lines[later].fed.strip()), -1) in starts


def _of_the_text(said: re.Match[str], lines: Sequence[Line]) -> str:
    """Numbers of the lines that were handed on, as those of the text they came from."""
    return said[1] + re.sub(r"\d+", lambda number: str(lines[int(number[0]) - 1].number), said[2])
