"""Do queries read whole collections, so many of them that the server is busy with nothing else?

That is what a lost index looks like from outside (Havoc). Three signs are read: how often collections were scanned
since the look before, how many documents were read for each one returned, and what runs without an index right now.
One sign may be a report or a small table; two at once are a storm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import number
from bot.probes.mongodb.operations import (
    MOST_OPERATIONS,
    MOST_SHAPES_SHOWN,
    Group,
    Operation,
    grouped,
    operations,
    plan,
    queries,
    seconds,
    with_queries,
)
from bot.probes.mongodb.wording import sentence, span, who
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.scans"
SIGNAL = "collection-scan-storm"
READ_PER_RETURNED = 1000  # Atlas, default of the alert "Query Targeting: Scanned Objects / Returned"
BUSY_READ_PER_S = 1000.0  # below that the ratio is that of a few queries; our own judgement
SCANS_PER_S = 10.0  # our own judgement, together with documents read: a scan of a small table is harmless
SCANNED_READ_PER_S = 10_000.0  # our own judgement
SCANNING_S = 1.0  # a scan that is seen running so long is of a large collection; our own judgement
MANY_SCANNING = 5  # at the same time; our own judgement
FRESH_S = 900.0  # over a longer time a storm of some minutes vanishes in the mean; our own judgement

COUNTERS = {
    "scans": ("metrics", "queryExecutor", "collectionScans", "nonTailable"),  # since 4.4; reading the oplog is tailable
    "read": ("metrics", "queryExecutor", "scannedObjects"),
    "returned": ("metrics", "document", "returned"),
    "uptime_s": ("uptime",),
}


@dataclass(frozen=True)
class Rates:
    """What the counters grew by in each second since the look before. `scans` is None where they are not counted."""

    over_s: float
    scans: float | None
    read: float
    returned: float

    @property
    def ratio(self) -> float:
        """Documents read for each one returned."""
        return self.read / max(self.returned, 1 / self.over_s)


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member."""
    before = seen.before.get(NAME)
    kept = before if isinstance(before, Mapping) else {}
    return [_of(look, _rates(look, kept.get(look.member.name), seen.at)) for look in with_queries(seen)]


def keep(seen: Seen) -> Mapping[str, Any]:
    """The counters of each member and when they stood so: a look between may have asked for other things."""
    at_s = {"at_s": seen.at.timestamp()}
    return {look.member.name: at_s | counters for look in with_queries(seen) if (counters := _counters(look))}


def _counters(look: Look) -> dict[str, float]:
    told = {name: number(look.get("serverStatus", *path)) for name, path in COUNTERS.items()}
    return {name: value for name, value in told.items() if value is not None and value >= 0}


def _rates(look: Look, kept: Any, at: datetime) -> Rates | None:
    """None where nothing can be compared: no earlier numbers, no numbers now, or the server was restarted between."""
    now, was = _counters(look) | {"at_s": at.timestamp()}, kept if isinstance(kept, Mapping) else {}
    grown = {name: now[name] - old for name in now if (old := number(was.get(name))) is not None}
    over_s = grown.pop("at_s", 0.0)
    if over_s <= 0 or any(by < 0 for by in grown.values()) or not {"read", "returned"} <= set(grown):
        return None
    scans = grown["scans"] / over_s if "scans" in grown else None
    return Rates(over_s, scans, grown["read"] / over_s, grown["returned"] / over_s)


def _of(look: Look, rates: Rates | None) -> Finding:
    found = operations(look)
    running = [one for one in queries(found or ()) if "COLLSCAN" in plan(one) and (seconds(one) or 0) >= SCANNING_S]
    groups = grouped(running)
    signs = [*_counted(rates), *_running(groups, len(running), at_least=len(found or ()) >= MOST_OPERATIONS)]
    if signs:
        verdict = Verdict.CRITICAL if len(signs) > 1 else Verdict.WARNING
        return _finding(look, verdict, f"{who(look)} {' and '.join(signs)}.", rates, groups)
    if doubt := _doubt(look, found, rates):
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {doubt}."), member=look.member.name)
    says = f"{who(look)} shows no storm of collection scans in {span(rates.over_s) if rates else 'no time'}."
    return _finding(look, Verdict.OK, says, rates, groups)


def _counted(rates: Rates | None) -> list[str]:
    if rates is None:
        return []
    signs = []
    if rates.ratio >= READ_PER_RETURNED and rates.read >= BUSY_READ_PER_S:
        signs.append(f"reads {rates.ratio:,.0f} documents for each returned")
    if rates.scans is not None and rates.scans >= SCANS_PER_S and rates.read >= SCANNED_READ_PER_S:
        signs.append(f"scans {rates.scans:,.0f} collections a second")
    return signs


def _running(groups: list[Group], count: int, *, at_least: bool) -> list[str]:
    bound = "at least " if at_least else ""
    return [f"runs {bound}{count} scans now, most {groups[0]}"] if count >= MANY_SCANNING else []


def _doubt(look: Look, found: list[Operation] | None, rates: Rates | None) -> str:
    """Why no sign is no proof; "" when it is."""
    for question in ("serverStatus", "currentOp"):
        if not look[question].ok:
            return why(look[question])
    if found is None:
        return "gives no list of operations"
    if any(seconds(one) is None for one in queries(found)):
        return "does not say of all queries how long they run"
    if not {"read", "returned"} <= set(_counters(look)):
        return "shows no storm of scans now, and does not count what it reads and returns"
    if rates is None:
        return "shows no storm of scans now; what its counters did is told from the next look on"
    if rates.over_s > FRESH_S:
        return f"shows no storm of scans now; the counters' last look is {span(rates.over_s)} old"
    return ""


def _finding(look: Look, verdict: Verdict, says: str, rates: Rates | None, groups: list[Group]) -> Finding:
    running = sum(group.count for group in groups)
    data: dict[str, Any] = {"running": running, "shapes": [group.plain() for group in groups[:MOST_SHAPES_SHOWN]]}
    if rates is not None:
        data |= {"read_per_s": round(rates.read, 1), "read_per_returned": round(rates.ratio, 1)}
        data |= {} if rates.scans is None else {"scans_per_s": round(rates.scans, 2)}
    ratio = f"{rates.ratio:,.0f} read for each returned, " if rates else ""
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=look.member.name,
        value=f"{ratio}{running} scans running",
        limit=f"{READ_PER_RETURNED:,} read for each returned, {MANY_SCANNING} scans running",
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="queries that read whole collections",
    signals=(SIGNAL,),
    asks=("hello", "serverStatus", "currentOp"),
    judge=judge,
    fresh_s=FRESH_S,
    keep=keep,
)
