"""The time somebody says in a note: `at 12:03 …`, `10 min ago …`, `… since 12:02 GMT`.

A time counts in two places only, so that prose is left alone:

* at the very start, alone or after at, since, from, around: `12:03 GMT the sale begins`;
* at the very end, after at, since, from or around, or with `ago`, or with a day before it: `they call us at 12:13`.

`users report failures at 12:03 since the deploy` says its time in the middle, and stays whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.clocks import (
    HOW_TO_TYPE,
    MAX_CLOCK_CHARS,
    Clock,
    describe,
    describe_day,
    read_clock,
    read_day,
    read_zone,
    season_note,
    skip_separator,
    to_utc,
)
from bot.errors import UserError

__all__ = ["Read", "describe", "describe_day", "find_time", "spell"]

EARLY_S = 120  # how far a typed minute may run ahead of our clock before it counts as the future
AHEAD = timedelta(hours=12)  # a bare clock time up to this far ahead is a slip; 23:50 typed at 00:10 was yesterday's

_LEAD = re.compile(r"[\s\-*•>_`\[(|]{0,8}(?:(?:at|since|from|on)\s{1,4})?(?:(?:around|about|circa)\s{1,4}|~\s?)?", re.I)
_TAIL_WORD = re.compile(r"(?<!\S)(?:(?:at|since|from|on|around)\s{1,4}(?:around\s{1,4}|about\s{1,4}|~\s?)?)", re.I)
_TAIL_DAY = re.compile(r"(?<!\S)(?=yesterday\b|today\b|[0-9]{4}-)", re.I)
_SPAN = re.compile(r"\s{0,3}(?:[-–—]|to\b|until\b|till\b)\s{0,3}(?=[0-9]{1,2}:[0-9]{2})", re.I)
_DOTTED = re.compile(r"(?<=\bat )([01]?[0-9]|2[0-3])\.([0-5][0-9])(?=$|[\s,;:])", re.I)
_UNSURE_DATE = re.compile(r"([0-9]{1,2}[/.][0-9]{1,2}[/.](?:[0-9]{4}|[0-9]{2})),?\s{1,4}(?:at\s)?[0-9]{1,2}:[0-9]{2}")

_UNIT = r"(?P<{0}>s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)"
_AGO = re.compile(
    r"(?P<half>half\s+an\s+hour)\s+ago\b"
    rf"|(?P<many>an?|one|[0-9]{{1,4}})\s*{_UNIT.format('unit')}"
    rf"(?:,?\s*(?:and\s+)?(?:(?P<more>[0-9]{{1,4}})\s*{_UNIT.format('more_unit')}|(?P<and_half>a\s+half)))?\s+ago\b",
    re.I,
)
_BEFORE_AGO = re.compile(r"(?<!\S)(?:since|from|at)?\s{0,4}(?:around|about|circa|~)?\s{0,4}\Z", re.I)
_UNIT_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Read:
    """A time that was said: `at` in UTC, `rest` the text without it, `note` what was assumed ("" if nothing was)."""

    at: datetime
    rest: str
    note: str = ""


def find_time(text: str, *, now: datetime, zone: ZoneInfo, after: datetime | None = None) -> Read | None:
    """Return the time said at the start or the end of `text`, None when none is said there.

    Without a stated zone the clock is that of `zone`; without a day it is today's, or yesterday's where today's lies
    over AHEAD ahead of `now`. `after` is when the incident began: it tells 01:10 from 13:10 on a 12-hour clock. Raises
    UserError, with the whole text in `typed`, for a time that does not exist, lies ahead, or can be read in two ways.
    """
    try:
        return _at_start(text, now, zone, after) or _at_end(text, now, zone, after)
    except UserError as wrong:
        raise UserError(wrong.message, wrong.hint, typed=text) from None


def spell(duration: timedelta) -> str:
    """`1 h 37 min`, `45 s`, `2 d 3 h`: the two largest units, rounded down; `0 s` for anything shorter or negative."""
    left_s = max(0, int(duration.total_seconds()))
    parts: list[tuple[int, str]] = []
    for unit_s, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        parts.append((left_s // unit_s, name))
        left_s %= unit_s
    first = next((place for place, (many, _) in enumerate(parts) if many), len(parts) - 1)
    told = [f"{many} {name}" for many, name in parts[first : first + 2] if many]
    return " ".join(told) or "0 s"


def _at_start(text: str, now: datetime, zone: ZoneInfo, after: datetime | None) -> Read | None:
    text = text.strip()
    lead = _LEAD.match(text)
    begin = lead.end() if lead else 0
    if ago := _AGO.match(text, begin, begin + MAX_CLOCK_CHARS):
        return Read(now - _length(ago), text[skip_separator(text, ago.end()) :].strip())
    if unsure := _UNSURE_DATE.match(text, begin):
        raise UserError(f"I cannot tell the day from the month in `{unsure[1]}`.", hint="Type the date as 2026-04-23.")
    clock = read_clock(text, begin) or _dotted(text, begin)
    if not clock:
        return None
    at, note = _place(clock, now, zone, after)
    # A span such as `12:03-12:30` stays in the text: its end would be lost otherwise.
    rest = text if _SPAN.match(text, clock.end) else text[skip_separator(text, clock.end) :].strip()
    return Read(at, rest, note)


def _at_end(text: str, now: datetime, zone: ZoneInfo, after: datetime | None) -> Read | None:
    text = text.strip()
    last = len(text) - (len(text[-8:]) - len(text[-8:].rstrip(" .)!")))
    first = max(0, last - MAX_CLOCK_CHARS)
    for ago in _AGO.finditer(text, first, last):
        if ago.end() == last and (ago.start() == 0 or not text[ago.start() - 1].isalnum()):
            return Read(now - _length(ago), _BEFORE_AGO.sub("", text[: ago.start()]).rstrip(" ,;–—-~"))
    places = [(m.start(), m.end()) for pattern in (_TAIL_WORD, _TAIL_DAY) for m in pattern.finditer(text, first, last)]
    for start, begin in sorted(places):
        clock = read_clock(text[:last], begin)
        if clock and clock.end == last:
            at, note = _place(clock, now, zone, after)
            return Read(at, text[:start].rstrip(" ,;–—-"), note)
    return None


def _dotted(text: str, begin: int) -> Clock | None:
    found = _DOTTED.match(text, begin)
    return found and Clock(hour=int(found[1]), minute=int(found[2]), typed=found[0], end=found.end())


def _length(ago: re.Match[str]) -> timedelta:
    if ago["half"]:
        return timedelta(minutes=30)
    unit_s = _UNIT_S[ago["unit"][0].lower()]
    total_s = unit_s * (int(ago["many"]) if ago["many"].isdigit() else 1)
    if ago["and_half"]:
        total_s += unit_s // 2
    if ago["more"]:
        total_s += int(ago["more"]) * _UNIT_S[ago["more_unit"][0].lower()]
    return timedelta(seconds=total_s)


def _place(clock: Clock, now: datetime, zone: ZoneInfo, after: datetime | None) -> tuple[datetime, str]:
    """The moment a clock means, and what had to be assumed."""
    where: tzinfo = read_zone(clock.zone) if clock.zone else zone
    at, note = _on_a_day(clock, now, where) if clock.day else _most_recent(clock, now, where, after)
    if clock.zone and (remark := season_note(clock.zone, at, zone)):
        note = f"{note} {remark}".strip()
    return at, note


def _on_a_day(clock: Clock, now: datetime, where: tzinfo) -> tuple[datetime, str]:
    today = now.astimezone(where).date()
    at, note = to_utc(read_day(clock.day, today=today) or today, clock.wall(), where)
    if at > now + timedelta(seconds=EARLY_S):
        raise _not_yet(clock, now, where, HOW_TO_TYPE)
    return at, note


def _most_recent(clock: Clock, now: datetime, where: tzinfo, after: datetime | None) -> tuple[datetime, str]:
    wall = clock.wall()
    latest = now + timedelta(seconds=EARLY_S)
    day = latest.astimezone(where).date()
    at, note = to_utc(day, wall, where)
    ahead = at - now
    if at > latest:
        at, note = to_utc(day - timedelta(days=1), wall, where)
    later = at + timedelta(hours=12)
    if after and clock.half_unknown and at < after <= later <= latest:
        half, meant = ("am", "night") if wall.hour < 12 else ("pm", "day")
        typed = f"{wall:%H:%M}"
        read_as = f"I read {typed} as {describe(later, where)} (a 12-hour clock)"
        return later, f"{read_as}; type `at {typed} {half}` if you meant the {meant}."
    if latest - now < ahead <= AHEAD:
        day_before = f"`at yesterday {clock.typed}` if it was yesterday's"
        raise _not_yet(clock, now, where, f"Type the right time, or {day_before}.")
    local = at.astimezone(where)
    if not note and local.date() != now.astimezone(where).date():
        note = f"Taken as {local:%Y-%m-%d} {describe(at, where)}, the last time it was {wall:%H:%M}."
    return at, note


def _not_yet(clock: Clock, now: datetime, where: tzinfo, hint: str) -> UserError:
    is_now = f"{now.astimezone(where):%Y-%m-%d} {describe(now, where)}"
    return UserError(f"`{clock.typed}` has not happened yet; it is {is_now}.", hint=hint)
