"""Cursors: a long list in pieces, as Slack's `limit` and `next_cursor` do it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.rehearsal.refusals import Refusal

T = TypeVar("T")


def page(items: Sequence[T], cursor: str, limit: int) -> tuple[Sequence[T], dict[str, Any]]:
    """Return one piece and its `response_metadata`. Raises Refusal `invalid_cursor`."""
    start = _offset(cursor) if cursor else 0
    if start > len(items):
        raise Refusal("invalid_cursor")
    end = start + limit
    more = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"next_cursor": more}


def _offset(cursor: str) -> int:
    try:
        words = base64.b64decode(cursor, validate=True).decode()
        return int(words.removeprefix("next:"))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise Refusal("invalid_cursor") from None
