"""Looks at made members, and the recorded answers: what the tests of the MongoDB judges are built of."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.domain.inventory import Member, System, SystemKind
from bot.probes.seen import Answer, Look, Seen, Trouble

ANSWERS = Path(__file__).parent.parent / "answers"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SILENT = Answer(trouble=Trouble.SILENT, says="no answer in 1.0 s", took_s=1.0)
UNREACHABLE = Answer(trouble=Trouble.UNREACHABLE, says="connection refused")
DENIED = Answer(trouble=Trouble.DENIED, says="needs clusterMonitor")
TROUBLES = (SILENT, UNREACHABLE, DENIED, Answer(trouble=Trouble.BROKEN), Answer(trouble=Trouble.NOT_ASKED))


def recorded(path: str) -> Any:
    """A real answer, trimmed; the folder's SOURCES.md says of what server."""
    return json.loads((ANSWERS / path).read_text(encoding="utf-8"))


def hello(number: int, *, primary: bool = False, **more: Any) -> dict[str, Any]:
    return {
        "setName": "rs0",
        "isWritablePrimary": primary,
        "secondary": not primary,
        "me": f"db{number}:27017",
        "ok": 1.0,
    } | more


def look(number: int, *, part: str = "", **answers: Any) -> Look:
    """Member `number`, the first a primary. What is no Answer is the value of one; `hello=` may be replaced."""
    asked = {"hello": hello(number, primary=number == 1)} | answers
    wrapped = {name: one if isinstance(one, Answer) else Answer(one, took_s=0.01) for name, one in asked.items()}
    return Look(Member(host=f"db{number}", port=27017, part=part), wrapped)


def seen(*looks: Look, before: Any = None, ago_s: float = 0.0) -> Seen:
    """A look at them `ago_s` seconds ago, with what the look before it kept."""
    return Seen(
        System(name="shop", kind=SystemKind.MONGODB, members=tuple(one.member for one in looks)),
        NOW - timedelta(seconds=ago_s),
        looks,
        {} if before is None else before,
        None if before is None else NOW - timedelta(seconds=ago_s + 10),
    )


def kept(value: Any) -> Any:
    """What becomes of what a probe keeps: JSON, and back."""
    return json.loads(json.dumps(value))


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**63), max_value=2**63 - 1)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=5)
    | st.just(NOW),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)

MUTATED = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, one in inside for path in paths(one, (*at, key)))]


def mutated(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A copy with something else at `path`."""
    if not path:
        return odd
    copy = value.copy()
    copy[path[0]] = mutated(copy[path[0]], path[1:], odd)
    return copy


def without(value: dict[str, Any], *path: str) -> dict[str, Any]:
    """A copy without what stands at `path`."""
    copy = value.copy()
    if len(path) == 1:
        del copy[path[0]]
    else:
        copy[path[0]] = without(copy[path[0]], *path[1:])
    return copy
