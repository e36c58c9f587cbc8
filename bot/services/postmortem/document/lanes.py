"""The side arrows of a picture: each step that is led to has a lane beside the boxes, and what leads there joins it.

Pure. Lanes that run side by side never share a column, and their order is the one with the fewest crossings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

LANE = 9  # pixels from one lane to the next
FIRST = 18  # pixels from the boxes to the first, with room for the arrow's tip
TURN = 4  # pixels: the radius of a corner
MAX_LANES = 6  # side by side; what would need more has its words and no line
MAX_TRIED = 6  # lanes whose every order is tried: 720

Point = tuple[float, float]  # pixels from the left and from the top


@dataclass(frozen=True)
class _Lane:
    target: int
    sources: tuple[int, ...]

    @property
    def first(self) -> float:
        return min(self.target, *(at + 0.5 for at in self.sources))

    @property
    def last(self) -> float:
        return max(self.target, *(at + 0.5 for at in self.sources))

    def passes(self, at: float) -> bool:
        return self.first < at < self.last

    def beside(self, other: _Lane) -> bool:
        return int(self.first) <= int(other.last) and int(other.first) <= int(self.last)


def columns(leads: Mapping[int, Iterable[int]], *, from_inside: bool) -> dict[int, int]:
    """Return the column of each step that is led to, 0 for the one nearest to the boxes.

    `leads` has the steps that each step leads to. `from_inside` is True when lines come to their lane from the
    boxes' side. A step whose lane would be the seventh beside others is left out.
    """
    sources: dict[int, list[int]] = {}
    for step, targets in leads.items():
        for target in targets:
            sources.setdefault(target, []).append(step)
    lanes = [_Lane(target, tuple(steps)) for target, steps in sorted(sources.items())]
    placed: dict[int, int] = {}
    ordered = _ordered(lanes, from_inside)
    for at, lane in enumerate(ordered):
        inner = [placed[other.target] for other in ordered[:at] if other.beside(lane)]
        placed[lane.target] = max(inner, default=-1) + 1
    return {target: column for target, column in placed.items() if column < MAX_LANES}


def room(placed: Mapping[int, int]) -> float:
    """The pixels that these columns take beside the boxes, 0 for none."""
    return FIRST + LANE * max(placed.values()) + TURN if placed else 0


def line(start: Point, column: int, end: Point) -> str:
    """The path from `start` into the lane of `column` and on to `end`, at the edge of a box."""
    return _in(start, column, end) + _on(start, column, end) + f"H{end[0] + 7:.1f}"


def joined(starts: Sequence[Point], column: int, end: Point) -> str:
    """The path of all lines from `starts` to `end`; what they share is drawn once, so that it is no thicker."""
    far = sorted(starts, key=lambda start: -abs(start[1] - end[1]))
    longest = {start[1] < end[1]: start for start in reversed(far)}.values()  # from above, and from below
    parts = [_in(start, column, end) + (_on(start, column, end) if start in longest else "") for start in far]
    return parts[0] + f"H{end[0] + 7:.1f}" + "".join(parts[1:])


def tip(end: Point) -> str:
    """The path of an arrow's head that points left at `end`."""
    return f"M{end[0] + 1:.1f} {end[1]:.1f}l8 -5v10z"


def _in(start: Point, column: int, end: Point) -> str:
    (x, y), lane = start, end[0] + FIRST + LANE * column
    side, down = (TURN if x > lane else -TURN), (TURN if end[1] > y else -TURN)
    return f"M{x:.1f} {y:.1f}H{lane + side:.1f}Q{lane:.1f} {y:.1f} {lane:.1f} {y + down:.1f}"


def _on(start: Point, column: int, end: Point) -> str:
    to, lane = end[1], end[0] + FIRST + LANE * column
    down = TURN if to > start[1] else -TURN
    return f"V{to - down:.1f}Q{lane:.1f} {to:.1f} {lane - TURN:.1f} {to:.1f}"


def _ordered(lanes: Sequence[_Lane], from_inside: bool) -> Sequence[_Lane]:
    """From the boxes outwards; a short one inside where there are too many to try."""
    short = sorted(lanes, key=lambda lane: lane.last - lane.first)
    if len(lanes) > MAX_TRIED:
        return short
    cost = {(a.target, b.target): _crossings(a, b, from_inside) for a, b in permutations(lanes, 2)}
    return min(permutations(short), key=lambda order: sum(cost[a.target, b.target] for a, b in combinations(order, 2)))


def _crossings(inner: _Lane, outer: _Lane, from_inside: bool) -> int:
    """How often the lines of two lanes cross when `inner` is nearer to the boxes."""
    coming, passed = (outer, inner) if from_inside else (inner, outer)
    return inner.passes(outer.target) + sum(passed.passes(source + 0.5) for source in coming.sources)
