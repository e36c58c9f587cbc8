"""Is an index being built, on which members, and how far is it?

While one is built, dropping another is dangerous (until 4.2 it halted reads and replication, MongoDB manual,
dropIndexes), a failover or a restart sets it back, and until 4.2 the secondaries only begin when the primary is done:
Small Giant learnt that at the wrong moment. So every member is read by itself. From 4.4 a build ends only when all
members that vote and hold data are ready (MongoDB manual, createIndexes: commitQuorum), so one that is away is named.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import in_parts
from bot.probes.mongodb.builds import Build, builds
from bot.probes.mongodb.operations import MOST_OPERATIONS, operations, with_queries
from bot.probes.mongodb.wording import counted, sentence, share, who
from bot.probes.probe import Probe, named, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.index-builds"
SIGNAL = "index-building"
MOST_BUILDS = 3  # at once; more wait (MongoDB manual, maxNumActiveUserIndexBuilds)


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member: the builds that run on it."""
    away = {part: [look for look in looks if not look.reached] for part, looks in in_parts(seen).items()}
    return [_of(look, away.get(look.member.part, [])) for look in with_queries(seen)]


def _of(look: Look, away: Sequence[Look]) -> Finding:
    found = operations(look)
    if found is None:
        answer = look["currentOp"]
        reason = why(answer) if not answer.ok else "gives no list of operations"
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {reason}."), member=look.member.name)
    if running := builds(found):
        return _building(look, sorted(running, key=lambda build: build.part or 0.0), away)
    if len(found) >= MOST_OPERATIONS:
        says = f"{who(look)} runs more operations than are read, so a build may be among them."
        return PROBE.unknown(SIGNAL, sentence(says), member=look.member.name)
    return _finding(look, Verdict.OK, f"{who(look)} builds no index.", "0 builds", builds=0)


def _building(look: Look, running: list[Build], away: Sequence[Look]) -> Finding:
    """The one that is least far stands for all."""
    waits = f"; it may wait for {named(away, most=1)}, which cannot be reached" if away else ""
    slowest = running[0]
    more = f", and {len(running) - 1} more" if len(running) > 1 else ""
    done = "no progress told" if slowest.part is None else f"{share(slowest.part, 1)} done"
    return _finding(
        look,
        Verdict.WARNING,
        f"{who(look)} builds {slowest}{more}{waits}.",
        f"{counted(len(running), 'build', 'builds')}, {done}",
        builds=len(running),
        part_done=slowest.part,
        indexes=[str(build) for build in running[:MOST_BUILDS]],
    )


def _finding(look: Look, verdict: Verdict, says: str, value: str, **data: object) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=look.member.name,
        value=value,
        limit="0 builds",
        data=data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="index builds on each member, and how far they are",
    signals=(SIGNAL,),
    asks=("hello", "currentOp"),
    judge=judge,
)
