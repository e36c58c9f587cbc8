"""What has changed between two snapshots of a system: a line each, what was lost first. Pure.

Only what both hold is compared. What one of them does not hold is said, so that half an answer is never called
"nothing has changed".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from bot.domain.index_diff import REST, diff, is_cut
from bot.domain.snapshot import Snapshot
from bot.domain.snapshot_bases import A_SET, remnants

FELL = 0.2  # of a collection's documents or a database's keys; our own judgement


class Weight(IntEnum):
    """How a line weighs; also the exit status of a comparison whose worst line it is."""

    NOTHING = 0
    CHANGED = 1
    LOST = 2
    UNKNOWN = 3


ORDER = (Weight.LOST, Weight.CHANGED, Weight.UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class Change:
    """One difference, or one thing that could not be compared."""

    weight: Weight
    about: str  # indexes, collections, counts, settings, members, roles, versions, restarts, backups, gaps
    says: str


def changes(old: Snapshot, new: Snapshot, earlier: Sequence[Snapshot] = ()) -> tuple[Change, ...]:
    """Return all differences from `old` to `new`, what was lost first, what could not be compared last.

    What `old` could not read is held against those of `earlier`, newest first, that have it (`snapshot_bases`).
    """
    found = [*_differences(old.body, old, new)]
    for one, left in remnants((old, *earlier)):
        since = f", since {one.taken_at:%d %b %H:%M} UTC (snapshot {one.number})"
        found += [replace(change, says=change.says + since) for change in _differences(left, one, new)]
    found += _gaps(min((old, *earlier), key=lambda one: len(one.gaps)), new)
    return tuple(sorted(found, key=lambda change: ORDER.index(change.weight)))


def worst(found: Iterable[Change]) -> Weight:
    """LOST before CHANGED before UNKNOWN; NOTHING only when everything was compared and is the same."""
    weights = {change.weight for change in found}
    return next((weight for weight in ORDER if weight in weights), Weight.NOTHING)


def _differences(was: Mapping[str, Any], old: Snapshot, new: Snapshot) -> Iterator[Change]:
    """From `was`, the whole of `old` or a part of it, to what is now."""
    now = new.body
    yield from _indexes(was, now, _restarted(old.body, old, new))
    yield from _counts(_held(was, "counts"), _held(now, "counts"))
    yield from _members(was, now)
    yield from _backups(_held(was, "backups"), _held(now, "backups"), new.taken_at - old.taken_at)
    yield from _by_member("roles", _held(was, "roles"), _held(now, "roles"))
    yield from _settings(_held(was, "settings"), _held(now, "settings"))
    yield from _by_member("versions", _held(was, "versions"), _held(now, "versions"))
    for member in _restarted(was, old, new):
        yield _line(Weight.CHANGED, "restarts", f"{member} was restarted")


def _line(weight: Weight, about: str, says: str) -> Change:
    return Change(weight=weight, about=about, says=says)


def _held(body: Mapping[str, Any], section: str) -> Mapping[str, Any]:
    held = body.get(section)
    return held if isinstance(held, Mapping) else {}


def _indexes(was: Mapping[str, Any], now: Mapping[str, Any], restarted: Sequence[str]) -> Iterator[Change]:
    before, after = _held(was, "indexes"), _held(now, "indexes")
    for part in (part for part in before if part in after):
        found, where = diff(before[part], after[part]), f"{part}: " if part else ""
        for namespace, names in found.lost.items():
            yield from (_line(Weight.LOST, "indexes", f"{where}{namespace} lost the index {name}") for name in names)
        for namespace in found.gone:
            if restarted:  # a server lists what was used since its start
                says = f"{where}{namespace} is not shown any more: dropped, or not used since a restart"
                yield _line(Weight.UNKNOWN, "collections", says)
            else:
                yield _line(Weight.LOST, "collections", f"{where}{namespace} is gone")
        for verb, about, held in (("changed", "indexes", found.changed), ("has new", "indexes", found.added)):
            for namespace, names in held.items():
                yield from (_line(Weight.CHANGED, about, f"{where}{namespace} {verb} the index {one}") for one in names)
        for namespace in found.new:
            yield _line(Weight.CHANGED, "collections", f"{where}{namespace} is new")


def _counts(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    fallen = [
        (now[name] - was[name], name)
        for name in was
        if name in now and name not in REST and now[name] < was[name] * (1 - FELL)
    ]
    for _, name in sorted(fallen):
        share = (was[name] - now[name]) / was[name]
        yield _line(Weight.LOST, "counts", f"{name} fell by {share:.0%}: {was[name]:,} to {now[name]:,}")


def _members(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Who has left or come is told where every set told its members, then and now."""
    sets, sets_now = ({name for name in _held(one, "settings") if name.startswith(A_SET)} for one in (before, after))
    was, now = _held(before, "members"), _held(after, "members")
    if was and now and sets <= sets_now:
        yield from (_line(Weight.LOST, "members", f"{name} is no member any more") for name in was if name not in now)
    if was and now and sets_now <= sets:
        yield from (_line(Weight.CHANGED, "members", f"{name} is a new member") for name in now if name not in was)
    for name in (name for name in was if name in now):
        for key, before, after in _differing(was[name], now[name]):
            yield _line(Weight.CHANGED, "members", f"{name}: {key} was {_word(before)}, is {_word(after)}")


