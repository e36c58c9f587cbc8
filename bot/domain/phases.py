"""The phases of an incident, from one moment to the next in time: one set for what is told and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.incident import Moment
from bot.domain.metrics import between

CHAIN = (Moment.STARTED, Moment.DETECTED, Moment.DECLARED, Moment.MITIGATED, Moment.RESOLVED, Moment.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One stretch between two moments."""

    since: Moment
    until: Moment
    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasted, as clocks without seconds tell it."""
        return between(self.begin, self.end)


def phases(ats: Mapping[Moment, datetime]) -> tuple[Phase, ...]:
    """Return the phases between the moments that are known and in order; a contradictory moment is left out.

    What was wrong may be known before the declaration and after the impact, so it stands where it lies in time.
    """
    held: list[tuple[datetime, Moment]] = []
    for moment in CHAIN:
        at = ats.get(moment)
        if at and (not held or at >= held[-1][0]):
            held.append((at, moment))
    known = ats.get(Moment.IDENTIFIED)
    if known and held and held[0][0] <= known <= held[-1][0]:
        order = list(Moment)
        held = sorted([*held, (known, Moment.IDENTIFIED)], key=lambda one: (one[0], order.index(one[1])))
    found: list[Phase] = []
    for (begin, since), (end, until) in pairwise(held):
        if end > begin:
            found.append(Phase(since=since, until=until, begin=begin, end=end))
    return tuple(found)
