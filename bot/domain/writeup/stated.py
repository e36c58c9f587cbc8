"""What a write-up says of its times as a whole: on which day it happened, and whose clock it tells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta, timezone
from zoneinfo import ZoneInfo

from bot.domain.clocks import read_day, read_zone
from bot.errors import UserError

_DATE = re.compile(
    r"(?:^|[\s>*_.;,|-])date[*_]*\s*[:=][*_\s]*(?P<said>[0-9A-Za-z][0-9A-Za-z ,./-]{3,40}?)[*_\s]*(?=\.?\s|[;|*)]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_ZONE = re.compile(
    r"\b[Tt]imes?(?:\s?zone)?\s*(?:(?:are|is)\s+)?(?:all\s+)?(?:in\s+|given in\s+|[*_]{0,2}:[*_\s]*|=\s*)?"
    r"(?P<said>(?:UTC|GMT)[+-][0-9:]{1,5}|[A-Z][a-z]+/[A-Z][A-Za-z_]+|[A-Z]{2,5})\b"
)


def day(text: str, meta: Mapping[str, str], *, today: date) -> date | None:
    """Return the day that the text or its front matter gives as its own, None where it gives none."""
    for said in (meta.get("date", ""), *(found["said"] for found in _DATE.finditer(text))):
        for words in (said, " ".join(said.split()[:3]), " ".join(said.split()[:1])):
            try:
                found = read_day(words.strip(" .,"), today=today) if words.strip() else None
            except UserError:
                continue
            if found:
                return found
    return None


def zone(text: str) -> ZoneInfo | None:
    """Return the zone that the text says its times are in, None where it says none that is sure."""
    for found in _ZONE.finditer(text):
        try:
            known = read_zone(found["said"])
        except UserError:
            continue
        if isinstance(known, ZoneInfo):
            return known
        ahead = known.utcoffset(None) if isinstance(known, timezone) else None
        if ahead is not None and not ahead % timedelta(hours=1):
            hours = int(ahead / timedelta(hours=1))
            return ZoneInfo(f"Etc/GMT{-hours:+d}" if hours else "UTC")  # POSIX counts westwards
    return None
