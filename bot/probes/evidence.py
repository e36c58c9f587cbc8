"""What answers look like when they are kept: plain, small, and without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bot.domain.redaction import redact
from bot.probes.seen import Answer, Look

MOST_DEPTH = 12
MOST_ITEMS = 200
MOST_CHARS = 500
MOST_NUMBER = 2**63

_SECRET = re.compile(
    r"pass(word|wd|phrase)?$|secret|token|private_?key|requirepass|masterauth|keyfile|credential|signature|hash$|nonce",
    re.IGNORECASE,
)


def evidence(looks: Iterable[Look]) -> dict[str, Any]:
    """Return `{member: {question: {"value" or "trouble", "says", "took_s"}}}`."""
    return {look.member.name: {name: _answer(answer) for name, answer in look.answers.items()} for look in looks}


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON can hold it: odd types as text, what is too deep, too long or too many cut with a `…`."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < MOST_NUMBER else str(value)[:MOST_CHARS]
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, str):
        return redact(value[:MOST_CHARS] + ("…" if len(value) > MOST_CHARS else ""))
    if isinstance(value, datetime):
        return value.isoformat()
    if depth >= MOST_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    if isinstance(value, list | tuple | set | frozenset):
        some = [plain(one, depth + 1) for _, one in zip(range(MOST_ITEMS), value, strict=False)]
        return [*some, "…"] if len(value) > MOST_ITEMS else some
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return redact(str(value)[:MOST_CHARS])


def _mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for at, (key, one) in enumerate(value.items()):
        if at >= MOST_ITEMS:
            found["…"] = len(value) - at
            break
        name = str(key)[:MOST_CHARS]
        found[name] = (
            "[redacted]" if one and _SECRET.search(name) and isinstance(one, str | bytes) else plain(one, depth + 1)
        )
    return found


def _answer(answer: Answer) -> dict[str, Any]:
    kept: dict[str, Any] = {"took_s": round(answer.took_s, 4)}
    if answer.trouble is None:
        return kept | {"value": plain(answer.value)}
    return kept | {"trouble": answer.trouble.value, "says": answer.says}
