"""What a system was like at one moment, when such a record is taken, and how long it is kept."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.index_diff import REST

NIGHT = time(3, 0)  # in the team's zone; our own judgement: most are asleep, and the backups of midnight are written
SPREAD_S = 900  # systems are not asked all at once
ALL_FOR = timedelta(days=14)
WEEKLY_FOR = timedelta(days=365)


class Why(StrEnum):
    """What a snapshot was taken for."""

    NIGHT = "night"
    ASKED = "asked"
    DIFF = "diff"  # what an older one was compared with; no base for the next comparison


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A system at one moment. `body` is what `bot/probes/<kind>/snapshot.py` made of the members' answers.

    Its sections: `indexes` {set: lists}, `counts` {name: n}, `settings` {whose: {name: value}}, `members`
    {name: {…}}, `roles`, `versions` and `runs` by member, `backups`, and `gaps`: what could not be read, in words. A
    section, or a member in it, that is not there was not read.
    """

    id: str
    team_id: str
    system: str
    why: Why
    taken_at: datetime
    number: int = 0  # within the system, from 1; 0 while it is not stored
    asked_by: str = ""
    took_s: float = 0.0
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What could not be read, a sentence's end for each."""
        return tuple(self.body.get("gaps", ()))

    @property
    def summary(self) -> str:
        """`4 collections, 9 indexes, 3 members`: what was read, in numbers."""
        lists = [
            held for one in self.body.get("indexes", {}).values() for name, held in one.items() if name not in REST
        ]
        backups = self.body.get("backups") or {}
        counted = (
            ("collection", len(lists)),
            ("index", sum(len(held) for held in lists)),
            ("member", len(self.body.get("roles", {}))),
            ("backup", backups.get("files", 0)),
        )
        return ", ".join(f"{many} {_plural(word, many)}" for word, many in counted if many) or "nothing"

    @property
    def sections(self) -> tuple[str, ...]:
        """What was read of the system."""
        return tuple(name for name, held in self.body.items() if name != "gaps" and held)


def _plural(word: str, many: int) -> str:
    return word if many == 1 else "indexes" if word == "index" else f"{word}s"


def next_night(system: str, now: datetime, zone: ZoneInfo) -> datetime:
    """When the next nightly snapshot of a system is due, later than `now`: at NIGHT, some minutes apart by its name."""
    apart = timedelta(seconds=zlib.crc32(system.encode()) % SPREAD_S)
    today = now.astimezone(zone).date()
    for days in range(3):
        due = datetime.combine(today + timedelta(days=days), NIGHT, zone).astimezone(now.tzinfo) + apart
        if due > now:
            return due
    raise AssertionError("no night within two days")


def kept(moments: Iterable[datetime], now: datetime) -> frozenset[datetime]:
    """Those that are kept: all of the last 14 days, before that the first of each week, for a year."""
    young, weeks = set(), dict[tuple[int, int], datetime]()
    for moment in sorted(moments):
        if now - moment <= ALL_FOR:
            young.add(moment)
        else:
            week = moment.isocalendar()
            weeks.setdefault((week.year, week.week), moment)
    return frozenset(young | {first for first in weeks.values() if now - first <= WEEKLY_FOR})
