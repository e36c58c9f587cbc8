"""Is there room for another key?

With `maxmemory` reached, what happens is up to the policy: `noeviction` refuses writes with OOM, `allkeys-*` drops
keys, `volatile-*` drops only keys that expire, and refuses once there are none. Buffers of replicas and of the
append-only file do not count (Redis documentation, key eviction). Without `maxmemory` the machine is the limit. One
that is full and drops keys is told as present: a cache is to be so. How fast, and whether it may, the finding
`keys-evicted` tells. From 5.0 on a replica heeds its own limit only once it is promoted (redis.conf,
replica-ignore-maxmemory). Sizes are told as Redis means them: `maxmemory 8mb` is 8 MB of 1,048,576 bytes.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis import eviction
from bot.probes.redis.answers import data_members, group, number, of, role, size, text, told, version, who
from bot.probes.seen import Look, Seen

NAME = "redis.memory"
SIGNAL = "memory-full"
NEARLY_SHARE = 0.90  # of maxmemory, or of the machine's (awesome-prometheus-alerts, Redis out of memory)
FULL_SHARE = 0.99  # from here the next large write is refused; our own judgement
OVER_SHARE = 1.10  # a replica that is so much above its own limit loses keys once promoted; our own judgement
IGNORES = (5, 0)  # the first version whose replicas heed no limit of their own


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
    policy, value = text(look, "maxmemory_policy"), f"{size(used)} of {size(most)}"
    if share < NEARLY_SHARE:
        return _finding(look, Verdict.OK, f"{who(look)} uses {value}.", value, most)
    if not policy:
        says = f"{who(look)} uses {value}; it does not tell what it does when that is full."
        return PROBE.unknown(SIGNAL, says, member=member, value=value)
    if role(look) == "replica" and (version(look) or IGNORES) >= IGNORES:
        return _replica(look, share, policy, value, most)
    if _drops(look, policy):
        return _dropping(look, share, policy, value, most)
    full = share >= FULL_SHARE
    soon = "it refuses" if full else "full, it will refuse"
    says = f"{who(look)} uses {value}; {soon} writes, for {policy} leaves it nothing to drop."
    return _finding(look, Verdict.CRITICAL if full else Verdict.WARNING, says, value, most)


def _dropping(look: Look, share: float, policy: str, value: str, most: float) -> Finding:
    """What it drops may leave it some percent below its limit, so that how full it is does not tell whether it does."""
    these = "keys" if policy.startswith("allkeys") else f"the {_expiring(look):,.0f} that expire"
    says = f"{who(look)} is at {share:.0%} of its limit ({value}); {policy} drops {these}, see {eviction.SIGNAL}."
    return _finding(look, Verdict.OK, says, value, most, present=True)


def _replica(look: Look, share: float, policy: str, value: str, most: float) -> Finding:
    """Its own limit does nothing while it follows, so that its master's is the one that counts."""
    drops = _drops(look, policy)
    then = f"drops keys by {policy}" if drops else f"refuses writes ({policy})"
    soon = "" if share >= FULL_SHARE else " when that is full"
    says = f"{who(look)} uses {value}, which counts for nothing while it follows. Promoted, it {then}{soon}."
    well = drops and share < OVER_SHARE
    return _finding(look, Verdict.OK if well else Verdict.WARNING, says, value, most, present=well)


def _drops(look: Look, policy: str) -> bool:
    """Whether the policy finds keys to drop."""
    return policy.startswith("allkeys") or (policy.startswith("volatile") and _expiring(look) > 0)


def _expiring(look: Look) -> float:
    return sum(max(number(database.get("expires")) or 0, 0) for database in group(look, "db").values())


def _machine(look: Look) -> Finding:
    """Held against the memory of the machine, since no limit is set. A container may have less."""
    resident, total = of(look, "used_memory_rss"), of(look, "total_system_memory")
    if resident is None or resident < 0 or total is None or total <= 0:
        says = f"{who(look)} has no maxmemory, and does not tell the machine's."
        return PROBE.unknown(SIGNAL, says, member=look.member.name)
    value = f"{size(resident)} of {size(total)}"
    if resident / total < NEARLY_SHARE:
        return _finding(
            look, Verdict.OK, f"{who(look)} has no maxmemory and uses {value} of its machine.", value, total
        )
    says = f"{who(look)} has no maxmemory and uses {value} of its machine; the kernel may end it."
    return _finding(look, Verdict.WARNING, says, value, total)


def _finding(look: Look, verdict: Verdict, says: str, value: str, most: float, *, present: bool = False) -> Finding:
    names = ("used_memory", "used_memory_rss", "maxmemory", "mem_fragmentation_ratio", "evicted_keys")
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{NEARLY_SHARE:.0%} of {size(most)}",
        data={name: told for name in names if (told := of(look, name)) is not None},
        present=present,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="how much of its memory is used, and what it does when that is full",
    signals=(SIGNAL,),
    asks=("info",),
    judge=judge,
)
