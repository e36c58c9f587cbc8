"""How near is it to the most clients it takes, and does it turn any away?

Who comes too late reads `max number of clients reached` and is cut off, a replica as well. Mostly one program opens
connections and keeps them; Muut's was one looping process. The limit may be lower than what was asked for: a server
that gets too few file handles lowers it to their number less 32 and says so only in its log (redis.conf, maxclients).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import FULL, carried, data_members, kept, lasting, number, of, text, told, who
from bot.probes.seen import Look, Seen, Trouble

NAME = "redis.clients"
LIMIT, FILES = "connection-limit", "file-limit"
NEARLY_SHARE = 0.90  # of maxclients (awesome-prometheus-alerts, Redis too many connections)
REFUSED_PER_MIN = 5.0  # more is critical; that any is refused is a warning (Netdata, redis_connections_rejected)
ASKED_FOR = 10_000  # maxclients unless set (redis.conf)
OWN_FILES = 32  # handles that it keeps for itself (Redis server.h, CONFIG_MIN_RESERVED_FDS)


def judge(seen: Seen) -> list[Finding]:
    """For each member how full it is, and whether its limit was lowered."""
    return told(one for look in data_members(seen) for one in (_full(seen, look), _files(look)) if one)


def _full(seen: Seen, look: Look) -> Finding:
    info = look["info"]
    if info.trouble is Trouble.UNREACHABLE and info.says == FULL:
        says = f"{look.member.name} turns clients away, us as well: {FULL}."
        return _finding(look, Verdict.CRITICAL, says, "refused", None, None)
    if not info.ok:
        return PROBE.unknown(LIMIT, f"{look.member.name} {why(info)}.", member=look.member.name)
    most, used = _most(look), _used(look)
    refused, minutes = _refused(seen, look), max((seen.since_s or 0) / 60, 1.0)
    if refused:
        bad = Verdict.CRITICAL if refused / minutes > REFUSED_PER_MIN else Verdict.WARNING
        since = f"in {lasting(seen.since_s)}" if seen.since_s is not None else "since the last look"
        of_most = f", has {used:,.0f} of {most:,.0f}" if used is not None and most else ""
        says = f"{who(look)} turned {refused:,.0f} clients away {since}{of_most}{_whose(look)}."
        return _finding(look, bad, says, f"{refused:,.0f} refused {since}", used, most)
    if most is None or most <= 0 or used is None or of(look, "rejected_connections") is None:
        lacks = f"{why(look['config'])}, and INFO has no limit" if most is None else "does not tell its clients"
        return PROBE.unknown(LIMIT, f"{who(look)} {lacks}.", member=look.member.name)
    share, value = used / most, f"{used:,.0f} of {most:,.0f}"
    if share < NEARLY_SHARE:
        return _finding(look, Verdict.OK, f"{who(look)} has {value} clients.", value, used, most)
    bad = Verdict.CRITICAL if share >= 1 else Verdict.WARNING
    return _finding(look, bad, f"{who(look)} has {value} clients{_whose(look)}.", value, used, most)


def _used(look: Look) -> float | None:
    """Connections that count: clients, and beside them the replicas and the bus of a cluster."""
    clients, replicas = of(look, "connected_clients"), of(look, "connected_slaves")
    if clients is None or replicas is None or clients < 0 or replicas < 0:
        return None
    return clients + replicas + max(of(look, "cluster_connections") or 0, 0)


def _most(look: Look) -> float | None:
    told = of(look, "maxclients")  # in INFO from 6.2 on
    return told if told is not None else number(look.get("config", "maxclients"))


def _whose(look: Look) -> str:
    """Where most of them come from."""
    addresses = look.get("clients", "by_addr")
    if not isinstance(addresses, Mapping) or not addresses:
        return ""
    counts = {str(name)[:45]: count for name, value in addresses.items() if (count := number(value)) is not None}
    name = max(counts, key=counts.__getitem__, default="")
    return f", {counts[name]:,.0f} from {name}" if name else ""


def _refused(seen: Seen, look: Look) -> float | None:
    """Clients turned away since the last look. A process that is new has counted from zero."""
    before, total = kept(seen, NAME, look), of(look, "rejected_connections")
    had = number(before.get("rejected"))
    if total is None or had is None:
        return None
    return max(total - had, 0.0) if before.get("run_id") == text(look, "run_id") else total


def _files(look: Look) -> Finding | None:
    """One finding when the limit looks like a number of file handles less 32; none when it does not."""
    most = _most(look)
    if most is None or not 0 < most < ASKED_FOR or not _round(int(most) + OWN_FILES):
        return None
    handles = int(most) + OWN_FILES
    says = f"{who(look)} takes {most:,.0f} clients only: it has {handles:,} file handles and keeps {OWN_FILES} of them."
    return Finding(
        probe=NAME,
        signal=FILES,
        verdict=Verdict.WARNING,
        says=says,
        member=look.member.name,
        value=f"{most:,.0f} clients",
        limit=f"{ASKED_FOR:,} clients",
        data={"maxclients": most, "file_handles": handles},
    )


def _round(handles: int) -> bool:
    """Whether it is a number as limits on file handles are set: 1,024, 4,096, 5,000."""
    return handles >= 256 and (handles & (handles - 1) == 0 or handles % 1000 == 0)


def _finding(look: Look, verdict: Verdict, says: str, value: str, used: float | None, most: float | None) -> Finding:
    return Finding(
        probe=NAME,
        signal=LIMIT,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{NEARLY_SHARE:.0%} of {most:,.0f}" if most else "none refused",
        data={"clients": used, "maxclients": most, "rejected": of(look, "rejected_connections")},
    )


def keep(seen: Seen) -> Mapping[str, Any]:
    """How many clients every member has turned away, and the process that counts."""
    now = {
        look.member.name: {"run_id": text(look, "run_id"), "rejected": total}
        for look in data_members(seen)
        if (total := of(look, "rejected_connections")) is not None
    }
    return carried(seen, NAME, now)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="how many clients it has, of how many, and whether it turns any away",
    signals=(LIMIT, FILES),
    asks=("info", "config", "clients"),
    judge=judge,
    keep=keep,
)
