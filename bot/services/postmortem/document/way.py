"""The way through a playbook as a picture: steps from top to bottom, dangers, stops, and where else it leads.

Colour never carries the meaning alone: a danger has a double border and the word, a stop an octagon and the word.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from bot.domain.links import worded
from bot.domain.playbook import Playbook, Step
from bot.domain.turns import Turn, turns
from bot.services.postmortem.document.lanes import columns, joined, line, room, tip

PAD, LINE = 10, 17  # pixels: margin inside a box, a line of text
INDENT = 20  # pixels: of what is said below a side arrow's words
GLYPH = 7.1  # pixels: a letter's mean width at 13 px
EDGE = 34  # pixels between two steps, with room for how long to wait
MAX_TITLE_LINES, MAX_STOP_LINES, MAX_TURN_LINES = 3, 3, 2
NARROW = 480  # below this width what branches off stands under its step, not beside it

_NEIGHBOUR = re.compile(r"\]\((?:\./)?([a-z0-9][a-z0-9-]{0,63})\.md(?:#[^()\s]{0,200})?\)")
_GAP = re.compile(r"\{\{([a-z][a-z0-9_]{0,31})(?::[a-z]+)?\}\}")


@dataclass(frozen=True)
class _Frame:
    """How wide things are: the picture, a step's box, and the lanes beside the boxes."""

    width: int
    columns: Mapping[int, int]  # of each step that has a lane

    @property
    def narrow(self) -> bool:
        return self.width < NARROW

    @property
    def main(self) -> float:
        """A step's box: all of a narrow picture but its lanes, a little more than half of a wide one."""
        return self.width - 2 - room(self.columns) if self.narrow else round(self.width * 0.54)

    @property
    def aside(self) -> float:
        """Where the words stand that branch off."""
        return 54.0 if self.narrow else self.main + max(52, room(self.columns) + 36)

    @property
    def aside_chars(self) -> int:
        right = self.main if self.narrow else self.width
        return int((right - self.aside - 8) / GLYPH)


@dataclass(frozen=True)
class _Box:
    """One step as it is drawn: its lines of text and those of its branches, with the heights that follow."""

    step: Step
    title: tuple[str, ...]
    stop: tuple[str, ...]
    turns: tuple[tuple[int, tuple[str, ...]], ...]  # to which step, and when
    leads: tuple[str, ...]
    height: int  # of the step's own box
    room: int  # of the step with its branches


@dataclass(frozen=True)
class _Way:
    """One side arrow: from the words `→ step 7` to that step, which may have no lane."""

    source: int
    target: int
    x: float
    y: float


def way(book: Playbook, width: int, *, page: Callable[[str], str] | None = None) -> str:
    """Return an `<svg>` of `width` pixels, or "" for a playbook without steps.

    `page` gives the address of another playbook; without it nothing in the picture is a link, as on paper.
    """
    if not book.steps:
        return ""
    led = {step.number: turns(step, len(book.steps)) for step in book.steps}
    targets = {number: [turn.step for turn in out] for number, out in led.items()}
    frame = _Frame(width, columns(targets, from_inside=width < NARROW))
    boxes = [_box(step, led[step.number], book.name, frame) for step in book.steps]
    parts, ways, y = [], list[_Way](), 4.0
    into: dict[int, float] = {}
    for at, box in enumerate(boxes):
        into[box.step.number] = y + (box.height / 2 if frame.narrow else 27)
        branches, out = _branches(box, y, frame, page)
        parts += [_drawn(box, y, frame, page), branches]
        ways += out
        bottom = y + box.room
        if at + 1 < len(boxes):
            parts.append(_edge(box, y + box.height, bottom + EDGE, frame))
            bottom += EDGE
        y = bottom
    dangers = [str(box.step.number) for box in boxes if box.step.danger]
    says = f"{len(boxes)} steps" + (f"; danger at step {', '.join(dangers)}" if dangers else "")
    head = (
        f'<svg viewBox="0 0 {width} {y + 6:.0f}" width="{width}" height="{y + 6:.0f}" role="group" '
        f'aria-label="The way through it: {says}">'
    )
    return head + "".join([*parts, _side_arrows(ways, into, frame, page is not None)]) + "</svg>"


