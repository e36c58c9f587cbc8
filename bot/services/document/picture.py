"""The phases as a picture: a bar of inline SVG, drawn by hand, with a tick for each entry. Pure.

Colour never carries the meaning alone: every boundary is labelled, and ticks differ in shape.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from bot.domain.incident import Moment
from bot.domain.metrics import between, spelt_out
from bot.domain.postmortem.values import Draft, Line
from bot.domain.postmortem.wording import HAPPENED
from bot.domain.timeline import Tag

PAD, ROW, BAR = 14, 19, 26  # pixels: margin, label row, bar height
GLYPH, OFF = 6.9, 5  # pixels: a letter's mean width at 13 px, a label's distance from its line
REACH = 0.25  # entries this far outside the phases, as a share of their length, are still drawn

LONGEST = timedelta(days=3660)  # over years, a mistyped date is likelier than an outage, and a bar tells nothing

PHASES = {
    Moment.STARTED: "unnoticed",
    Moment.DETECTED: "noticed",
    Moment.DECLARED: "responding",
    Moment.MITIGATED: "recovering",
    Moment.RESOLVED: "steady",
}
DRAWN = frozenset(PHASES)  # who took it up and what was wrong may be known in any order, so that no phase begins there

SHAPES = {Tag.DECISION: "M{x} 0l4.5 5l-4.5 5l-4.5 -5z", Tag.ACTION: "M{x} 0l4.5 9h-9z"}

_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 43200)


@dataclass(frozen=True)
class Phase:
    """One stretch of the bar: the moment it begins with, and until when."""

    moment: Moment
    begin: datetime
    end: datetime

    @property
    def name(self) -> str:
        """What the phase is called, also its CSS class."""
        return PHASES[self.moment]

    @property
    def length(self) -> str:
        """Its length in words."""
        return spelt_out(between(self.begin, self.end))


@dataclass(frozen=True)
class _Label:
    x: float
    left: float
    right: float
    row: int
    text: str
    end: bool


def phases(draft: Draft) -> list[Phase]:
    """Return the phases between the moments that are known and in order; a contradictory moment is left out."""
    steps: list[tuple[Moment, datetime]] = []
    for moment, known in draft.moments.items():
        if moment in DRAWN and (not steps or known.at >= steps[-1][1]):
            steps.append((moment, known.at))
    return [Phase(moment, at, steps[i + 1][1]) for i, (moment, at) in enumerate(steps[:-1])]


def bar(draft: Draft, width: int) -> str:
    """Return an `<svg>` of `width` pixels, or "" where the phases have no length to draw."""
    drawn = phases(draft)
    if not drawn or not timedelta(0) < drawn[-1].end - drawn[0].begin < LONGEST:
        return ""
    begin, end = _range(draft, drawn)
    scale = (width - 2 * PAD) / (end - begin).total_seconds()

    def x(at: datetime) -> float:
        return round(PAD + (at - begin).total_seconds() * scale, 1)

    def day(at: datetime) -> str:
        return f"{at.day} {at:%b} " if draft.dated else ""

    marks = [(phase.begin, phase.moment) for phase in drawn] + [(drawn[-1].end, _last(draft, drawn))]
    placed = _labels([(x(at), f"{HAPPENED[moment]} {day(at)}{at:%H:%M}") for at, moment in marks], width)
    top = (max(label.row for label in placed) + 1) * ROW + 4
    inside = [line for line in draft.timeline if line.label and begin <= line.at <= end]
    parts = [
        *(_segment(phase, x(phase.begin), x(phase.end), top) for phase in drawn),
        *(_flag(label, top) for label in placed),
        *(_tick(line, x(line.at), top + BAR + 5) for line in inside),
        *_axis(begin, end, x, top + BAR + 24, width),
    ]
    height = top + BAR + 44
    says = escape("; ".join(f"{phase.name} {phase.length}" for phase in drawn))
    head = (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-label="Phases: {says}">'
    )
    return head + "".join(parts) + "</svg>"


def _range(draft: Draft, drawn: Sequence[Phase]) -> tuple[datetime, datetime]:
    """Cut off what lies far outside the phases: a close days later would squeeze the outage into a line."""
    begin, end = drawn[0].begin, drawn[-1].end
    reach = (end - begin) * REACH
    ats = [line.at for line in draft.timeline if begin - reach <= line.at <= end + reach]
    return min([begin, *ats]), max([end, *ats])


def _last(draft: Draft, drawn: Sequence[Phase]) -> Moment:
    known = [m for m, k in draft.moments.items() if k.at == drawn[-1].end and m in DRAWN]
    return known[-1]


def _segment(phase: Phase, left: float, right: float, top: float) -> str:
    size = max(right - left, 1.5)
    shape = f'<rect class="seg {phase.name}" x="{left}" y="{top}" width="{size:.1f}" height="{BAR}"/>'
    if len(phase.length) * GLYPH + 10 > size:
        return shape
    return f'{shape}<text class="len" x="{left + size / 2:.1f}" y="{top + BAR / 2 + 4.5}">{phase.length}</text>'


def _labels(wanted: Sequence[tuple[float, str]], width: int) -> list[_Label]:
    """Place the labels on as few rows as keep each, and its line to the bar, clear of the others."""
    for rows in range(1, len(wanted) + 1):
        placed = _place(wanted, width, rows, [])
        if placed:
            return placed
    return [_Label(x, x, x, row, text, x > width / 2) for row, (x, text) in enumerate(wanted)]


def _place(wanted: Sequence[tuple[float, str]], width: int, rows: int, placed: list[_Label]) -> list[_Label] | None:
    if not wanted:
        return placed
    *rest, (x, text) = wanted
    size = len(text) * GLYPH
    for row in range(rows):
        for end in (False, True):
            left = x - OFF - size if end else x + OFF
            label = _Label(x, left, left + size, row, text, end)
            if label.left >= 0 and label.right <= width and not any(_cross(label, other) for other in placed):
                found = _place(rest, width, rows, [*placed, label])
                if found:
                    return found
    return None


def _cross(one: _Label, other: _Label) -> bool:
    if one.row == other.row:
        return one.left < other.right + 10 and other.left < one.right + 10
    low, high = sorted((one, other), key=lambda label: label.row)
    return low.left <= high.x <= low.right


def _flag(label: _Label, top: float) -> str:
    y = top - 4 - label.row * ROW
    side = ' text-anchor="end"' if label.end else ""
    shift = -OFF if label.end else OFF
    return (
        f'<path class="pole" d="M{label.x} {y - 11:.1f}V{top + BAR}"/>'
        f'<text class="flag" x="{label.x + shift:.1f}" y="{y:.1f}"{side}>{escape(label.text)}</text>'
    )


def _tick(line: Line, x: float, y: float) -> str:
    shaped = [tag for tag in line.tags if tag in SHAPES]
    sort = next(iter((*shaped, *line.tags)), "plain")  # the picture has one sign for each entry
    path = SHAPES[shaped[0]].format(x=x) if shaped else f"M{x} 0v{10 if line.tags else 7}"
    says = escape(f"{line.at:%H:%M} {line.author}: {line.text[:120]}")
    kind = "mark" if shaped else "tick"
    return (
        f'<a href="#{line.label.lower()}" aria-label="{line.label}"><title>{says}</title>'
        f'<path class="{kind} {sort}" transform="translate(0 {y})" d="{path}"/></a>'
    )


def _axis(begin: datetime, end: datetime, x: Callable[[datetime], float], y: float, width: int) -> list[str]:
    minutes = (end - begin).total_seconds() / 60
    most = max(2, width // 90)
    step = timedelta(minutes=next((s for s in _STEPS_MIN if minutes / s <= most), _STEPS_MIN[-1]))
    midnight = begin.replace(hour=0, minute=0, second=0, microsecond=0)
    at = midnight + step * -(-(begin - midnight) // step)
    parts = [f'<path class="axis" d="M{PAD} {y}H{width - PAD}"/>']
    while at <= end:
        label = f"{at.day} {at:%b}" if at.hour == at.minute == 0 else f"{at:%H:%M}"
        parts.append(
            f'<path class="axis" d="M{x(at)} {y}v4"/><text class="hour" x="{x(at)}" y="{y + 17}">{label}</text>'
        )
        at += step
    return parts
