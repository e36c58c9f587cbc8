"""What many incidents tell together: medians, 90th percentiles, what lies far out. Pure; never a mean.

Times of incidents are skewed: a few long ones move any mean more than all improvement does. So each figure comes with
its count, and below FEW there is none. What lies far out is named, not averaged away.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from bot.domain.incident import Severity
from bot.domain.walk import MOVES, SAID_AT_CLOSE, Walk

FEW = 5  # fewer than this are too few to say anything about the next one
SHORTEST = timedelta(minutes=1)  # on a logarithmic axis nothing is shorter
FAR = 1.5  # of the middle half's width, above it: Tukey's fence, on the logarithmic axis


@dataclass(frozen=True, kw_only=True)
class Case:
    """One incident's time of one measure."""

    number: int
    severity: Severity
    length: timedelta
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How long, of how many. Without `median` and `p90` they were too few to say, and each stands in `lengths`."""

    n: int
    lengths: tuple[timedelta, ...] = ()
    median: timedelta | None = None
    p90: timedelta | None = None


def summary(lengths: Iterable[timedelta]) -> Summary:
    """Return the median and the 90th percentile: half lasted no longer than the one, nine of ten than the other."""
    ordered = sorted(lengths)
    if len(ordered) < FEW:
        return Summary(n=len(ordered), lengths=tuple(ordered))
    middle = timedelta(seconds=median(length.total_seconds() for length in ordered))
    return Summary(n=len(ordered), median=middle, p90=_ranked(ordered, 0.9))


def outliers(cases: Sequence[Case]) -> tuple[Case, ...]:
    """Return what lies far out, the longest first; none where they are too few to say."""
    if len(cases) < FEW:
        return ()
    ordered = sorted(case.length for case in cases)
    low, high = math.log(_minutes(_ranked(ordered, 0.25))), math.log(_minutes(_ranked(ordered, 0.75)))
    fence = high + FAR * (high - low)
    # The width of nothing is nothing: where the middle half is one and the same, twice its length is far.
    fence = max(fence, high + math.log(2))
    far = (case for case in cases if math.log(_minutes(case.length)) > fence)
    return tuple(sorted(far, key=lambda case: (-case.length, case.number)))


def by_severity(cases: Sequence[Case]) -> dict[Severity, list[Case]]:
    """Sort the cases by severity, the worst first; one that none has is missing."""
    found = {severity: [case for case in cases if case.severity is severity] for severity in Severity}
    return {severity: some for severity, some in found.items() if some}


def by_system(cases: Sequence[Case]) -> dict[str, list[Case]]:
    """Sort the cases by the systems that were looked at, the most frequent first. A case may stand under several."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        for system in case.systems:
            found.setdefault(system, []).append(case)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


@dataclass(frozen=True, kw_only=True)
class Contributed:
    """Something that incidents with a recorded cause or trigger had in common, and which they were."""

    what: str
    incidents: tuple[int, ...]  # numbers, the newest first


def contributed(had: Iterable[tuple[int, Iterable[str]]]) -> tuple[Contributed, ...]:
    """Count what each incident had, once each; what most of them had comes first."""
    found: dict[str, set[int]] = {}
    for number, things in had:
        for thing in things:
            found.setdefault(thing, set()).add(number)
    told = (Contributed(what=what, incidents=tuple(sorted(some, reverse=True))) for what, some in found.items())
    return tuple(sorted(told, key=lambda one: (-len(one.incidents), one.what)))


def step_times(walk: Walk) -> dict[int, timedelta]:
    """Return how long each step that was left behind had been in hand, by its number; all its turns together.

    A press at the close of an incident tells that a step was done, not when; such a step has no time.
    """
    since, in_hand, spent = walk.begun_at, 1, dict[int, timedelta]()
    for mark in walk.marks:
        if mark.did not in MOVES:
            continue
        if mark.reason != SAID_AT_CLOSE:
            spent[in_hand] = spent.get(in_hand, timedelta(0)) + max(timedelta(0), mark.at - since)
        since, in_hand = mark.at, walk.leads_to(mark)
    return {step: length for step, length in spent.items() if step in walk.standing}


def log_place(length: timedelta, longest: timedelta) -> float:
    """Return where a length lies on a logarithmic axis from SHORTEST (0) to `longest` (1)."""
    reach = math.log(max(2.0, _minutes(longest)))
    return min(1.0, math.log(_minutes(length)) / reach)


def _ranked(ordered: Sequence[timedelta], share: float) -> timedelta:
    """The shortest that is at least as long as `share` of all (nearest rank): always one that happened."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _minutes(length: timedelta) -> float:
    return max(length, SHORTEST) / timedelta(minutes=1)
