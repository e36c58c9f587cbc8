"""Does something start a server again and again?

A supervisor (upstart's `respawn`, systemd's `Restart=always`, a container's restart policy) brings a server that dies
right back, mostly faster than Sentinel notices. From outside it shows as a new `run_id` and an uptime that begins
again, so that several looks are needed: the starts that were seen are kept from look to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import ago, carried, data_members, kept, lasting, number, of, text, told, who
from bot.probes.seen import Look, Seen

NAME = "redis.respawn"
SIGNAL = "respawn-loop"
WINDOW_S = 600.0  # two starts in 10 min; our own judgement, a planned restart happens once
STARTS = 2
MOST_KEPT = 20


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member: how often it was started lately."""
    return told(_of(seen, look) for look in data_members(seen))


def _of(seen: Seen, look: Look) -> Finding:
    uptime, starts = of(look, "uptime_in_seconds"), _starts(seen, look)
    lately = [start for start in starts if start > seen.at.timestamp() - WINDOW_S]
    value = f"{len(lately)} in {lasting(WINDOW_S)}"
    answers = uptime is not None and uptime >= 0 and bool(text(look, "run_id"))
    if len(lately) >= STARTS:
        now = f"the last one {ago(seen.at.timestamp() - lately[-1])}" if answers else "now silent"
        says = f"{who(look)} was started {len(lately)} times in {lasting(WINDOW_S)}, {now}."
        return _finding(look, Verdict.CRITICAL, says, value, lately)
    if not answers:
        reason = "does not tell how long it runs" if look["info"].ok else why(look["info"])
        return PROBE.unknown(SIGNAL, f"{look.member.name} {reason}.", member=look.member.name)
    if uptime is not None and uptime < WINDOW_S and not _watched(seen, look):
        says = f"{who(look)} started {ago(uptime)}; what was before nobody saw."
        return PROBE.unknown(SIGNAL, says, member=look.member.name, value=f"up {lasting(uptime)}")
    return _finding(look, Verdict.OK, f"{who(look)} has run for {lasting(uptime or 0)}.", value, lately)


def _starts(seen: Seen, look: Look) -> list[float]:
    """The starts that are known, as seconds since 1970: those kept, and this one if the process is another."""
    before = kept(seen, NAME, look)
    listed = before.get("starts")
    starts = [at for one in (listed if isinstance(listed, list) else ()) if (at := number(one)) is not None]
    uptime, run_id = of(look, "uptime_in_seconds"), text(look, "run_id")
    if uptime is not None and uptime >= 0 and run_id and before.get("run_id") != run_id:
        starts.append(seen.at.timestamp() - uptime)
    return sorted(starts)[-MOST_KEPT:]


def _watched(seen: Seen, look: Look) -> bool:
    """Whether an earlier look saw it as well, so that a second start would not have gone unseen."""
    return bool(kept(seen, NAME, look).get("run_id"))


def _finding(look: Look, verdict: Verdict, says: str, value: str, lately: list[float]) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{STARTS} in {lasting(WINDOW_S)}",
        data={
            "starts": len(lately),
            "uptime_s": of(look, "uptime_in_seconds"),
            "supervised_by": text(look, "process_supervised"),  # from 6.2; "no" where systemd or upstart was not asked
        },
    )


def keep(seen: Seen) -> Mapping[str, Any]:
    """The run id of every member, and its starts."""
    now = {
        look.member.name: {"run_id": text(look, "run_id"), "starts": _starts(seen, look)}
        for look in data_members(seen)
        if text(look, "run_id")
    }
    return carried(seen, NAME, now)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="a server that something starts again and again",
    signals=(SIGNAL,),
    asks=("info",),
    judge=judge,
    keep=keep,
)
