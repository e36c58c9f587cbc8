"""A chart as plain shapes on paper: one panel for each number, above each other, on one axis of UTC times.

Nothing is told by colour alone: what a look said is a shape, what changed is written beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.chart.series import Point, Series, spelt
from bot.domain.chart.shapes import Drawing, Line, Mark, Word
from bot.domain.finding import Verdict, rank

WIDTH = 680
LEFT, RIGHT = 58, 590  # of the plots
HEAD, PANEL, PLOT, FOOT = 34, 128, 66, 52
ABOVE = 44  # of a panel's title and its changes
APART = 14  # of two words at the right
LONGEST_NAME = 60
MOST_TIMES = 7
LETTER = 5.9  # the width of one, about

INK = {Verdict.OK: "calm", Verdict.WARNING: "warning", Verdict.CRITICAL: "critical", Verdict.UNKNOWN: "unknown"}
SHAPE = {Verdict.OK: "dot", Verdict.WARNING: "triangle", Verdict.CRITICAL: "square", Verdict.UNKNOWN: "cross"}
SAID = {Verdict.UNKNOWN: "not known"}
_STEPS_S = (10, 30, 60, 120, 300, 600, 1800, 3600)


@dataclass(frozen=True)
class _Span:
    begin: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        """Where a time stands."""
        whole = (self.end - self.begin).total_seconds() or 1.0
        return LEFT + (RIGHT - LEFT) * (at - self.begin).total_seconds() / whole


def draw(system: str, lines: Sequence[Series]) -> Drawing | None:
    """Lay the chart out; None where nothing was worth drawing."""
    if not lines:
        return None
    times = [point.at for point in lines[0].points]
    span = _Span(times[0], max(times[-1], times[0] + timedelta(seconds=60)))
    title = f"{system} · {times[0]:%Y-%m-%d} · {times[0]:%H:%M:%S} to {times[-1]:%H:%M:%S} UTC · {len(times)} looks"
    shapes: list[Line | Mark | Word] = [Word(12, 20, title, "soft")]
    for number, line in enumerate(lines):
        shapes += _panel(line, span, HEAD + number * PANEL)
    bottom = HEAD + len(lines) * PANEL
    shapes += _times(span, bottom)
    shapes += _legend(bottom + 32)
    says = "; ".join(_sentence(line) for line in lines)
    return Drawing(width=WIDTH, height=bottom + FOOT, title=title, says=says, shapes=tuple(shapes))


def _panel(line: Series, span: _Span, top: int) -> list[Line | Mark | Word]:
    floor, low, high = top + ABOVE + PLOT, min(*line.values, 0.0), line.top * 1.06 or 1.0

    def y(value: float) -> float:
        return floor - PLOT * (value - low) / ((high - low) or 1.0)

    member = f"  {line.member}" if line.member else ""
    shapes: list[Line | Mark | Word] = [
        Word(12, top + 14, line.signal[:LONGEST_NAME], bold=True),
        Word(RIGHT, top + 14, f"{member[:LONGEST_NAME]}  ·  {line.unit}".strip(" ·"), "soft", "end"),
        Line(((LEFT, floor), (RIGHT, floor)), "line"),
        Word(LEFT - 8, floor + 4, spelt(low), "soft", "end"),
    ]
    highest = max(line.values)
    if y(low) - y(highest) >= APART:
        shapes += [
            Line(((LEFT, y(highest)), (RIGHT, y(highest))), "line"),
            Word(LEFT - 8, y(highest) + 4, spelt(highest), "soft", "end"),
        ]
    if line.limit is not None and not line.limit_is_far:
        shapes.append(Line(((LEFT, y(line.limit)), (RIGHT, y(line.limit))), "limit", dashed=True))
    shapes += _changes(line.points, span, top)
    shapes += _ways(line.points, span, y)
    shapes += [
        Mark(span.x(one.at), floor if one.value is None else y(one.value), SHAPE[one.verdict], INK[one.verdict])
        for one in line.points
    ]
    return shapes + _at_the_right(line, y, floor)


def _ways(points: Sequence[Point], span: _Span, y: Callable[[float], float]) -> list[Line]:
    """The line, broken where nothing was told."""
    ways: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point.value is None:
            ways.append([])
        else:
            ways[-1].append((span.x(point.at), y(point.value)))
    return [Line(tuple(way), "value") for way in ways if len(way) > 1]


def _changes(points: Sequence[Point], span: _Span, top: int) -> list[Line | Word]:
    """A moment's line for each change of verdict, with its word and time where there is room: the worst first."""
    changed = [point for before, point in pairwise(points) if before.verdict is not point.verdict]
    shapes: list[Line | Word] = [
        Line(((span.x(point.at), top + ABOVE - 8), (span.x(point.at), top + ABOVE + PLOT)), "moment", dashed=True)
        for point in changed
    ]
    taken: list[tuple[float, float]] = []
    for point in sorted(changed, key=lambda one: -rank(one.verdict)):
        x, text = span.x(point.at), f"{SAID.get(point.verdict, point.verdict.value)} {point.at:%H:%M:%S}"
        width = len(text) * LETTER
        at_end = x + width > WIDTH - 8
        begin = x - width if at_end else x
        if all(begin + width + 6 <= left or right + 6 <= begin for left, right in taken):
            shapes.append(Word(x, top + 31, text, INK[point.verdict], "end" if at_end else "start"))
            taken.append((begin, begin + width))
    return shapes


