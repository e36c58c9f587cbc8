"""Is there a backup, and is the newest young enough?

It lists, and looks at when the files were last written. Twice the interval means that a whole backup was missed. What
is in the file may be older than the file: that is the probe `backup.content`.
"""

from __future__ import annotations

from datetime import timedelta

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.domain.times import spell
from bot.probes.backup.sets import every, listed, no_list, sets
from bot.probes.probe import Probe
from bot.probes.seen import Seen
from bot.probes.values import sentence

NAME = "backup.newest"
SIGNAL = "backup-old"
LATE, OLD = 1.5, 2.0  # intervals; awesome-prometheus-alerts, Redis missing backup: 48 h for a daily one
CLOCKS_APART = timedelta(minutes=5)


def judge(seen: Seen) -> list[Finding]:
    """One finding for the place."""
    files, found = listed(seen), sets(seen)
    limit = every(seen.system) * OLD
    if files is None:
        return [PROBE.unknown(SIGNAL, no_list(seen))]
    if not files:
        return [_finding(Verdict.CRITICAL, "There is no backup at all.", "none", spell(limit))]
    if not found:
        return [PROBE.unknown(SIGNAL, f"{len(files)} backups, and the storage does not say of when.")]
    age = seen.at - found[0].at
    if age < -CLOCKS_APART:
        return [PROBE.unknown(SIGNAL, f"The newest backup lies {spell(-age)} ahead of this machine's clock.")]
    late = every(seen.system) * LATE
    verdict = Verdict.CRITICAL if age > limit else Verdict.WARNING if age > late else Verdict.OK
    ago = f"{spell(age)} ago" if age >= timedelta(seconds=1) else "a moment ago"
    says = f"The newest backup was written {ago}; there should be one every {spell(every(seen.system))}."
    return [_finding(verdict, sentence(says), spell(age), spell(limit), age.total_seconds())]


def _finding(verdict: Verdict, says: str, value: str, limit: str, age_s: float | None = None) -> Finding:
    data = {} if age_s is None else {"age_s": age_s}
    return Finding(probe=NAME, signal=SIGNAL, verdict=verdict, says=says, value=value, limit=limit, data=data)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.BACKUP,
    about="how old the newest backup is",
    signals=(SIGNAL,),
    asks=("files",),
    judge=judge,
)
