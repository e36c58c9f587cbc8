"""Did a master come back with old or empty data, and do its replicas still hold the newer?

A master without persistence that a supervisor starts again loads whatever dump lies about, and each replica then drops
its own data for a full copy of that (Redis documentation, replication, safety when the master has persistence turned
off). Muut lost 26 days so. LASTSAVE is no proof of a fresh dump: at its start a server counts as saved (Redis
server.c). What tells is three things together: the process is another one (`run_id`), and the keys fell or the
master's offset lies before a replica's. While a link is down the same comparison says what a resync would destroy.

The offset proves less where a restart begins it anew: before 7.0 always, and with an append-only file always. There it
is a warning as long as the keys are there.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, named, why
from bot.probes.redis.answers import (
    ago,
    carried,
    in_parts,
    kept,
    keys,
    lasting,
    number,
    of,
    offset,
    role,
    text,
    told,
    version,
    who,
)
from bot.probes.seen import Look, Seen

NAME = "redis.stale"
SIGNAL = "stale-master"
FELL_SHARE = 0.20  # of the keys, at a restart; our own judgement of what expiry does not explain
SETTLED_S = 3_600.0  # who has run so long, and nobody looked before, has not just come back; our own judgement
REMEMBER_S = 86_400.0  # how long the state before a loss is held against what is there; our own judgement


def judge(seen: Seen) -> list[Finding]:
    """One finding for each master; where none answers, one that says who holds the data."""
    found: list[Finding] = []
    for looks in in_parts(seen).values():
        masters = [look for look in looks if role(look) == "master"]
        for master in masters:
            found.append(_of(seen, master, tuple(look for look in looks if look is not master), len(masters) == 1))
        if not masters:
            found.append(_no_master(looks))
    return told(found)


def _no_master(looks: tuple[Look, ...]) -> Finding:
    untold = [look for look in looks if not role(look)]
    holds = max((look for look in looks if keys(look)), key=lambda look: offset(look) or 0, default=None)
    reason = f"{named(untold)} {why(untold[0]['info'])}" if untold else "no member is master"
    saves = f"; {holds.member.name} holds {keys(holds):,} keys, save them before a master returns" if holds else ""
    return PROBE.unknown(SIGNAL, f"Nothing to compare with: {reason}{saves}.")


def _of(seen: Seen, master: Look, others: tuple[Look, ...], alone: bool) -> Finding:
    has, at = keys(master), offset(master)
    if has is None or at is None:
        reason = "loads its data" if of(master, "loading") == 1 else "does not tell its keys and its offset"
        return PROBE.unknown(SIGNAL, f"{who(master)} {reason}.", member=master.member.name)
    before = kept(seen, NAME, master)
    had = number(before.get("keys")) if before.get("run_id") not in ("", None, text(master, "run_id")) else None
    if had is not None and _fell(has, had):
        return _lost(master, has, had, others)
    waiting = [look for look in others if alone and role(look) == "replica" and _unlinked(look)]
    fuller = [look for look in waiting if _fell(has, keys(look) or 0)]
    if fuller:
        best = max(fuller, key=lambda look: keys(look) or 0)
        says = f"{who(master)} has {has:,} keys, {best.member.name} has {keys(best):,}: a resync would destroy those."
        return _finding(master, Verdict.CRITICAL, says, f"{has:,} keys", f"{keys(best):,} keys", best)
    ahead = [look for look in waiting if _was_linked(look) and (offset(look) or 0) > at]
    if ahead:
        return _behind(master, at, max(ahead, key=lambda look: offset(look) or 0))
    return _nothing_lost(master, has, before, others)


def _fell(has: float, had: float) -> bool:
    return has < had * (1 - FELL_SHARE)


def _unlinked(replica: Look) -> bool:
    """Whether it still holds what it had: no link, and a copy of the master's data has not come."""
    return text(replica, "master_link_status") == "down"


def _was_linked(replica: Look) -> bool:
    """Whether its offset is one of a master's stream; that of a replica which never had a link means nothing."""
    return (of(replica, "master_link_down_since_seconds") or 0) >= 0


