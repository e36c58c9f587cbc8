"""Asking whether a change may be made: what was typed becomes a plan of what to look at, and the answer is promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.check import Check, Why
from bot.domain.incident import Incident
from bot.domain.inventory import Inventory, System, SystemKind
from bot.domain.preflight.changes import CHANGES, change_named
from bot.domain.preflight.reading import read
from bot.domain.preflight.values import Change
from bot.errors import UserError
from bot.services.desk import Desk
from bot.services.systems import checks as looks
from bot.store import checks

MOST_BESIDE = 4  # systems looked at beside the one that is changed


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What was asked: the change, the system it is made to, those looked at beside it, and the details."""

    change: Change
    system: System
    beside: tuple[System, ...]
    details: Mapping[str, str]

    @property
    def systems(self) -> tuple[System, ...]:
        """All that are looked at, the one that is changed first."""
        return (self.system, *self.beside)

    @property
    def line(self) -> str:
        """`drop-index orders-db shop.orders status_1`, as one types it."""
        told = [f"{name}={value}" if name in self.change.options else value for name, value in self.details.items()]
        return " ".join([self.change.name, self.system.name, *told])

    def as_detail(self) -> dict[str, Any]:
        """As promised work carries it."""
        beside = [system.name for system in self.beside]
        return {
            "change": self.change.name,
            "system": self.system.name,
            "beside": beside,
            "details": dict(self.details),
        }


def plan(inventory: Inventory, typed: Sequence[str], *, by: str = "") -> Plan:
    """Read `drop-index orders-db shop.orders status_1`. Raises UserError that says what to type, NotAllowed."""
    words = list(typed)
    if len(words) > 1 and words[1].lower() in {change.name for change in CHANGES}:
        words[:2] = words[1::-1]
    change = change_named(words[0] if words else "")
    if len(words) < 2:
        raise UserError(
            f"`{change.name}` lacks the system that it is to be made to.",
            hint=f"Type `/incident preflight {change.name} {_fitting(inventory, change)} {change.example}".strip()
            + "`.",
        )
    system = inventory.get(words[1])
    if system.kind not in change.kinds:
        kinds = " or ".join(kind.value for kind in change.kinds)
        raise UserError(
            f"`{change.name}` is a change to a {kinds} system; `{system.name}` is of kind {system.kind}.",
            hint=f"Such is `{_fitting(inventory, change)}`.",
        )
    looks.refuse_strangers(system, by)
    details = read(change, words[2:], system.name)
    return Plan(change=change, system=system, beside=_beside(inventory, change, system, details, by), details=details)


def planned(inventory: Inventory, detail: Mapping[str, Any]) -> Plan:
    """The plan as promised work carried it. Raises NotFound when the system is not in the inventory any more."""
    names = set(detail["beside"])
    return Plan(
        change=change_named(detail["change"]),
        system=inventory.get(detail["system"]),
        beside=tuple(one for one in inventory.systems if one.name in names),
        details=detail["details"],
    )


def ask(desk: Desk, typed: Sequence[str], *, incident: Incident | None, channel_id: str = "", by: str = "") -> Plan:
    """Promise the answer. Raises UserError that says what to type instead."""
    made = plan(desk.inventory, typed, by=by)
    check = begin(desk, made, incident=incident, channel_id=channel_id, by=by)
    desk.promise("preflight", check.id, **made.as_detail())
    return made


def begin(desk: Desk, made: Plan, *, incident: Incident | None = None, channel_id: str = "", by: str = "") -> Check:
    """Write down the look that the answer will rest on."""
    check = Check(
        id=desk.new_id(),
        team_id=desk.team_id,
        system=made.system.name,
        why=Why.PREFLIGHT,
        asked_at=desk.now,
        incident_id=incident.id if incident else "",
        channel_id="" if incident else channel_id,
        probes=made.change.probes[made.system.kind],
        asked_by=by,
    )
    checks.add(desk.session, check)
    return check


def _beside(
    inventory: Inventory, change: Change, system: System, details: Mapping[str, str], by: str
) -> tuple[System, ...]:
    """The backup that was named, else those of the change's other kinds whose names begin with the same word."""
    kinds = [kind for kind in change.probes if kind is not system.kind]
    named = details.get("backup")
    found: list[System] = []
    if named:
        backup = inventory.get(named)
        if backup.kind is not SystemKind.BACKUP:
            raise UserError(f"`{backup.name}` is no backup place.", hint="`backup=` names a system of kind backup.")
        looks.refuse_strangers(backup, by)
        kinds, found = [kind for kind in kinds if kind is not SystemKind.BACKUP], [backup]
    first = system.name.split("-", 1)[0]
    akin = [one for one in inventory.systems if one.kind in kinds and one.name.split("-", 1)[0] == first]
    found += [one for one in akin if not by or not one.may_look or by in one.may_look]
    return tuple(found[:MOST_BESIDE])


def _fitting(inventory: Inventory, change: Change) -> str:
    return next((system.name for system in inventory.systems if system.kind in change.kinds), "SYSTEM")
