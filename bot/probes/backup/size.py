"""Has the newest backup shrunk against those before it?

A dump of half the size is taken from a source that lost half its data, or broke off; the program that wrote it says
that all is well. The history is what lies there, and what earlier looks saw: at Muut one file was overwritten.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.domain.times import spell
from bot.probes.backup.sets import listed, no_list, sets
from bot.probes.probe import Probe
from bot.probes.seen import Seen
from bot.probes.values import mapping, moment, number, sentence

NAME = "backup.size"
SIGNAL = "backup-shrunk"
SHRUNK, TORN = 0.30, 0.80  # of the median; our own judgement
HISTORY = 5  # sets whose median counts
KEPT = 10
WRITING = timedelta(minutes=10)  # so young, it may not be whole yet


def judge(seen: Seen) -> list[Finding]:
    """One finding for the place: the newest set against the median of those before it."""
    if listed(seen) is None:
        return [PROBE.unknown(SIGNAL, no_list(seen))]
    found = sets(seen)
    if not found or found[0].size is None:
        return [PROBE.unknown(SIGNAL, "The size of the newest backup is not known.")]
    newest, size = found[0], found[0].size
    before = [one for at, one in _history(seen) if at < newest.at][:HISTORY]
    young = seen.at - newest.at <= WRITING
    if size == 0 and not young:
        return [_finding(Verdict.CRITICAL, "The newest backup is empty.", size, None)]
    if not before and size > 0:
        return [PROBE.unknown(SIGNAL, f"There is nothing to hold {_bytes(size)} of the newest backup against.")]
    median = statistics.median(before) if before else 0.0
    lost = 1 - size / median if median > 0 else 0.0
    if size > 0 and lost <= SHRUNK:
        says = f"The newest backup has {_bytes(size)}, those before {_bytes(median)} in the median."
        return [_finding(Verdict.OK, says, size, median)]
    if young:
        says = f"The newest backup has {_bytes(size)} after {spell(seen.at - newest.at)}; it may not be whole yet."
        return [PROBE.unknown(SIGNAL, sentence(says), value=_bytes(size))]
    says = f"The newest backup has {_bytes(size)}, {lost:.0%} less than the {_bytes(median)} of those before."
    return [_finding(Verdict.CRITICAL if lost > TORN else Verdict.WARNING, says, size, median)]


def keep(seen: Seen) -> Mapping[str, Any]:
    """The sizes of the newest sets, so that a file that is overwritten still has a history."""
    return {"sizes": [[at.isoformat(), size] for at, size in _history(seen)[:KEPT]]}


def _history(seen: Seen) -> list[tuple[datetime, float]]:
    """What lies there and what an earlier look saw, by time, newest first."""
    kept = mapping(seen.before.get(NAME)).get("sizes")
    pairs = [one for one in kept if isinstance(one, list | tuple) and len(one) == 2] if isinstance(kept, list) else []
    told = {at: size for one in pairs if (at := moment(one[0])) and (size := number(one[1])) is not None and size >= 0}
    told |= {one.at: one.size for one in sets(seen) if one.size is not None}
    return sorted(told.items(), reverse=True)


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if size < 1000 or unit == "TB":
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.3g} {unit}"
        size /= 1000
    return ""


def _finding(verdict: Verdict, says: str, size: float, median: float | None) -> Finding:
    limit = f"{_bytes(median * (1 - SHRUNK))} or more" if median is not None else "1 byte or more"
    data = {"bytes": size} | ({} if median is None else {"median_bytes": median})
    return Finding(
        probe=NAME, signal=SIGNAL, verdict=verdict, says=sentence(says), value=_bytes(size), limit=limit, data=data
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.BACKUP,
    about="whether the newest backup has shrunk against those before it",
    signals=(SIGNAL,),
    asks=("files",),
    judge=judge,
    keep=keep,
)
