"""Are there enough generations to go back to?

Muut kept one, and its job overwrote that one with old data two minutes after the fault. Files that were written
together count as one. Generations of exactly the same size may be copies of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.backup.names import named_time
from bot.probes.backup.sets import BackupSet, gap, listed, no_list, sets
from bot.probes.probe import Probe
from bot.probes.seen import Seen
from bot.probes.values import number

NAME = "backup.generations"
SIGNAL = "backup-too-few"
WANTED = 3  # unless the inventory says how many; our own judgement: the newest, and two that it cannot overwrite
ALIKE = 3  # so many of one size are no accident


def judge(seen: Seen) -> list[Finding]:
    """One finding for the place."""
    files = listed(seen)
    if files is None:
        return [PROBE.unknown(SIGNAL, no_list(seen))]
    full = [one for one in files if one.get("size") != 0]
    found = [one for one in sets(seen) if one.size != 0]
    days = {named_time(name) for one in full if isinstance(name := one.get("name"), str)} - {None}
    if full and not found and not days:
        return [PROBE.unknown(SIGNAL, f"{len(full)} backups, and the storage does not say of when.")]
    count = max(
        _apart(found, gap(seen.system)), len(days)
    )  # a copy of the whole place gives all files one time, their names know better
    asked = number(seen.system.options.get("generations"))
    wanted = asked if asked and asked >= 1 else WANTED
    sizes = {one.size for one in found}
    if count < wanted:
        verdict = Verdict.WARNING if count > 1 else Verdict.CRITICAL
        says = f"There are {count} generations, and the next backup may overwrite one of them."
        if count < 2:
            says = "There is 1 generation: the next backup may overwrite it." if count else _none(files)
    elif len(found) >= ALIKE and len(sizes) == 1 and None not in sizes:
        verdict, says = (
            Verdict.WARNING,
            f"All {count} generations have one size to the byte: they may be copies of one.",
        )
    else:
        verdict, says = Verdict.OK, f"There are {count} generations."
    return [
        Finding(
            probe=NAME,
            signal=SIGNAL,
            verdict=verdict,
            says=says,
            value=str(count),
            limit=f"{wanted:g} or more",
            data={"generations": count},
        )
    ]


def _none(files: Sequence[Mapping[str, Any]]) -> str:
    if len(files) == 1:
        return "The only backup is empty."
    return f"All {len(files)} backups are empty." if files else "There is no backup at all."


def _apart(found: Sequence[BackupSet], least: timedelta) -> int:
    """How many of them lie so far apart that one job did not write them."""
    count, last = 0, None
    for one in found:
        if last is None or last - one.at >= least:
            count, last = count + 1, one.at
    return count


PROBE = Probe(
    name=NAME,
    kind=SystemKind.BACKUP,
    about="how many generations of backups there are",
    signals=(SIGNAL,),
    asks=("files",),
    judge=judge,
)
