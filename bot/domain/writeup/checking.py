"""What a write-up lacks, and where it blames, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.clocks import read_clock
from bot.domain.imports import UnreadLine
from bot.domain.postmortem.values import TITLES, Part
from bot.domain.writeup.blame import blamed
from bot.domain.writeup.clocked import MAX_LINE_CHARS, clocks
from bot.domain.writeup.items import items
from bot.domain.writeup.reading import COMMENT, PROPOSED, read
from bot.domain.writeup.structure import Parted, bare_item, is_item, parted

NEEDED = (
    Part.SUMMARY,
    Part.IMPACT,
    Part.DETECTION,
    Part.CAUSES,
    Part.RESOLUTION,
    Part.TIMELINE,
    Part.WELL,
    Part.FOLLOW_UPS,
)

NOTHING = "not recorded"  # what our own drafts say of a section without a word
ASKED = "to ask"  # how the questions of our own drafts begin

_ALL_IN_ONE_ZONE = re.compile(
    r"\btimes?\b[^.\n]{0,40}\b(?:UTC|GMT|[A-Z]{2,4}T|[A-Z][a-z]+/[A-Z][a-z_]+|time zone|local time)\b"
    r"|\b(?:UTC|GMT|[ECMP][SD]T|CES?T|EES?T)\b[^.\n]{0,12}\btimes?\b|\btimeline\b\s*\((?:UTC|GMT|[A-Z]{3,4})\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing to look at. `line_number` None is the whole text."""

    line_number: int | None
    sort: str  # time, section, question, follow-up, not read, blame
    what: str
    try_: str


def check(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[Found, ...]:
    """List times without a zone, sections missing or empty, open questions, follow-ups without owner or day, lines that
    cannot be read, and words that blame.

    Raises UserError for what is no such text.
    """
    whole = parted(text)
    unread = read(text, now=now, zone=zone).unread
    found = [*_sections(whole), *_open(whole), *_times(whole, text), *_follow_ups(whole, now, zone)]
    return tuple(sorted((*found, *_not_read(unread), *_blame(whole)), key=lambda one: one.line_number or 0))


def _sections(whole: Parted) -> Iterable[Found]:
    there = {block.part for block in whole.blocks if block.names_it}
    for part in NEEDED:
        if part not in there:
            yield Found(line_number=None, sort="section", what=f"no section on “{TITLES[part]}”", try_=_ASKS[part])


def _open(whole: Parted) -> Iterable[Found]:
    """Sections that say they hold nothing, and lists of questions."""
    for block in whole.blocks:
        for number, line in block.lines:
            if line.strip(" *_.").lower() == NOTHING:
                title = TITLES[block.part] if block.part else block.heading
                remedy = _ASKS.get(block.part, "Say what is known, or strike the section.") if block.part else ""
                yield Found(line_number=number, sort="section", what=f"“{title}” is not recorded", try_=remedy)
        asked = [line for _, line in block.lines if is_item(line)]
        if asked and block.heading.lower().startswith(ASKED):
            many = "1 question is open" if len(asked) == 1 else f"{len(asked)} questions are open"
            remedy = "Write the answers where they belong, and strike the questions."
            yield Found(line_number=block.line_number, sort="question", what=many, try_=remedy)


def _not_read(unread: Iterable[UnreadLine]) -> Iterable[Found]:
    """What an import would list, but for what is told by another finding."""
    for one in unread:
        if one.why not in (COMMENT, PROPOSED):
            why, _, remedy = one.why.partition("; ")
            what = f"“{_short(one.text)}”: {why}"
            remedy = f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "An import lists it."
            yield Found(line_number=one.line_number or None, sort="not read", what=what, try_=remedy)


def _times(whole: Parted, text: str) -> Iterable[Found]:
    if _ALL_IN_ONE_ZONE.search(text):
        return
    for number, line in _lines(whole):
        start = read_clock(bare_item(line).lstrip("*_`[(|# "))
        said = [clock for clock in ((start,) if start else ()) + tuple(clocks(line)) if not clock.zone]
        for typed in dict.fromkeys(clock.typed for clock in said):
            remedy = "Write the zone behind it, or once for all: “All times are UTC.”"
            yield Found(line_number=number, sort="time", what=f"`{typed}` without a time zone", try_=remedy)


def _follow_ups(whole: Parted, now: datetime, zone: ZoneInfo) -> Iterable[Found]:
    today = now.astimezone(zone).date()
    for block in whole.blocks:
        for item in items(block, today=today) if block.part is Part.FOLLOW_UPS else ():
            lacks = [name for name, there in (("owner", item.owner), ("due date", item.due)) if not there]
            if item.proposed:
                what = f"proposed, nobody accepted it yet: “{_short(item.text)}”"
                remedy = "Accept it with an owner and a day, or strike it."
                yield Found(line_number=item.line_number, sort="follow-up", what=what, try_=remedy)
            elif lacks and not item.done:
                what = f"no {' and no '.join(lacks)}: “{_short(item.text)}”"
                remedy = "Add `Owner: name` and `Due: 2026-12-01`; what nobody will do is better struck."
                yield Found(line_number=item.line_number, sort="follow-up", what=what, try_=remedy)


def _blame(whole: Parted) -> Iterable[Found]:
    for number, line in _lines(whole):
        for words, instead in blamed(line):
            yield Found(line_number=number, sort="blame", what=f"“{words}”", try_=instead)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:60].rpartition(' ')[0] or line[:60]} …"


def _lines(whole: Parted) -> Iterable[tuple[int, str]]:
    return ((number, line[:MAX_LINE_CHARS]) for block in whole.blocks for number, line in block.lines)


_ASKS = {
    Part.SUMMARY: "Say in three sentences what broke, for whom, for how long, and what ended it.",
    Part.IMPACT: "Say who was hurt, how many, from when to when, and how that was measured.",
    Part.DETECTION: "Say what showed it first, and what would have shown it sooner.",
    Part.CAUSES: "Say what set it off and which conditions had to come together.",
    Part.RESOLUTION: "Say what ended it and how that was checked.",
    Part.TIMELINE: "Give what happened, one line for each time.",
    Part.WELL: "Say what helped, so that it is kept.",
    Part.FOLLOW_UPS: "Say what will change, each with an owner and a day.",
}