def _by_member(about: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for member, before, after in _differing(was, now):
        what = "was version" if about == "versions" else "was"
        yield _line(Weight.CHANGED, about, f"{member} {what} {_word(before)}, is {_word(after)}")


def _settings(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    for whose in (whose for whose in was if whose in now):
        for name, before, after in _differing(was[whose], now[whose]):
            says = f"{whose}: {name} was {_word(before)}, is {_word(after)}"
            yield _line(Weight.CHANGED, "settings", says)


def _backups(was: Mapping[str, Any], now: Mapping[str, Any], apart: timedelta) -> Iterator[Change]:
    if not was or not now:
        return
    if now["files"] < was["files"]:
        yield _line(Weight.LOST, "backups", f"there are {now['files']} backups, there were {was['files']}")
    before, after = _moment(was), _moment(now)
    if before is None or after is None:
        return
    if after < before:
        says = f"the newest backup is of {after:%d %b %H:%M} UTC, it was of {before:%d %b %H:%M} UTC"
        yield _line(Weight.LOST, "backups", says)
    elif after == before and apart > timedelta(hours=now["every_h"]):
        says = f"no new backup since {after:%d %b %H:%M} UTC, there should be one every {now['every_h']:g} h"
        yield _line(Weight.LOST, "backups", says)


def _restarted(body: Mapping[str, Any], old: Snapshot, new: Snapshot) -> tuple[str, ...]:
    """The members of `body`, a part of `old`, whose process is another one: by its id, else by how long it is up."""
    was, now = _held(body, "runs"), _held(new.body, "runs")
    apart_s = (new.taken_at - old.taken_at).total_seconds()
    return tuple(
        member
        for member in was
        if member in now
        and (
            was[member]["id"] != now[member]["id"]
            if was[member].get("id") and now[member].get("id")
            else now[member].get("up_s", apart_s) < apart_s * 0.99 - 1  # clocks differ a little
        )
    )


def _gaps(old: Snapshot, new: Snapshot) -> Iterator[Change]:
    then = f"in the snapshot of {old.taken_at:%d %b %H:%M} UTC"
    for gap in dict.fromkeys((*new.gaps, *old.gaps)):
        where = then if gap not in new.gaps else "then and now" if gap in old.gaps else "now"
        yield _line(Weight.UNKNOWN, "gaps", f"not compared, {where}: {gap}")
    for part, lists in _held(old.body, "indexes").items():
        after = _held(new.body, "indexes").get(part)
        if after is not None and is_cut(lists) != is_cut(after):
            yield _line(Weight.UNKNOWN, "gaps", "not all collections stand in both lists: which are gone is not known")


def _differing(was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in (name for name in was if name in now):
        if was[name] != now[name]:
            yield name, was[name], now[name]


def _word(value: Any) -> str:
    return "not set" if value is None or value == "" else str(value)


def _moment(backups: Mapping[str, Any]) -> datetime | None:
    told = backups.get("newest_at")
    return datetime.fromisoformat(told) if isinstance(told, str) else None
