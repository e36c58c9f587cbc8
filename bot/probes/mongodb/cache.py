"""Is the storage engine's cache so full that queries have to empty it themselves?

WiredTiger keeps room with threads of its own. Above its triggers the threads that serve queries must make room before
they go on, and everything becomes slow at once.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import data_members, number
from bot.probes.mongodb.wording import sentence, share, who
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.cache"
SIGNAL = "cache-pressure"
USED_WARNING = 0.90  # between the target of 80 %, where a healthy cache rests, and the trigger; our own judgement
USED_CRITICAL = 0.95  # eviction_trigger (WiredTiger reference, eviction tuning)
DIRTY_WARNING = 0.10  # twice eviction_dirty_target, half of the trigger; our own judgement
DIRTY_CRITICAL = 0.20  # eviction_dirty_trigger (WiredTiger reference, eviction tuning)
MOST_SHARE = 10  # of the whole; what is beyond is no measurement


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that holds data: how much of its cache is used, and how much of that is not saved."""
    return [_of(look) for look in data_members(seen)]


def _of(look: Look) -> Finding:
    if not (answer := look["serverStatus"]).ok:
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {why(answer)}."), member=look.member.name)
    used = _share(look, "bytes currently in the cache")
    dirty = _share(look, "tracked dirty bytes in the cache")
    verdict = max(
        (_verdict(used, USED_WARNING, USED_CRITICAL), _verdict(dirty, DIRTY_WARNING, DIRTY_CRITICAL)),
        key=(Verdict.OK, Verdict.UNKNOWN, Verdict.WARNING, Verdict.CRITICAL).index,
    )
    if verdict is Verdict.UNKNOWN:
        says = f"{who(look)} does not tell how full WiredTiger's cache is."
        return PROBE.unknown(SIGNAL, sentence(says), member=look.member.name)
    shown = [f"{share(one, 1)} {word}" for one, word in ((used, "used"), (dirty, "unsaved")) if one is not None]
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(f"{who(look)} has a cache {' and '.join(shown)}."),
        member=look.member.name,
        value=", ".join(shown),
        limit=f"{share(USED_CRITICAL, 1)} used, {share(DIRTY_CRITICAL, 1)} unsaved",
        data={name: round(one, 4) for name, one in (("used", used), ("dirty", dirty)) if one is not None},
    )


def _share(look: Look, field: str) -> float | None:
    """A number of bytes as a share of the whole cache."""
    part = number(look.get("serverStatus", "wiredTiger", "cache", field))
    whole = number(look.get("serverStatus", "wiredTiger", "cache", "maximum bytes configured"))
    if part is None or whole is None or whole < 1 or not 0 <= part <= whole * MOST_SHARE:
        return None
    return part / whole


def _verdict(part: float | None, warning: float, critical: float) -> Verdict:
    if part is None:
        return Verdict.UNKNOWN
    return Verdict.CRITICAL if part >= critical else Verdict.WARNING if part >= warning else Verdict.OK


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="how full the cache is, and how much of it is not yet saved",
    signals=(SIGNAL,),
    asks=("hello", "serverStatus"),
    judge=judge,
)
