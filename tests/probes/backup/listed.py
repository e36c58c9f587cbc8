"""A look at backups, made by hand for the judges."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from bot.domain.inventory import SystemKind
from bot.probes.seen import Answer, Seen
from tests.probes.web.seeing import NOW, ODD, seen


def file(hours_ago: float, size: Any = 1000, name: str = "dump.rdb") -> dict[str, Any]:
    return {"name": name, "size": size, "modified": NOW - timedelta(hours=hours_ago), "folder": False}


def look(*files: dict[str, Any], before: Mapping[str, Any] | None = None, told: Any = None, **options: Any) -> Seen:
    """`told` is what the newest says of itself."""
    answers = {"files": list(files), "content": told if told is not None else {"kind": "none"}}
    return seen(SystemKind.BACKUP, answers, before=before, **options)


def unanswered(answer: Answer) -> Seen:
    return seen(SystemKind.BACKUP, {"files": answer, "content": answer})


FILES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "name": ODD | st.just("2026-11-20.rdb"),
            "size": ODD | st.integers(0, 10**13),
            "modified": ODD | st.timedeltas(timedelta(days=-60), timedelta(days=1)).map(lambda one: NOW + one),
        },
    ),
    max_size=8,
)
OPTIONS = st.fixed_dictionaries(
    {}, optional={"every_h": ODD, "generations": ODD, "content": ODD | st.sampled_from(["rdb", "mongodump", "any"])}
)
