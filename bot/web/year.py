"""The days of a year as two half years of weeks: where each day stands, and what its mark says. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from bot.services.overview import Busy

CELL_PX = 18
LEFT_PX, TOP_PX = 30, 18
MOST_WEEKS = 28  # that a half year can reach into; both halves are as wide, so that both are as large


@dataclass(frozen=True, kw_only=True)
class Day:
    """A day with incidents, at its place on the paper."""

    day: date
    x: int
    y: int
    busy: Busy


@dataclass(frozen=True, kw_only=True)
class Half:
    """Half a year: a column for each week, Monday first."""

    name: str
    width: int
    height: int
    months: tuple[tuple[int, str], ...]  # x and name
    quiet: str  # the path of all days on which nothing was declared
    days: tuple[Day, ...]


def halves(year: int, days: Mapping[date, Busy]) -> tuple[Half, Half]:
    """Return the year in two halves."""
    return _half(year, 1, days), _half(year, 7, days)


def _half(year: int, first_month: int, days: Mapping[date, Busy]) -> Half:
    first = date(year, first_month, 1)
    last = date(year, first_month + 5, monthrange(year, first_month + 5)[1])
    monday = first.toordinal() - first.weekday()
    quiet, marked = [], []
    for ahead in range((last - first).days + 1):
        day = first + timedelta(days=ahead)
        x, y = LEFT_PX + (day.toordinal() - monday) // 7 * CELL_PX, TOP_PX + day.weekday() * CELL_PX
        if day in days:
            marked.append(Day(day=day, x=x, y=y, busy=days[day]))
        else:
            quiet.append(f"M{x + 7} {y + 7}h3v3h-3z")
    months = [date(year, first_month + ahead, 1) for ahead in range(6)]
    return Half(
        name=f"{months[0]:%B} to {months[-1]:%B} {year}",
        width=LEFT_PX + MOST_WEEKS * CELL_PX,
        height=TOP_PX + 7 * CELL_PX,
        months=tuple((LEFT_PX + (day.toordinal() - monday + 6) // 7 * CELL_PX, f"{day:%b}") for day in months),
        quiet="".join(quiet),
        days=tuple(marked),
    )
