"""A drawing as PNG, for where no SVG is shown: one paper, white, that reads in a light and in a dark window."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from bot.domain.chart.drawing import Drawing, Line, Mark, Word

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

SCALE = 2
LETTERS = 12.0
R = 3.6  # of a mark
PAPER = "#ffffff"
INKS = {
    "ink": "#20262c",
    "soft": "#5a6570",
    "line": "#e3dfd8",
    "value": "#2f64a8",
    "limit": "#20262c",
    "moment": "#5a6570",
    "calm": "#2f64a8",
    "warning": "#b45f06",
    "critical": "#a8323e",
    "unknown": "#5a6570",
}
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
        else:
            _mark(paper, shape)
    made = io.BytesIO()
    image.quantize(colors=64).save(made, "PNG", optimize=True)
    return made.getvalue()


def _write(paper: ImageDraw, word: Word) -> None:
    from PIL.ImageFont import load_default

    text = word.text.encode("latin-1", "replace").decode("latin-1")
    paper.text(
        (word.x * SCALE, word.y * SCALE),
        text,
        fill=INKS[word.ink],
        font=load_default(size=LETTERS * SCALE),
        anchor=ANCHORS[word.anchor],
        stroke_width=0.5 if word.bold else 0,
    )


def _line(paper: ImageDraw, line: Line) -> None:
    width = round(WIDE.get(line.ink, 1.0) * SCALE)
    ways = [(x * SCALE, y * SCALE) for x, y in line.points]
    if not line.dashed:
        paper.line(ways, fill=INKS[line.ink], width=width, joint="curve")
        return
    (x1, y1), (x2, y2) = ways[0], ways[-1]
    length = max(abs(x2 - x1), abs(y2 - y1))
    dash, gap = (6 * SCALE, 4 * SCALE) if line.ink == "limit" else (2 * SCALE, 3 * SCALE)
    at = 0.0
    while at < length:
        a, b = at / length, min(at + dash, length) / length
        ends = ((x1 + (x2 - x1) * a, y1 + (y2 - y1) * a), (x1 + (x2 - x1) * b, y1 + (y2 - y1) * b))
        paper.line(ends, fill=INKS[line.ink], width=width)
        at += dash + gap


def _mark(paper: ImageDraw, mark: Mark) -> None:
    x, y, r, fill = mark.x * SCALE, mark.y * SCALE, R * SCALE, INKS[mark.ink]
    if mark.shape == "triangle":
        paper.polygon([(x, y - r - SCALE), (x + r + 1, y + r - SCALE), (x - r - 1, y + r - SCALE)], fill=fill)
    elif mark.shape == "square":
        paper.rectangle((x - r, y - r, x + r, y + r), fill=fill)
    elif mark.shape == "cross":
        paper.line((x - r, y - r, x + r, y + r), fill=fill, width=round(1.6 * SCALE))
        paper.line((x - r, y + r, x + r, y - r), fill=fill, width=round(1.6 * SCALE))
    else:
        paper.ellipse((x - 2 * SCALE, y - 2 * SCALE, x + 2 * SCALE, y + 2 * SCALE), fill=fill)
