"""A drawing as SVG: inked by the classes of a page's style, or bringing its colours along."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from bot.domain.chart.inks import on_page, on_white
from bot.domain.chart.shapes import LETTERS, SMALL, Box, Drawing, Line, Mark, Shape, Word

R = 3.6  # of a mark
FONT = "ui-sans-serif,system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"
WIDTHS = {"value": 1.8, "edge": 1.5, "seam": 1.5, "wrote": 1.2}
HALO = 3  # around words, so that a line behind them does not cross them

Dress = Callable[[str, str], str]  # the attributes that an element of some kind needs to show in an ink


def svg(drawing: Drawing) -> str:
    """Return the picture for a page whose style knows the classes. Everything that is written is escaped."""
    return (
        f'<svg class="chart" viewBox="0 0 {drawing.width} {drawing.height}" role="img" '
        f'aria-label="{escape(f"{drawing.title}: {drawing.says}", quote=True)}">{_shapes(drawing, _classed)}</svg>'
    )


def inked(drawing: Drawing, *, on_paper: bool = False) -> str:
    """Return the picture with colours of its own, what it says as title and description, and its own size.

    In a page it takes the page's colours, light or dark, by their variables. `on_paper` it names them, since what
    lays out a PDF knows no variables, and nothing in it is a link or waits for somebody to point at it. It is a file
    of its own there. What it says hangs on a frame that shows nothing, and the rest is hidden from screen readers,
    since a picture may hold no links.
    """
    shapes = _shapes(drawing, _dress_on_paper if on_paper else _dress_in_page, linked=not on_paper)
    stands_alone = ' xmlns="http://www.w3.org/2000/svg"' if on_paper else ""
    return (
        f'<svg{stands_alone} viewBox="0 0 {drawing.width} {drawing.height}" '
        f'width="{drawing.width}" height="{drawing.height}">'
        f'<rect role="img" width="{drawing.width}" height="{drawing.height}" fill="none">'
        f"<title>{escape(drawing.title)}</title><desc>{escape(drawing.says)}</desc></rect>"
        f'<g aria-hidden="true" font-family="{FONT}" font-size="{LETTERS:g}" paint-order="stroke" '
        f'stroke-linejoin="round">{shapes}</g>'
        "</svg>"
    )


def _classed(kind: str, ink: str) -> str:
    return "" if kind == "halo" else f'class="{ink} {kind}"'


def _dress_in_page(kind: str, ink: str) -> str:
    if kind == "halo":
        return ""
    halo = (
        f' stroke="{on_page("paper")}" stroke-width="{HALO}"' if kind.startswith("text") and ink != "on-phase" else ""
    )
    return _coloured(kind, ink, on_page) + halo


def _dress_on_paper(kind: str, ink: str) -> str:
    if kind == "halo":  # what lays out a PDF paints a letter's edge over it, so that the halo is written before
        white = on_white("paper")
        return "" if ink == "on-phase" else f'fill="{white}" stroke="{white}" stroke-width="{HALO}"'
    return _coloured(kind, ink, on_white)


def _coloured(kind: str, ink: str, colour: Callable[[str], str]) -> str:
    if kind in ("mark", "box") or kind.startswith("text"):
        more = {"text small": f' font-size="{SMALL:g}"', "text bold": ' font-weight="650"'}
        return f'fill="{colour(ink)}"{more.get(kind, "")}'
    if kind == "area":
        return f'fill="{colour("paper")}"'
    stroke = f'stroke="{colour(ink)}"'
    if kind == "open":
        return f'fill="{colour("paper")}" {stroke} stroke-width="1.5"'
    if kind == "cross":
        return f'fill="none" {stroke} stroke-width="1.6"'
    dashes = {"line dashed": ' stroke-dasharray="2 3"', "frame": ' stroke-dasharray="3 2"' if ink == "unknown" else ""}
    width = f' stroke-width="{WIDTHS[ink]}"' if ink in WIDTHS else ""
    return f'fill="none" {stroke}{width}{dashes.get(kind, "")}'


def _shapes(drawing: Drawing, dress: Dress, *, linked: bool = True) -> str:
    return "".join(_shape(shape, dress, linked) for shape in drawing.shapes)


def _shape(shape: Shape, dress: Dress, linked: bool) -> str:
    if isinstance(shape, Word):
        look, halo = dress(f"text{' bold' if shape.bold else ' small' if shape.small else ''}", shape.ink), ""
        told = f'x="{shape.x:.1f}" y="{shape.y:.1f}" text-anchor="{shape.anchor}">{escape(shape.text)}</text>'
        if around := dress("halo", shape.ink):
            halo = f"<text {around} {told}"
        return f"{halo}<text {look} {told}"
    if isinstance(shape, Line):
        ways = " ".join(f"{x:.1f},{y:.1f}" for x, y in shape.points)
        return f'<polyline {dress("line dashed" if shape.dashed else "line", shape.ink)} points="{ways}"/>'
    if isinstance(shape, Box):
        return _said(_box(shape, dress), shape.says if linked else "")
    made = _said(_mark(shape, dress), shape.says if linked else "")
    # No stop for the keyboard: the same entries stand as text on the page, and a thousand stops lead nowhere.
    return f'<a href="#{escape(shape.to, quote=True)}" tabindex="-1">{made}</a>' if shape.to and linked else made


def _said(made: str, says: str) -> str:
    return f"<g><title>{escape(says)}</title>{made}</g>" if says else made


def _box(box: Box, dress: Dress) -> str:
    if box.look == "hatched":
        ways = "".join(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" for (x1, y1), (x2, y2) in box.diagonals)
        area = f"M{box.x:.1f} {box.y:.1f}h{box.width:.1f}v{box.height:.1f}h{-box.width:.1f}z"
        return f'<path {dress("area", box.ink)} d="{area}"/><path {dress("hatch", box.ink)} d="{ways}"/>'
    return (
        f'<rect {dress("frame" if box.look == "framed" else "box", box.ink)} x="{box.x:.1f}" y="{box.y:.1f}" '
        f'width="{box.width:.1f}" height="{box.height:.1f}"/>'
    )


def _mark(mark: Mark, dress: Dress) -> str:
    kind, ways = _SIGNS[mark.shape]
    return f'<path {dress(kind, mark.ink)} d="M{mark.x:.1f} {mark.y:.1f}{ways}"/>'


def _round(r: float) -> str:
    return f"m{-r} 0a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


_SQUARE = f"m{-R} {-R}h{2 * R}v{2 * R}h{-2 * R}z"
_SIGNS = {  # the kind of each, and the way around its point
    "dot": ("mark", _round(2)),
    "disc": ("mark", _round(R)),
    "ring": ("open", _round(R)),
    "triangle": ("mark", f"m0 {-R - 1}l{R + 0.6} {2 * R}h{-2 * R - 1.2}z"),
    "square": ("mark", _SQUARE),
    "frame": ("open", _SQUARE),
    "diamond": ("mark", f"m0 {-R - 1.4}l{R + 1.4} {R + 1.4}l{-R - 1.4} {R + 1.4}l{-R - 1.4} {-R - 1.4}z"),
    "cross": ("cross", f"m{-R} {-R}l{2 * R} {2 * R}m{-2 * R} 0l{2 * R} {-2 * R}"),
    "flag": ("mark", f"m{-R} {-R}l{2 * R} {R}l{-2 * R} {R}z"),
    "arrow": ("cross", f"m{-R} {-R}l{R + 1} {R}l{-R - 1} {R}m{R} {-2 * R}l{R + 1} {R}l{-R - 1} {R}"),
}
