"""What lasts, as bars: where people waited, what the systems showed, who was there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.chart.shapes import Box, Line, Shape, Word, cut, wide
from bot.domain.course.paper import EDGE, ROW, Paper, Span, clock
from bot.domain.course.values import Course, Looked, Presence, Wait
from bot.domain.finding import Verdict, rank
from bot.domain.metrics import between, spelt_out

MOST_ROWS = 3  # of waits at the same time
OK_NAMED_PX = 48
WORD_PX = 14.0  # high, with what hangs below the line
KEY = "C critical · W warning, hatched · ? not known, dashed · thin: ok"
SHORTEST_PX, LAST_PX = 2.0, 8.0  # of a stretch, and of one that begins with the last look
LETTERS = {Verdict.OK: "ok", Verdict.WARNING: "W", Verdict.CRITICAL: "C", Verdict.UNKNOWN: "?"}
WORDS = {Verdict.OK: "ok", Verdict.WARNING: "warning", Verdict.CRITICAL: "critical", Verdict.UNKNOWN: "not known"}
HEIGHTS = {Verdict.OK: 4.0, Verdict.WARNING: 9.0, Verdict.CRITICAL: 14.0, Verdict.UNKNOWN: 9.0}
LOOKS = {Verdict.WARNING: "hatched", Verdict.UNKNOWN: "framed"}
INKS = {Verdict.OK: "calm", Verdict.WARNING: "warning", Verdict.CRITICAL: "critical", Verdict.UNKNOWN: "unknown"}


def waits(course: Course, drawn: Span, top: float) -> tuple[list[Shape], float]:
    """The long waits and silences, hatched, with their lengths; those at the same time on rows of their own."""
    rows: list[float] = []
    shapes: list[Shape] = []
    rest = 0
    held = sorted((w for w in course.waits if w.end >= drawn.begin and w.begin <= drawn.end), key=lambda one: one.begin)
    for number, wait in enumerate(held, start=1):
        left, right = drawn.x(wait.begin), max(drawn.x(wait.end), drawn.x(wait.begin) + SHORTEST_PX)
        row = next((number for number, taken in enumerate(rows) if taken <= left), len(rows))
        if row == MOST_ROWS:
            rest += 1
            continue
        rows[row : row + 1] = [right]
        middle = top + row * ROW + ROW / 2
        shapes.append(Box(left, middle - 8, right - left, 16, "wait", "hatched", _says_wait(wait)))
        shapes.append(Box(left, middle - 8, right - left, 16, "wait", "framed"))
        free = drawn.x(held[number].begin) if number < len(held) else drawn.right
        shapes += _waited(wait, left, right, free, middle + 4)
    if not rows:
        return [], 0
    more = f" (+{rest})" if rest else ""
    return [Word(EDGE, top + ROW / 2 + 4, f"Waits{more}", "soft"), *shapes], len(rows) * ROW + 2


def _waited(wait: Wait, left: float, right: float, free: float, y: float) -> list[Shape]:
    """Its length inside, or beside it where nothing else begins."""
    length = spelt_out(between(wait.begin, wait.end))
    texts = (f"{length} silent" if wait.silent else f"{length} waiting", length)
    text = next((text for text in texts if wide(text) + 6 <= right - left), "")
    if text:
        return _on_hatching(text, (left + right - wide(text)) / 2, y, WORD_PX)
    beside = next((text for text in texts if right + 4 + wide(text) + 4 <= free), "")
    return [Word(right + 4, y, beside, "soft")] if beside else []


def _on_hatching(text: str, left: float, y: float, height: float) -> list[Shape]:
    """Words on a hatched bar, which ends where they begin."""
    return [Box(left - 2, y - 4 - height / 2, wide(text) + 4, height, "paper"), Word(left, y, text)]


def _says_wait(wait: Wait) -> str:
    length = spelt_out(between(wait.begin, wait.end))
    return f"{length} without an entry" if wait.silent else f"{length} waiting: {wait.text}"


def systems(course: Course, drawn: Span, paper: Paper, top: float) -> tuple[list[Shape], float]:
    """A bar for each system, the worst first: the higher the worse, and its letter wherever the verdict changes."""
    seen = sorted(course.looked, key=lambda one: -max(rank(sight.verdict) for sight in one.sights))
    shapes: list[Shape] = []
    y = top
    for looked in seen[: paper.most_systems]:
        shapes += [
            Word(EDGE, y + 14, cut(looked.system, paper.left - EDGE - 6) or "…", "soft"),
            *_bar(looked, drawn, y),
        ]
        y += ROW + 2
    if len(seen) > paper.most_systems:
        shapes.append(Word(EDGE, y + 12, _more(len(seen) - paper.most_systems, "system", "systems"), "soft"))
        y += ROW
    return shapes, y - top


def _bar(looked: Looked, drawn: Span, y: float) -> list[Shape]:
    middle = y + ROW / 2
    shapes: list[Shape] = []
    taken = 0.0
    for verdict, label, begin, end in _stretches(looked):
        if end < drawn.begin or begin > drawn.end:
            continue
        left, least = drawn.x(begin), SHORTEST_PX if end > begin else LAST_PX
        left, right = max(left, taken), max(drawn.x(end), left + least)
        if right - left < SHORTEST_PX / 2:
            continue
        taken = right
        height = HEIGHTS[verdict]
        since = clock(begin, drawn.begin.date() != drawn.end.date())
        says = f"{looked.system}: {WORDS[verdict]} from {since} UTC ({label})"
        look = LOOKS.get(verdict, "filled")
        shapes.append(Box(left, middle - height / 2, right - left, height, INKS[verdict], look, says))
        if look == "hatched":
            shapes.append(Box(left, middle - height / 2, right - left, height, INKS[verdict], "framed"))
        text = next((one for one in (WORDS[verdict], LETTERS[verdict]) if wide(one) + 12 <= right - left), "")
        if verdict is Verdict.OK and right - left < OK_NAMED_PX:
            continue  # a thin line says it
        if text and verdict is Verdict.CRITICAL:
            shapes.append(Word((left + right) / 2, middle + 4, text, "on-phase", "middle"))
        elif text and look == "hatched":
            shapes += _on_hatching(text, left + 6, middle + 4, WORD_PX)
        elif text:
            shapes.append(Word(left + 6, middle + 4, text))
    return shapes


def _stretches(looked: Looked) -> list[tuple[Verdict, str, datetime, datetime]]:
    """From one change of the verdict to the next: the last look says what is known, until another is taken."""
    found: list[tuple[Verdict, str, datetime, datetime]] = []
    for sight in looked.sights:
        if found:
            verdict, label, begin, _ = found[-1]
            found[-1] = (verdict, label, begin, sight.at)
        if not found or found[-1][0] is not sight.verdict:
            found.append((sight.verdict, sight.label, sight.at, sight.at))
    return found


def people(course: Course, drawn: Span, paper: Paper, top: float) -> tuple[list[Shape], float]:
    """A bar for each of those who were there longest, with a stroke where they wrote; the rest is counted."""
    most = sorted(course.people, key=lambda one: (one.begin - one.end, -len(one.times)))[: paper.most_people]
    shapes: list[Shape] = []
    y = top
    for person in sorted(most, key=lambda one: one.begin):
        shapes += [
            Word(EDGE, y + 13, cut(person.name, paper.left - EDGE - 6) or "…", "soft"),
            *_present(person, drawn, y),
        ]
        y += ROW - 2
    if len(course.people) > len(most):
        shapes.append(Word(EDGE, y + 13, _more(len(course.people) - len(most), "person", "people"), "soft"))
        y += ROW - 2
    return shapes, y - top


def _present(person: Presence, drawn: Span, y: float) -> list[Shape]:
    left, right = drawn.x(person.begin), drawn.x(person.end)
    dated = drawn.begin.date() != drawn.end.date()
    entries = "1 entry" if len(person.times) == 1 else f"{len(person.times)} entries"
    says = f"{person.name}: {clock(person.begin, dated)} to {clock(person.end, dated)}, {entries}"
    shapes: list[Shape] = [Box(left - 1, y + 6, max(right - left, 1.0) + 2, 6, "presence", says=says)]
    strokes: Sequence[int] = sorted({round(drawn.x(at) / 3) * 3 for at in person.times if drawn.holds(at)})
    return shapes + [Line(((float(x), y + 4), (float(x), y + 14)), "wrote") for x in strokes]


def _more(number: int, one: str, many: str) -> str:
    return f"+ {number} {one if number == 1 else many}"
