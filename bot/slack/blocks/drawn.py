"""What a message shows, by what it is about: a line for notifications and screen readers, and the blocks."""

from __future__ import annotations

from functools import singledispatch

from bot.domain.walk import Walk
from bot.services.postmortems import Summary
from bot.services.rooms import Room
from bot.slack.blocks import card, step, summary
from bot.slack.blocks.pieces import Block
from bot.slack.text import escape, plain, shorten

Drawn = tuple[str, list[Block]]

MAX_SAID_CHARS = 3500


@singledispatch
def drawn(what: object) -> Drawn:
    """Return the text and the blocks of a message; no blocks where words are enough."""
    raise TypeError(f"nothing draws a {type(what).__name__}")


@drawn.register
def _(words: str) -> Drawn:
    return plain(shorten(words, MAX_SAID_CHARS)), []


@drawn.register
def _(room: Room) -> Drawn:
    return card.fallback(room.incident), card.card(room)


@drawn.register
def _(walk: Walk) -> Drawn:
    return step.fallback(walk), step.shown(walk)


@drawn.register
def _(made: Summary) -> Drawn:
    return f"{summary.title(made)}: {escape(made.incident.title)}", summary.summary(made)
