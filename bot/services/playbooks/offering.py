"""What a step's form offers for its gaps: members and names of the inventory's systems, as its looks saw them."""

from __future__ import annotations

from bot.domain.check import Check
from bot.domain.finding import rank
from bot.domain.inventory import System, SystemKind
from bot.domain.offers import Offer, Offered
from bot.probes.roles_told import roles_told
from bot.services.desk import Desk
from bot.store import checks

ROLES_FROM = 3  # newest looks at a system; one with few probes may not have asked who is what
# What the inventory knows besides hosts, by the name that a playbook's gap for it has.
WORDS = {
    SystemKind.ATLAS: {"project": "project", "cluster": "cluster"},
    SystemKind.REDIS: {"name": "sentinel_name"},
}


def offers(desk: Desk, incident_id: str, *, by: str) -> tuple[Offer, ...]:
    """What this person may look at, first the systems that the incident looked at: the worst, then the newest look.

    Whoever may not look at a system is not told its hosts either.
    """
    looks: dict[str, list[Check]] = {}
    for check in reversed(checks.of_incident(desk.session, incident_id)):
        if check.taken_at:
            looks.setdefault(check.system, []).append(check)
    worst = sorted(looks, key=lambda name: -rank(looks[name][0].verdict))
    order = [*worst, *(system.name for system in desk.inventory.systems if system.name not in looks)]
    systems = {one.name: one for one in desk.inventory.systems if one.lets_look(by)}
    return tuple(_offer(desk, systems[name], looks.get(name, [])) for name in order if name in systems)


def members(desk: Desk, *, by: str) -> tuple[Offer, ...]:
    """The members of what this person may look at, without what looks told of them."""
    return tuple(_offer(desk, system, []) for system in desk.inventory.systems if system.lets_look(by))


def _offer(desk: Desk, system: System, looks: list[Check]) -> Offer:
    roles: dict[str, str] = {}
    for check in looks[:ROLES_FROM]:
        roles = roles or roles_told(system, checks.evidence(desk.session, check.id))
    members = (
        Offered(
            value=member.host, port=member.port, shown=member.name, part=member.part, role=roles.get(member.name, "")
        )
        for member in system.members
    )
    keys = {gap: str(system.options.get(key, "")) for gap, key in WORDS.get(system.kind, {}).items()}
    return Offer(
        system=system.name,
        kind=system.kind,
        members=tuple(members),
        words=keys,
        looked_at=looks[0].taken_at if looks else None,
        verdict=looks[0].verdict if looks else None,
    )
