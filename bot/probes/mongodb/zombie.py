"""Is there a primary that answers heartbeats and nothing else?

Such a primary keeps its place: the others hold an election only when heartbeats stop (MongoDB manual, replica set
elections), and heartbeats, like `hello`, need no ticket of the storage engine. Only a read shows it. Universe lost 79
minutes to one.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import data_members, is_primary, role
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen, Trouble

NAME = "mongodb.zombie"
SIGNAL = "zombie-primary"
SLOW_READ_S = 0.5  # one document by its place takes a millisecond; our own judgement of what is no accident


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that holds data: does it answer a read, not only a greeting?"""
    return [_of(look) for look in data_members(seen)]


def _of(look: Look) -> Finding:
    hello, read = look["hello"], look["canary"]
    who = f"{look.member.name}, {role(look)},"
    if not hello.ok:
        return PROBE.unknown(SIGNAL, f"{look.member.name} {why(hello)}.", member=look.member.name)
    greeting = f"{hello.took_s * 1000:.0f} ms"
    if read.trouble is Trouble.SILENT:
        bad = Verdict.CRITICAL if is_primary(look) else Verdict.WARNING
        return _finding(
            look, bad, f"{who} answers hello in {greeting}, and a read gives {read.says}.", read.says or "no answer"
        )
    if not read.ok:
        return PROBE.unknown(
            SIGNAL, f"{who} answers hello; whether it reads is unknown: it {why(read)}.", member=look.member.name
        )
    took = f"{read.took_s * 1000:.0f} ms"
    if read.took_s > SLOW_READ_S:
        return _finding(look, Verdict.WARNING, f"{who} needs {took} to read one document.", took)
    return _finding(look, Verdict.OK, f"{who} answers hello in {greeting} and a read in {took}.", took)


def _finding(look: Look, verdict: Verdict, says: str, value: str) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=says,
        member=look.member.name,
        value=value,
        limit=f"{SLOW_READ_S:g} s",
        data={"hello_s": look["hello"].took_s, "read_s": look["canary"].took_s},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="a primary that answers heartbeats and no queries",
    signals=(SIGNAL,),
    asks=("hello", "canary"),
    judge=judge,
)
