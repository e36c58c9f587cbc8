"""Backups that belong together, such as one file for each database: written within a quarter of the interval, and
none of them a later copy of another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.inventory import System
from bot.probes.probe import why
from bot.probes.seen import Seen
from bot.probes.values import moment, number, rows, sentence

EVERY_H = 24.0  # where the inventory does not say how often there is one
MOST_EVERY_H = 24.0 * 366
SAME_SET = 0.25  # of the interval
MOST_NAME_CHARS = 500

_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class BackupSet:
    """One generation. `size` is None when a file did not tell its own."""

    at: datetime  # of its newest file
    size: float | None


def every(system: System) -> timedelta:
    """How often there should be a backup."""
    hours = number(system.options.get("every_h"))
    return timedelta(hours=hours if hours and 0 < hours <= MOST_EVERY_H else EVERY_H)


def gap(system: System) -> timedelta:
    """How far apart two backups are at least, to be two generations."""
    return every(system) * SAME_SET


def listed(seen: Seen) -> list[Mapping[str, Any]] | None:
    """The files of the look; None when there is no list."""
    value = seen.looks[0]["files"].value if seen.looks else None
    return rows(value) if isinstance(value, list) else None


def no_list(seen: Seen) -> str:
    """Why there is no list, as a sentence."""
    answer = seen.looks[0]["files"] if seen.looks else None
    if answer is None or answer.ok:
        return "There is no list of the backups."
    return sentence(f"The place of the backups {why(answer)}.")


def sets(seen: Seen) -> list[BackupSet]:
    """The sets, newest first. Files without a time belong to none."""
    told = [(at, _shape(one), _size(one)) for one in listed(seen) or () if (at := moment(one.get("modified")))]
    found: list[BackupSet] = []
    shapes: set[str] = set()
    for at, shape, size in sorted(told, key=lambda one: one[0], reverse=True):
        if not found or found[-1].at - at >= gap(seen.system) or shape in shapes:
            found.append(BackupSet(at, 0.0))
            shapes.clear()
        shapes.add(shape)
        so_far = found[-1].size
        found[-1] = BackupSet(found[-1].at, None if so_far is None or size is None else so_far + size)
    return found


def _shape(one: Mapping[str, Any]) -> str:
    """The name without its numbers: two files of one shape are a later and an earlier copy of the same."""
    return _DIGITS.sub("#", str(one.get("name"))[:MOST_NAME_CHARS])


def _size(one: Mapping[str, Any]) -> float | None:
    size = number(one.get("size"))
    return size if size is not None and size >= 0 else None
