"""Reads the words after a change's name: `shop.orders status_1`, `+4x100`, `backup=orders-backups`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.domain.preflight.values import Change
from bot.errors import UserError

MOST_WORD_CHARS = 200
_QUOTES = "`'\"“”‘’"
_SERVERS = re.compile(r"\+?(\d{1,5})[x×*](\d{1,6})")
_BYTES = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s?(MB|GB|TB)", re.IGNORECASE)
_UNITS = {"mb": 10**6, "gb": 10**9, "tb": 10**12}
CHOICES = {"supervisor": ("on", "off"), "jobs": ("stopped", "running")}


def read(change: Change, typed: Sequence[str], system: str) -> dict[str, str]:
    """Return the details by name. Raises UserError that says what to type."""
    words = [word.strip(_QUOTES) for word in typed if word.strip(_QUOTES)]
    told = dict(one.split("=", 1) for one in words if "=" in one and one.split("=", 1)[0] in change.options)
    plain = [word for word in words if word.split("=", 1)[0] not in change.options or "=" not in word]
    if len(plain) > len(change.words):
        extra = plain[len(change.words)][:60]
        raise _wrong(f"`{change.name}` does not know what to do with `{extra}`.", change, system)
    given = dict(zip(change.words, plain, strict=False))
    missing = [name for name in change.words if name not in given and name != "servers"]
    if missing:
        raise _wrong(f"`{change.name}` lacks the name of the {' and the '.join(missing)}.", change, system)
    for name, value in (given | told).items():
        if fault := _fault(name, value, given):
            raise _wrong(fault, change, system)
    return given | {name: value.lower() for name, value in told.items()}


def servers(told: str) -> tuple[int, int] | None:
    """`+4x100` as (4, 100): how many servers, and how many connections each may open."""
    found = _SERVERS.fullmatch(told)
    return (int(found[1]), int(found[2])) if found else None


def in_bytes(told: str) -> float | None:
    """`40GB` as bytes."""
    found = _BYTES.fullmatch(told)
    return float(found[1]) * _UNITS[found[2].lower()] if found else None


def _fault(name: str, value: str, given: dict[str, str]) -> str:
    shown = value[:60]
    if len(value) > MOST_WORD_CHARS:
        return f"`{shown}…` is longer than a name can be."
    if name == "collection" and not re.fullmatch(r"[^.\s]+\.\S+", value):
        return f"`{shown}` is no collection: write the database's name before it, as in `shop.orders`."
    if name == "new index" and value == given.get("old index"):
        return f"Old and new index are both `{shown}`."
    if name == "servers" and servers(value) is None:
        return f"`{shown}` does not say how many servers with how many connections each."
    if name == "free" and in_bytes(value) is None:
        return f"`{shown}` is no size: write `free=40GB`."
    if name in CHOICES and value.lower() not in CHOICES[name]:
        return f"`{name}` is {' or '.join(f'`{one}`' for one in CHOICES[name])}, not `{shown}`."
    return ""


def _wrong(says: str, change: Change, system: str) -> UserError:
    line = f"/incident preflight {change.name} {system} {change.example}".strip()
    return UserError(says, hint=f"Type `{line}`.")
