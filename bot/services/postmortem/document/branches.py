"""What leads away from a step in its picture: when to stop, and each sentence that leads elsewhere, with its arrows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from bot.domain.turns import Place, Turn
from bot.services.postmortem.document.lanes import room
from bot.services.postmortem.document.words import cut, plain_words, wrapped

LINE, GAP = 17, 5  # pixels: a line of text, and between two ways
NAME, SIDE = 13, 12  # pixels: the height of letters, in a step's box and beside it
NARROW = 480  # below this width what branches off stands under its step, not beside it
MAX_WAYS = 12  # of one step, those of *Stop if* first; of more it is said how many
MAX_SAID_CHARS, MAX_WHOLE_CHARS = 500, 2000  # of the words of one way, and of those to be had by pointing at it
MAX_LINES = 500


@dataclass(frozen=True)
class Frame:
    """How wide things are: the picture, a step's box, and the lanes beside the boxes."""

    width: int
    columns: Mapping[int, int]  # of each step that has a lane

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    @property
    def main(self) -> float:
        """A step's box: all of a narrow picture but its lanes, less than half of a wide one: the words need more."""
        return self.width - 2 - room(self.columns) if self.narrow else round(self.width * 0.42)

    @property
    def aside(self) -> float:
        """Where the words stand that branch off."""
        return 47.0 if self.narrow else self.main + max(58, room(self.columns) + 42)

    @property
    def aside_room(self) -> float:
        return (self.main if self.narrow else self.width) - self.aside - 6


@dataclass(frozen=True)
class Said:
    """Some lines beside a step: its *Stop if*, where that begins, or one place that it leads to."""

    sort: str  # the class of the text: "stopif" and "also" begin what follows, "side" or "lead"
    lines: tuple[str, ...]
    whole: str  # the words as they are on the page
    place: Place | None = None
    apart: bool = False  # a gap above it

    @property
    def height(self) -> int:
        return LINE * len(self.lines) + (GAP if self.apart else 0)


@dataclass(frozen=True)
class Way:
    """One side arrow: from the words `→ step 7` to that step, which may have no lane."""

    source: int
    target: int
    x: float
    y: float
    whole: str  # the sentence that leads there


def said(step: int, out: Sequence[Turn], frame: Frame) -> tuple[Said, ...]:
    """Return what stands beside `step`, which has the ways `out`, from top to bottom."""
    ways = sum(len(turn.to) for turn in out)
    shown: list[Said] = []
    left, sort = MAX_WAYS, ""
    for turn in out:
        if not left and turn.to:
            continue
        if sort != (sort := "stopif" if turn.stops else "also"):
            shown.append(Said(sort, ("stop if" if turn.stops else "also leads to",), "", apart=bool(shown)))
        whole = plain_words(turn.says[:MAX_WHOLE_CHARS])
        lines = wrapped(cut(whole, MAX_SAID_CHARS), frame.aside_room, SIDE, MAX_LINES)
        shown.append(Said("side", lines, whole, apart=shown[-1].sort != sort))
        shown += (_arrow(step, place, whole, frame) for place in turn.to[:left])
        left = max(left - len(turn.to), 0)
    if ways > MAX_WAYS:
        shown.append(Said("side", (f"and {ways - MAX_WAYS} more",), "", apart=True))
    return tuple(shown)


def _arrow(step: int, place: Place, whole: str, frame: Frame) -> Said:
    sign = "↓" if not place.page and place.step == step + 1 else "→"
    where = ", ".join(filter(None, (place.page, f"step {place.step}" if place.step else "")))
    return Said("lead", wrapped(f"{sign}\u00a0{where}", frame.aside_room, SIDE, 9), whole, place)


def drawn(
    step: int, beside: Sequence[Said], top: float, frame: Frame, page: Callable[[str], str] | None
) -> tuple[str, list[Way]]:
    """What stands beside a step, the first line with its feet at `top`; and the side arrows that begin there.

    `page` gives the address of another playbook; without it nothing is a link.
    """
    x, y, parts, ways = frame.aside, top, list[str](), list[Way]()
    for one in beside:
        y += GAP if one.apart else 0
        if one.sort == "stopif":
            parts.append(f'<path class="stop" d="{_octagon(x - 9, y - 4.5, 8)}"/>')
        elif one.sort == "also":
            parts.append(f'<path class="fork" d="M{x - 9} {y - 11}l6.5 6.5l-6.5 6.5l-6.5 -6.5z"/>')
        if one.place and not one.place.page and one.place.step != step + 1:
            ways.append(Way(step, one.place.step, x + 6, y, one.whole))
        else:
            parts.append(_told(step, one, y, frame, page))
        y += LINE * len(one.lines)
    return "".join(parts), ways


def _told(step: int, one: Said, y: float, frame: Frame, page: Callable[[str], str] | None) -> str:
    text = "".join(
        f'<text class="{one.sort}" x="{frame.aside + 6}" y="{y + at * LINE:.0f}">{escape(words)}</text>'
        for at, words in enumerate(one.lines)
    )
    if not one.place:
        return f"<g><title>{escape(one.whole)}</title>{text}</g>" if one.lines[-1].endswith("…") else text
    text = titled(step, one.place, one.whole) + text
    if not page:
        return f"<g>{text}</g>"
    address = page(one.place.page) if one.place.page else ""
    return f'<a href="{escape(address)}{f"#step-{one.place.step}" if one.place.step else ""}">{text}</a>'


def titled(step: int, place: Place, whole: str) -> str:
    """The `<title>` of an arrow: from where to where, and the whole sentence that says so."""
    to = ", ".join(filter(None, (place.page, f"step {place.step}" if place.step else "")))
    return f"<title>{escape(f'From step {step} to {to}: {whole}')}</title>"


def _octagon(x: float, y: float, r: float) -> str:
    s = r * 0.41
    corners: Iterator[tuple[float, float]] = iter(
        ((-s, -r), (s, -r), (r, -s), (r, s), (s, r), (-s, r), (-r, s), (-r, -s))
    )
    return "M" + "L".join(f"{x + a:.1f} {y + b:.1f}" for a, b in corners) + "z"
