"""A drawing as SVG. Its inks are classes, so that the page's own style decides the colours, light or dark."""

from __future__ import annotations

from html import escape

from bot.domain.chart.drawing import Drawing, Line, Mark, Word

R = 3.6  # of a mark


def svg(drawing: Drawing) -> str:
    """Return the picture, safe to stand in a page: everything that is written is escaped."""
    shapes = "".join(_shape(shape) for shape in drawing.shapes)
    return (
        f'<svg class="chart" viewBox="0 0 {drawing.width} {drawing.height}" role="img" '
        f'aria-label="{escape(f"{drawing.title}: {drawing.says}", quote=True)}">{shapes}</svg>'
    )


def _shape(shape: Line | Mark | Word) -> str:
    if isinstance(shape, Word):
        bold = " bold" if shape.bold else ""
        return (
            f'<text class="{shape.ink}{bold}" x="{shape.x:.1f}" y="{shape.y:.1f}" '
            f'text-anchor="{shape.anchor}">{escape(shape.text)}</text>'
        )
    if isinstance(shape, Line):
        ways = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polyline class="{shape.ink}{" dashed" if shape.dashed else ""}" points="{ways}"/>'
    return _mark(shape)


def _mark(mark: Mark) -> str:
    x, y, ink = mark.x, mark.y, mark.ink
    if mark.shape == "triangle":
        return f'<path class="mark {ink}" d="M{x:.1f} {y - R - 1:.1f}l{R + 0.6} {2 * R}h{-2 * R - 1.2}z"/>'
    if mark.shape == "square":
        return f'<path class="mark {ink}" d="M{x - R:.1f} {y - R:.1f}h{2 * R}v{2 * R}h{-2 * R}z"/>'
    if mark.shape == "cross":
        ways = f"M{x - R:.1f} {y - R:.1f}l{2 * R} {2 * R}M{x - R:.1f} {y + R:.1f}l{2 * R} {-2 * R}"
        return f'<path class="cross {ink}" d="{ways}"/>'
    return f'<circle class="mark {ink}" cx="{x:.1f}" cy="{y:.1f}" r="2"/>'