def _box(step: Step, out: Sequence[Turn], name: str, frame: _Frame) -> _Box:
    title = _wrapped(plain_words(step.title), int((frame.main - 58) / GLYPH), MAX_TITLE_LINES)
    chars = frame.aside_chars
    stop = _wrapped(plain_words(step.stop_if), chars, MAX_STOP_LINES) if step.stop_if else ()
    told = tuple(
        (turn.step, () if turn.stops else _wrapped(plain_words(turn.says), chars - 2, MAX_TURN_LINES))
        for turn in sorted(out, key=lambda turn: not turn.stops)  # what belongs to *stop if* stands below it
    )
    text = "\n".join((step.body, step.look_for, step.undo, step.danger, step.stop_if))
    leads = tuple(dict.fromkeys(found for found in _NEIGHBOUR.findall(text) if found != name))[:2]
    height = PAD * 2 + LINE * (len(title) + bool(step.danger))
    lines = (len(stop) + 1 if stop else 0) + sum(1 + len(when) for _, when in told) + len(leads)
    branches = LINE * lines + (6 if lines else 0)
    return _Box(step, title, stop, told, leads, height, height + branches if frame.narrow else max(height, branches))


def _drawn(box: _Box, y: float, frame: _Frame, page: Callable[[str], str] | None) -> str:
    main, step = frame.main, box.step
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
    return f'<a href="#step-{step.number}">{whole}</a>' if page else f"<g>{whole}</g>"


def _branches(box: _Box, y: float, frame: _Frame, page: Callable[[str], str] | None) -> tuple[str, list[_Way]]:
    """What leads away from a step: when to stop, other steps, other playbooks; and where its side arrows begin."""
    if not (box.stop or box.turns or box.leads):
        return "", []
    x = frame.aside
    at = y + box.height + 18 if frame.narrow else y + 18
    parts = [] if frame.narrow else [f'<path class="branch" d="M{frame.main + 2} {at - 4.5}H{x - 18}"/>']
    ways = []
    if box.stop:
        parts.append(f'<path class="stop" d="{_octagon(x - 9, at - 4.5, 8)}"/>')
        parts.append(f'<text class="stopif" x="{x + 6}" y="{at}">stop if</text>')
        at += LINE
    for words in box.stop:
        parts.append(f'<text class="side" x="{x + 6}" y="{at:.0f}">{escape(words)}</text>')
        at += LINE
    for target, when in box.turns:
        ways.append(_Way(box.step.number, target, x + 6, at))
        for words in when:
            at += LINE
            parts.append(f'<text class="side" x="{x + INDENT}" y="{at:.0f}">{escape(words)}</text>')
        at += LINE
    for name in box.leads:
        says = f'<text class="lead" x="{x + 6}" y="{at:.0f}">→ {escape(name)}</text>'
        parts.append(f'<a href="{escape(page(name))}">{says}</a>' if page else says)
        at += LINE
    return "".join(parts), ways


def _side_arrows(ways: Sequence[_Way], into: Mapping[int, float], frame: _Frame, linked: bool) -> str:
    """The arrows to other steps; those of one lane are one line, which goes over the lanes before it."""
    parts = []
    for target in dict.fromkeys(one.target for one in ways):
        column, end = frame.columns.get(target), (frame.main + 1, into[target])
        mine = [one for one in ways if one.target == target]
        starts = [_start(one, frame) for one in mine]
        if column is not None:
            whole = joined(starts, column, end)
            parts.append(f'<path class="under" d="{whole}"/><path class="turn" d="{whole}"/>')
            parts.append(f'<path class="into" d="{tip(end)}"/>')
        for one, start in zip(mine, starts, strict=True):
            words = (
                f"<title>From step {one.source} to step {target}</title>"
                f'<text class="lead" x="{one.x}" y="{one.y:.0f}">→ step {target}</text>'
            )
            if linked:
                alone = "" if column is None else f'<path class="over" d="{line(start, column, end)}"/>'
                words = f'<a href="#step-{target}">{words}{alone}</a>'
            parts.append(words if linked else f"<g>{words}</g>")
    return "".join(parts)


def _start(one: _Way, frame: _Frame) -> tuple[float, float]:
    """Where a side arrow begins: behind its words in a narrow picture, before them in a wide one."""
    behind = one.x + GLYPH * len(f"→ step {one.target}") + 6
    return (behind if frame.narrow else one.x - 5, one.y - 4.5)


def _edge(box: _Box, top: float, bottom: float, frame: _Frame) -> str:
    """The arrow to the next step, with how long to give this one."""
    arrow = f'<path class="edge" d="M26 {top}V{bottom - 6}"/><path class="tip" d="M26 {bottom}l-5 -8h10z"/>'
    wait = plain_words(box.step.give_it).split(". ")[0].rstrip(".")
    if not wait:
        return arrow
    chars = int((frame.main - 50) / (GLYPH * 0.93))
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
