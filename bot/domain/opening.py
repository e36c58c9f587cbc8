"""Reading what an incident is opened with: its title, when the impact began, and when it was first seen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.times import find_time
from bot.errors import UserError

_MOMENT = re.compile(
    r"\b(started|began|impact|detected|seen)\s+(?=\d|(?:at|since|around|today|yesterday)\b)", re.IGNORECASE
)
_MEANS = {"detected": "detected", "seen": "detected"}


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What was typed. `note` says how a time was read, "" where nothing had to be assumed."""

    title: str
    started: datetime | None = None
    detected: datetime | None = None
    note: str = ""


def read(text: str, *, now: datetime, zone: ZoneInfo) -> Opening:
    """Read `checkout is failing started 12:02 detected 12:04`, and `… since 12:02` at its start or end.

    A word such as `started` that no time follows belongs to the title. Raises UserError, with the whole text in
    `typed`, for a time that cannot be.
    """
    try:
        return _read(text, now, zone)
    except UserError as wrong:
        raise UserError(wrong.message, wrong.hint, typed=text) from None


def _read(text: str, now: datetime, zone: ZoneInfo) -> Opening:
    first, *parts = _MOMENT.split(text)
    kept, times, notes = [first], dict[str, datetime](), list[str]()
    for word, said in zip(parts[::2], parts[1::2], strict=True):
        found = find_time(said, now=now, zone=zone)
        moment = _MEANS.get(word.lower(), "started")
        if (
            found is None or moment in times or not said.strip().endswith(found.rest)
        ):  # a time at the end is not its own
            kept.append(f"{word} {said}")
            continue
        times[moment] = found.at
        notes.append(found.note)
        kept.append(found.rest)
    title = " ".join(part.strip() for part in kept if part.strip())
    if "started" not in times and (found := find_time(title, now=now, zone=zone)):
        times["started"], title = found.at, found.rest
        notes.append(found.note)
    started, detected = (min(times[name], now) if name in times else None for name in ("started", "detected"))
    return Opening(title=title, started=started, detected=detected, note=" ".join(filter(None, notes)))
