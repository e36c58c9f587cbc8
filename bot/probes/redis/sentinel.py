"""Could the Sentinels agree on a failover, and do they watch the server that really is master?

A Sentinel that reaches too few others watches a master die and does nothing (Redis documentation, Sentinel, quorum).
After a failover that went wrong, or was undone by hand, it may name one server as master while writes go to another.
Which server it means is told by `runid`: names and addresses differ between networks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes import values
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import data_members, is_sentinel, number, role, text, told
from bot.probes.seen import Look, Seen

NAME = "redis.sentinel"
QUORUM, OTHER = "sentinel-no-quorum", "sentinel-other-master"
DOWN = ("s_down", "o_down")  # it misses the master by itself, or the quorum does (Redis sentinel.c)


def judge(seen: Seen) -> list[Finding]:
    """Two findings for each Sentinel; none where there are no Sentinels."""
    return told(finding for look in seen if is_sentinel(look) for finding in (_quorum(seen, look), _other(seen, look)))


def _watched(seen: Seen, look: Look) -> Mapping[str, Any]:
    """What it tells of the master that the inventory names, or of the only one that it watches."""
    masters = values.rows(look["masters"].value)
    name = seen.system.options.get("sentinel_name") or (masters[0].get("name") if len(masters) == 1 else None)
    return next((master for master in masters if name and master.get("name") == name), {})


def _quorum(seen: Seen, look: Look) -> Finding:
    said, watched, member = values.text(look["ckquorum"].value, 90), _watched(seen, look), look.member.name
    if not said.startswith(("OK", "NOQUORUM")):
        return PROBE.unknown(QUORUM, f"{member}, Sentinel, {why(look['ckquorum'])}.", member=member)
    if said.startswith("OK"):
        return _finding(look, watched, QUORUM, Verdict.OK, f"{member}, Sentinel, could agree on a failover.", "reached")
    down = set(str(watched.get("flags", "")).split(",")) & set(DOWN)
    verdict = Verdict.CRITICAL if down else Verdict.WARNING
    missed = "misses the master and" if down else "if the master died,"
    says = f"{member}, Sentinel: {missed} could not agree on a failover: {said.removeprefix('NOQUORUM ')}"
    return _finding(look, watched, QUORUM, verdict, says, "not reached")


def _other(seen: Seen, look: Look) -> Finding:
    watched, member = _watched(seen, look), look.member.name
    address, run_id = f"{watched.get('ip')}:{watched.get('port')}", values.text(watched.get("runid"))
    if not run_id:
        reason = "does not tell which master it watches" if look["masters"].ok else why(look["masters"])
        return PROBE.unknown(OTHER, f"{member}, Sentinel, {reason}.", member=member)
    meant = [one for one in data_members(seen) if text(one, "run_id") == run_id]
    if not meant:
        says = f"{member}, Sentinel, watches {address}; no member that answers is that process."
        return PROBE.unknown(OTHER, says, member=member, value=address)
    if role(meant[0]) == "master":
        says = f"{member}, Sentinel, watches {meant[0].member.name}, which is master."
        return _finding(look, watched, OTHER, Verdict.OK, says, address)
    says = f"{member}, Sentinel, takes {meant[0].member.name} for the master, which says that it is a replica."
    return _finding(look, watched, OTHER, Verdict.WARNING, says, address)


def _finding(look: Look, watched: Mapping[str, Any], signal: str, verdict: Verdict, says: str, value: str) -> Finding:
    patience_ms = number(watched.get("down-after-milliseconds"))
    data = {name: number(watched.get(name)) for name in ("quorum", "num-other-sentinels", "num-slaves")}
    data["down_after_s"] = patience_ms / 1000 if patience_ms is not None else None
    limit = "a quorum" if signal == QUORUM else "the member that is master"
    return Finding(
        probe=NAME,
        signal=signal,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=limit,
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="whether the Sentinels could agree on a failover, and watch the right master",
    signals=(QUORUM, OTHER),
    asks=("info", "masters", "ckquorum"),
    judge=judge,
)
