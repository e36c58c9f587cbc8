"""The clocks that sources keep, and the day a story is set on.

A moment here is a timedelta since midnight of the story's first day, in the source's own zone.
All errors are ValueError with a sentence; the loader adds file and line.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum


class ClockFace(StrEnum):
    """How a source writes its times."""

    H24 = "24h"  # 22:30
    H12 = "12h"  # 12:55, then 01:00: twelve hours without saying which half of the day
    AM_PM = "am/pm"  # 8:30 AM


HALF_DAY = timedelta(hours=12)
DAY = timedelta(days=1)

# On a 12-hour clock every time can be read as later than the one before. More than this is more likely
# two lines in the wrong order than a silence.
MAX_SILENCE = timedelta(hours=6)

NAMED_ZONES_H = {"PST": -8, "EST": -5}
LAST_YEARS = 8  # how far back a month and day are looked for


def read(text: str, clock: ClockFace) -> timedelta:
    """Return the time of day as written: `01:10` on a 12-hour clock is 1 h 10 min, `12:55` is 12 h 55 min."""
    found = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ([AP]M))?", text)
    if not found:
        raise ValueError(f"`{text}` is not a time; write it like {_example(clock)}.")
    hour, minute, second, half = int(found[1]), int(found[2]), int(found[3] or 0), found[4]
    if (half is not None) != (clock is ClockFace.AM_PM):
        raise ValueError(f"`{text}` does not fit the clock {clock}; write it like {_example(clock)}.")
    lowest, highest = (0, 23) if clock is ClockFace.H24 else (1, 12)
    if not lowest <= hour <= highest or minute > 59 or second > 59:
        raise ValueError(f"`{text}` is not a time of the clock {clock}.")
    if clock is ClockFace.AM_PM:
        hour = hour % 12 + (12 if half == "PM" else 0)
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _example(clock: ClockFace) -> str:
    return "`8:30 AM`" if clock is ClockFace.AM_PM else "`22:30`"


def following(text: str, *, clock: ClockFace, day: int, previous: timedelta | None) -> timedelta:
    """Return the moment of `text` on the story's `day` (0 is the first), not before `previous`.

    A 12-hour clock rolls over: 01:00 after 12:55 is 13:00. Its first time is taken as written, so 12:00 is noon.
    """
    moment = read(text, clock) + day * DAY
    if previous is None:
        return moment
    if clock is ClockFace.H12:
        while moment < previous:
            moment += HALF_DAY
        if moment - previous > MAX_SILENCE and day * DAY <= previous:
            raise ValueError(f"`{text}` would be {moment - previous} after the line before it. Is it out of order?")
    if moment < previous:
        raise ValueError(f"`{text}` is before the line above it. Put it in order, or say `day = {day + 1}`.")
    return moment


def latest_before(text: str, *, clock: ClockFace, now: timedelta) -> timedelta:
    """Return the last moment, not after `now`, at which this clock showed `text`."""
    turn = HALF_DAY if clock is ClockFace.H12 else DAY
    moment = read(text, clock)
    return moment + (now - moment) // turn * turn


def zone_of(text: str) -> timezone:
    """Return the fixed offset that a source's zone stands for: GMT, UTC, GMT+2, PST."""
    found = re.fullmatch(r"(?:GMT|UTC)([+-]\d{1,2})?", text)
    if found:
        return timezone(timedelta(hours=int(found[1] or 0)), text)
    if text in NAMED_ZONES_H:
        return timezone(timedelta(hours=NAMED_ZONES_H[text]), text)
    raise ValueError(f"`{text}` is not a zone I know; use GMT, UTC, GMT+2 and the like, or {', '.join(NAMED_ZONES_H)}.")


def check_day(text: str) -> None:
    """Refuse anything but "", `2014-04-23` and `08-12`."""
    if not text:
        return
    if not re.fullmatch(r"(\d{4}-)?\d{2}-\d{2}", text):
        raise ValueError(f'`{text}` is not a date; write `2014-04-23`, `08-12`, or "" when the source gives none.')
    try:
        date.fromisoformat(text if len(text) == 10 else f"2001-{text}")  # 2001: 29 February is not in every year
    except ValueError as error:
        raise ValueError(f"`{text}` is not a day of the calendar.") from error


def first_day(text: str, *, lasts: timedelta, zone: timezone, now: datetime) -> date:
    """Return the day a story begins on, given its `date` text and the moment of its last act.

    A full date is that date. A month and day, or nothing, is the most recent one on which all of it would be over.
    """
    if len(text) == 10:
        return date.fromisoformat(text)
    local = now.astimezone(zone)
    if text:
        days = [date.fromisoformat(f"{local.year - back}-{text}") for back in range(LAST_YEARS)]
    else:
        days = [local.date() - back * DAY for back in range(lasts // DAY + 2)]
    return next(day for day in days if midnight(day, zone) + lasts <= now)


def midnight(day: date, zone: timezone) -> datetime:
    """Return the UTC instant at which `day` begins in `zone`."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
