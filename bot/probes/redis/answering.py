"""Does it answer us in time?

A Redis that something holds still takes connections, since the kernel does that for it, and then says nothing. While a
script runs past its limit (5 s unless set) it refuses everything with BUSY (Redis documentation, EVAL). The way there
counts in what we measure: a server on another continent takes a quarter of a second, and is well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.probe import Probe, why
from bot.probes.redis.answers import ago, carried, data_members, kept, number, of, told, who
from bot.probes.seen import Look, Seen, Trouble

NAME = "redis.answers"
SIGNAL = "answers-slow"
QUICK = ("role", "lastsave", "dbsize", "latency")  # none of them takes the server a millisecond
LEAST_QUICK = 2  # of them; less is one packet that was sent again
SLOW_S = 0.5  # for each of them: no distance on earth takes so long; our own judgement


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member: how long it took to answer short questions."""
    return told(_of(seen, look) for look in data_members(seen))


def _of(seen: Seen, look: Look) -> Finding:
    asked, last = [look[question] for question in ("info", *QUICK)], _last(seen, look)
    if any(answer.trouble is Trouble.BROKEN and answer.says.startswith("BUSY") for answer in asked):
        says = f"{look.member.name} answers BUSY: a script has run past its limit, and all others are refused{last}."
        return _finding(look, Verdict.CRITICAL, says, "BUSY", [])
    if of(look, "loading") == 1 or any(answer.says.startswith("LOADING") for answer in asked if not answer.ok):
        says = f"{look.member.name} reads its data; that is no time to judge."
        return PROBE.unknown(SIGNAL, says, member=look.member.name)
    silent = next((answer for answer in asked if answer.trouble is Trouble.SILENT), None)
    if silent:  # that it is a Redis at all only somebody knows who has heard it
        says = f"{look.member.name} took our connection and gave {silent.says}: something holds it, or it hangs{last}."
        return _finding(look, Verdict.CRITICAL if last or look.reached else Verdict.WARNING, says, silent.says, [])
    times = [look[question].took_s for question in QUICK if look[question].ok]
    if len(times) < LEAST_QUICK:
        reason = why(next((answer for answer in asked if not answer.ok), look["role"]))
        return PROBE.unknown(SIGNAL, f"{look.member.name} {reason}.", member=look.member.name)
    value = f"{min(times):.1f} to {max(times):.1f} s"
    if min(times) >= SLOW_S:
        says = f"{who(look)} took {value} for each of {len(times)} short questions, the way there included{last}."
        return _finding(look, Verdict.WARNING, says, value, times)
    value = value if max(times) >= SLOW_S else f"{max(times) * 1000:.0f} ms at most"
    says = f"{who(look)} answered {len(times)} short questions in {value}, the way there included."
    return _finding(look, Verdict.OK, says, value, times)


def _last(seen: Seen, look: Look) -> str:
    at = number(kept(seen, NAME, look).get("quick_at"))
    return f"; {ago(seen.at.timestamp() - at)} it was quick" if at else ""


def _finding(look: Look, verdict: Verdict, says: str, value: str, times: list[float]) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{SLOW_S:g} s",
        data={"slowest_s": max(times)} if times else {},
    )


def keep(seen: Seen) -> Mapping[str, Any]:
    """When each member was last seen to answer quickly, seconds since 1970."""
    quick = [one.member for one in judge(seen) if one.verdict is Verdict.OK]
    return carried(seen, NAME, {member: {"quick_at": seen.at.timestamp()} for member in quick})


PROBE = Probe(
    name=NAME,
    kind=SystemKind.REDIS,
    about="how quickly it answers, and whether a script holds it",
    signals=(SIGNAL,),
    asks=("info", *QUICK),
    judge=judge,
    keep=keep,
)
