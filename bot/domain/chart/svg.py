"""A drawing as SVG. Its inks are classes, so that the page's own style decides the colours, light or dark."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from bot.domain.chart.shapes import Box, Drawing, Line, Mark, Shape, Word

R = 3.6  # of a mark


def svg(drawing: Drawing) -> str:
    """Return the picture, safe to stand in a page: everything that is written is escaped."""
    return (
        f'<svg class="chart" viewBox="0 0 {drawing.width} {drawing.height}" role="img" '
        f'aria-label="{escape(f"{drawing.title}: {drawing.says}", quote=True)}">{shapes(drawing)}</svg>'
    )


def told(drawing: Drawing, name: str) -> str:
    """Return the picture at its own size, with a name for its style, and what it says as title and description."""
    return (
        f'<svg class="{name}" viewBox="0 0 {drawing.width} {drawing.height}" width="{drawing.width}" '
        f'height="{drawing.height}" role="img"><title>{escape(drawing.title)}</title>'
        f"<desc>{escape(drawing.says)}</desc>{shapes(drawing)}</svg>"
    )


def shapes(drawing: Drawing) -> str:
    """Return the shapes alone."""
    return "".join(map(_shape, drawing.shapes))


def _shape(shape: Shape) -> str:
    if isinstance(shape, Word):
        more = f"{' bold' if shape.bold else ''}{' small' if shape.small else ''}"
        return (
            f'<text class="{shape.ink}{more}" x="{shape.x:.1f}" y="{shape.y:.1f}" '
            f'text-anchor="{shape.anchor}">{escape(shape.text)}</text>'
        )
    if isinstance(shape, Line):
        ways = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polyline class="{shape.ink}{" dashed" if shape.dashed else ""}" points="{ways}"/>'
    if isinstance(shape, Box):
        return _said(_box(shape), shape.says)
    return _linked(_said(_mark(shape), shape.says), shape.to)


def _said(made: str, says: str) -> str:
    return f"<g><title>{escape(says)}</title>{made}</g>" if says else made


def _linked(made: str, to: str) -> str:
    # No stop for the keyboard: the same entries stand as text on the page, and a thousand stops lead nowhere.
    return f'<a href="#{escape(to, quote=True)}" tabindex="-1">{made}</a>' if to else made


def _box(box: Box) -> str:
    if box.look == "hatched":
        ways = "".join(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" for (x1, y1), (x2, y2) in box.diagonals)
        area = f"M{box.x:.1f} {box.y:.1f}h{box.width:.1f}v{box.height:.1f}h{-box.width:.1f}z"
        return f'<path class="area" d="{area}"/><path class="hatch {box.ink}" d="{ways}"/>'
    look = "frame" if box.look == "framed" else "box"
    return (
        f'<rect class="{look} {box.ink}" x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}"/>'
    )


def _mark(mark: Mark) -> str:
    return _SIGNS[mark.shape](mark.x, mark.y, mark.ink)


def _dot(x: float, y: float, ink: str) -> str:
    return f'<circle class="mark {ink}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'


def _disc(x: float, y: float, ink: str) -> str:
    return f'<circle class="mark {ink}" cx="{x:.1f}" cy="{y:.1f}" r="{R}"/>'


def _ring(x: float, y: float, ink: str) -> str:
    return f'<circle class="open {ink}" cx="{x:.1f}" cy="{y:.1f}" r="{R}"/>'


def _path(ways: str, kind: str = "mark") -> Callable[[float, float, str], str]:
    return lambda x, y, ink: f'<path class="{kind} {ink}" d="M{x:.1f} {y:.1f}{ways}"/>'


_SQUARE = f"m{-R} {-R}h{2 * R}v{2 * R}h{-2 * R}z"
_SIGNS: dict[str, Callable[[float, float, str], str]] = {
    "dot": _dot,
    "disc": _disc,
    "ring": _ring,
    "triangle": _path(f"m0 {-R - 1}l{R + 0.6} {2 * R}h{-2 * R - 1.2}z"),
    "square": _path(_SQUARE),
    "frame": _path(_SQUARE, "open"),
    "diamond": _path(f"m0 {-R - 1.4}l{R + 1.4} {R + 1.4}l{-R - 1.4} {R + 1.4}l{-R - 1.4} {-R - 1.4}z"),
    "cross": _path(f"m{-R} {-R}l{2 * R} {2 * R}m{-2 * R} 0l{2 * R} {-2 * R}", "cross"),
    "flag": _path(f"m{-R} {-R - 1}l{2 * R} {R}l{-2 * R} {R}v{R - 1}z"),
    "arrow": _path(f"m{-R} {-R}l{R + 1} {R}l{-R - 1} {R}m{R} {-2 * R}l{R + 1} {R}l{-R - 1} {R}", "open"),
}
