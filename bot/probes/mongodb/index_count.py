"""Has the number of indexes fallen since the look before?

The server counts its indexes since 6.0 (MongoDB manual, serverStatus: indexStats), which costs nothing to ask, unlike
the list of them. Those on _id are taken off: one comes and goes with every temporary collection. It only says that the
list should be looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import number, version
from bot.probes.mongodb.index_lists import index_parts
from bot.probes.mongodb.wording import sentence, who
from bot.probes.probe import Probe, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.index-count"
SIGNAL = "index-count-fell"
HALF_LOST = 0.5  # of all indexes: nobody drops so many on purpose during a day; our own judgement
COUNTED_SINCE = (6, 0)


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that should have all indexes, held against its set in the look before."""
    before = seen.before.get(NAME)
    kept = before if isinstance(before, Mapping) else {}
    return [_of(look, number(kept.get(part))) for part, looks in index_parts(seen).items() for look in looks]


def keep(seen: Seen) -> Mapping[str, Any]:
    """The highest count of each set: a new member after a migration is held against the one before it."""
    before = seen.before.get(NAME)
    kept = dict(before) if isinstance(before, Mapping) else {}
    for part, looks in index_parts(seen).items():
        if counted := [count for look in looks if (count := _count(look)) is not None]:
            kept[part] = max(counted)
    return kept


def _of(look: Look, was: float | None) -> Finding:
    now = _count(look)
    if now is None:
        return PROBE.unknown(SIGNAL, sentence(f"{who(look)} {_reason(look)}."), member=look.member.name)
    if was is None or was < 0:
        says = f"{who(look)} has {now:,.0f} indexes besides _id, and no earlier count is kept."
        return PROBE.unknown(SIGNAL, sentence(says), member=look.member.name, value=f"{now:,.0f} indexes")
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=_verdict(now, was),
        says=sentence(f"{who(look)} has {now:,.0f} indexes besides _id, in the look before it was {was:,.0f}."),
        member=look.member.name,
        value=f"{now:,.0f} indexes",
        limit=f"{was:,.0f} indexes",
        data={"indexes": now, "before": was},
    )


def _verdict(now: float, was: float) -> Verdict:
    if now >= was:
        return Verdict.OK
    return Verdict.CRITICAL if now <= was * HALF_LOST else Verdict.WARNING


def _count(look: Look) -> float | None:
    """All indexes but those on _id."""
    every = number(look.get("serverStatus", "indexStats", "count"))
    on_id = number(look.get("serverStatus", "indexStats", "features", "id", "count"))
    return every - on_id if every is not None and on_id is not None and 0 <= on_id <= every else None


def _reason(look: Look) -> str:
    if not (answer := look["serverStatus"]).ok:
        return why(answer)
    known = version(look)
    return (
        "counts no indexes before 6.0" if known and known < COUNTED_SINCE else "does not tell how many indexes it has"
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="whether there are fewer indexes than in the look before",
    signals=(SIGNAL,),
    asks=("hello", "serverStatus"),
    judge=judge,
    keep=keep,
)
