"""Does Atlas hold a snapshot that one could go back to, and how old is it?

Snapshots belong to the cluster: with a cluster that is replaced they can go, as at Havoc. A free cluster has none. So
this tells only what Atlas holds; a copy outside of Atlas is another system, of the kind backup.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.domain.times import spell
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen
from bot.probes.values import mapping, moment, number, rows, sentence, text

NAME = "atlas.backups"
NONE, OLD = "no-snapshots", "snapshots-old"
INTERVALS = 2  # a whole one was missed
INTERVAL_H = 24  # where the schedule is not told: Flex clusters have one a day (Atlas manual, back up your cluster)
HOURS = {"hourly": 1, "daily": 24, "weekly": 168, "monthly": 744, "yearly": 8784}  # frequencyType of a policy
DONE = {"completed", "COMPLETED"}  # of a cluster, of a Flex cluster
FREE = "M0"


def judge(seen: Seen) -> list[Finding]:
    """Two findings: that there is a whole snapshot, and that the newest is young enough."""
    if not seen.looks:
        return [PROBE.unknown(signal, "Nothing was looked at.") for signal in PROBE.signals]
    look, answer = seen.looks[0], seen.looks[0]["snapshots"]
    cluster = text(seen.system.options.get("cluster")) or "The cluster"
    without = _without(look)
    if without:
        return [_finding(NONE, Verdict.CRITICAL, f"{cluster} has no snapshots: {without}.", "none", "1 or more")]
    if not answer.ok or not isinstance(look.get("snapshots", "results"), list):
        says = f"Atlas {why(answer)}." if not answer.ok else "Atlas gives no list of snapshots."
        return [PROBE.unknown(signal, sentence(says)) for signal in PROBE.signals]
    listed = rows(look.get("snapshots", "results"))
    whole = [at for one in listed if text(one.get("status")) in DONE and (at := _taken(one)) and at <= seen.at]
    if not whole:
        says = f"{cluster} has no whole snapshot; {len(listed)} are listed."
        return [_finding(NONE, Verdict.CRITICAL, says, "none", "1 or more", snapshots=0)]
    says = f"{cluster} has {len(whole)} whole snapshots. They go with the cluster when it is replaced."
    there = _finding(NONE, Verdict.OK, says, f"{len(whole)} snapshots", "1 or more", snapshots=len(whole))
    return [there, _age(seen, cluster, max(whole))]


def _age(seen: Seen, cluster: str, newest: datetime) -> Finding:
    look, age = seen.looks[0], seen.at - newest
    limit = timedelta(hours=INTERVALS * _interval_h(look))
    listed, total = rows(look.get("snapshots", "results")), number(look.get("snapshots", "totalCount"))
    if age > limit and total is not None and total > len(listed):
        says = f"Only {len(listed)} of {total:.0f} snapshots were read, and all of those are old."
        return PROBE.unknown(OLD, sentence(says))
    days = number(look.get("restore_window", "restoreWindowDays"))
    back = f"{newest:%Y-%m-%d %H:%M} UTC"
    if look.get("cluster", "pitEnabled") is True and days:
        back = f"any moment of the last {days:.0f} days"
    says = f"The newest snapshot of {cluster} is {spell(age)} old; one can go back to {back}."
    verdict = Verdict.WARNING if age > limit else Verdict.OK
    return _finding(OLD, verdict, says, spell(age), spell(limit), age_s=age.total_seconds())


def _without(look: Look) -> str:
    """Why the cluster cannot have any; "" when it can, or when that is not known."""
    if look.get("cluster", "backupEnabled") is False and not rows(look.get("snapshots", "results")):
        return "backup is switched off"
    specs = rows(look.get("cluster", "replicationSpecs"))
    regions = [region for one in specs for region in rows(one.get("regionConfigs"))]
    sizes = [mapping(region.get("electableSpecs")).get("instanceSize") for region in regions]
    return f"a free cluster ({FREE}) has none" if FREE in sizes else ""


def _taken(snapshot: Mapping[str, Any]) -> datetime | None:
    return moment(snapshot.get("createdAt")) or moment(snapshot.get("startTime"))  # Flex clusters have the latter


def _interval_h(look: Look) -> float:
    """The shortest interval of the schedule's policies."""
    items = [one for policy in rows(look.get("restore_window", "policies")) for one in rows(policy.get("policyItems"))]
    told = [(HOURS.get(text(one.get("frequencyType"))), number(one.get("frequencyInterval"))) for one in items]
    # The interval of a weekly or monthly item is a day of it, not a number of weeks (Atlas API, backup policy items).
    hours = [unit * (every if unit == 1 and every and 0 < every <= 24 else 1) for unit, every in told if unit]
    return min(hours, default=INTERVAL_H)


def _finding(signal: str, verdict: Verdict, says: str, value: str, limit: str, **data: float) -> Finding:
    return Finding(probe=NAME, signal=signal, verdict=verdict, says=sentence(says), value=value, limit=limit, data=data)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.ATLAS,
    about="whether Atlas holds snapshots, and how old the newest is",
    signals=(NONE, OLD),
    asks=("cluster", "snapshots", "restore_window"),
    judge=judge,
)
