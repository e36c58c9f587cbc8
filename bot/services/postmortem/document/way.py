"""The way through a playbook as a picture: steps from top to bottom, dangers, stops, and where else it leads. Pure.

Colour never carries the meaning alone: a danger has a double border and the word, a stop an octagon and the word.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from bot.domain.links import worded
from bot.domain.playbook import Playbook, Step

PAD, LINE = 10, 17  # pixels: margin inside a box, a line of text
GLYPH = 7.1  # pixels: a letter's mean width at 13 px
EDGE = 34  # pixels between two steps, with room for how long to wait
MAX_TITLE_LINES, MAX_STOP_LINES = 3, 3
NARROW = 480  # below this width what branches off stands under its step, not beside it

_NEIGHBOUR = re.compile(r"\]\((?:\./)?([a-z0-9][a-z0-9-]{0,63})\.md(?:#[^()\s]{0,200})?\)")
_GAP = re.compile(r"\{\{([a-z][a-z0-9_]{0,31})(?::[a-z]+)?\}\}")


@dataclass(frozen=True)
class _Box:
    """One step as it is drawn: its lines of text and those of its branches, with the heights that follow."""

    step: Step
    title: tuple[str, ...]
    stop: tuple[str, ...]
    leads: tuple[str, ...]
    height: int  # of the step's own box
    room: int  # of the step with its branches


def way(book: Playbook, width: int, *, page: Callable[[str], str] | None = None) -> str:
    """Return an `<svg>` of `width` pixels, or "" for a playbook without steps.

    `page` gives the address of another playbook; without it nothing in the picture is a link, as on paper.
    """
    if not book.steps:
        return ""
    boxes = [_box(step, book.name, width) for step in book.steps]
    parts, y = [], 4.0
    for at, box in enumerate(boxes):
        parts.append(_drawn(box, y, width, page))
        bottom = y + box.room
        if at + 1 < len(boxes):
            parts.append(_edge(box, y + box.height, bottom + EDGE, width))
            bottom += EDGE
        y = bottom
    dangers = [str(box.step.number) for box in boxes if box.step.danger]
    says = f"{len(boxes)} steps" + (f"; danger at step {', '.join(dangers)}" if dangers else "")
    head = (
        f'<svg viewBox="0 0 {width} {y + 6:.0f}" width="{width}" height="{y + 6:.0f}" role="group" '
        f'aria-label="The way through it: {says}">'
    )
    return head + "".join(parts) + "</svg>"


def _box(step: Step, name: str, width: int) -> _Box:
    narrow = width < NARROW
    main = _main(width)
    title = _wrapped(plain_words(step.title), int((main - 58) / GLYPH), MAX_TITLE_LINES)
    beside = (width - 44 if narrow else width - main - 58) / (GLYPH * 0.93)
    stop = _wrapped(plain_words(step.stop_if), int(beside), MAX_STOP_LINES) if step.stop_if else ()
    text = "\n".join((step.body, step.look_for, step.undo, step.danger, step.stop_if))
    leads = tuple(dict.fromkeys(found for found in _NEIGHBOUR.findall(text) if found != name))[:2]
    height = PAD * 2 + LINE * (len(title) + bool(step.danger))
    branches = LINE * ((len(stop) + 1 if stop else 0) + len(leads)) + (6 if stop or leads else 0)
    return _Box(step, title, stop, leads, height, height + branches if narrow else max(height, branches))


def _drawn(box: _Box, y: float, width: int, page: Callable[[str], str] | None) -> str:
    main, step = _main(width), box.step
    danger = f'<rect class="inner" x="5" y="{y + 4}" width="{main - 8}" height="{box.height - 8}" rx="6"/>'
    lines = [*box.title, *(["danger"] if step.danger else [])]
    text = "".join(
        f'<text class="{"warn" if step.danger and at == len(lines) - 1 else "name"}" x="50" '
        f'y="{y + PAD + 13 + at * LINE:.0f}">{"⚠ " * (line == "danger" and at == len(lines) - 1)}{escape(line)}</text>'
        for at, line in enumerate(lines)
    )
    sort = "box risky" if step.danger else "box"
    body = (
        f'<rect class="{sort}" x="1" y="{y}" width="{main}" height="{box.height}" rx="9"/>'
        f"{danger if step.danger else ''}"
        f'<circle class="dot" cx="26" cy="{y + box.height / 2}" r="13"/>'
        f'<text class="num" x="26" y="{y + box.height / 2 + 4.5}">{step.number}</text>{text}'
    )
    whole = f"<title>{escape(f'Step {step.number}: {step.title}')}</title>{body}"
    linked = f'<a href="#step-{step.number}">{whole}</a>' if page else f"<g>{whole}</g>"
    return linked + _branches(box, y, width, page)


def _branches(box: _Box, y: float, width: int, page: Callable[[str], str] | None) -> str:
    """What leads away from a step: when to stop, and other playbooks."""
    if not box.stop and not box.leads:
        return ""
    narrow, main = width < NARROW, _main(width)
    x = 40.0 if narrow else main + 46.0
    top = y + box.height + 6 if narrow else y + 2
    at = top + 12
    parts = [] if narrow else [f'<path class="branch" d="M{main + 2} {y + 14}H{x - 16}"/>']
    if box.stop:
        parts.append(f'<path class="stop" d="{_octagon(x - 9, at - 4.5, 8)}"/>')
        parts.append(f'<text class="stopif" x="{x + 6}" y="{at}">stop if</text>')
        for line in box.stop:
            at += LINE
            parts.append(f'<text class="side" x="{x + 6}" y="{at:.0f}">{escape(line)}</text>')
        at += LINE
    for name in box.leads:
        says = f'<text class="lead" x="{x + 6}" y="{at:.0f}">→ {escape(name)}</text>'
        parts.append(f'<a href="{escape(page(name))}">{says}</a>' if page else says)
        at += LINE
    return "".join(parts)


def _edge(box: _Box, top: float, bottom: float, width: int) -> str:
    """The arrow to the next step, with how long to give this one."""
    arrow = f'<path class="edge" d="M26 {top}V{bottom - 6}"/><path class="tip" d="M26 {bottom}l-5 -8h10z"/>'
    wait = plain_words(box.step.give_it).split(". ")[0].rstrip(".")
    if not wait:
        return arrow
    chars = int((_main(width) - 50) / (GLYPH * 0.93))
    shown = textwrap.shorten(wait[: 2 * chars], chars, placeholder="…")
    return f'{arrow}<text class="wait" x="40" y="{bottom - EDGE / 2 + 4:.0f}">{escape(shown)}</text>'


def plain_words(markdown: str) -> str:
    """One line of Markdown as words: links by their label, gaps by their name, without backticks and stars."""
    text = _GAP.sub(r"\1", worded(markdown))
    return " ".join(re.sub(r"[`*]+", "", text).split())


def _wrapped(text: str, chars: int, most: int) -> tuple[str, ...]:
    wide = max(chars, 8)
    text = text[: (most + 1) * (wide + 1)]  # more than is shown: what lies behind that is not laid out
    lines = textwrap.wrap(text, wide, break_long_words=True) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], textwrap.shorten(" ".join(lines[most - 1 :]), wide, placeholder="…")]
    return tuple(lines)


def _octagon(x: float, y: float, r: float) -> str:
    s = r * 0.41
    points: Sequence[tuple[float, float]] = (
        (x - s, y - r),
        (x + s, y - r),
        (x + r, y - s),
        (x + r, y + s),
        (x + s, y + r),
        (x - s, y + r),
        (x - r, y + s),
        (x - r, y - s),
    )
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points) + "z"


def _main(width: int) -> float:
    """The width of a step's box: all of a narrow picture, a little more than half of a wide one."""
    return width - 2 if width < NARROW else round(width * 0.54)
