"""Does it drop keys to make room, and may it?

With an `allkeys-*` policy a full Redis refuses nothing: it drops whatever key it likes, a queue as well, and nobody
reads an error. `volatile-*` drops keys with a time to live alone. For a cache that is its work (Redis documentation,
key eviction): one that always drops about as many is called well, once an earlier look has seen it. That workers take
jobs from it is read from its counts of commands, never from its keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import (
    ago,
    carried,
    compared,
    data_members,
    kept,
    lasting,
    marks,
    number,
    of,
    text,
    told,
    who,
)
from bot.probes.seen import Look, Seen
from bot.probes.values import mapping

NAME = "redis.eviction"
SIGNAL = "keys-evicted"
BRIEF_S = 60.0  # in less the next drop may not have come yet: compared with a look at least as long ago
FULL_SHARE = 0.90  # of maxmemory, as in memory.py
USUAL = 5.0  # times what it has dropped in its life, on average: a cache has peaks; our own judgement
LIFE_S = 86_400.0  # before that an average says nothing; our own judgement
# Commands with which workers take what a queue holds (Redis documentation, lists, sorted sets and streams).
TAKES = (
    *("blpop", "brpop", "lpop", "rpop", "lmove", "blmove", "rpoplpush", "brpoplpush", "blmpop"),
    *("zpopmin", "bzpopmin", "bzmpop", "xreadgroup"),
)
SEVERAL = 10  # less may have been typed by hand
OFTEN_S = 60.0  # a worker takes one as often as this, now or over its whole life; our own judgement
_JOBS = "Workers take jobs from it ({}): jobs may be among them."


@dataclass(frozen=True)
class _Drops:
    """What it dropped: in all since its start, and since the look before (None where there was none)."""

    total: float
    uptime_s: float
    more: float | None
    since_s: float
    for_s: float  # over how many looks in a row it has, seconds


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member."""
    return told(_of(seen, look) for look in data_members(seen))


def _of(seen: Seen, look: Look) -> Finding:
    if not look["info"].ok:
        return PROBE.unknown(SIGNAL, f"{look.member.name} {why(look['info'])}.", member=look.member.name)
    drops, policy = _drops(seen, look), text(look, "maxmemory_policy")
    if drops is None or not policy:
        return PROBE.unknown(SIGNAL, f"{who(look)} does not tell what it drops.", member=look.member.name)
    if policy == "noeviction" and drops.total and drops.more != 0:
        return _before(seen, look, drops)
    if drops.more is None and drops.total and not _full(look):
        says = (
            f"{who(look)} dropped {drops.total:,.0f} keys since its start; whether it still does, another look tells."
        )
        return PROBE.unknown(SIGNAL, says, member=look.member.name, value=f"{drops.total:,.0f} in all")
    if not drops.more and (policy == "noeviction" or not _at_first(seen, look, drops)):
        return _finding(look, Verdict.OK, f"{who(look)} drops no keys to make room ({policy}).", "none", drops)
    value = _value(drops)
    longer = f", for {lasting(drops.for_s)} now" if drops.for_s > drops.since_s else ""
    dropped = f"{who(look)} dropped keys by {policy}: {value}{longer}"
    takes = _takes(seen, look, drops)
    if takes:
        says = f"{dropped}. {_JOBS.format(takes)}"
        bad = Verdict.CRITICAL if policy.startswith("allkeys") else Verdict.WARNING
        return _finding(look, bad, says, value, drops)
    if _usual(drops):
        says = f"{dropped}, no more than usual: what a cache does when it is full."
        return _finding(look, Verdict.OK, says, value, drops, present=True)
    says = f"{dropped}. Normal for a cache; queues, sessions or locks are lost by it."
    return _finding(look, Verdict.WARNING, says, value, drops)


def _before(seen: Seen, look: Look, drops: _Drops) -> Finding:
    """Of one that drops nothing by its policy of now, and has dropped by another."""
    says = f"{who(look)} dropped keys before its policy was noeviction: {_value(drops)}"
    takes = _takes(seen, look, drops) if drops.more else ""
    if takes:
        return _finding(look, Verdict.WARNING, f"{says}. {_JOBS.format(takes)}", _value(drops), drops)
    return _finding(look, Verdict.OK, f"{says}.", _value(drops), drops, present=bool(drops.more))


