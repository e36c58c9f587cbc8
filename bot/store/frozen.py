"""Frozen values as plain JSON and back, by the types of their fields.

A kept draft has to come back as it was, whatever the rules of today would make of the record. A field that was added
since takes its default; one that was taken away is left out.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
Reader = Callable[[Any], Any]

# A datetime is a date as well, so it stands before it.
_PLAIN: dict[type, Reader] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    timedelta: lambda plain: timedelta(seconds=plain),
}


def dump(value: Any) -> Any:
    """Return the value as JSON's own types."""
    if dataclasses.is_dataclass(value):
        return {one.name: dump(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {dump(key): dump(held) for key, held in value.items()}
    if isinstance(value, (tuple, list)):
        return [dump(one) for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.key if isinstance(value, ZoneInfo) else value


def load(kind: type[T], plain: Any) -> T:
    """Return the value again. Raises ValueError, KeyError or TypeError when it has another shape."""
    whole: Any = kind
    return typing.cast(T, _reader(whole)(plain))


@cache
def _reader(kind: Any) -> Reader:
    """How to read a type: worked out once, for a long timeline holds the same few types thousands of times."""
    read = _reader_of_some(kind)
    return lambda plain: None if plain is None else read(plain)


def _reader_of_some(kind: Any) -> Reader:
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _reader(next(one for one in inner if one is not types.NoneType))
    if origin is tuple:
        one = _reader(inner[0])
        return lambda plain: tuple(map(one, plain))
    if origin is not None and issubclass(origin, Mapping):
        key, held = _reader(inner[0]), _reader(inner[1])
        return lambda plain: {key(name): held(value) for name, value in plain.items()}
    if dataclasses.is_dataclass(kind):
        make: Any = kind
        fields = [(name, _reader(hint)) for name, hint in typing.get_type_hints(make).items()]
        return lambda plain: make(**{name: read(plain[name]) for name, read in fields if name in plain})
    return next((read for known, read in _PLAIN.items() if issubclass(kind, known)), _as_it_is(kind))


def _as_it_is(kind: type) -> Reader:
    return kind if issubclass(kind, Enum | ZoneInfo) else lambda plain: plain
