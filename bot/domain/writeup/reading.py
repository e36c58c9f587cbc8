"""A write-up kept by hand, read into what an incident is made of. What has no place of its own goes to the summary."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.arguments import find_severity
from bot.domain.imports import UnreadLine
from bot.domain.incident import MAX_TITLE_CHARS, Moment, Severity
from bot.domain.postmortem.values import Part
from bot.domain.writeup import stated
from bot.domain.writeup.clocked import Timed, timed
from bot.domain.writeup.items import MAX_ITEM_CHARS, Item, items
from bot.domain.writeup.moments import Moments, Said, marked, moments
from bot.domain.writeup.own import is_own, plainly
from bot.domain.writeup.pasted import writes_month_first
from bot.domain.writeup.phases import Statement, statements
from bot.domain.writeup.riddles import Event
from bot.domain.writeup.rows import table_heads
from bot.domain.writeup.sections import sections
from bot.domain.writeup.structure import Block, Parted, parted
from bot.domain.writeup.tables import is_row
from bot.errors import UserError

_SEVERITY = re.compile(r"(?:.{0,200}[.;,|])?[\s>*_-]*severity[*_]*\s*[:=|][*_\s]*(?P<said>[\w -]{1,20})", re.IGNORECASE)
_ABOUT_ITSELF = re.compile(
    r"[\s>*_-]{0,8}(?:date|authors?|written by|status|severity|last updated|version)[*_]{0,2}\s?:[*_\s]{0,4}\S.{0,80}",
    re.IGNORECASE,
)
_ARCHIVE_LABEL = re.compile(r"^(INC-\d+):\s*")
MOST_STATED_CHARS = 100  # a longer line tells more than its moment
PROPOSED = "a proposal that nobody accepted, so no follow-up"
COMMENT = "a comment, left out"
NOBODY_NAMED_IT = "A write-up without words"


@dataclass(frozen=True, kw_only=True)
class Writeup:
    """What a write-up gave. `sections` are Markdown; `notes` are sentences that say what was assumed.

    `loose` are rows of a timeline without any time at all.
    """

    title: str
    headed: bool  # whether the text names its title, and it is not just how it begins
    severity: Severity | None
    lines: tuple[Event, ...]
    moments: Mapping[Moment, Said]
    loose: tuple[str, ...]
    sections: Mapping[Part, str]
    named: frozenset[Part]  # the sections that have a heading of their own
    follow_ups: tuple[Item, ...]
    unread: tuple[UnreadLine, ...]
    notes: tuple[str, ...]

    @property
    def dated(self) -> bool:
        """Whether it says when anything happened, so that an incident can be made of it."""
        return bool(self.lines or self.moments)


def read(text: str, *, now: datetime, zone: ZoneInfo) -> Writeup:
    """Read a write-up. Clock times without a zone are those of `zone`. Raises UserError for what is no such text."""
    own = is_own(text)
    text = plainly(text) if own else text
    whole = parted(text)
    today, said = now.astimezone(zone).date(), stated.zone(text)
    zone, month_first = said or zone, writes_month_first(text)
    told = tuple(statements(whole))
    title = _title(whole)
    day = stated.day(text, whole.meta, today=today, month_first=bool(month_first)) or stated.day_of(
        [one.read.clock.day for one in told if one.read] + [title], today=today, month_first=bool(month_first)
    )
    times = timed(
        _unstated(whole, told), now=now, zone=zone, date=day, month_first=bool(month_first), one_zone=said is not None
    )
    about = _about_itself(whole)
    recorded = (number for b in whole.blocks if own and b.part is Part.TIMES for number, _ in b.lines)
    times = replace(times, taken=times.taken | about.keys() | set(recorded))
    found = moments(told, times.events, now=now, zone=zone, date=day)
    texts, long = sections(whole, times)
    kept, cut = _follow_ups(whole, today, bool(month_first))
    unread = (*times.unread, *found.unread, *_comments(whole), *long, *cut)
    return Writeup(
        title=_cut(title),
        headed=whole.title is not None or bool(whole.meta.get("title")),
        severity=_severity(whole),
        lines=marked(times.events, found.kept),
        moments=found.kept,
        loose=times.loose,
        sections=texts,
        named=frozenset(block.part for block in whole.blocks if block.names_it and block.part),
        follow_ups=kept,
        unread=tuple(sorted(unread, key=lambda one: one.line_number)),
        notes=tuple(dict.fromkeys(_notes(whole, title, said, times, found, month_first))),
    )


def _about_itself(whole: Parted) -> dict[int, str]:
    """The lines above all sections that tell of the document: its date, its author, its status."""
    found: dict[int, str] = {}
    for block in whole.blocks:
        if block.names_it or (block.part and block.part is not Part.SUMMARY):
            break
        found |= {number: line.strip() for number, line in block.lines if _ABOUT_ITSELF.fullmatch(line)}
    return found


def _unstated(whole: Parted, told: tuple[Statement, ...]) -> list[Block]:
    """The blocks without the lines that do nothing but state a moment."""
    numbers = {one.line_number for one in told}
    return [
        replace(
            block,
            lines=tuple(pair for pair in block.lines if pair[0] not in numbers or len(pair[1]) > MOST_STATED_CHARS),
        )
        for block in whole.blocks
    ]


def _title(whole: Parted) -> str:
    """The title as it stands: that of the front matter, of the heading, or the first sentence."""
    said = whole.meta.get("title", "").strip() or (whole.title.heading if whole.title else "")
    if said:
        return " ".join(said.split())
    line = next((line for block in whole.blocks for _, line in block.lines if line.strip()), NOBODY_NAMED_IT)
    return " ".join(re.split(r"(?<=[.!?])\s", line.strip(" #*_>-|"))[0].split()) or NOBODY_NAMED_IT


def _cut(title: str) -> str:
    line = _ARCHIVE_LABEL.sub("", title)
    return line if len(line) <= MAX_TITLE_CHARS else f"{line[: MAX_TITLE_CHARS - 2].rpartition(' ')[0]} …"


def _severity(whole: Parted) -> Severity | None:
    said = [whole.meta.get("severity", "")]
    said += [found["said"] for block in whole.blocks for _, line in block.lines if (found := _SEVERITY.match(line))]
    for word in filter(None, said):
        try:
            severity, _ = find_severity(word.strip())
        except UserError:
            continue
        if severity:
            return severity
    return None


def _follow_ups(whole: Parted, today: date, month_first: bool) -> tuple[tuple[Item, ...], list[UnreadLine]]:
    """The follow-ups, each short enough for a task, and the ends of those that were not."""
    kept, cut = [], []
    listed = (items(b, today=today, month_first=month_first) for b in whole.blocks if b.part is Part.FOLLOW_UPS)
    for item in (one for some in listed for one in some):
        if item.proposed:
            cut.append(UnreadLine(line_number=item.line_number, text=item.text, why=PROPOSED))
            continue
        if item.maybe:
            why = f"no owner read; if {item.maybe} is the owner, write `owner: {item.maybe}`"
            cut.append(UnreadLine(line_number=item.line_number, text=item.text, why=why))
        if len(item.text) > MAX_ITEM_CHARS:
            why = f"a follow-up of {len(item.text):,} characters, of which {MAX_ITEM_CHARS} are kept"
            cut.append(UnreadLine(line_number=item.line_number, text=item.text, why=why))
            item = replace(item, text=f"{item.text[: MAX_ITEM_CHARS - 2].rpartition(' ')[0] or item.text[:300]} …")
        kept.append(item)
    return tuple(kept), cut


def _comments(whole: Parted) -> list[UnreadLine]:
    return [UnreadLine(line_number=number, text=said, why=COMMENT) for number, said in whole.comments]


def _notes(
    whole: Parted, title: str, said: ZoneInfo | None, times: Timed, found: Moments, month_first: bool | None
) -> Iterator[str]:
    """Sentences on what was assumed, and on what is not kept because its place says it."""
    if said:
        yield f"Clock times without a zone are those of {stated.name(said)}, as the text says."
    for number, line in (pair for block in whole.blocks for pair in block.lines):
        if number in times.taken and stated.is_zone(line) and not is_row(line):
            yield f"Line {number} says so: {line.strip()}"
    for number, line in _about_itself(whole).items():
        yield f"Line {number} tells of the document and is kept in no section: {line}"
    if month_first is None:
        yield "Days such as 03/04/2026 are read with the day first: write 2026-04-03 where that is wrong."
    yield from times.notes
    yield from found.notes
    if times.in_prose:
        many = len(times.in_prose)
        lines = "1 line of prose" if many == 1 else f"{many} lines of prose"
        yield f"Times were found in {lines}: each such sentence is an entry, and stays in its section too."
    for block in whole.blocks:
        for number, line in table_heads(block) if block.part in (Part.TIMELINE, Part.FOLLOW_UPS, None) else ():
            yield f"Line {number} is read as the names of a table's columns: {' · '.join(_cells(line))}."
    for block in whole.blocks:
        if not whole.is_title(block) and block.heading and not block.text.strip() and block.part is None:
            yield f"Line {block.line_number} only groups what stands below it: “{block.heading}”."
    if label := _ARCHIVE_LABEL.match(title):
        yield f"{label[1]} was its number elsewhere: here it gets one of its own."
    if len(_cut(title)) < len(_ARCHIVE_LABEL.sub("", title)):
        yield f"Its title is longer than {MAX_TITLE_CHARS} characters and is cut: “{title}”."


def _cells(line: str) -> list[str]:
    return [cell for cell in map(str.strip, line.split("|")) if cell]