def _lost(master: Look, has: int, had: float, others: tuple[Look, ...]) -> Finding:
    holders = [look for look in others if not _fell(keys(look) or 0, had)]
    best = max(holders, key=lambda look: offset(look) or 0, default=None)
    if best:
        rest = f"; {best.member.name} still holds {keys(best):,}: save it first"
    else:
        rest = "; nobody else that answers holds them"
    says = f"{who(master)} was restarted and went from {had:,.0f} keys to {has:,}{rest}."
    return _finding(master, Verdict.CRITICAL, says, f"{has:,} keys", f"{had:,.0f} keys", best)


def _behind(master: Look, at: int, best: Look) -> Finding:
    anew = of(master, "aof_enabled") == 1 or (version(master) or (0, 0)) < (7, 0)
    gap = f"is {(offset(best) or 0) - at:,} bytes behind {best.member.name}, whose link is down"
    rest = "its count begins anew at a restart, so compare the data" if anew else "a resync would destroy what is newer"
    verdict = Verdict.WARNING if anew else Verdict.CRITICAL
    return _finding(
        master, verdict, f"{who(master)} {gap}: {rest}.", f"offset {at:,}", f"offset {offset(best):,}", best
    )


def _nothing_lost(master: Look, has: int, before: Mapping[str, Any], others: tuple[Look, ...]) -> Finding:
    uptime, member = of(master, "uptime_in_seconds"), master.member.name
    untold = [look for look in others if not role(look) or keys(look) is None or offset(look) is None]
    if untold:
        reason = "does not tell what it holds" if untold[0]["info"].ok else why(untold[0]["info"])
        says = f"{who(master)} has {has:,} keys; {named(untold)} {reason}."
        return PROBE.unknown(SIGNAL, says, member=member, value=f"{has:,} keys")
    if not text(master, "run_id") or uptime is None:
        return PROBE.unknown(SIGNAL, f"{who(master)} does not tell whether it was restarted.", member=member)
    if number(before.get("keys")) is None and uptime < SETTLED_S:
        says = f"{who(master)} started {ago(uptime)} with {has:,} keys; no earlier look to compare with."
        return PROBE.unknown(SIGNAL, says, member=member, value=f"{has:,} keys")
    says = f"{who(master)} has {has:,} keys and has run for {lasting(uptime)}."
    return _finding(master, Verdict.OK, says, f"{has:,} keys", f"{FELL_SHARE:.0%} fewer after a restart")


def _finding(master: Look, verdict: Verdict, says: str, value: str, limit: str, best: Look | None = None) -> Finding:
    data: dict[str, Any] = {"keys": keys(master), "offset": offset(master), "uptime_s": of(master, "uptime_in_seconds")}
    if best:
        data |= {"best_replica": best.member.name, "replica_keys": keys(best), "replica_offset": offset(best)}
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=master.member.name,
        value=value,
        limit=limit,
        data=data,
    )


def keep(seen: Seen) -> Mapping[str, Any]:
    """The state of every member; of a master that lost data the state before, so that the next look still sees it."""
    lost = {one.member for one in judge(seen) if one.verdict is Verdict.CRITICAL}
    now = {
        look.member.name: _state(seen, look)
        for looks in in_parts(seen).values()
        for look in looks
        if keys(look) is not None and not (look.member.name in lost and _fresh(seen, kept(seen, NAME, look)))
    }
    return carried(seen, NAME, now)


def _state(seen: Seen, look: Look) -> dict[str, Any]:
    return {
        "run_id": text(look, "run_id"),
        "keys": keys(look),
        "offset": offset(look),
        "uptime_s": of(look, "uptime_in_seconds"),
        "role": role(look),
        "at": seen.at.isoformat(),
    }


def _fresh(seen: Seen, before: Mapping[str, Any]) -> bool:
    try:
        return (seen.at - datetime.fromisoformat(str(before.get("at")))).total_seconds() < REMEMBER_S
    except (ValueError, TypeError):
        return False


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="a master that came back with old or empty data, and who still holds the newer",
    signals=(SIGNAL,),
    asks=("info", "role", "dbsize"),
    judge=judge,
    keep=keep,
)
