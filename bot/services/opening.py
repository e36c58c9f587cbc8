"""Reading what an incident is opened with: its title, when the impact began, and when it was first seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.domain.times import find_time
from bot.services.desk import Desk

_MOMENT = re.compile(
    r"\b(started|began|impact|detected|seen)\s+(?=\d|(?:at|since|around|today|yesterday)\b)", re.IGNORECASE
)
_SEEN = ("detected", "seen")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What was typed. `note` says how a time was read, "" where nothing had to be assumed."""

    title: str
    started: datetime | None = None
    detected: datetime | None = None
    note: str = ""


def read(desk: Desk, text: str) -> Opening:
    """Read `checkout is failing started 12:02 detected 12:04`, and `… since 12:02` at its start or end.

    A word such as `started` that no time follows belongs to the title. Raises UserError for a time that cannot be.
    """
    first, *parts = _MOMENT.split(text)
    kept, times, notes = [first], dict[bool, datetime](), list[str]()
    for word, said in zip(parts[::2], parts[1::2], strict=True):
        found = find_time(said, now=desk.now, zone=desk.zone)
        seen = word.lower() in _SEEN
        if found is None or seen in times or not said.strip().endswith(found.rest):  # a time at the end is not its own
            kept.append(f"{word} {said}")
            continue
        times[seen] = found.at
        notes.append(found.note)
        kept.append(found.rest)
    title = " ".join(part.strip() for part in kept if part.strip())
    if False not in times and (found := find_time(title, now=desk.now, zone=desk.zone)):
        times[False], title = found.at, found.rest
        notes.append(found.note)
    started, detected = (min(times[seen], desk.now) if seen in times else None for seen in (False, True))
    return Opening(title=title, started=started, detected=detected, note=" ".join(filter(None, notes)))
