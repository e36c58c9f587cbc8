"""The papers a course is drawn on, and where a time stands on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.chart.shapes import Line, Shape, Word, wide
from bot.domain.course.values import Course
from bot.domain.incident import Moment

LONGEST = timedelta(days=3660)  # over years, a mistyped date is likelier than an outage, and a picture tells nothing
SHORTEST = timedelta(minutes=1)
REACH = 0.25  # what lies further outside the outage, as a share of its length, is counted and not drawn
LATER = (Moment.RESOLVED, Moment.CLOSED)
FAR_TIMES, FAR = 4, timedelta(hours=1)  # what is later than both of these after the beginning is far off
EDGE, MARGIN = 12, 28  # free at the left of everything, and at the right of the plot
ROW, AXIS = 20, 18  # heights
_STEPS_S = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000)
_TICK_APART = 16  # of the words of two ticks


@dataclass(frozen=True, kw_only=True)
class Paper:
    """Its width, where the plot begins, and how much it holds.

    A `brief` one stands alone and small, as in a channel: it has a title, and no lanes of notes and changes of status.
    """

    width: int
    left: int
    most_people: int = 8
    most_systems: int = 6
    column: int = 40  # the height of the lane of a sort that crowds
    brief: bool = False


WIDE = Paper(width=820, left=124)
PHONE = Paper(width=360, left=88)
CHANNEL = Paper(width=480, left=104, most_people=4, most_systems=3, column=30, brief=True)


@dataclass(frozen=True, kw_only=True)
class Span:
    """The drawn stretch of time, from `left` to `right` on the paper."""

    begin: datetime
    end: datetime
    left: float
    right: float

    def x(self, at: datetime) -> float:
        """Where a time stands; what lies outside stands at the edge."""
        share = (at - self.begin) / (self.end - self.begin)
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    def holds(self, at: datetime) -> bool:
        """Whether a time is drawn."""
        return self.begin <= at <= self.end

    def dated(self, zone: tzinfo) -> bool:
        """Whether midnight is crossed."""
        return self.begin.astimezone(zone).date() != self.end.astimezone(zone).date()


def span(course: Course, paper: Paper) -> Span | None:
    """Which stretch is drawn: all, or the outage and some time around it where the rest would press it together."""
    happened = [one.at for one in course.happenings]
    closed = course.moments.get(Moment.CLOSED)  # what comes after it is counted and not drawn
    ats = [at for at in (*happened, *_edges(course)) if not closed or at <= closed] + list(course.moments.values())
    if not ats or max(ats) - min(ats) >= LONGEST or not (happened or max(ats) > min(ats)):
        return None
    begin, end = _core(course) or (min(ats), max(ats))
    reach = max(SHORTEST, (end - begin) * REACH)
    near = [at for at in ats if begin - reach <= at <= end + reach]
    begin, end = min([begin, *near]), max([end, *near])
    if end - begin < SHORTEST:
        end = begin + SHORTEST
    most = max(len(course.happenings), 10)
    return Span(begin=begin, end=end, left=paper.left + 8, right=paper.width - MARGIN - 6 * (len(str(most)) - 2))


def _core(course: Course) -> tuple[datetime, datetime] | None:
    """From the first moment to the end of the impact; to the steady state and the close unless they are far off."""
    known = [at for moment, at in course.moments.items() if moment not in LATER]
    if not known or max(known) == min(known):
        known = [at for moment, at in course.moments.items() if moment is not Moment.CLOSED]
    if not known or max(known) - min(known) < SHORTEST:
        return None
    begin, end = min(known), max(known)
    for moment in LATER:
        at = course.moments.get(moment, end)
        if at - begin <= max(FAR_TIMES * (end - begin), FAR):
            end = max(end, at)
    return begin, end


def _edges(course: Course) -> Iterable[datetime]:
    for person in course.people:
        yield from (person.begin, person.end)
    for looked in course.looked:
        yield from (one.at for one in looked.sights)


def clock(at: datetime, dated: bool) -> str:
    """`12:08`, or `13 Mar 12:08`."""
    return f"{at.day} {at:%b %H:%M}" if dated else f"{at:%H:%M}"


def axes(drawn: Span, zone: ZoneInfo, top: float) -> tuple[list[Shape], float]:
    """The axis in UTC, and below it the team's zone where that is another; and how high they are."""
    same = all(at.astimezone(zone).utcoffset() == timedelta(0) for at in (drawn.begin, drawn.end))
    zones = [(drawn.begin.tzinfo or ZoneInfo("UTC"), "UTC")] + ([] if same else [(zone, _called(zone))])
    ticks = _ticks(drawn, [one for one, _ in zones])
    line = Line(((drawn.left, top), (drawn.right, top)), "axis")
    shapes: list[Shape] = [line, *(Line(((drawn.x(at), top), (drawn.x(at), top + 4)), "axis") for at in ticks)]
    dated = any(drawn.dated(one) for one, _ in zones)
    for row, (one, name) in enumerate(zones):
        shapes += _row(drawn, ticks, one, Word(EDGE, top + AXIS + row * 16, name, "soft"), dated)
    return shapes, AXIS + 16 * len(zones)


def _row(drawn: Span, ticks: list[datetime], zone: tzinfo, name: Word, dated: bool) -> list[Word]:
    words = [name]
    last = None
    for at in ticks:
        there = at.astimezone(zone)
        new_day = dated and there.date() != last
        word = Word(drawn.x(at), name.y, _told(there, new_day, ticks), "soft", "middle")
        left, right = word.room
        if left > words[-1].room[1] + 4 and right < drawn.right + MARGIN:
            words.append(word)
            last = there.date()
    return words


def _told(at: datetime, new_day: bool, ticks: list[datetime]) -> str:
    if new_day and (at.hour, at.minute) == (0, 0):
        return f"{at.day} {at:%b}"
    if new_day:
        return f"{at.day} {at:%b} {at:%H:%M}"
    return f"{at:%H:%M:%S}" if any(tick.second for tick in ticks) else f"{at:%H:%M}"


def _ticks(drawn: Span, zones: list[tzinfo]) -> list[datetime]:
    length_s = (drawn.end - drawn.begin).total_seconds()
    widest = "00 Mar 00:00" if any(drawn.dated(zone) for zone in zones) else "00:00"
    most = max(2.0, (drawn.right - drawn.left) / (wide(widest) + _TICK_APART))
    step_s = next((step for step in _STEPS_S if length_s / step <= most), _STEPS_S[-1])
    midnight = drawn.begin.replace(hour=0, minute=0, second=0, microsecond=0)
    number = -(-(drawn.begin - midnight).total_seconds() // step_s)
    ticks = []
    while (at := midnight + timedelta(seconds=number * step_s)) <= drawn.end:
        ticks.append(at)
        number += 1
    return ticks


def _called(zone: ZoneInfo) -> str:
    return str(zone.key).rpartition("/")[2].replace("_", " ")[:9]
