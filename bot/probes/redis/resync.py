"""Is a replica being filled anew, or was one since the last look?

A full resync means that the replica drops what it holds. It is heavy for the master (a fork and the whole data over
the wire), and where the master's data is old it is the loss itself. The replica tells `master_sync_in_progress`, the
master the state of each replica (`wait_bgsave`, `send_bulk`) and `sync_full`, a count since its start.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import (
    carried,
    data_members,
    followed,
    group,
    kept,
    lasting,
    number,
    of,
    role,
    size,
    text,
    told,
    who,
)
from bot.probes.seen import Look, Seen

NAME = "redis.resync"
SIGNAL = "full-resync"
NO_COPY = "none"  # what a replica is said to take
ONLINE = "online"  # Redis replication.c; before it a replica waits for the dump or is being sent it


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member: what a replica takes, what a master sends and has sent.

    A master counts the copies and not who got them. So where it has sent one, no replica is said to have taken none.
    """
    found = [_of(seen, look) for look in data_members(seen)]
    if any(one.speaks for one in found):
        found = [one for one in found if one.value != NO_COPY]
    return told(found)


def _of(seen: Seen, look: Look) -> Finding:
    if not look["info"].ok:
        return PROBE.unknown(SIGNAL, f"{look.member.name} {why(look['info'])}.", member=look.member.name)
    return _replica(look) if role(look) == "replica" else _master(seen, look)


def _replica(look: Look) -> Finding:
    running, link = of(look, "master_sync_in_progress"), text(look, "master_link_status")
    if running not in (0, 1) or not link:
        return PROBE.unknown(SIGNAL, f"{who(look)} does not tell whether it is being filled.", member=look.member.name)
    if running == 1:
        read = of(look, "master_sync_read_bytes")  # from 6.2; before, only what is left
        much = f", {size(read)} so far" if read is not None and read >= 0 else ""
        says = f"{who(look)} takes a full copy of {followed(look) or 'its master'}{much}; its own data goes."
        return _finding(look, Verdict.WARNING, says, "running")
    return _finding(look, Verdict.OK, f"{who(look)} takes no full copy.", NO_COPY)


def _master(seen: Seen, look: Look) -> Finding:
    served, total, states = _served(seen, look), of(look, "sync_full"), _states(look)
    if role(look) != "master" or total is None or total < 0 or "" in states.values():
        says = f"{look.member.name} does not tell whether it fills a replica."
        return PROBE.unknown(SIGNAL, says, member=look.member.name)
    waiting = [name for name, state in states.items() if state != ONLINE]
    if waiting:
        says = f"{who(look)} sends a full copy to {', '.join(waiting[:3])}; what they hold goes."
        return _finding(look, Verdict.WARNING, says, f"{len(waiting)} running")
    if served is None:
        says = f"{who(look)} sends no full copy now, {total:,.0f} since its start; no earlier look to compare with."
        return PROBE.unknown(SIGNAL, says, member=look.member.name, value="none now")
    since = f"in {lasting(seen.since_s)}" if seen.since_s is not None else "since the last look"
    if served > 0:
        says = f"{who(look)} has sent {served:,.0f} full {'copy' if served == 1 else 'copies'} {since}."
        return _finding(look, Verdict.WARNING, says, f"{served:,.0f} {since}")
    return _finding(look, Verdict.OK, f"{who(look)} has sent no full copy {since}.", f"0 {since}")


def _states(look: Look) -> dict[str, str]:
    """Each replica that a master has, with its state; "" where that is not told."""
    replicas = group(look, "slave").values()
    return {f"{one.get('ip')}:{one.get('port')}"[:60]: str(one.get("state") or "") for one in replicas}


def _served(seen: Seen, look: Look) -> float | None:
    """Full copies sent since the last look. A process that is new has counted from zero."""
    before, total = kept(seen, NAME, look), of(look, "sync_full")
    run_id, had = text(look, "run_id"), number(before.get("sync_full"))
    if total is None or had is None or not run_id or not before.get("run_id"):
        return None
    return max(total - had, 0.0) if before["run_id"] == run_id else total


def _finding(look: Look, verdict: Verdict, says: str, value: str) -> Finding:
    counts = ("sync_full", "sync_partial_ok", "sync_partial_err", "master_sync_read_bytes", "master_sync_left_bytes")
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit="none",
        data={name: count for name in counts if (count := of(look, name)) is not None},
    )


def keep(seen: Seen) -> Mapping[str, Any]:
    """The count of every member, and the process it belongs to."""
    now = {
        look.member.name: {"run_id": text(look, "run_id"), "sync_full": total}
        for look in data_members(seen)
        if (total := of(look, "sync_full")) is not None
    }
    return carried(seen, NAME, now)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="a replica that is filled anew, and so drops what it held",
    signals=(SIGNAL,),
    asks=("info", "role"),
    judge=judge,
    keep=keep,
)
