"""What a look at a web server brought, made by hand for the judges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from bot.domain.inventory import Member, System, SystemKind
from bot.probes.seen import Answer, Look, Seen, Trouble

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

# What a server may send where something else is expected.
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["IDLE", "UPDATING", "completed", "2026-11-20T10:00:00Z", "0001-01-01T00:00:00+23:59", "major"])
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def seen(
    kind: SystemKind,
    answers: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None = None,
    **options: Any,
) -> Seen:
    """One look; a plain value stands for the answer that holds it."""
    given = {name: one if isinstance(one, Answer) else Answer(value=one, took_s=0.1) for name, one in answers.items()}
    system = System(name="it", kind=kind, options=options)
    return Seen(system=system, at=NOW, looks=(Look(Member(host="shop.example", port=443), given),), before=before or {})


def troubled(trouble: Trouble) -> Answer:
    return Answer(trouble=trouble, says="no answer in 2.0 s" if trouble is Trouble.SILENT else "")


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The document with what stands at `path` replaced."""
    if not path:
        return value
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = changed(copy[path[0]], path[1:], value)
    return copy


def paths(document: Any) -> list[tuple[Any, ...]]:
    """Every place in a document."""
    items = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [()] + [(key, *rest) for key, inner in items for rest in paths(inner)]
