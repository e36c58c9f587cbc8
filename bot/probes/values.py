"""Values of answers as judges need them, whatever a server sent: a number, a text, a moment, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

MOST_CHARS = 160  # of a finding's sentence


def number(value: Any) -> float | None:
    """A finite number, else None: NaN, texts and booleans are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if found == found and abs(found) != float("inf") else None


def text(value: Any, most: int = 60) -> str:
    """A text on one line and no longer than `most`; "" for anything that is none."""
    line = " ".join(value[: most * 4].split()) if isinstance(value, str) else ""
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def moment(value: Any) -> datetime | None:
    """A date, or a text in ISO 8601, as UTC; None for what is none."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip()[:40])
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        return None


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping; an empty one for anything that is none."""
    return value if isinstance(value, Mapping) else {}


def rows(value: Any) -> list[Mapping[str, Any]]:
    """The mappings of a list; none for anything that is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list | tuple) else []


def sentence(says: str) -> str:
    """A finding's sentence, of one line and no longer than it may be."""
    return text(says, MOST_CHARS)


def texts(value: Any) -> list[str]:
    """The texts of a list that are not empty."""
    return [one for one in value if isinstance(one, str) and one] if isinstance(value, list | tuple) else []
