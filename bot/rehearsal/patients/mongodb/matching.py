"""The few query operators and pipeline stages that a look may use behind $currentOp or in a find."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.rehearsal.patients.mongodb.sight import Refused
from bot.rehearsal.patients.mongodb.wire import Document

MISSING = object()


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(value: Any, wanted: Any) -> bool:
        try:
            return value is not MISSING and test(value, wanted)
        except TypeError:  # values of different types never compare, as on a server
            return False

    return compared


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, wanted: bool(value == wanted),
    "$ne": lambda value, wanted: bool(value != wanted),
    "$exists": lambda value, wanted: (value is not MISSING) == bool(wanted),
    "$in": lambda value, wanted: value in wanted,
    "$nin": lambda value, wanted: value not in wanted,
    "$gt": _compare(lambda value, wanted: bool(value > wanted)),
    "$gte": _compare(lambda value, wanted: bool(value >= wanted)),
    "$lt": _compare(lambda value, wanted: bool(value < wanted)),
    "$lte": _compare(lambda value, wanted: bool(value <= wanted)),
    "$regex": lambda value, wanted: (
        isinstance(value, str) and re.search(getattr(wanted, "pattern", wanted), value) is not None
    ),
}


def matches(document: Document, query: Document) -> bool:
    """Whether the document meets the query. An operator that is not known here is an error, as on a server."""
    for name, wanted in query.items():
        if name in ("$and", "$or", "$nor"):
            met = [matches(document, part) for part in wanted]
            if not {"$and": all(met), "$or": any(met), "$nor": not any(met)}[name]:
                return False
        elif not _meets(_value(document, name), wanted):
            return False
    return True


def _meets(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and any(name.startswith("$") for name in wanted):
        return all(_operator(name)(value, operand) for name, operand in wanted.items() if name != "$options")
    if isinstance(wanted, re.Pattern) or type(wanted).__name__ == "Regex":
        return OPERATORS["$regex"](value, wanted)
    return bool(value == wanted)


def _operator(name: str) -> Callable[[Any, Any], bool]:
    if name not in OPERATORS:
        raise Refused(2, "BadValue", f"unknown operator: {name}")
    return OPERATORS[name]


def _rank(value: Any) -> tuple[bool, Any]:
    """Numbers in their order, and before them whatever has none."""
    return (True, value) if isinstance(value, int | float) else (False, 0)


def _value(document: Any, path: str) -> Any:
    for part in path.split("."):
        if not isinstance(document, dict) or part not in document:
            return MISSING
        document = document[part]
    return document


def run(documents: Sequence[Document], stages: Sequence[Document]) -> list[Document]:
    """What is left of the documents behind $match, $sort, $limit and $project."""
    left = list(documents)
    for stage in stages:
        ((name, wanted),) = stage.items()
        if name == "$match":
            left = [document for document in left if matches(document, wanted)]
        elif name == "$limit":
            left = left[: int(wanted)]
        elif name == "$project":
            left = [project(document, wanted) for document in left]
        elif name == "$sort":
            for path, way in reversed(wanted.items()):
                left.sort(key=lambda one, path=path: _rank(_value(one, path)), reverse=way < 0)  # type: ignore[misc]
        else:
            raise Refused(40324, "Location40324", f"Unrecognized pipeline stage name: '{name}'")
    return left


def project(document: Document, wanted: Document) -> Document:
    """The named fields of the document, or all but those that are named with 0."""
    if not any(wanted.values()):
        return {name: value for name, value in document.items() if name not in wanted}
    tops = {name.split(".")[0] for name, on in wanted.items() if on} | ({"_id"} if wanted.get("_id", 1) else set())
    return {name: value for name, value in document.items() if name in tops}
