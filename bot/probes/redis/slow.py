"""Which commands took so long lately that everybody waited?

Redis runs one command at a time, and its slow log tells which took long (Redis documentation, SLOWLOG). The log keeps
its entries until others push them out, days or years, so that only what its time says was lately counts, by the
server's own clock. A log that is off, or whose entries of seconds have pushed out those of minutes, is no proof that
all is well. Arguments are customers' data and are not read (`replies.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import ago, clock, data_members, lasting, number, told, who
from bot.probes.redis.replies import MOST_SLOW
from bot.probes.seen import Look, Seen
from bot.probes.values import rows, text

NAME = "redis.slow"
SIGNAL = "commands-slow"
SLOW_S = 0.1  # all others wait as long; our own judgement, playbooks/redis-slow.md has the same
RECENT_S = 600.0  # what is older is over; our own judgement
SEVERAL = 3  # one of 0.1 s is a healthy server's nightly report; our own judgement
LONG_S = 1.0  # but one of this length people notice
HELD_S = 5.0  # as long as Redis lets a script run before it answers BUSY (redis.conf, busy-reply-threshold)
HELD_SHARE = 0.25  # of the time others wait; our own judgement
LEAST_SPAN_S = 60.0  # over which that share is taken


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member: the slow commands of the last minutes."""
    return told(_of(seen, look) for look in data_members(seen))


def _of(seen: Seen, look: Look) -> Finding:
    if not look["slowlog"].ok:
        return PROBE.unknown(SIGNAL, f"{look.member.name} {why(look['slowlog'])}.", member=look.member.name)
    entries, now = _entries(look), clock(seen, look)
    if entries is None or now is None:
        says = f"{who(look)} gives a slow log that cannot be read."
        return PROBE.unknown(SIGNAL, says, member=look.member.name)
    slow = sorted((one for one in entries if one["took_us"] >= SLOW_S * 1e6), key=lambda one: -one["at"])
    recent = [one for one in slow if one["at"] > now - RECENT_S]
    longest_s = max((one["took_us"] / 1e6 for one in recent), default=0.0)
    blind = _blind(look, entries, now)
    if not recent:
        if blind:
            return PROBE.unknown(SIGNAL, f"{who(look)} {blind}.", member=look.member.name)
        says = f"{who(look)} logged no command of {SLOW_S:g} s and more in the last {lasting(RECENT_S)}."
        return _finding(look, Verdict.OK, says, recent, {})
    run = _run(slow)
    since_s, ago_s = max(now - run[-1]["at"], 0.0), max(now - run[0]["at"], 0.0)
    span_s = max(min(since_s, RECENT_S), LEAST_SPAN_S)
    share = sum(one["took_us"] / 1e6 for one in recent) / span_s
    verdict = Verdict.WARNING if len(recent) >= SEVERAL or longest_s >= LONG_S else Verdict.OK
    if longest_s >= HELD_S or share >= HELD_SHARE:
        verdict = Verdict.CRITICAL
    if verdict is Verdict.OK and blind:
        return PROBE.unknown(SIGNAL, f"{who(look)} {blind}.", member=look.member.name)
    numbers = {"share_of_time": round(share, 3), "since": run[-1]["at"]}
    # Where the log is full of this, what came before has been pushed out.
    least = len(entries) >= _room(look) and run[-1]["at"] <= min(one["at"] for one in entries)
    return _finding(look, verdict, _says(look, run, since_s, ago_s, least), recent, numbers)


def _blind(look: Look, entries: Sequence[Mapping[str, Any]], now: float) -> str:
    """Why a slow command of the last minutes may be missing from the log; "" where nothing says so."""
    least_us = number(look.get("config", "slowlog-log-slower-than"))
    if least_us is not None and least_us < 0:
        return f"keeps no slow log: slowlog-log-slower-than is {least_us:.0f}"
    if least_us is not None and least_us > SLOW_S * 1e6:
        return f"logs no command under {least_us / 1e6:.3g} s: slowlog-log-slower-than is {least_us:.0f}"
    if _room(look) < 1:
        return "keeps no slow log: slowlog-max-len is 0"
    oldest = min((one["at"] for one in entries), default=0.0)
    if len(entries) >= _room(look) and oldest > now - RECENT_S:
        return f"logs so many commands that its log holds the last {lasting(max(now - oldest, 1.0))} alone"
    return ""


def _room(look: Look) -> float:
    """How many entries we can see at most."""
    most = number(look.get("config", "slowlog-max-len"))
    return MOST_SLOW if most is None or most < 0 else min(most, MOST_SLOW)


def _entries(look: Look) -> list[dict[str, Any]] | None:
    """The entries with their numbers; None when one of them has none."""
    value = look["slowlog"].value
    listed = rows(value)
    found = [
        {"at": at, "took_us": took_us, "command": text(one.get("command")), "from": text(one.get("from"))}
        for one in listed
        if (at := number(one.get("at"))) is not None and (took_us := number(one.get("took_us"))) is not None
    ]
    return found if isinstance(value, list) and len(found) == len(value) else None


def _run(slow: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest entry and those before it, newest first, as long as no pause between two was long."""
    run = [slow[0]]
    for one in slow[1:]:
        if run[-1]["at"] - one["at"] > RECENT_S:
            break
        run.append(one)
    return run


def _says(look: Look, run: Sequence[Mapping[str, Any]], since_s: float, ago_s: float, least: bool) -> str:
    worst = max(run, key=lambda one: one["took_us"])
    sender = f" from {worst['from']}" if worst["from"] else ""
    if len(run) == 1:
        return f"{who(look)} ran {worst['command']}{sender} for {_s(worst)}, {ago(ago_s)}."
    bound = "at least " if least else ""
    many = f"{bound}{len(run)} slow commands in the last {lasting(since_s)}"
    return f"{who(look)} ran {many}, the last {ago(ago_s)}: {worst['command']}{sender} for {_s(worst)}."


def _s(entry: Mapping[str, Any]) -> str:
    return f"{entry['took_us'] / 1e6:.1f} s"


def _finding(
    look: Look, verdict: Verdict, says: str, recent: Sequence[Mapping[str, Any]], numbers: Mapping[str, Any]
) -> Finding:
    longest_s = max((one["took_us"] / 1e6 for one in recent), default=0.0)
    value = f"{len(recent)} in {lasting(RECENT_S)}" + (f", up to {longest_s:.1f} s" if recent else "")
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{SEVERAL} of {SLOW_S:g} s, or one of {LONG_S:g} s",
        data={
            "slow": len(recent),
            "longest_s": longest_s,
            "commands": dict(Counter(one["command"] for one in recent).most_common(5)),
            **numbers,
        },
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="commands that took long in the last minutes, and who sent them",
    signals=(SIGNAL,),
    asks=("info", "role", "config", "slowlog"),
    judge=judge,
)
