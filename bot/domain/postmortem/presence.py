"""Who was there, and when: by the time at which something was written or done, not by the time that it tells of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.incident import Moment
from bot.domain.postmortem.evidence import Evidence
from bot.domain.timeline import Entry, Kind

AS_IT_HAPPENED = timedelta(minutes=15)  # what is written down within this was written while it happened


@dataclass(frozen=True)
class Sign:
    """A sign of life: an entry, and when it was made."""

    at: datetime
    entry: Entry


def made(entry: Entry) -> datetime:
    """Return when an entry was written or done. A message that was pinned later was written when it was posted."""
    return entry.at if entry.kind is Kind.MESSAGE else entry.recorded_at


def noted(entry: Entry) -> datetime:
    """Return when an entry broke a silence: its own time, or, of what was dated back, when it was written."""
    return made(entry) if made(entry) - entry.at > AS_IT_HAPPENED else entry.at


def signs(ev: Evidence) -> Mapping[str, list[Sign]]:
    """Return the signs of life of each person until the close, in order; bots are no participants."""
    closed = ev.moments.get(Moment.CLOSED)
    found: dict[str, list[Sign]] = defaultdict(list)
    for entry in ev.entries:
        at, person = made(entry), ev.facts.people.get(entry.author)
        if not entry.author or entry.kind is Kind.ROOM or (person and person.is_bot) or (closed and at > closed.at):
            continue
        if ev.was_read(entry):
            continue
        found[entry.author].append(Sign(at, entry))
    return {user: sorted(some, key=lambda sign: (sign.at, sign.entry.seq)) for user, some in found.items()}
