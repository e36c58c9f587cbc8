"""What a write-up says of its times as a whole: on which day it happened, and whose clock it tells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.domain.clocks import DAY, read_day, read_zone
from bot.domain.writeup.pasted import plain
from bot.errors import UserError

_DATE = re.compile(
    r"(?:^|[\s>*_.;,|-])(?:date|when|day|datum)[*_]*\s*[:=|][*_\s]*"
    r"(?P<said>[0-9A-Za-z][0-9A-Za-z ,./-]{3,40}?)[*_\s]*(?=\.?\s|[;|*)]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_ZONE = re.compile(
    r"\b(?:[Tt]imes?|[Zz]eit(?:en)?)(?:\s?zone)?\s*(?:(?:are|is|in|sind)\s+)?(?:all\s+)?"
    r"(?:in\s+|given in\s+|[*_]{0,2}:[*_\s]*|=\s*)?"
    r"(?P<said>(?:UTC|GMT)[+-][0-9:]{1,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+|[A-Z]{2,5})\b"
)
_HEADED = re.compile(  # `## Timeline (UTC)`, `| Time (CET) | Event |`
    r"(?:^\s{0,3}#{1,6}\s.{0,60}|^.{0,200}\b(?:[Tt]ime ?line|[Tt]imes?|[Ww]hen|[Uu]hrzeit)\b[^|()\n]{0,30})"
    r"\((?:[Aa]ll )?(?:times? )?(?:are )?(?:in )?"
    r"(?P<said>(?:UTC|GMT)[+-][0-9:]{1,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+|[A-Z]{2,5})\)",
    re.MULTILINE,
)
MAX_ZONE_CHARS = 80
MAX_DAY_CHARS, MAX_DAY_WORDS = 60, 4  # of a day with its weekday and its year
_DATED = re.compile(rf"(?=[^\n]{{0,40}}\d{{4}})(?<![\w-]){DAY}(?<=\d{{4}})|\d{{4}}-\d{{2}}-\d{{2}}", re.IGNORECASE)
_ELSEWHERE = {
    "MEZ": "CET",
    "MESZ": "CEST",
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}


def day(text: str, meta: Mapping[str, str], *, today: date, month_first: bool = False) -> date | None:
    """Return the day that the text or its front matter gives as its own, None where it gives none."""
    lines = (text[found.start("said") : found.start("said") + MAX_DAY_CHARS] for found in _DATE.finditer(text))
    for said in (meta.get("date", ""), *(line.partition("\n")[0] for line in lines)):
        words = plain(said.strip(), month_first=month_first).split()
        for many in range(min(MAX_DAY_WORDS, len(words)), 0, -1):
            try:
                found = read_day(" ".join(words[:many]).strip(" .,;|*_)"), today=today)
            except UserError:
                continue
            if found:
                return found
    return None


def day_of(words: Iterable[str], *, today: date, month_first: bool = False) -> date | None:
    """Return the first day with its year that any of these words name, as in a title."""
    for said in words:
        for found in _DATED.finditer(plain(said, month_first=month_first, anywhere=True)):
            try:
                return read_day(found[0], today=today)
            except UserError:
                continue
    return None


def is_zone(line: str) -> bool:
    """Whether a line says whose clock the times are told by, and nothing else."""
    return len(line) < MAX_ZONE_CHARS and zone(line) is not None and not re.search(r"\d:\d\d", line)


def name(zone: ZoneInfo) -> str:
    """Return what people call a zone: UTC+2, and not Etc/GMT-2 for the same."""
    behind = re.fullmatch(r"Etc/GMT([+-]\d+)", zone.key)
    return f"UTC{-int(behind[1]):+d}" if behind else zone.key


def zone(text: str) -> ZoneInfo | None:
    """Return the zone that the text says its times are in, None where it says none that is sure."""
    for found in (*_ZONE.finditer(text), *_HEADED.finditer(text)):
        try:
            known = read_zone(_ELSEWHERE.get(found["said"], found["said"]))
        except UserError:
            continue
        if isinstance(known, ZoneInfo):
            return known
        ahead = known.utcoffset(None) if isinstance(known, timezone) else None
        if ahead is not None and not ahead % timedelta(hours=1):
            hours = int(ahead / timedelta(hours=1))
            return ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "UTC")  # POSIX counts westwards
    return None
