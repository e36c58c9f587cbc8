"""Which queries run long, and which of them are the same query?

At Universe 2,300 runs of one webhook query, more than ten minutes each, held the primary; a list of single operations
hides that. So they are put together by collection, command, plan and application, without the values they look for.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.operations import (
    MOST_OPERATIONS,
    MOST_SHAPES_SHOWN,
    Operation,
    grouped,
    operations,
    queries,
    seconds,
    with_queries,
)
from bot.probes.mongodb.wording import counted, sentence, who
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.slow"
SIGNAL = "slow-operations"
SLOW_S = 5.0  # a person has left by then; our own judgement
MANY_SLOW = 20  # of the 128 tickets for reads (MongoDB manual, serverStatus) a sixth; our own judgement


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member: its long queries by shape."""
    return [_of(look) for look in with_queries(seen)]


def _of(look: Look) -> Finding:
    found = operations(look)
    if found is None:
        answer = look["currentOp"]
        reason = why(answer) if not answer.ok else "gives no list of operations"
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {reason}."), member=look.member.name)
    asked = queries(found)
    slow = [one for one in asked if (seconds(one) or 0.0) >= SLOW_S]
    if slow:
        return _slow(look, slow, at_least=len(found) >= MOST_OPERATIONS)
    if any(seconds(one) is None for one in asked):
        says = f"{who(look)} runs {len(asked)} queries and does not say of all how long."
        return PROBE.unknown(SIGNAL, sentence(says), member=look.member.name)
    return _finding(look, Verdict.OK, f"{who(look)} runs no query longer than {SLOW_S:g} s.", "0")


def _slow(look: Look, slow: list[Operation], *, at_least: bool) -> Finding:
    groups = grouped(slow)
    bound = "at least " if at_least else ""
    count = counted(len(slow), "slow query", "slow queries")
    more = f", and {counted(len(groups) - 1, 'more shape', 'more shapes')}" if len(groups) > 1 else ""
    return _finding(
        look,
        Verdict.CRITICAL if len(slow) >= MANY_SLOW else Verdict.WARNING,
        f"{who(look)} runs {bound}{count}: {groups[0]}{more}.",
        f"{bound}{len(slow)}",
        slow=len(slow),
        longest_s=max(group.longest_s for group in groups),
        shapes=[group.plain() for group in groups[:MOST_SHAPES_SHOWN]],
    )


def _finding(look: Look, verdict: Verdict, says: str, value: str, **data: object) -> Finding:
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        member=look.member.name,
        value=f"{value} longer than {SLOW_S:g} s",
        limit=f"{MANY_SLOW} longer than {SLOW_S:g} s",
        data={"slow": 0, "longest_s": 0.0} | data,
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="queries that run long, by shape",
    signals=(SIGNAL,),
    asks=("hello", "currentOp"),
    judge=judge,
)
