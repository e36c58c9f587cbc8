"""The whole picture: what stands above what, and the lines that lead through it."""

from __future__ import annotations

from functools import partial

from bot.domain.chart.shapes import Drawing, Line, Shape, Word, cut
from bot.domain.course import bars, lanes, phases, says
from bot.domain.course.paper import EDGE, Paper, Span, axes, span
from bot.domain.course.values import Course

GAP = 8  # between two parts


def draw(course: Course, paper: Paper) -> Drawing | None:
    """Lay the picture out; None where nothing happened that has a length."""
    drawn = span(course, paper)
    if drawn is None:
        return None
    shapes: list[Shape] = []
    y = 4.0
    if paper.brief:
        head = cut(f"{course.label} · {course.title}", paper.width - 2 * EDGE)
        shapes.append(Word(EDGE, y + 16, head, "ink", bold=True))
        y += 26
    made, height = phases.flags(course, drawn, y)
    shapes += made
    y += height
    bar_top = y
    made, nameless = phases.bar(course, drawn, y)
    shapes += made
    y += (phases.BAR if made else 0) + GAP
    parts = (
        partial(_severity, course, drawn),
        partial(bars.waits, course, drawn),
        partial(lanes.lanes, course, drawn, paper),
        partial(bars.systems, course, drawn, paper),
        partial(bars.people, course, drawn, paper),
    )
    inner: list[Shape] = []
    for number, part in enumerate(parts):
        made, height = part(y)
        if made:
            inner += made
            y += height + GAP
            if number:
                inner.append(Line(((EDGE, y - GAP / 2), (drawn.right, y - GAP / 2)), "line"))
    shapes = [*_moments(course, drawn, bar_top, y), *shapes, *inner]
    made, height = axes(drawn, course.zone, y)
    shapes += made
    y += height
    made, height = _foot(course, drawn, paper, nameless, y)
    return Drawing(
        width=paper.width,
        height=round(y + height + 4),
        title=says.title(course),
        says=says.sentences(course, drawn, paper.most_people),
        shapes=(*shapes, *made),
    )


def _severity(course: Course, drawn: Span, y: float) -> tuple[list[Shape], float]:
    made, height = phases.severity(course, drawn, y)
    return ([Word(EDGE, y + 20, "Severity", "soft"), *made], height) if made else ([], 0)


def _moments(course: Course, drawn: Span, top: float, floor: float) -> list[Shape]:
    """A line down through all lanes where a phase ends."""
    ats = [*(one.begin for one in phases.phases(course)), *(one.end for one in phases.phases(course))]
    places = sorted({round(drawn.x(at), 1) for at in ats if drawn.holds(at)})
    return [Line(((x, top), (x, floor)), "guide", dashed=True) for x in places]


def _foot(
    course: Course, drawn: Span, paper: Paper, nameless: list[phases.Phase], top: float
) -> tuple[list[Shape], float]:
    """What the letters and numbers mean, and what is not drawn."""
    shapes, height = phases.legend(nameless, top + 4, paper.width - EDGE)
    lines = [bars.KEY] * bool(course.looked) + says.outside(course, drawn, lanes.LEFT_OUT if paper.brief else ())
    for told in lines:
        shapes.append(Word(EDGE, top + height + 16, cut(told, paper.width - 2 * EDGE), "soft"))
        height += 17
    return shapes, height + 6
