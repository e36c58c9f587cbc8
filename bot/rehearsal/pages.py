"""Cursors: a long list in pieces, as Slack's `limit` and `next_cursor` do it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Message

T = TypeVar("T")


def page(items: Sequence[T], cursor: str, limit: int) -> tuple[Sequence[T], dict[str, Any]]:
    """Return one piece and its `response_metadata`. Raises Refusal `invalid_cursor`."""
    start = _offset(cursor) if cursor else 0
    if start > len(items):
        raise Refusal("invalid_cursor")
    end = start + limit
    more = _encoded(f"next:{end}") if end < len(items) else ""
    return items[start:end], {"next_cursor": more}


def page_by_ts(items: Sequence[Message], cursor: str, limit: int) -> tuple[Sequence[Message], dict[str, Any]]:
    """Return one piece of a list of messages; the cursor names the next message, so new ones do not shift it.

    Raises Refusal `invalid_cursor`.
    """
    start = 0
    if cursor:
        stamps = [message.ts for message in items]
        wanted = _decoded(cursor).removeprefix("next_ts:")
        if wanted not in stamps:
            raise Refusal("invalid_cursor")
        start = stamps.index(wanted)
    end = start + limit
    more = _encoded(f"next_ts:{items[end].ts}") if end < len(items) else ""
    return items[start:end], {"next_cursor": more}


def _encoded(words: str) -> str:
    return base64.b64encode(words.encode()).decode()


def _decoded(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Refusal("invalid_cursor") from None


def _offset(cursor: str) -> int:
    words = _decoded(cursor).removeprefix("next:")
    if not words.isdigit():
        raise Refusal("invalid_cursor")
    return int(words)
