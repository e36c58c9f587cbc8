"""The indexes and document counts of all collections of a member, bounded in number and time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure

MOST_COLLECTIONS = 200
REST = "..."  # under this key stands how many collections were left out
GONE = (26, 166)  # NamespaceNotFound: dropped meanwhile; CommandNotSupportedOnView: a view has neither
SKIPPED = frozenset({"admin", "local", "config"})  # $indexStats on them needs more than clusterMonitor

Client = MongoClient[dict[str, Any]]


def indexes(client: Client, within_s: float) -> dict[str, Any]:
    """Return `{"shop.orders": [{"name", "key", "options", "building", "ops", "since"}, …]}` by `$indexStats`.

    Needs clusterMonitor alone. What lies beyond MOST_COLLECTIONS or the time is counted under `...`.
    """
    return _each(client, within_s, lambda database, name: [_index(one) for one in _stats(client, database, name)])


def counts(client: Client, within_s: float) -> dict[str, Any]:
    """Return `{"shop.orders": documents}` by `$collStats`, bounded like `indexes`."""
    return _each(client, within_s, lambda database, name: _count(client, database, name))


def _each(client: Client, within_s: float, read: Any) -> dict[str, Any]:
    until = time.monotonic() + within_s * 0.9
    found: dict[str, Any] = {}
    names = sorted(_namespaces(client))
    for at, (database, name) in enumerate(names):
        if at >= MOST_COLLECTIONS or time.monotonic() > until:
            found[REST] = len(names) - at
            break
        try:
            found[f"{database}.{name}"] = read(database, name)
        except OperationFailure as error:
            if error.code not in GONE:
                raise
    return found


def _namespaces(client: Client) -> Iterator[tuple[str, str]]:
    """All collections, from `top`, which clusterMonitor may read; a router has no `top` and is asked for its lists."""
    try:
        totals = client.admin.command("top").get("totals", {})
        names = [name for name in totals if name != "note"]
    except OperationFailure:
        lists = client.list_database_names()
        names = [f"{one}.{name}" for one in lists if one not in SKIPPED for name in client[one].list_collection_names()]
    for whole in names:
        database, _, name = whole.partition(".")
        if database not in SKIPPED and name and not name.startswith("system."):
            yield database, name


def _stats(client: Client, database: str, name: str) -> list[dict[str, Any]]:
    return list(client[database][name].aggregate([{"$indexStats": {}}, {"$limit": 200}]))


def _index(stats: dict[str, Any]) -> dict[str, Any]:
    spec, accesses = stats.get("spec") or {}, stats.get("accesses") or {}
    return {
        "name": stats.get("name"),
        "key": [[field, direction] for field, direction in (stats.get("key") or {}).items()],
        "options": {key: value for key, value in spec.items() if key not in ("v", "key", "name", "ns", "background")},
        "building": bool(stats.get("building")),
        "ops": accesses.get("ops", 0),
        "since": accesses.get("since"),
    }


def _count(client: Client, database: str, name: str) -> int:
    rows = list(client[database][name].aggregate([{"$collStats": {"count": {}}}]))
    return sum(int(row.get("count", 0)) for row in rows)
