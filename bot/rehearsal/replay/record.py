"""What a story puts into the timeline, worked out from the file alone, so that no dated fact is lost unnoticed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from bot.rehearsal.replay import clocks
from bot.rehearsal.replay.story import Act, Fact, Story

PUSHPIN = "pushpin"
TIME = r"\d{1,2}:\d{2}(?: [AP]M)?"
NOTE_TIME = re.compile(rf"/incident note (?:at )?({TIME})")
IMPORT_TIME = re.compile(rf"({TIME})")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One entry the timeline will hold: when it says it happened, and its words."""

    moment: timedelta
    text: str


def recorded(story: Story) -> list[Recorded]:
    """Return the entries that the acts make: commands, notes with their own time, imported lines, pinned messages."""
    pinned = {act.of for act in story.acts if act.do == "reacts" and act.emoji == PUSHPIN}
    return [entry for act in story.acts for entry in _of(act, story.clock, pinned)]


def missing(story: Story) -> list[Fact]:
    """Return the facts that no entry records at their own minute and with all their words."""
    entries = recorded(story)
    return [fact for fact in story.facts if not any(_records(entry, fact) for entry in entries)]


def _records(entry: Recorded, fact: Fact) -> bool:
    same_minute = entry.moment // MINUTE == fact.moment // MINUTE
    return same_minute and all(word.casefold() in entry.text.casefold() for word in fact.words)


def _of(act: Act, clock: clocks.ClockFace, pinned: set[str]) -> Iterator[Recorded]:
    if act.do == "types" and act.text.startswith("/incident import"):
        yield from _imported(act, clock)
    elif act.do == "types":
        note = NOTE_TIME.match(act.text)
        moment = clocks.latest_before(note[1], clock=clock, now=act.moment) if note else act.moment
        yield Recorded(moment=moment, text=act.text)
    elif act.do == "clicks" or act.key in pinned - {""}:
        yield Recorded(moment=act.moment, text=act.text)


def _imported(act: Act, clock: clocks.ClockFace) -> Iterator[Recorded]:
    """Only the first line is read back from now; the others follow it, so that a 12-hour clock rolls over."""
    previous: timedelta | None = None
    for line in act.text.splitlines()[1:]:
        written = IMPORT_TIME.match(line)
        if not written:
            continue
        if previous is None:
            previous = clocks.latest_before(written[1], clock=clock, now=act.moment)
        else:
            previous = clocks.following(written[1], clock=clock, day=previous.days, previous=previous)
        yield Recorded(moment=previous, text=line)
