"""Recorded answers as looks, and the changes that a test makes to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.domain.finding import Finding
from bot.domain.inventory import Member, System, SystemKind
from bot.probes.probe import Probe
from bot.probes.redis.replies import info_of
from bot.probes.seen import Answer, Look, Seen, Trouble

ANSWERS = Path(__file__).parent.parent / "answers"
AT = datetime(2026, 11, 20, 14, 1, tzinfo=UTC)
MASTER, REPLICA = Member(host="127.0.0.1", port=7391), Member(host="127.0.0.1", port=7392)
THIRD = Member(host="127.0.0.1", port=7393)
SEVEN, SIX = "redis-7.0.15", "redis-6.2.14"
REFUSED = Answer(trouble=Trouble.UNREACHABLE, says="connection refused")
SAVES_NOTHING = {"save": "", "appendonly": "no", "maxclients": 50}


def info(source: str, name: str, *more: str, **changes: Any) -> dict[str, Any]:
    """INFO as it was recorded; `more` are sections that were recorded by themselves. A change to None takes it out."""
    found: dict[str, Any] = {}
    for one in (f"{name}.info", *more):
        found |= info_of((ANSWERS / source / f"{one}.txt").read_text("utf-8"))
    found |= changes
    return {field: value for field, value in found.items() if value is not None}


def look(member: Member, told: Mapping[str, Any] | Answer, **others: Any) -> Look:
    """A look with INFO, and other answers by name. An Answer stands for itself."""
    answers = {"info": told, **others}
    return Look(member, {name: one if isinstance(one, Answer) else Answer(one) for name, one in answers.items()})


def seen(*looks: Look, before: Mapping[str, Any] | None = None, at: datetime = AT, ago_s: float = 30.0) -> Seen:
    """All looks at one moment; `before` is what an earlier look kept, by probe."""
    system = System(name="cache", kind=SystemKind.REDIS, members=tuple(one.member for one in looks))
    before_at = at - timedelta(seconds=ago_s) if before else None
    return Seen(system=system, at=at, looks=tuple(looks), before=before or {}, before_at=before_at)


def healthy(source: str = SEVEN, **changes: Any) -> tuple[Look, Look]:
    """The pair in health; `changes` are made to the master's INFO."""
    return (
        look(MASTER, info(source, "01-healthy.master", **changes), config=SAVES_NOTHING),
        look(REPLICA, info(source, "01-healthy.replica"), config=SAVES_NOTHING),
    )


def kept(probe: Probe, first: Seen) -> dict[str, Any]:
    """What this probe keeps of a look, as the next one gets it."""
    return {probe.name: probe.keep(first)}


def one(found: Sequence[Finding], signal: str, member: Member | None = None) -> Finding:
    """The one finding of a signal (about a member)."""
    matching = [each for each in found if each.signal == signal and (member is None or each.member == member.name)]
    assert len(matching) == 1, [(each.signal, each.member) for each in found]
    return matching[0]
