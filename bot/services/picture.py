"""A drawing as PNG, for where no SVG is shown: one paper, white, that reads in a light and in a dark window."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from bot.domain.chart.inks import PAPER, on_white
from bot.domain.chart.shapes import LETTERS, SMALL, Box, Drawing, Line, Mark, Word

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SCALE = 2
R = 3.6  # of a mark
HALO = 1.2  # around words, so that a line behind them does not cross them
WIDE = {"value": 1.8, "limit": 1.2}
ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


def png(drawing: Drawing) -> bytes:
    """Paint it. Takes some hundredths of a second, so not in the event loop."""
    from PIL import Image
    from PIL.ImageDraw import Draw

    image = Image.new("RGB", (drawing.width * SCALE, drawing.height * SCALE), PAPER)
    paper = Draw(image)
    for shape in drawing.shapes:
        if isinstance(shape, Word):
            _write(paper, shape)
        elif isinstance(shape, Line):
            _line(paper, shape)
        elif isinstance(shape, Box):
            _box(paper, shape)
        else:
            _mark(paper, shape)
    made = io.BytesIO()
    image.quantize(colors=64).save(made, "PNG", optimize=True)
    return made.getvalue()


def _write(paper: ImageDraw, word: Word) -> None:
    paper.text(
        (word.x * SCALE, word.y * SCALE),
        "".join(map(_known, word.text)),
        fill=on_white(word.ink),
        font=_font((SMALL if word.small else LETTERS) * SCALE),
        anchor=ANCHORS[word.anchor],
        stroke_width=0.5 if word.bold else 0 if word.ink == "on-phase" else HALO * SCALE,
        stroke_fill=on_white(word.ink) if word.bold else PAPER,
    )


@cache
def _font(size: float) -> FreeTypeFont:
    from PIL.ImageFont import FreeTypeFont, load_default

    found = load_default(size=size)
    if not isinstance(found, FreeTypeFont):
        raise RuntimeError("Pillow was built without FreeType.")
    return found


@cache
def _known(letter: str) -> str:
    """The letter, or the plain one under its accents, or a question mark: the typeface inside Pillow has few."""
    if letter.isascii():
        return letter
    font = _font(LETTERS)
    if bytes(font.getmask(letter)) != bytes(font.getmask("\uffff")):
        return letter
    return unicodedata.normalize("NFKD", letter).encode("ascii", "ignore").decode() or "?"


def _line(paper: ImageDraw, line: Line) -> None:
    width = round(WIDE.get(line.ink, 1.0) * SCALE)
    ways = [(x * SCALE, y * SCALE) for x, y in line.points]
    if not line.dashed:
        paper.line(ways, fill=on_white(line.ink), width=width, joint="curve")
        return
    (x1, y1), (x2, y2) = ways[0], ways[-1]
    length = max(abs(x2 - x1), abs(y2 - y1))
    dash, gap = (6 * SCALE, 4 * SCALE) if line.ink == "limit" else (2 * SCALE, 3 * SCALE)
    at = 0.0
    while at < length:
        a, b = at / length, min(at + dash, length) / length
        ends = ((x1 + (x2 - x1) * a, y1 + (y2 - y1) * a), (x1 + (x2 - x1) * b, y1 + (y2 - y1) * b))
        paper.line(ends, fill=on_white(line.ink), width=width)
        at += dash + gap


def _box(paper: ImageDraw, box: Box) -> None:
    edges = [number * SCALE for number in (box.x, box.y, box.x + box.width, box.y + box.height)]
    if box.look == "hatched":
        paper.rectangle(edges, fill=PAPER)
        for begin, end in box.diagonals:
            paper.line([(x * SCALE, y * SCALE) for x, y in (begin, end)], fill=on_white(box.ink), width=SCALE // 2)
    elif box.look == "framed":
        paper.rectangle(edges, outline=on_white(box.ink), width=SCALE)
    else:
        paper.rectangle(edges, fill=on_white(box.ink))


def _mark(paper: ImageDraw, mark: Mark) -> None:
    x, y, fill = mark.x * SCALE, mark.y * SCALE, on_white(mark.ink)

    def around(*points: tuple[float, float]) -> list[tuple[float, float]]:
        return [(x + dx * SCALE, y + dy * SCALE) for dx, dy in points]

    _SIGNS[mark.shape](paper, around, fill)


Around = Callable[..., list[tuple[float, float]]]
Sign = Callable[["ImageDraw", Around, str], None]


def _disc(r: float, *, filled: bool = True) -> Sign:
    def paint(paper: ImageDraw, around: Around, ink: str) -> None:
        edges = around((-r, -r), (r, r))
        paper.ellipse(edges, fill=ink if filled else PAPER, outline=ink, width=round(1.5 * SCALE))

    return paint


def _area(*points: tuple[float, float], filled: bool = True) -> Sign:
    def paint(paper: ImageDraw, around: Around, ink: str) -> None:
        paper.polygon(around(*points), fill=ink if filled else PAPER, outline=ink, width=SCALE)

    return paint


def _ways(*ways: tuple[tuple[float, float], ...]) -> Sign:
    def paint(paper: ImageDraw, around: Around, ink: str) -> None:
        for way in ways:
            paper.line(around(*way), fill=ink, width=round(1.6 * SCALE), joint="curve")

    return paint


_SQUARE = ((-R, -R), (R, -R), (R, R), (-R, R))
_SIGNS: dict[str, Sign] = {
    "dot": _disc(2),
    "disc": _disc(R),
    "ring": _disc(R, filled=False),
    "triangle": _area((0, -R - 1), (R + 0.5, R - 1), (-R - 0.5, R - 1)),
    "square": _area(*_SQUARE),
    "frame": _area(*_SQUARE, filled=False),
    "diamond": _area((0, -R - 1.4), (R + 1.4, 0), (0, R + 1.4), (-R - 1.4, 0)),
    "cross": _ways(((-R, -R), (R, R)), ((-R, R), (R, -R))),
    "flag": _area((-R, -R), (R, 0), (-R, R)),
    "arrow": _ways(((-R, -R), (1, 0), (-R, R)), ((0, -R), (R + 1, 0), (0, R))),
}
