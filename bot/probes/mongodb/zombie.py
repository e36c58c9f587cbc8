"""Is there a primary that answers heartbeats and nothing else?

Such a primary keeps its place: the others hold an election only when heartbeats stop (MongoDB manual, replica set
elections), and heartbeats, like `hello`, need no ticket of the storage engine. Only a read shows it. Universe lost 79
minutes to one.

The same of any other member is a signal of its own, and so is a read that is only slow: neither asks for a failover.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import brief, data_members, in_parts, is_primary, role
from bot.probes.mongodb.views import seen_primary
from bot.probes.mongodb.wording import sentence, who
from bot.probes.probe import Probe, named, why
from bot.probes.seen import Look, Seen, Trouble

NAME = "mongodb.zombie"
SIGNAL, HANGS, SLOW = "zombie-primary", "reads-hang", "reads-slow"
SLOW_READ_S = 0.5  # one document by its place takes a millisecond; our own judgement of what is no accident
NO_READS = (
    "starting up",
    "recovering",
    "rolling back",
    "removed",
    "no member yet",
)  # they refuse reads, as they should


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that holds data: does it answer a read, not only a greeting?"""
    return [_of(seen, look) for look in data_members(seen)]


def _of(seen: Seen, look: Look) -> Finding:
    hello, read = look["hello"], look["canary"]
    signal = SIGNAL if is_primary(look) else HANGS
    if not hello.ok:
        trusting = _takes_it_for_primary(seen, look)
        others = f"; {named(trusting)} still see it as primary" if trusting else ""
        return PROBE.unknown(
            SIGNAL, sentence(f"{brief(look.member.name)} {why(hello)}{others}."), member=look.member.name
        )
    greeting = f"{hello.took_s * 1000:.0f} ms"
    if read.trouble is Trouble.SILENT:
        return _hangs(seen, look, signal, f"answers hello in {greeting}, and a read gives {read.says or 'no answer'}")
    if not read.ok:
        if look["serverStatus"].trouble is Trouble.SILENT:
            status = look["serverStatus"].says or "no answer"
            return _hangs(seen, look, signal, f"answers hello in {greeting}, and serverStatus gives {status}")
        state = f"it is {role(look)}" if role(look) in NO_READS else f"it {why(read)}"
        says = f"{who(look)} answers hello in {greeting}; whether it reads is unknown: {state}."
        return PROBE.unknown(signal, sentence(says), member=look.member.name)
    took = f"{read.took_s * 1000:.0f} ms"
    if not read.took_s <= SLOW_READ_S:
        return _finding(look, SLOW, Verdict.WARNING, f"{who(look)} needs {took} to read one document.", took)
    says = f"{who(look)} answers hello in {greeting} and a read in {took}."
    return _finding(look, signal, Verdict.OK, says, took)


def _hangs(seen: Seen, look: Look, signal: str, what: str) -> Finding:
    """A primary, or the only server there is, leaves nobody to read from; another member leaves the others."""
    alone = role(look) == "single server"
    verdict = Verdict.CRITICAL if signal == SIGNAL or alone else Verdict.WARNING
    trusting = _takes_it_for_primary(seen, look) if signal == SIGNAL else ()
    others = f"; {named(trusting)} see it as primary" if trusting else ""
    value = f"no answer in {look['canary'].took_s:.1f} s" if look["canary"].took_s else "no answer"
    return _finding(look, signal, verdict, f"{who(look)} {what}{others}.", value)


def _takes_it_for_primary(seen: Seen, look: Look) -> tuple[Look, ...]:
    """The other members that see this one as primary, and so will not elect another."""
    name = look.get("hello", "me") or look.member.name
    others = in_parts(seen).get(look.member.part, ())
    return tuple(other for other in others if other is not look and seen_primary(other) == name)


def _finding(look: Look, signal: str, verdict: Verdict, says: str, value: str) -> Finding:
    return Finding(
        probe=NAME,
        signal=signal,
        verdict=verdict,
        says=sentence(says),
        member=look.member.name,
        value=value,
        limit=f"{SLOW_READ_S:g} s",
        data={"hello_s": look["hello"].took_s, "read_s": look["canary"].took_s},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="a primary that answers heartbeats and no queries",
    signals=(SIGNAL, HANGS, SLOW),
    asks=("hello", "canary", "serverStatus", "replSetGetStatus"),
    judge=judge,
)
