"""The head of the picture: the moments as flags, the phases between them as a bar, the severity as steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from bot.domain.chart.shapes import Box, Line, Shape, Word, wide
from bot.domain.course.paper import EDGE, MARGIN, Span, clock
from bot.domain.course.values import Course
from bot.domain.incident import Moment
from bot.domain.metrics import between, spelt_out
from bot.domain.phases import phases as between_moments

FLAG, BAR = 17, 26  # heights of a row of flags and of the bar
OFF, APART = 5, 8  # a flag's distance from its pole, and from another flag
MOST_FLAGS, PATIENCE = 6, 300  # rows of flags, and how many places are tried for each number of rows
STEP, LOWEST = 5, 14  # heights of the severity's steps
GRADES = ("sev3", "sev2", "sev1")

FLAGGED = {
    Moment.STARTED: "Impact began",
    Moment.MITIGATED: "Mitigated",
    Moment.DETECTED: "First signal",
    Moment.DECLARED: "Declared",
    Moment.RESOLVED: "Resolved",
    Moment.IDENTIFIED: "Identified",
    Moment.CLOSED: "Closed",
    Moment.ACKNOWLEDGED: "Acknowledged",
}  # the weightiest first
UNTIL = {
    Moment.DETECTED: "unnoticed",
    Moment.DECLARED: "undeclared",
    Moment.IDENTIFIED: "until identified",
    Moment.MITIGATED: "until mitigated",
    Moment.RESOLVED: "until resolved",
    Moment.CLOSED: "until closed",
}
INKS = ("unnoticed", "noticed", "identifying", "responding", "recovering", "steady")


@dataclass(frozen=True, kw_only=True)
class Phase:
    """One stretch between two moments, named by what ends it."""

    number: int
    until: Moment
    begin: datetime
    end: datetime

    @property
    def name(self) -> str:
        """What it is called."""
        return UNTIL[self.until]

    @property
    def ink(self) -> str:
        """Its class."""
        return INKS[list(UNTIL).index(self.until)]

    @property
    def length(self) -> str:
        """Its length in words."""
        return spelt_out(between(self.begin, self.end))

    @property
    def texts(self) -> tuple[str, str, str]:
        """What may stand in its bar, the longest first."""
        return f"{self.number} {self.name} {self.length}", f"{self.number} · {self.length}", str(self.number)


def phases(course: Course) -> tuple[Phase, ...]:
    """The phases in order of time, numbered."""
    told = enumerate(between_moments(course.moments), start=1)
    return tuple(Phase(number=number, until=one.until, begin=one.begin, end=one.end) for number, one in told)


def flags(course: Course, drawn: Span, top: float) -> tuple[list[Shape], float]:
    """The moments by name and time above the bar, the weightiest where there is no room for all."""
    placed = _placed(_grouped(course, drawn), drawn.right + MARGIN - 4)
    rows = max((flag.row for flag in placed), default=-1) + 1
    floor = top + rows * FLAG
    shapes: list[Shape] = []
    for flag in placed:
        y, side = floor - flag.row * FLAG, "end" if flag.end else "start"
        shapes.append(Line(((flag.x, y - 15), (flag.x, floor)), "pole"))
        shapes.append(Word(flag.x + (-OFF if flag.end else OFF), y - 5, flag.text, anchor=side))
    return shapes, rows * FLAG


@dataclass(frozen=True)
class _Flag:
    x: float
    row: int
    text: str
    end: bool

    @property
    def left(self) -> float:
        return self.x - OFF - wide(self.text) if self.end else self.x + OFF

    @property
    def right(self) -> float:
        return self.x - OFF if self.end else self.x + OFF + wide(self.text)

    def crosses(self, other: _Flag) -> bool:
        if self.row == other.row:
            return self.left < other.right + APART and other.left < self.right + APART
        low, high = sorted((self, other), key=lambda flag: flag.row)
        return low.left - 3 <= high.x <= low.right + 3


def _grouped(course: Course, drawn: Span) -> list[tuple[float, str]]:
    """One flag for all moments of the same minute, the weightiest first."""
    names: dict[str, list[Moment]] = {}
    dated = drawn.begin.date() != drawn.end.date()
    for moment in FLAGGED:
        at = course.moments.get(moment)
        if at and drawn.holds(at):
            names.setdefault(clock(at, dated), []).append(moment)
    found = []
    for stamp, moments in names.items():
        told = ", ".join(FLAGGED[one] for one in sorted(moments, key=list(Moment).index)).capitalize()
        found.append((drawn.x(course.moments[moments[0]]), f"{told} {stamp}"))
    return found


def _placed(wanted: Sequence[tuple[float, str]], right: float) -> list[_Flag]:
    """On as few rows as keep every flag and its pole clear of the others; without the lightest where none do."""
    for number in range(len(wanted), 0, -1):
        ordered = sorted(wanted[:number])
        for rows in range(1, MOST_FLAGS + 1):
            if found := _place(ordered, right, rows, [], [PATIENCE]):
                return found
    return []


def _place(
    wanted: Sequence[tuple[float, str]], right: float, rows: int, placed: list[_Flag], left_tries: list[int]
) -> list[_Flag] | None:
    if not wanted:
        return placed
    *rest, (x, text) = wanted
    for row, end in product(range(rows), (False, True)):
        flag = _Flag(x, row, text, end)
        left_tries[0] -= 1
        if left_tries[0] < 0:
            return None
        if flag.left >= EDGE and flag.right <= right and not any(map(flag.crosses, placed)):
            found = _place(rest, right, rows, [*placed, flag], left_tries)
            if found:
                return found
    return None


def bar(course: Course, drawn: Span, top: float) -> tuple[list[Shape], list[Phase]]:
    """The phases side by side, each by number, name and length; and those that had no room for their name."""
    shapes: list[Shape] = []
    nameless: list[Phase] = []
    for phase in phases(course):
        left, right = drawn.x(phase.begin), drawn.x(phase.end)
        told = next((text for text in phase.texts if wide(text) + 8 <= right - left), "")
        if told != phase.texts[0]:
            nameless.append(phase)
        if phase.begin >= drawn.end and phase.end > drawn.end:
            continue
        shapes.append(Box(left, top, max(right - left, 1.5), BAR, phase.ink, says=phase.texts[0]))
        if told:
            shapes.append(Word((left + right) / 2, top + BAR / 2 + 4.5, told, "on-phase", "middle"))
        if phase.number > 1:
            shapes.append(Line(((left, top), (left, top + BAR)), "seam"))
    return shapes, nameless


def legend(nameless: Sequence[Phase], top: float, right: float) -> tuple[list[Shape], float]:
    """The phases that were too short for their names, in rows of words."""
    x, y = float(EDGE), top + 12
    shapes: list[Shape] = []
    for phase in nameless:
        text = phase.texts[0]
        if x > EDGE and x + 14 + wide(text) > right:
            x, y = float(EDGE), y + 17
        shapes += [Box(x, y - 9, 9, 9, phase.ink), Word(x + 14, y, text, "soft")]
        x += 14 + wide(text) + 16
    return shapes, y + 6 - top if shapes else 0


def severity(course: Course, drawn: Span, top: float) -> tuple[list[Shape], float]:
    """Steps, the higher the worse, each with its name where there is room."""
    end = min(drawn.end, course.moments.get(Moment.CLOSED, drawn.end))
    floor = top + LOWEST + STEP * (len(GRADES) - 1)
    shapes: list[Shape] = []
    edge: list[tuple[float, float]] = []
    ends = [one.at for one in course.severities[1:]] + [end]
    for held, until in zip(course.severities, ends, strict=False):
        left = drawn.x(held.at)
        right = max(left + 1.5, drawn.x(until))
        height = LOWEST + STEP * (GRADES.index(held.severity) if held.severity in GRADES else 0)
        says = f"{held.severity} from {clock(held.at, True)} UTC"
        shapes.append(Box(left, floor - height, right - left, height, "grade", says=says))
        edge += [(left, floor - height), (right, floor - height)]
        if right - left >= wide(held.severity) + 8:
            shapes.append(Word(left + 5, floor - 4, held.severity))
        elif held is course.severities[0] and left - drawn.left >= wide(held.severity) + 8:
            shapes.append(Word(left - 5, floor - 4, held.severity, anchor="end"))
    return [*shapes, Line(tuple(edge), "edge")] if edge else [], floor - top + 4
