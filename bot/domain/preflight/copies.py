"""Before a cluster is replaced or restored: which copy is there to go back to, and how old is what is in it?

Havoc's snapshots went with the cluster that was replaced. Muut's only copy was overwritten by the job that made it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.finding import Finding
from bot.domain.inventory import SystemKind
from bot.domain.preflight.reading import in_bytes
from bot.domain.preflight.values import Answer, Case, Line, Looked, lasting

ROOM = 2.0  # a restore needs this many times the backup's size: the data, and indexes built anew; our own judgement
A_NIGHT_MISSED_S = 36 * 3600.0  # it is taken every night
VERIFY = "backup-verify"
WRITE_DOWN = "write its place into the inventory (kind backup) or add `backup=NAME`, then ask again."


def outside(case: Case) -> Iterator[Line]:
    """A copy that does not go with the cluster when the cluster goes."""
    copies = case.of_kind(SystemKind.BACKUP)
    if not copies:
        says = f"No copy of {case.main.system.name} outside of the cluster is known; its snapshots may go with it."
        then = f"Take a dump to another place, {WRITE_DOWN}"
        yield Line(answer=Answer.STOP, says=says, then=then, playbook=VERIFY)
    for copy in copies:
        yield _age(copy)


def listed(case: Case) -> Iterator[Line]:
    """A list of indexes and counts from before, to hold the new cluster against."""
    snapshot = case.snapshot
    if snapshot is None:
        says = f"No list of the indexes and counts of {case.main.system.name} is kept to compare with afterwards."
        members = next(iter(case.of_kind(SystemKind.MONGODB)), None)
        known = members.system.name if members else "SYSTEM"
        then = f"Take one of the MongoDB system, as in `muster snapshot {known}`, then ask again."
        yield Line(answer=Answer.UNKNOWN, says=says, then=then, playbook="failed-cluster-migration")
        return
    kept = f"{snapshot.collections} collections, were kept {lasting(snapshot.age_s)} ago"
    says = f"Indexes and counts of {snapshot.system}, {kept}."
    if snapshot.age_s > A_NIGHT_MISSED_S:
        yield Line(answer=Answer.WAIT, says=says, then="Have a new snapshot taken, then ask again.")
    else:
        yield Line(answer=Answer.GO, says=says)


def load_is_seen(case: Case) -> Iterator[Line]:
    """Whether the load on the members can be seen at all: the vendor's interface does not tell it."""
    if not case.of_kind(SystemKind.MONGODB):
        says = f"No MongoDB system stands beside {case.main.system.name}, so whether a storm runs is not seen."
        then = "Write its members into the inventory as a system of kind mongodb, then ask again."
        yield Line(answer=Answer.UNKNOWN, says=says, then=then)


def to_restore(case: Case) -> Iterator[Line]:
    """What would be restored: which place, and of when its newest data are."""
    copies = case.of_kind(SystemKind.BACKUP)
    if not copies:
        says = f"Which backup {case.main.system.name} is to be restored from is not known."
        then = f"Find it, {WRITE_DOWN}"
        yield Line(answer=Answer.UNKNOWN, says=says, then=then, playbook=VERIFY)
    for copy in copies:
        yield _age(copy)


def jobs(case: Case) -> Iterator[Line]:
    """The backup jobs: one that runs now copies the broken state over a good one."""
    if case.details.get("jobs") == "stopped":
        yield Line(answer=Answer.GO, says="You say that the backup jobs are stopped.")
        return
    says = "A backup job that runs meanwhile copies the broken state over a good one."
    then = "Stop the backup jobs first, on every machine, then ask again with `jobs=stopped`."
    yield Line(answer=Answer.WAIT, says=says, then=then, playbook="restore-from-backup")


def room(case: Case) -> Iterator[Line]:
    """Whether the disk of the target takes what is restored."""
    told = in_bytes(case.details.get("free", ""))
    free = told if told is not None else _free(case.main)
    sizes = [_number(one.data, "bytes") for copy in case.looks for one in copy.of("backup-shrunk")]
    size = max((one for one in sizes if one is not None), default=None)
    if free is None:
        says = f"How much disk is free where {case.main.system.name} is restored to is not known."
        then = "Look there (df -h), then add it, as in `free=40GB`."
        yield Line(answer=Answer.UNKNOWN, says=says, then=then, playbook="disk-full")
    elif not size:
        says = f"{_gb(free)} are free; how large the backup is, is not known."
        yield Line(answer=Answer.UNKNOWN, says=says, then="See how large it is, then ask again.")
    elif free < size * ROOM:
        says = f"{_gb(free)} are free, and the backup has {_gb(size)}: data and indexes may need {ROOM:g} times that."
        yield Line(answer=Answer.STOP, says=says, then="Restore to where there is room.", playbook="disk-full")
    else:
        yield Line(answer=Answer.GO, says=f"{_gb(free)} are free, the newest backup has {_gb(size)}.")


def _age(copy: Looked) -> Line:
    """How old the newest usable copy is, by its data where they tell it."""
    files, data = _first(copy, "backup-old"), _first(copy, "backup-stale-content")
    written_s = _number(files.data, "age_s") if files else None
    behind_s = _number(data.data, "behind_s") if data else None
    if written_s is None or behind_s is None:
        says = f"Of when the data in {copy.system.name} are, is not known."
        then = "Look into the newest copy (backup-verify), then ask again."
        return Line(answer=Answer.UNKNOWN, says=says, then=then, finding=data or files, playbook=VERIFY)
    age = lasting(written_s + max(behind_s, 0.0))
    says = f"The newest data in {copy.system.name} are {age} old: what was written since is in no copy."
    speaks = any(one.speaks for one in (files, data) if one)  # then their signs decide
    return Line(answer=Answer.GO, says=says, finding=data, system=copy.system.name, told=speaks)


def _first(look: Looked, signal: str) -> Finding | None:
    return next(iter(look.of(signal)), None)


def _free(look: Looked) -> float | None:
    """The least free disk of the members; None where one does not tell it."""
    told = [_number(one.data, "free_bytes") for one in look.of("disk-full")]
    known = [one for one in told if one is not None]
    return min(known) if known and len(known) == len(told) else None


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _gb(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e8 else f"{count / 1e6:,.1f} MB"