def _at_the_right(line: Series, y: Callable[[float], float], floor: int) -> list[Word]:
    """The newest value and the limit, each at its height unless they would touch."""
    newest = line.points[-1].value
    words = [] if newest is None else [(y(newest), spelt(newest), "ink", True)]
    if line.limit is not None:
        height = floor - PLOT if line.limit_is_far else y(line.limit)
        above = line.limit_is_far or newest is None or line.limit >= newest
        if words and abs(words[0][0] - height) < APART:
            height = words[0][0] + (-APART if above and words[0][0] - APART > floor - PLOT - 6 else APART)
        words.append((height, f"limit {spelt(line.limit)}", "soft", False))
    return [Word(RIGHT + 8, height + 4, text, ink, "start", bold) for height, text, ink, bold in words]


def _times(span: _Span, y: float) -> list[Line | Mark | Word]:
    length_s = (span.end - span.begin).total_seconds()
    step_s = next((step for step in _STEPS_S if length_s / step <= MOST_TIMES), _STEPS_S[-1])
    first = span.begin.timestamp() // step_s * step_s
    shapes: list[Line | Mark | Word] = []
    at_s = first if first >= span.begin.timestamp() else first + step_s
    while at_s <= span.end.timestamp():
        at = datetime.fromtimestamp(at_s, span.begin.tzinfo)
        x = span.x(at)
        shapes += [
            Line(((x, y - 18), (x, y - 14)), "moment"),
            Word(x, y, f"{at:%H:%M}" if step_s >= 60 else f"{at:%H:%M:%S}", "soft", "middle"),
        ]
        at_s += step_s
    return [*shapes, Word(RIGHT + 44, y, "UTC", "soft")]


def _legend(y: float) -> list[Line | Mark | Word]:
    shapes: list[Line | Mark | Word] = []
    x = float(LEFT)
    for verdict in Verdict:
        text = SAID.get(verdict, verdict.value)
        shapes += [Mark(x, y - 4, SHAPE[verdict], INK[verdict]), Word(x + 10, y, text, "soft")]
        x += 34 + len(text) * 7
    return [*shapes, Line(((x, y - 4), (x + 24, y - 4)), "limit", dashed=True), Word(x + 32, y, "limit", "soft")]


def _sentence(line: Series) -> str:
    """`tickets-gone db1:27017 between 0 and 1,167 queued, limit 100, at the worst critical`"""
    limit = f", limit {spelt(line.limit)}" if line.limit is not None else ""
    low, high = spelt(min(line.values)), spelt(max(line.values))
    return f"{line.name} between {low} and {high} {line.unit}{limit}, at the worst {line.worst}"
