"""Frozen values as plain JSON and back, by the types of their fields.

A kept draft has to come back as it was, whatever the rules of today would make of the record. A field that was added
since takes its default; one that was taken away is left out.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")


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
    return typing.cast(T, _read(kind, plain))


def _read(kind: Any, plain: Any) -> Any:
    if plain is None:
        return None
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return _read(next(one for one in inner if one is not types.NoneType), plain)
    if origin is tuple:
        return tuple(_read(inner[0], one) for one in plain)
    if origin is not None and issubclass(origin, Mapping):
        return {_read(inner[0], key): _read(inner[1], held) for key, held in plain.items()}
    return _plain(kind, plain)


def _plain(kind: Any, plain: Any) -> Any:
    if dataclasses.is_dataclass(kind):
        make: Any = kind
        hints = _hints(make)
        return make(**{name: _read(hint, plain[name]) for name, hint in hints.items() if name in plain})
    if issubclass(kind, Enum):
        return kind(plain)
    if issubclass(kind, datetime):
        return datetime.fromisoformat(plain)
    if issubclass(kind, date):
        return date.fromisoformat(plain)
    if issubclass(kind, timedelta):
        return timedelta(seconds=plain)
    return ZoneInfo(plain) if issubclass(kind, ZoneInfo) else plain


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
