"""The numbers of a watch as lines over time, and which of them are worth drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.chart.measures import Measured, measured
from bot.domain.finding import Finding, Verdict, rank, worst
from bot.domain.watch import said_of

MOST_SERIES = 4
MOVED_SHARE = 0.1  # of the larger of its height and its limit; below that a line is as good as flat
FAR_TIMES = 4.0  # a limit further above than that would press the line flat
BLOCKS = "▁▂▃▄▅▆▇█"
SPARK_WIDTH = 24

Sample = tuple[datetime, Sequence[Finding]]


@dataclass(frozen=True)
class Point:
    """One look. `value` is None where the number was not told."""

    at: datetime
    value: float | None
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Series:
    """One number of one member over time, named by the worst signal it stood for."""

    signal: str
    member: str
    unit: str
    limit: float | None
    points: tuple[Point, ...]

    @property
    def name(self) -> str:
        """`tickets-gone db1:27017`"""
        return f"{self.signal} {self.member}".strip()

    @property
    def values(self) -> tuple[float, ...]:
        """The numbers that were told."""
        return tuple(point.value for point in self.points if point.value is not None)

    @property
    def worst(self) -> Verdict:
        """The worst that was ever said of it, where it was told at all."""
        return worst_known(self.points)

    @property
    def moved(self) -> float:
        """How far it moved, as a share of the larger of its height and its limit."""
        height = max(*(abs(value) for value in self.values), abs(self.limit or 0.0), 0.0)
        return (max(self.values) - min(self.values)) / height if height else 0.0

    @property
    def top(self) -> float:
        """What the paper has to reach up to: the highest value, and the limit unless it lies far above."""
        return max(*self.values, self.limit if self.limit is not None and not self.limit_is_far else 0.0, 0.0)

    @property
    def limit_is_far(self) -> bool:
        """Whether the limit lies so far above that it is named and not drawn."""
        return self.limit is not None and self.limit > max(*self.values, 0.0) * FAR_TIMES > 0


def worst_known(points: Sequence[Point]) -> Verdict:
    """The worst verdict of the points that have a number."""
    return worst_of([point.verdict for point in points if point.value is not None])


def worst_of(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of some verdicts; OK where there are none."""
    return max(verdicts, key=rank, default=Verdict.OK)


def choose(samples: Sequence[Sample]) -> tuple[Series, ...]:
    """Up to four: those that speak before those that moved, a second member of a signal after every first."""
    worth = [one for one in every(samples) if len(one.values) > 1 and _worth(one)]
    worth.sort(key=lambda one: (-rank(one.worst), -one.moved))
    seen: Counter[str] = Counter()
    turns = []
    for one in worth:
        turns.append((seen[one.signal], one))
        seen[one.signal] += 1
    turns.sort(key=lambda turn: (-rank(turn[1].worst), turn[0]))
    return tuple(one for _, one in turns[:MOST_SERIES])


def every(samples: Sequence[Sample]) -> tuple[Series, ...]:
    """Every number that was told at least once, with a gap where it was not."""
    told = [_numbers(findings) for _, findings in samples]
    keys = dict.fromkeys(key for numbers in told for key in numbers)
    return tuple(_series(samples, [numbers.get(key) for numbers in told]) for key in keys)


def spark(series: Series) -> str:
    """`▁▁▂▇█`, one block for each look, the newest at the right; a dot where nothing was told."""
    low, high = min(*series.values, 0.0), series.top
    span = (high - low) or 1.0
    return "".join(
        "·" if point.value is None else BLOCKS[min(7, int((point.value - low) / span * 7.999))]
        for point in series.points[-SPARK_WIDTH:]
    )


def spelt(value: float) -> str:
    """A number as short as it can stand on an axis: 1,167, 12, 3.4, 0.05."""
    if abs(value) >= 10 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2g}"


def _worth(one: Series) -> bool:
    return one.worst in (Verdict.WARNING, Verdict.CRITICAL) or one.moved >= MOVED_SHARE


def _numbers(findings: Sequence[Finding]) -> dict[tuple[str, str, str], tuple[Finding, Measured]]:
    """The number of each finding; where two tell the same one, the worse finding stands."""
    found: dict[tuple[str, str, str], tuple[Finding, Measured]] = {}
    for finding in findings:
        told = measured(finding)
        if told is None:
            continue
        key = (finding.probe, finding.member, told.key)
        if key not in found or worst([finding, found[key][0]]) is not found[key][0].verdict:
            found[key] = (finding, told)
    return found


def _series(samples: Sequence[Sample], told: Sequence[tuple[Finding, Measured] | None]) -> Series:
    known = [one for one in told if one is not None]
    named = max(reversed(known), key=lambda one: rank(one[0].verdict))
    points = tuple(
        Point(at, one[1].value, one[0].verdict) if one else Point(at, None, _without_number(named[0], findings))
        for (at, findings), one in zip(samples, told, strict=True)
    )
    limits = [one[1].limit for one in known if one[1].limit is not None]
    return Series(
        signal=named[0].signal,
        member=named[0].member,
        unit=named[1].unit,
        limit=limits[-1] if limits else None,
        points=points,
    )


def _without_number(named: Finding, findings: Sequence[Finding]) -> Verdict:
    """What a look said of a signal that it told without a number: a replica that is gone has no link to measure."""
    return said_of((named.signal, named.member), named.probe, findings) or Verdict.UNKNOWN
