"""The entries, each sort on a lane of its own: as signs while they are few, as counted columns where they crowd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.chart.shapes import Box, Line, Mark, Shape, Word, cut, wide
from bot.domain.course.paper import EDGE, ROW, Paper, Span, clock
from bot.domain.course.values import Course, Happening, Sort

NAMED = {
    Sort.SIGN: "Trouble",
    Sort.DECISION: "Decisions",
    Sort.ACTION: "Actions",
    Sort.STEP: "Steps",
    Sort.UPDATE: "Updates",
    Sort.STATUS: "Status",
    Sort.NOTE: "Notes",
}
SHAPES = {
    Sort.SIGN: "ring",
    Sort.DECISION: "diamond",
    Sort.ACTION: "triangle",
    Sort.STEP: "square",
    Sort.UPDATE: "arrow",
    Sort.STATUS: "flag",
    Sort.NOTE: "disc",
}
SIGNED = {"tried": "cross", "skipped": "frame"}  # of a step
QUOTED = frozenset({Sort.SIGN, Sort.DECISION, Sort.ACTION, Sort.STEP, Sort.UPDATE})
SIGN_PX = 11.0
CROWDED = 10  # entries at one place, or COUNTED of them on a lane: then the whole lane is counted in columns
COUNTED = 40
COLUMN = 24  # the least width of one
LEAST_QUOTE, FEW_LETTERS = 56.0, 24  # the least room for words; with fewer letters they are put below
SECOND = 15  # height of a second row of words
LEFT_OUT = frozenset({Sort.STATUS, Sort.NOTE})  # of a brief paper: counted below
MOST_SAID = 6


@dataclass
class _Stack:
    x: float
    inside: list[Happening]

    @property
    def room(self) -> float:
        """From its middle to where the next one may stand."""
        count = len(self.inside)
        return SIGN_PX + 2 if count == 1 else SIGN_PX + 4 + 6.2 * len(str(count))

    @property
    def named(self) -> Happening:
        """The weightiest that says something."""
        return max(self.inside, key=lambda one: (bool(one.text), one.weight))


def lanes(course: Course, drawn: Span, paper: Paper, top: float) -> tuple[list[Shape], float]:
    """Every sort that has an entry in the drawn stretch, from the weightiest to the notes."""
    shapes: list[Shape] = []
    y = top
    for sort, name in NAMED.items():
        inside = [one for one in course.happenings if one.sort is sort and drawn.holds(one.at)]
        if not inside or (paper.brief and sort in LEFT_OUT):
            continue
        inside.sort(key=lambda one: one.at)
        made, height = _lane(sort, inside, drawn, paper, y)
        shapes += [
            Mark(EDGE + 5, y + ROW / 2, SHAPES[sort], sort),
            Word(EDGE + 18, y + ROW / 2 + 4, name, "soft"),
            *made,
        ]
        y += height
    return shapes, y - top


def _lane(sort: Sort, inside: Sequence[Happening], drawn: Span, paper: Paper, y: float) -> tuple[list[Shape], float]:
    stacks = _stacks(inside, drawn)
    if max(len(stack.inside) for stack in stacks) >= CROWDED or len(inside) >= COUNTED:
        return _columns(sort, inside, drawn, y, paper.column), paper.column + 4
    middle = y + ROW / 2
    shapes: list[Shape] = []
    for stack in stacks:
        one = stack.inside[0]
        shape = SIGNED.get(one.sign, SHAPES[sort]) if len({each.sign for each in stack.inside}) == 1 else SHAPES[sort]
        shapes.append(Mark(stack.x, middle, shape, sort, to=one.label.lower(), says=_says(stack.inside, drawn)))
        if len(stack.inside) > 1:
            shapes.append(Word(stack.x + SIGN_PX / 2 + 2, middle + 4, str(len(stack.inside)), "ink", small=True))
    if sort not in QUOTED:
        return shapes, ROW
    quotes, rows = _quotes(stacks, drawn, paper, middle)
    return shapes + quotes, ROW + (SECOND if rows > 1 else 0)


def _stacks(inside: Sequence[Happening], drawn: Span) -> list[_Stack]:
    stacks: list[_Stack] = []
    for one in inside:
        x = drawn.x(one.at)
        if stacks and x < stacks[-1].x + stacks[-1].room:
            stacks[-1].inside.append(one)
        else:
            stacks.append(_Stack(x, [one]))
    return stacks


def _columns(sort: Sort, inside: Sequence[Happening], drawn: Span, y: float, tall: int) -> list[Shape]:
    """A column for each slice of time, as high as its entries are many, with their number above."""
    width = max(float(COLUMN), 6.2 * len(str(len(inside))) + 6)
    number = max(1, int((drawn.right - drawn.left) / width))
    width = (drawn.right - drawn.left) / number
    slices: dict[int, list[Happening]] = {}
    for one in inside:
        slices.setdefault(min(number - 1, int((drawn.x(one.at) - drawn.left) / width)), []).append(one)
    most, floor, high = max(map(len, slices.values())), y + tall, tall - 14
    shapes: list[Shape] = [Line(((drawn.left, floor), (drawn.right, floor)), "line")]
    for place, held in slices.items():
        height = max(3.0, high * len(held) / most)
        left = drawn.left + place * width
        shapes += [
            Box(left + 1.5, floor - height, width - 3, height, sort, says=_says(held, drawn)),
            Word(left + width / 2, floor - height - 3, str(len(held)), "soft", "middle", small=True),
        ]
    return shapes


def _quotes(stacks: Sequence[_Stack], drawn: Span, paper: Paper, middle: float) -> tuple[list[Shape], int]:
    """What the entries say, the weightiest first: beside the sign where there is room, else below it."""
    beside = [(stack.x - SIGN_PX / 2, stack.x - SIGN_PX / 2 + stack.room) for stack in stacks]
    below: list[tuple[float, float]] = []
    words: list[Shape] = []
    for stack in sorted(stacks, key=lambda stack: -stack.named.weight):
        text, left = stack.named.text, stack.x - SIGN_PX / 2
        after, before = left + stack.room, left - 4
        right_room = min([paper.width - 8.0, *(begin - 4 for begin, _ in beside if begin > left)]) - after
        left_room = before - max([drawn.left, *(end + 8 for _, end in beside if end <= left)])
        told, room = text, max(left_room, right_room)
        if room < wide(text):
            told = cut(text, right_room) if right_room >= LEAST_QUOTE else ""
            under = "" if paper.brief or len(told) >= FEW_LETTERS else cut(text, _free(left, below, paper.width - 8.0))
            if len(under) > len(told):
                below.append((left, left + wide(under)))
                words.append(Word(left, middle + ROW / 2 + 9, under, "soft"))
                continue
        if told and right_room >= wide(told):
            beside.append((after, after + wide(told)))
            words.append(Word(after, middle + 4, told, "soft"))
        elif told:
            beside.append((before - wide(told), before))
            words.append(Word(before, middle + 4, told, "soft", "end"))
    return words, 2 if below else 1


def _free(left: float, taken: Sequence[tuple[float, float]], right: float) -> float:
    """How much room there is from `left` to what stands next; none where something stands already."""
    if any(begin <= left < end + 8 for begin, end in taken):
        return 0
    room = min([right, *(begin - 8 for begin, _ in taken if begin > left)]) - left
    return room if room >= LEAST_QUOTE else 0


def _says(inside: Sequence[Happening], drawn: Span) -> str:
    dated = drawn.begin.date() != drawn.end.date()
    if len(inside) == 1:
        return f"{inside[0].label} {clock(inside[0].at, dated)} {inside[0].text}"
    named = ", ".join(one.label for one in inside[:MOST_SAID]) + (", …" if len(inside) > MOST_SAID else "")
    when = f"{clock(inside[0].at, dated)} to {clock(inside[-1].at, dated)}"
    return f"{len(inside)} entries, {when}: {named}"
