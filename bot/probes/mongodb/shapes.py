"""What an operation of $currentOp is, without what it is about: keys, operators and types, never a value of a query.

An operation carries the values people searched for: names, addresses, numbers. None of them is needed to tell which
query is slow, so they are cut before anything is judged, shown or kept. What is not known to be harmless is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

MOST_DEPTH = 6  # a filter inside $and inside $or inside a stage; deeper ones look alike
MOST_PARTS = 120  # keys and types in one command
MOST_KEYS = 30  # in one document
MOST_SHAPES = 8  # different ones in one list
MOST_KEY_CHARS = 80
MOST_TEXT_CHARS = 255  # a namespace has at most that many bytes (MongoDB manual, limits)
REST = "…"

KEPT = (
    "type", "host", "shard", "desc", "connectionId", "client", "client_s", "appName", "active", "currentOpTime", "opid",
    "secs_running", "microsecs_running", "op", "ns", "planSummary", "queryFramework", "queryHash", "planCacheKey",
    "queryShapeHash", "msg", "numYields", "waitingForLock", "waitingForFlowControl", "killPending", "writeConflicts",
    "waitForWriteConcernDurationMillis",
)  # fmt: skip
KEPT_OF_CURSOR = ("createdDate", "nDocsReturned", "nBatchesReturned", "tailable", "awaitData", "planSummary")
COMMANDS = ("command", "query", "insert", "originatingCommand")  # `query` until 3.4, `insert` for index builds of 2.6
VERBS = (
    "find", "aggregate", "count", "distinct", "insert", "update", "delete", "findAndModify", "findandmodify", "getMore",
    "mapReduce", "mapreduce", "createIndexes", "dropIndexes", "collMod", "collStats", "compact", "validate", "drop",
)  # fmt: skip

_TRUNCATED = re.compile(r"^\{ ?\"?(\w{1,40})\"?:")
_BUILDER = re.compile(r"repl[ -]index[ -]builder")


def shape(operation: Any) -> dict[str, Any]:
    """The operation as it may be kept. What is no operation becomes {}.

    A collection's name and an index's name and key stay: they are schema, and say which query or build it is.
    """
    if not isinstance(operation, Mapping):
        return {}
    found = _scalars(operation, KEPT)
    for name in COMMANDS:
        if isinstance(operation.get(name), Mapping):
            found[name] = command_shape(operation[name], operation)
    cursor = operation.get("cursor")
    if isinstance(cursor, Mapping):
        found["cursor"] = _scalars(cursor, KEPT_OF_CURSOR)
        if isinstance(origin := cursor.get("originatingCommand"), Mapping):
            found["cursor"]["originatingCommand"] = command_shape(origin, operation)
    for name, names in (("progress", ("done", "total")), ("currentQueue", ("name", "timeQueuedMicros"))):
        if isinstance(inside := operation.get(name), Mapping):
            found[name] = _scalars(inside, names)
    return found


def command_shape(command: Mapping[Any, Any], operation: Mapping[Any, Any]) -> dict[str, Any]:
    """The keys and types of one command, with the collection it names and the indexes it builds."""
    if isinstance(text := command.get("$truncated"), str):
        verb = _TRUNCATED.match(text)
        return {verb[1]: "string", "$truncated": True} if verb and verb[1] in VERBS else {"$truncated": True}
    if _BUILDER.match(str(operation.get("desc", ""))[:40]):
        return _index(command)
    left = [MOST_PARTS]
    found: dict[str, Any] = _document(command, 0, left)
    for key in (*VERBS, "collection", "$db"):
        if _names_a_collection(key, command.get(key), operation):
            found[key] = command[key]
    if "createIndexes" in command and isinstance(command.get("indexes"), list):
        found["indexes"] = [_index(one) for one in command["indexes"][:MOST_KEYS] if isinstance(one, Mapping)]
    return found


def _names_a_collection(key: str, value: Any, operation: Mapping[Any, Any]) -> bool:
    """Whether it is a collection's or a database's name. Old servers show a bare filter here: `{count: "Ada"}`."""
    if not isinstance(value, str) or len(value) > MOST_TEXT_CHARS:
        return False
    database, _, collection = str(operation.get("ns", "")).partition(".")
    if key == "$db":
        return value == database or not database
    return value == collection or collection.startswith("$cmd") or (key == "createIndexes" and not collection)


def _index(spec: Mapping[Any, Any]) -> dict[str, Any]:
    """Name, key and namespace of an index, nothing else of it: a partial index's filter holds values."""
    found = _scalars(spec, ("name", "ns"))
    key = spec.get("key")
    if isinstance(key, Mapping):
        found["key"] = _scalars(key, tuple(islice(key, MOST_KEYS)))
    return found


def _scalars(value: Mapping[Any, Any], names: tuple[Any, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        one = value.get(name)
        if isinstance(one, str):
            found[str(name)[:MOST_KEY_CHARS]] = one[:MOST_TEXT_CHARS]
        elif isinstance(one, bool | int | float | datetime):
            found[str(name)[:MOST_KEY_CHARS]] = one
    return found


def _types(value: Any, depth: int, left: list[int]) -> Any:
    """The value with a word for each type where a value stood; `left` counts down over the whole command."""
    left[0] -= 1
    if isinstance(value, Mapping):
        return {} if depth >= MOST_DEPTH or left[0] <= 0 else _document(value, depth, left)
    if isinstance(value, list | tuple):
        return [REST] if depth >= MOST_DEPTH or left[0] <= 0 else _list(value, depth, left)
    return _type(value)


def _document(value: Mapping[Any, Any], depth: int, left: list[int]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in islice(value, MOST_KEYS):
        if left[0] <= 0:
            break
        found[str(key)[:MOST_KEY_CHARS]] = _types(value[key], depth + 1, left)
    if len(found) < len(value):
        found[REST] = len(value) - len(found)
    return found


def _list(value: list[Any] | tuple[Any, ...], depth: int, left: list[int]) -> list[Any]:
    """Each different shape once: `$in` of a thousand names is one `string`."""
    found: list[Any] = []
    for one in islice(value, MOST_PARTS):
        if left[0] <= 0 or len(found) >= MOST_SHAPES:
            found.append(REST)
            break
        if (shaped := _types(one, depth + 1, left)) not in found:
            found.append(shaped)
    return found


def _type(value: Any) -> str:
    """One word: what a value is."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    if isinstance(value, datetime):
        return "date"
    return "binary" if isinstance(value, bytes) else type(value).__name__[:MOST_KEY_CHARS]
