"""What the picture of an incident tells: plain values, free of entries, taken from the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.finding import Verdict
from bot.domain.incident import Moment


class Sort(StrEnum):
    """What an entry is for the picture. An entry is of one sort: the first that fits."""

    DECISION = "decision"
    ACTION = "action"
    STEP = "step"
    UPDATE = "update"  # told to those outside
    SIGN = "sign"  # of the trouble: what people felt, what set it off, what made it worse
    STATUS = "status"
    NOTE = "note"


@dataclass(frozen=True, kw_only=True)
class Happening:
    """One entry. `sign` tells those of one sort apart: `tried`, `skipped`. The heavier is named before the lighter."""

    label: str
    at: datetime
    sort: Sort
    text: str
    sign: str = ""
    weight: int = 0


@dataclass(frozen=True, kw_only=True)
class Graded:
    """From when on which severity held."""

    at: datetime
    severity: str


@dataclass(frozen=True, kw_only=True)
class Presence:
    """One person, from joining or the first entry to the last; `times` are those of their entries."""

    name: str
    begin: datetime
    end: datetime
    times: tuple[datetime, ...]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """One look at a system: the worst that it found."""

    label: str
    at: datetime
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Looked:
    """All looks at one system, in order."""

    system: str
    sights: tuple[Sight, ...]


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A stretch in which people waited for somebody outside, or in which nothing was recorded."""

    begin: datetime
    end: datetime
    silent: bool
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Course:
    """An incident from its beginning to its end. All times UTC; `aside` counts entries that are not drawn."""

    label: str
    title: str
    moments: Mapping[Moment, datetime]
    severities: tuple[Graded, ...]
    happenings: tuple[Happening, ...]
    people: tuple[Presence, ...]
    looked: tuple[Looked, ...]
    waits: tuple[Wait, ...]
    aside: int
    zone: ZoneInfo
