"""Is there room for another key?

With `maxmemory` reached, what happens is up to the policy: `noeviction` refuses writes with OOM, `allkeys-*` drops
keys, `volatile-*` drops only keys that expire, and refuses once there are none. Buffers of replicas and of the
append-only file do not count (Redis documentation, key eviction). Without `maxmemory` the machine is the limit.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import data_members, group, number, of, text, told, who
from bot.probes.seen import Look, Seen

NAME = "redis.memory"
SIGNAL = "memory-full"
NEARLY_SHARE = 0.90  # of maxmemory, or of the machine's (awesome-prometheus-alerts, Redis out of memory)
FULL_SHARE = 0.99  # from here the next large write is refused; our own judgement


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member."""
    return told(_of(look) for look in data_members(seen))


def _of(look: Look) -> Finding:
    member = look.member.name
    if not look["info"].ok:
        return PROBE.unknown(SIGNAL, f"{member} {why(look['info'])}.", member=member)
    most, used = of(look, "maxmemory"), of(look, "used_memory")
    if most is None or most < 0 or used is None or used < 0:
        return PROBE.unknown(SIGNAL, f"{who(look)} does not tell its memory and its limit.", member=member)
    if most == 0:
        return _machine(look)
    buffers = of(look, "mem_not_counted_for_evict") or 0  # from 4.0
    share = (used - buffers if 0 < buffers < used else used) / most
    policy, value = text(look, "maxmemory_policy"), f"{_size(used)} of {_size(most)}"
    if share < NEARLY_SHARE:
        return _finding(look, Verdict.OK, f"{who(look)} uses {value}.", value, most)
    if not policy:
        says = f"{who(look)} uses {value}; it does not tell what it does when that is full."
        return PROBE.unknown(SIGNAL, says, member=member, value=value)
    if _drops(look, policy):
        return _finding(look, Verdict.OK, f"{who(look)} uses {value}, and drops keys by {policy}.", value, most)
    verdict = Verdict.CRITICAL if share >= FULL_SHARE else Verdict.WARNING
    soon = "it refuses" if verdict is Verdict.CRITICAL else "full, it will refuse"
    says = f"{who(look)} uses {value}; {soon} writes, for {policy} leaves it nothing to drop."
    return _finding(look, verdict, says, value, most)


def _drops(look: Look, policy: str) -> bool:
    """Whether the policy finds keys to drop."""
    if not policy.startswith("volatile"):
        return policy.startswith("allkeys")
    return any((number(database.get("expires")) or 0) > 0 for database in group(look, "db").values())


def _machine(look: Look) -> Finding:
    """Held against the memory of the machine, since no limit is set. A container may have less."""
    resident, total = of(look, "used_memory_rss"), of(look, "total_system_memory")
    if resident is None or resident < 0 or total is None or total <= 0:
        says = f"{who(look)} has no maxmemory, and does not tell the machine's."
        return PROBE.unknown(SIGNAL, says, member=look.member.name)
    value = f"{_size(resident)} of {_size(total)}"
    if resident / total < NEARLY_SHARE:
        return _finding(
            look, Verdict.OK, f"{who(look)} has no maxmemory and uses {value} of its machine.", value, total
        )
    says = f"{who(look)} has no maxmemory and uses {value} of its machine; the kernel may end it."
    return _finding(look, Verdict.WARNING, says, value, total)


def _finding(look: Look, verdict: Verdict, says: str, value: str, most: float) -> Finding:
    names = ("used_memory", "used_memory_rss", "maxmemory", "mem_fragmentation_ratio", "evicted_keys")
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{NEARLY_SHARE:.0%} of {_size(most)}",
        data={name: told for name in names if (told := of(look, name)) is not None},
    )


def _size(size: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="how much of its memory is used, and what it does when that is full",
    signals=(SIGNAL,),
    asks=("info",),
    judge=judge,
)
