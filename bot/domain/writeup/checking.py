"""What a write-up lacks, and where it blames, line by line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.clocks import read_clock
from bot.domain.postmortem.values import TITLES, Part
from bot.domain.writeup.blame import blamed
from bot.domain.writeup.clocked import MAX_LINE_CHARS, clocks
from bot.domain.writeup.items import items
from bot.domain.writeup.structure import Parted, bare_item, parted

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

_ALL_IN_ONE_ZONE = re.compile(
    r"\btimes?\b[^.\n]{0,40}\b(?:UTC|GMT|[A-Z]{2,4}T|[A-Z][a-z]+/[A-Z][a-z_]+|time zone|local time)\b"
    r"|\b(?:UTC|GMT|[ECMP][SD]T|CES?T|EES?T)\b[^.\n]{0,12}\btimes?\b|\btimeline\b\s*\((?:UTC|GMT|[A-Z]{3,4})\)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing to look at. `line_number` 0 is the whole text."""

    line_number: int
    sort: str  # time, section, follow-up, blame
    what: str
    try_: str


def check(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[Found, ...]:
    """List times without a zone, missing sections, follow-ups without owner or day, and words that blame.

    Raises UserError for what is no such text.
    """
    whole = parted(text)
    found = [*_sections(whole), *_times(whole, text), *_follow_ups(whole, now, zone), *_blame(whole)]
    return tuple(sorted(found, key=lambda one: one.line_number))


def _sections(whole: Parted) -> Iterable[Found]:
    there = {block.part for block in whole.blocks if block.names_it}
    for part in NEEDED:
        if part not in there:
            yield Found(line_number=0, sort="section", what=f"no section on “{TITLES[part]}”", try_=_ASKS[part])


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
            if lacks and not item.done:
                words = item.text if len(item.text) <= 60 else f"{item.text[:60].rpartition(' ')[0]} …"
                what = f"no {' and no '.join(lacks)}: “{words}”"
                remedy = "Add `Owner: name` and `Due: 2026-12-01`; what nobody will do is better struck."
                yield Found(line_number=item.line_number, sort="follow-up", what=what, try_=remedy)


def _blame(whole: Parted) -> Iterable[Found]:
    for number, line in _lines(whole):
        for words, instead in blamed(line):
            yield Found(line_number=number, sort="blame", what=f"“{words}”", try_=instead)


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
