"""The way through a playbook as a picture: steps from top to bottom, dangers, stops, and where else it leads.

Colour never carries the meaning alone: a danger has a double border and the word, a stop an octagon and the word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from bot.domain.playbook import Playbook, Step
from bot.domain.turns import Place, Turn, turns
from bot.services.postmortem.document import branches
from bot.services.postmortem.document.branches import LINE, NAME, NARROW, SIDE, Frame, Said, Way
from bot.services.postmortem.document.lanes import columns, joined, line, tip
from bot.services.postmortem.document.words import plain_words, wrapped

PAD = 10  # pixels: margin inside a box
EDGE = 34  # pixels between two steps, with room for how long to wait
MAX_TITLE_LINES, MAX_WAIT_LINES = 3, 3


@dataclass(frozen=True)
class _Box:
    """One step as it is drawn: its lines of text and what stands beside it, with the heights that follow."""

    step: Step
    title: tuple[str, ...]
    beside: tuple[Said, ...]
    wait: tuple[str, ...]  # how long to give it, between it and the next one
    height: int  # of the step's own box
    room: int  # of the step with what stands beside it


@dataclass(frozen=True)
class _Picture:
    """All that is drawn, from 0 to `height`."""

    width: int
    height: float
    says: str
    tops: tuple[float, ...]  # of each step's box
    steps: tuple[str, ...]  # each with what stands beside it
    lanes: str  # the side arrows' lines, above the steps
    words: tuple[str, ...]  # of the side arrows from each step, above the lines

    def svg(self, top: float, bottom: float, part: str = "") -> str:
        """What lies from `top` to `bottom`, with the steps that begin there."""
        shown = [at for at, begins in enumerate(self.tops) if top <= begins < bottom]
        inside = "".join([*(self.steps[at] for at in shown), self.lanes, *(self.words[at] for at in shown)])
        tall = f"{bottom - top:.0f}"
        return (
            f'<svg viewBox="0 {top:.0f} {self.width} {tall}" width="{self.width}" height="{tall}" role="group" '
            f'aria-label="The way through it: {self.says}{part}">{inside}</svg>'
        )


def way(book: Playbook, width: int, *, page: Callable[[str], str] | None = None) -> str:
    """Return an `<svg>` of `width` pixels, or "" for a playbook without steps.

    `page` gives the address of another playbook; without it nothing in the picture is a link, as on paper.
    """
    if not book.steps:
        return ""
    drawn = _picture(book, width, page)
    return drawn.svg(0, drawn.height)


def sheets(book: Playbook, width: int, tall: int) -> tuple[str, ...]:
    """Return the picture as `<svg>`s of `width` pixels that are cut between steps: at most `tall`, or one step each.

    Nothing is a link; none for a playbook without steps.
    """
    if not book.steps:
        return ()
    drawn = _picture(book, width, None)
    cuts = [0.0]
    for top, bottom in pairwise([*(top - 2 for top in drawn.tops[1:]), drawn.height]):
        if bottom - cuts[-1] > tall:
            cuts.append(top)
    parts = list(pairwise([*cuts, drawn.height]))
    one_of = f" of {len(parts)}"
    return tuple(drawn.svg(*part, f"; part {at}{one_of}" * (len(parts) > 1)) for at, part in enumerate(parts, start=1))


def _picture(book: Playbook, width: int, page: Callable[[str], str] | None) -> _Picture:
    led = {step.number: turns(step, len(book.steps), book.name) for step in book.steps}
    targets = {number: _sideways(number, out) for number, out in led.items()}
    frame = Frame(width, columns(targets, from_inside=width < NARROW))
    boxes = [_box(step, led[step.number], frame) for step in book.steps]
    steps, ways, tops, y = list[str](), list[list[Way]](), list[float](), 4.0
    into: dict[int, float] = {}
    for at, box in enumerate(boxes):
        into[box.step.number] = y + (box.height / 2 if frame.narrow else 27)
        tops.append(y)
        beside, out = _beside(box, y, frame, page)
        steps.append(_drawn(box, y, frame, page) + beside)
        ways.append(out)
        bottom = y + box.room
        if at + 1 < len(boxes):
            steps[-1] += _edge(box, y + box.height, bottom, frame)
            bottom += _gap(box)
        y = bottom
    dangers = [str(box.step.number) for box in boxes if box.step.danger]
    says = f"{len(boxes)} steps" + (f"; danger at step {', '.join(dangers)}" if dangers else "")
    words = tuple("".join(_words(one, into, frame, page is not None) for one in out) for out in ways)
    lanes = _lanes([one for out in ways for one in out], into, frame)
    return _Picture(width, y + 6, says, tuple(tops), tuple(steps), lanes, words)


def _sideways(number: int, out: Sequence[Turn]) -> list[int]:
    """The steps of the same page that a lane leads to: not the next one, where the way goes anyway."""
    shown = [place for turn in out for place in turn.to][: branches.MAX_WAYS]
    return list(dict.fromkeys(place.step for place in shown if not place.page and place.step != number + 1))


def _box(step: Step, out: Sequence[Turn], frame: Frame) -> _Box:
    title = wrapped(plain_words(step.title), frame.main - 58, NAME, MAX_TITLE_LINES)
    wait = plain_words(step.give_it).split(". ")[0].rstrip(".")
    beside = branches.said(step.number, out, frame)
    height = PAD * 2 + LINE * (len(title) + bool(step.danger))
    below = sum(one.height for one in beside) + (6 if beside else 0)
    return _Box(
        step,
        title,
        beside,
        wrapped(wait, frame.main - 42, SIDE, MAX_WAIT_LINES) if wait else (),
        height,
        height + below if frame.narrow else max(height, below),
    )


def _drawn(box: _Box, y: float, frame: Frame, page: Callable[[str], str] | None) -> str:
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


def _beside(box: _Box, y: float, frame: Frame, page: Callable[[str], str] | None) -> tuple[str, list[Way]]:
    if not box.beside:
        return "", []
    top = y + box.height + 18 if frame.narrow else y + 18
    told, ways = branches.drawn(box.step.number, box.beside, top, frame, page)
    to = f'<path class="branch" d="M{frame.main + 2} {top - 4.5}H{frame.aside - 18}"/>'
    return ("" if frame.narrow else to) + told, ways


def _lanes(ways: Sequence[Way], into: Mapping[int, float], frame: Frame) -> str:
    """The side arrows; those of one lane are one line, which goes over the lanes before it."""
    parts = []
    for target in dict.fromkeys(one.target for one in ways):
        if (column := frame.columns.get(target)) is not None:
            end = (frame.main + 1, into[target])
            whole = joined([_start(one, frame) for one in ways if one.target == target], column, end)
            parts.append(f'<path class="under" d="{whole}"/><path class="turn" d="{whole}"/>')
            parts.append(f'<path class="into" d="{tip(end)}"/>')
    return "".join(parts)


def _words(one: Way, into: Mapping[int, float], frame: Frame, linked: bool) -> str:
    """The words where a side arrow begins; as a link they have a line of its own, which is seen when pointed at."""
    words = (
        f"{branches.titled(one.source, Place('', one.target), one.whole)}"
        f'<text class="lead" x="{one.x}" y="{one.y:.0f}">→ step {one.target}</text>'
    )
    if not linked:
        return f"<g>{words}</g>"
    if (column := frame.columns.get(one.target)) is not None:
        way = line(_start(one, frame), column, (frame.main + 1, into[one.target]))
        words += f'<path class="over" d="{way}"/>'
    return f'<a href="#step-{one.target}">{words}</a>'


def _start(one: Way, frame: Frame) -> tuple[float, float]:
    """Where a side arrow begins: behind its words in a narrow picture, before them in a wide one."""
    behind = one.x + 7 * len(f"→ step {one.target}") + 6
    return (behind if frame.narrow else one.x - 5, one.y - 4.5)


def _gap(box: _Box) -> int:
    return EDGE + LINE * max(len(box.wait) - 1, 0)


def _edge(box: _Box, top: float, room: float, frame: Frame) -> str:
    """The arrow to the next step, from `top` on; below what stands beside it, at `room`, how long to give this one."""
    bottom = room + _gap(box)
    arrow = f'<path class="edge" d="M26 {top}V{bottom - 6}"/><path class="tip" d="M26 {bottom}l-5 -8h10z"/>'
    text = "".join(
        f'<text class="wait" x="40" y="{room + EDGE / 2 + 4 + at * LINE:.0f}">{escape(words)}</text>'
        for at, words in enumerate(box.wait)
    )
    whole = plain_words(box.step.give_it)
    return f"{arrow}<g><title>{escape(f'Give it {whole}')}</title>{text}</g>" if text else arrow
