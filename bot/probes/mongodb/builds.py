"""Reads the index builds that run on a member out of $currentOp, as the versions show them.

From 4.4 a build has two operations on the primary: the client's, which waits, and the coordinator's, which has the
progress and may not say in which database it works. Until 4.2 a secondary shows the index itself as the command, and
begins only when the primary is done (MongoDB manual, currentOp and index builds of each version).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.probes.mongodb.answers import number
from bot.probes.mongodb.operations import Operation, seconds
from bot.probes.mongodb.wording import share, short, span


@dataclass(frozen=True)
class Build:
    """Indexes of one collection that are being built. `database` is "" where the server does not say it."""

    database: str
    collection: str
    names: tuple[str, ...]
    done: float | None
    total: float | None
    running_s: float | None

    def is_of(self, namespace: str) -> bool:
        """Whether it builds on this collection, as far as it says."""
        database, _, collection = namespace.partition(".")
        return collection == self.collection and self.database in ("", database)

    @property
    def part(self) -> float | None:
        """How far it is, 0 to 1."""
        if self.done is None or self.total is None or not 0 <= self.done <= self.total or self.total <= 0:
            return None
        return self.done / self.total

    def __str__(self) -> str:
        """`shop.orders status_1, 64 % done, for 90 s`."""
        name = short(".".join(filter(None, (self.database, self.collection))) or "a collection", 40)
        index = short(" ".join(self.names), 40) or "an index"
        done = "" if self.part is None else f", {share(self.part, 1)} done"
        return f"{name} {index}{done}" + ("" if self.running_s is None else f", for {span(self.running_s)}")


def builds(found: Iterable[Operation]) -> list[Build]:
    """The builds among the operations, each once."""
    known: dict[tuple[str, tuple[str, ...]], list[Build]] = {}
    for one in (_build(operation) for operation in found):
        if one is None:
            continue
        same = known.setdefault((one.collection, one.names), [])
        twin = next(
            (other for other in same if "" in (other.database, one.database) or other.database == one.database), None
        )
        if twin is None:
            same.append(one)
        else:
            same[same.index(twin)] = _joined(twin, one)
    return [one for same in known.values() for one in same]


def _joined(one: Build, other: Build) -> Build:
    """Two operations of one build as one: the database of the one that knows, the progress of the one that works."""
    works, waits = (other, one) if one.part is None else (one, other)
    return replace(works, database=works.database or waits.database)


def _build(operation: Operation) -> Build | None:
    commands = (operation.get(name) for name in ("command", "query", "insert"))
    asked: Mapping[Any, Any] = next((one for one in commands if isinstance(one, Mapping) and one), {})
    says = str(operation.get("msg", ""))[:40].startswith("Index Build")
    by_replication = str(operation.get("desc", ""))[:40].startswith(("repl index builder", "repl-index-builder"))
    if "createIndexes" not in asked and not says and not (by_replication and "key" in asked):
        return None
    indexes = asked.get("indexes")
    listed = [one for one in indexes if isinstance(one, Mapping)] if isinstance(indexes, list) else [asked]
    database, collection = _where(operation, asked, listed)
    progress = operation.get("progress")
    told = progress if isinstance(progress, Mapping) else {}
    return Build(
        database=database,
        collection=collection,
        names=tuple(sorted(one["name"] for one in listed if isinstance(one.get("name"), str))),
        done=number(told.get("done")),
        total=number(told.get("total")),
        running_s=seconds(operation),
    )


def _where(operation: Operation, asked: Mapping[Any, Any], listed: list[Mapping[Any, Any]]) -> tuple[str, str]:
    """Database and collection, each from wherever it is told."""
    database = ""
    for name in (operation.get("ns"), *(one.get("ns") for one in listed)):
        if not isinstance(name, str) or not name:
            continue
        own, _, collection = name.partition(".")
        database = database or own
        if collection and not collection.startswith(("$cmd", "system.indexes")):
            return own, collection
    told, target = asked.get("$db"), asked.get("createIndexes")
    return database or (told if isinstance(told, str) else ""), target if isinstance(target, str) else ""
