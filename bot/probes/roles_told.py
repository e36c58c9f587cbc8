"""What each member of a system said it was, read from the answers that a look kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.inventory import Member, System, SystemKind
from bot.probes.mongodb import answers as mongodb
from bot.probes.redis import answers as redis
from bot.probes.seen import Answer, Look, Trouble
from bot.probes.values import mapping

SILENT = "no answer"


def roles_told(system: System, evidence: Mapping[str, Any]) -> dict[str, str]:
    """Return `{member's name: role}`: "primary", "replica", "no answer" for one that answered nothing.

    `evidence` is what `probes/evidence.py` made of one look. Left out are members that the look did not ask, and those
    that answered without telling what they are.
    """
    looks = [_look(member, mapping(evidence[member.name])) for member in system.members if member.name in evidence]
    return {look.member.name: role for look in looks if (role := _role(system.kind, look))}


def _role(kind: SystemKind, look: Look) -> str:
    if not look.reached:
        return SILENT
    if kind is SystemKind.MONGODB:
        return mongodb.role(look) if look["hello"].ok else ""
    if kind is SystemKind.REDIS:
        return "sentinel" if redis.is_sentinel(look) else redis.role(look)
    return ""


def _look(member: Member, kept: Mapping[str, Any]) -> Look:
    return Look(member, {name: _answer(mapping(answer)) for name, answer in kept.items()})


def _answer(kept: Mapping[str, Any]) -> Answer:
    if "value" in kept:
        return Answer(kept["value"])
    return Answer(trouble=Trouble.SILENT, says=str(kept.get("says", "")))
