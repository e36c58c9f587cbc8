"""The snapshots a comparison rests on: the newest, and older ones for what that could not read. Pure.

A night on which a member was down or a right was taken away holds less than the night before. Held against that night
alone, what was lost meanwhile would never be told. So each thing is held against the newest snapshot that has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.domain.index_diff import REST, is_cut
from bot.domain.snapshot import Snapshot

BY_NAME = ("counts", "settings", "roles", "versions", "runs")
A_SET = "the set"  # so begins the name of a replica set's settings, which are there where its members were told


def bases(held: Sequence[Snapshot]) -> tuple[Snapshot, ...]:
    """Of all snapshots, newest first, those to compare with: the newest, and older ones for what it lacks.

    An older one is taken where it has something that no newer one has, or fewer gaps; one without gaps ends the list.
    """
    found: list[Snapshot] = []
    least, together = float("inf"), dict[str, Any]()
    for one in held:
        left = remnant(one.body, together)
        if not found or left or len(one.gaps) < least:
            found.append(one)
            together = _with(together, left)
        least = min(least, len(one.gaps))
        if not least:
            break
    return tuple(found)


def remnants(found: Sequence[Snapshot]) -> Iterator[tuple[Snapshot, Mapping[str, Any]]]:
    """Each of the snapshots after the first, with what it has and no newer one has."""
    together: dict[str, Any] = dict(found[0].body)
    for one in found[1:]:
        left = remnant(one.body, together)
        together = _with(together, left)
        yield one, left


def remnant(older: Mapping[str, Any], newer: Mapping[str, Any]) -> dict[str, Any]:
    """What an older snapshot has and a newer one could not read."""
    left: dict[str, Any] = {name: _missing(older, newer, name) for name in BY_NAME}
    left["indexes"] = _indexes(_held(older, "indexes"), _held(newer, "indexes"))
    if any(name.startswith(A_SET) for name in left["settings"]):  # a set that did not tell its members
        left["members"] = _missing(older, newer, "members")
    if older.get("backups") and not newer.get("backups"):
        left["backups"] = older["backups"]
    return {name: what for name, what in left.items() if what}


def _indexes(older: Mapping[str, Any], newer: Mapping[str, Any]) -> dict[str, Any]:
    """Whole lists that the newer one lacks, and of a list that was cut short there the collections it left out."""
    left: dict[str, Any] = {}
    for part, lists in older.items():
        if part not in newer:
            left[part] = lists
        elif is_cut(newer[part]):
            more = {name: what for name, what in lists.items() if name not in newer[part] and name not in REST}
            left |= {part: {REST[0]: 1} | more} if more else {}
    return left


def _with(newer: Mapping[str, Any], left: Mapping[str, Any]) -> dict[str, Any]:
    together = dict(newer)
    for name, what in left.items():
        together[name] = {**what, **_held(newer, name)}
    for part, lists in _held(left, "indexes").items():
        together["indexes"][part] = {**lists, **_held(_held(newer, "indexes"), part)}
    return together


def _missing(older: Mapping[str, Any], newer: Mapping[str, Any], section: str) -> dict[str, Any]:
    known = _held(newer, section)
    return {name: what for name, what in _held(older, section).items() if name not in known}


def _held(body: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    held = body.get(section)
    return held if isinstance(held, Mapping) else {}