def _at_first(seen: Seen, look: Look, drops: _Drops) -> bool:
    """Whether only its total tells: the first look was less than a minute ago. As long as that says nothing new, a
    look says no more than the one before it."""
    return drops.total > 0 and drops.since_s < BRIEF_S and _full(look) and _was_full(seen, look)


def _was_full(seen: Seen, look: Look) -> bool:
    """Whether it was at every look before; True at the first."""
    return kept(seen, NAME, look).get("full") is not False


def _value(drops: _Drops) -> str:
    if drops.more:
        return f"{drops.more:,.0f} in {lasting(drops.since_s)}"
    return f"{drops.total:,.0f} since its start {ago(drops.uptime_s)}"


def _drops(seen: Seen, look: Look) -> _Drops | None:
    """None where a number lacks. A process that is new, or whose counters were reset, has counted from zero."""
    total, uptime_s, before = of(look, "evicted_keys"), of(look, "uptime_in_seconds"), _earlier(seen, look)
    if total is None or total < 0 or uptime_s is None or uptime_s < 0:
        return None
    had, at = number(before.get("evicted")), number(before.get("at"))
    since, now = number(kept(seen, NAME, look).get("since")), seen.at.timestamp()
    if had is None or at is None or at >= now:
        return _Drops(total, uptime_s, None, 0.0, 0.0)
    same = before.get("run_id") == text(look, "run_id") and total >= had
    since_s = now - at if same else min(now - at, uptime_s)
    return _Drops(total, uptime_s, total - had if same else total, since_s, now - since if since else since_s)


def _earlier(seen: Seen, look: Look) -> Mapping[str, Any]:
    return compared(seen, NAME, look, BRIEF_S)


def _full(look: Look) -> bool:
    most, used = of(look, "maxmemory") or 0, of(look, "used_memory") or 0
    return most > 0 and (used - max(of(look, "mem_not_counted_for_evict") or 0, 0)) / most >= FULL_SHARE


def _takes(seen: Seen, look: Look, drops: _Drops) -> str:
    """The command with which most jobs are taken from it; "" where none is taken often."""
    before, calls = _earlier(seen, look), _calls(look)
    same = before.get("run_id") == text(look, "run_id")
    had = mapping(before.get("calls")) if same else {}
    most = max(calls, key=calls.__getitem__)
    if _often(calls[most], drops.uptime_s):
        return most.upper()
    if not same or "calls" not in before:
        return ""
    more = {name: count - (number(had.get(name)) or 0) for name, count in calls.items()}
    most = max(more, key=more.__getitem__)
    return most.upper() if _often(more[most], drops.since_s) else ""


def _calls(look: Look) -> dict[str, float]:
    return {name: number(look.get("info", f"cmdstat_{name}", "calls")) or 0 for name in TAKES}


def _often(calls: float, in_s: float) -> bool:
    return calls >= max(SEVERAL, in_s / OFTEN_S)


def _usual(drops: _Drops) -> bool:
    if drops.more is None or drops.uptime_s < LIFE_S or drops.since_s < BRIEF_S:
        return False
    return drops.more / drops.since_s <= USUAL * (drops.total - drops.more) / drops.uptime_s


def _finding(look: Look, verdict: Verdict, says: str, value: str, drops: _Drops, *, present: bool = False) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit="none, unless it is a cache",
        data={
            "evicted": drops.total,
            "evicted_since": drops.more,
            "policy": text(look, "maxmemory_policy"),
            "hits": of(look, "keyspace_hits"),
            "misses": of(look, "keyspace_misses"),
        },
        present=present,
    )


def keep(seen: Seen) -> Mapping[str, Any]:
    """How many keys every member has dropped and how often jobs were taken, the process that counts, since when it
    drops at each look, whether it was full at all of them, and the numbers of a minute before."""
    now = {}
    for look in data_members(seen):
        drops = _drops(seen, look)
        if drops is not None:
            at = seen.at.timestamp()
            now[look.member.name] = {
                "run_id": text(look, "run_id"),
                "evicted": drops.total,
                "at": at,
                "since": at - drops.for_s if drops.more else None,
                "calls": {name: calls for name, calls in _calls(look).items() if calls},
                "full": _full(look) and _was_full(seen, look),
                "marks": marks(seen, NAME, look, BRIEF_S),
            }
    return carried(seen, NAME, now)


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="keys that it drops to make room, and whether a queue may be among them",
    signals=(SIGNAL,),
    asks=("info", "role"),
    judge=judge,
    keep=keep,
)
