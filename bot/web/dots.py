"""Dots on a logarithmic time axis: each an incident, in the lane of its severity. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.incident import Severity
from bot.domain.insights import Case, log_place, summary

LEFT_PX, RIGHT_PX, LANE_PX, FOOT_PX, HEAD_PX = 44, 16, 34, 22, 18
MANY = 400  # from here on dots are small, and lead nowhere: the page would be nothing but links
DOT_PX, SMALL_PX = 4, 2
TICKS = (
    (timedelta(minutes=1), "1 min"),
    (timedelta(minutes=5), "5 min"),
    (timedelta(minutes=15), "15 min"),
    (timedelta(hours=1), "1 h"),
    (timedelta(hours=4), "4 h"),
    (timedelta(days=1), "1 d"),
    (timedelta(days=7), "7 d"),
    (timedelta(days=30), "30 d"),
)


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One incident on the paper."""

    case: Case
    x: float
    y: float


@dataclass(frozen=True, kw_only=True)
class Plot:
    """Every case of a measure on paper of `width` by `height`."""

    width: int
    height: int
    many: bool
    lanes: tuple[tuple[Severity, float], ...]
    ticks: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]
    drawn: tuple[tuple[Severity, str], ...]  # all dots of a severity as one path, for where they are very many
    lines: tuple[tuple[float, str], ...]  # where median and 90th percentile lie; none where they are too few


def plot(cases: Sequence[Case], width: int) -> Plot:
    """Return the plot of some cases. Dots that would lie on one another move up and down within their lane."""
    longest = max([timedelta(hours=4), *(case.length for case in cases)])
    room, dot_px = width - LEFT_PX - RIGHT_PX, SMALL_PX if len(cases) > MANY else DOT_PX

    def across(length: timedelta) -> float:
        return round(LEFT_PX + room * log_place(length, longest), 1)

    middles = {severity: HEAD_PX + LANE_PX * (at + 0.5) for at, severity in enumerate(Severity)}
    stacked: dict[tuple[Severity, int], int] = {}
    dots = []
    for case in sorted(cases, key=lambda case: (case.length, case.number)):
        x = across(case.length)
        key = (case.severity, int(x // (2 * dot_px)))
        stacked[key] = stacked.get(key, 0) + 1
        dots.append(Dot(case=case, x=x, y=round(middles[case.severity] + _aside(stacked[key], dot_px), 1)))
    return Plot(
        width=width,
        height=HEAD_PX + LANE_PX * len(Severity) + FOOT_PX,
        many=len(cases) > MANY,
        lanes=tuple(middles.items()),
        ticks=tuple((across(length), name) for length, name in TICKS if length <= longest),
        dots=tuple(dots),
        drawn=tuple(
            (severity, "".join(f"M{dot.x} {dot.y}h0" for dot in dots if dot.case.severity is severity))
            for severity in Severity
        ),
        lines=tuple((across(length), name) for length, name in _told(cases)),
    )


def _told(cases: Sequence[Case]) -> list[tuple[timedelta, str]]:
    told = summary(case.length for case in cases)
    return [(length, name) for length, name in ((told.median, "median"), (told.p90, "90 %")) if length is not None]


def _aside(place: int, dot_px: int) -> float:
    """Where the 1st, 2nd, 3rd… of a stack lies beside the lane's middle; the lane's edge is the end of it."""
    away = (place // 2) * 2 * dot_px * (1 if place % 2 else -1)
    most = LANE_PX / 2 - dot_px - 1
    return max(-most, min(most, away))
