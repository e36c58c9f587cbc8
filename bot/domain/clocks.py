"""A time of day as people write it: `12:03`, `8 am`, `22:24 GMT+2`, `yesterday at 23:50`, `April 23 2014, 10:24 pm`.

This file only reads words. Which day a bare `12:03` belongs to is decided in times.py and imports.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.errors import UserError

HOW_TO_TYPE = "Type it as `at 12:03`, `at 12:03 GMT`, `at 2026-04-23 22:24` or `10 min ago`."
FIRST_YEAR, LAST_YEAR = 1970, 2199  # dates beyond are typing mistakes; at year 1 and 9999 there is no UTC to convert to
MAX_CLOCK_CHARS = 120  # nobody writes a time longer than this; it also bounds the work on hostile text

_OFFSETS_H = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BST": 1}
_OFFSETS_H |= {"UTC": 0, "GMT": 0, "Z": 0, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
_REGIONS = "Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific|Etc|US"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_ORDINAL = r"[0-9]{1,2}(?:st|nd|rd|th)?\b"
_YEAR = r"(?:,?\s+(?P<{0}>[0-9]{{4}})(?![0-9:]))?"
DAY = (
    rf"(?:(?:{_WEEKDAY},?\s+)?(?:[0-9]{{4}}[-/][0-9]{{1,2}}[-/][0-9]{{1,2}}"
    rf"|{_MONTH}\s+{_ORDINAL}(?:,?\s+[0-9]{{4}}(?![0-9:]))?"
    rf"|{_ORDINAL}\s+(?:of\s+)?{_MONTH}(?:,?\s+[0-9]{{4}}(?![0-9:]))?)"
    rf"|(?:today|yesterday|tomorrow)\b(?!['’])|{_WEEKDAY}(?!['’]))"
)
_SHIFT = r"[+−-](?:(?:0?[0-9]|1[0-4])(?::[0-5][0-9])?|(?:0[0-9]|1[0-4])[0-5][0-9])(?![0-9])"
_ZONE = (
    rf"(?:(?:UTC|GMT)(?:{_SHIFT})?(?![a-z0-9])|(?:[ECMP][SD]T|BST|IST|CES?T|EES?T)(?!\w)"
    rf"|(?:{_REGIONS})/[a-z_+-]+(?:/[a-z_]+)?[0-9]{{0,2}}|(?-i:Z)(?!\w))"
)
_CLOCK = re.compile(
    rf"(?:(?P<day>{DAY})(?:\s*,\s*|\s+|(?<=[0-9])T(?=[0-9]))(?:at\s+)?)?"
    r"(?:(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?(?![0-9])"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?|(?P<bare>[0-9]{1,2})\s?(?P<bare_half>[ap])\.?m\b\.?)"
    rf"(?:z(?!\w)|\s?\(?(?P<zone>{_ZONE})\)?|(?P<offset>\s?[+−-](?:0[0-9]|1[0-4]):?(?:00|30|45)(?![0-9:])))?"
    rf"(?:,?\s+(?:(?P<then>(?:today|yesterday)\b(?!['’]))|on\s+(?P<on>{DAY})))?"
    r"(?![\w/%]|[:.][0-9])",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[*_`\])|]{0,4}\s{0,4}(?:[:,;|>.]{1,4}(?=[\s*_`]|$|[^\W\d])|[-–—](?![-\d]))?[*_`\s|]{0,8}")
_DATE = re.compile(
    rf"(?:{_WEEKDAY},?\s+)?(?:(?P<year>[0-9]{{4}})[-/](?P<month>[0-9]{{1,2}})[-/](?P<day>[0-9]{{1,2}})"
    rf"|(?P<name>{_MONTH})\s+(?P<first>[0-9]{{1,2}})(?:st|nd|rd|th)?{_YEAR.format('year1')}"
    rf"|(?P<second>[0-9]{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month_name>{_MONTH}){_YEAR.format('year2')})",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class Clock:
    """A time of day as it was typed. Nothing in it is checked until `wall` is asked for."""

    hour: int
    minute: int
    second: int = 0
    microsecond: int = 0
    half: str = ""  # "a" for am, "p" for pm, "" when nobody said
    zone: str = ""  # as typed: GMT, GMT+2, +03:00, Europe/Helsinki; "" when nobody said
    day: str = ""  # as typed: yesterday, 2026-04-23, April 23; "" when nobody said
    typed: str
    end: int  # where it ends in the text it was read from

    @property
    def half_unknown(self) -> bool:
        """True when a 12-hour clock could be meant: 1 to 12 without am or pm."""
        return not self.half and 1 <= self.hour <= 12

    def wall(self) -> time:
        """The time of day on the wall, leap seconds as :59. Raises UserError for 25:00, 12:75 and 13:00 am."""
        hour = self.hour
        if self.half and hour <= 12:
            hour = hour % 12 + (12 if self.half == "p" else 0)
        wrong_half = (self.half == "a" and self.hour > 12) or (self.half == "p" and self.hour == 0)
        if wrong_half or hour > 23 or self.minute > 59 or self.second > 60:
            raise UserError(f"`{self.typed}` is not a time of day.", hint=HOW_TO_TYPE)
        return time(hour, self.minute, min(self.second, 59), self.microsecond)


def read_clock(text: str, start: int = 0) -> Clock | None:
    """Read the time of day that begins exactly at `start`, with the day and zone around it; None if there is none."""
    found = _CLOCK.match(text, start, start + MAX_CLOCK_CHARS)
    if not found:
        return None
    said = found.groupdict(default="")
    clock = Clock(
        hour=int(said["hour"] or said["bare"]),
        minute=int(said["minute"] or 0),
        second=int(said["second"] or 0),
        microsecond=int(said["fraction"][:6].ljust(6, "0")),
        half=(said["half"] or said["bare_half"]).lower(),
        zone=said["zone"] or said["offset"].strip(),
        day=said["day"] or said["then"] or said["on"],
        typed=found.group().strip(),
        end=found.end(),
    )
    if re.match(r"z(?!\w)", text[_end_of_digits(found) : found.end()], re.IGNORECASE):
        return replace(clock, zone="Z")
    if (
        said["offset"]
        and not clock.day
        and ("+" not in clock.zone or (said["offset"][0].isspace() and ":" not in clock.zone))
    ):
        # `12:03-05:00` is a span and `12:03 +1000 errors` is a number; only a full date makes them offsets.
        return replace(clock, zone="", typed=text[start : found.start("offset")].strip(), end=found.start("offset"))
    return clock


def skip_separator(text: str, end: int) -> int:
    """Where the words begin after a time that ends at `end`: past ` - `, `: ` and `] `, not past `-1 node`."""
    found = _SEPARATOR.match(text, end)
    return found.end() if found else end


def _end_of_digits(found: re.Match[str]) -> int:
    return max(found.end(name) for name in ("minute", "second", "fraction", "bare"))


def read_zone(typed: str) -> tzinfo:
    """The time zone a word names; GMT+2 is two hours ahead of GMT, all year. Raises UserError when it is unsure."""
    word = typed.upper().replace("−", "-")
    if word == "IST":
        choices = "UTC+5:30 (India), UTC+2 (Israel) or UTC+1 (Ireland)"
        raise UserError(f"`{typed}` names three time zones.", hint=f"Type {choices} in its place.")
    if word in _OFFSETS_H:
        return timezone(timedelta(hours=_OFFSETS_H[word]), "UTC" if word == "Z" else word)
    if shift := re.fullmatch(r"(?:UTC|GMT)?([+-])([0-9]{1,2}?):?([0-9]{2})?", word):
        ahead = timedelta(hours=int(shift[2]), minutes=int(shift[3] or 0))
        return timezone(-ahead if shift[1] == "-" else ahead, word if word[0] in "UG" else f"UTC{word}")
    for name in (typed, "/".join(part.title() for part in typed.split("/"))):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    raise UserError(f"I know no time zone `{typed}`.", hint="Type it like Europe/Helsinki, UTC+2 or GMT.")


def read_day(typed: str, *, today: date) -> date | None:
    """The date that the whole of `typed` names, None if it names none.

    A day without a year, or only a weekday, is the most recent one up to `today`. Raises UserError for April 31.
    """
    word = " ".join(typed.lower().split())
    if word in ("today", "yesterday", "tomorrow"):
        return today + timedelta(days=("yesterday", "today", "tomorrow").index(word) - 1)
    if re.fullmatch(_WEEKDAY, word):
        return today - timedelta(days=(today.weekday() - _WEEKDAYS.index(word[:3])) % 7)
    found = _DATE.fullmatch(word)
    if not found:
        return None
    said = found.groupdict(default="")
    name = said["name"] or said["month_name"]
    month = _MONTHS.index(name[:3]) + 1 if name else int(said["month"])
    year = said["year"] or said["year1"] or said["year2"]
    day = int(said["day"] or said["first"] or said["second"])
    years = [int(year)] if year else range(today.year, today.year - 5, -1)  # five: February 29 needs a leap year
    for candidate in years:
        try:
            read = date(candidate, month, day)
        except ValueError:
            continue
        if not FIRST_YEAR <= read.year <= LAST_YEAR:
            break
        if year or read <= today:
            return read
    raise UserError(f"`{typed}` is not a date.", hint="Type the date as 2026-04-23.")


def to_utc(day: date, wall: time, zone: tzinfo) -> tuple[datetime, str]:
    """The moment when the clocks of `zone` showed `wall` on `day`, and a remark when they showed it twice or never."""
    local = datetime.combine(day, wall, tzinfo=zone)
    at = local.astimezone(UTC)
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    if first is None or second is None or first == second:
        return at, ""
    if first < second:
        return at, f"{wall:%H:%M} was skipped that day (the clocks went forward): taken as {describe(at, zone)}."
    return at, f"{wall:%H:%M} came twice that day (the clocks went back): taken as the first, {at:%H:%M} UTC."


def season_note(typed: str, at: datetime, home: tzinfo) -> str:
    """A remark when the offset somebody stated is the one `home` has in the other half of the year; "" otherwise.

    The stated offset stands: we cannot know whether the offset or the habit was wrong.
    """
    stated, then = at.astimezone(read_zone(typed)).utcoffset(), at.astimezone(home)
    seasons = [at.replace(month=month, day=15).astimezone(home).utcoffset() for month in (1, 7)]
    if then.utcoffset() == stated or stated not in seasons:
        return ""
    return f"{typed} is taken as written ({at:%H:%M} UTC); clocks in {home} showed {then:%H:%M} then."


def describe(at: datetime, zone: tzinfo) -> str:
    """`13:10 UTC`: the time of day on the clocks of `zone`."""
    local = at.astimezone(zone)
    name = local.tzname() or "UTC"
    return f"{local:%H:%M} {name if name[0].isalpha() else f'UTC{name}'}"


def describe_day(at: datetime, zone: tzinfo, now: datetime) -> str:
    """`13:10 UTC`, and `2026-04-22 23:10 UTC` for a day that is not today's in `zone`."""
    local = at.astimezone(zone)
    today = local.date() == now.astimezone(zone).date()
    return describe(at, zone) if today else f"{local:%Y-%m-%d} {describe(at, zone)}"
