"""The looks that go with a walk: before a dangerous step, or by a step's button."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.check import Check, Why
from bot.domain.finding import Finding, Verdict
from bot.domain.incident import Incident
from bot.domain.inventory import System
from bot.domain.walk import Walk
from bot.domain.watch import worth_saying
from bot.services.desk import Desk
from bot.services.playbooks.flaws import looks_with
from bot.services.systems.checks import Checked, ask, meant
from bot.store import checks, walks

MOST = 2  # systems looked at for a step


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """What a look found, and when it was taken."""

    finding: Finding
    at: datetime


def begin(
    desk: Desk, incident: Incident, walk: Walk, addresses: Mapping[str, Collection[int]], *, by: str = ""
) -> tuple[Check, ...]:
    """Promise looks for the step in hand, with the probes of its playbook.

    At the systems that have members among `addresses`, the hosts that are filled in and their ports; else at those that
    were looked at before, else at what the incident's title names, else at all that the playbook has something to look
    with.
    """
    probes: dict[str, tuple[str, ...]] = {}
    for system in desk.inventory.systems:
        if system.lets_look(by) and (names := looks_with(walk.playbook, system.kind)) is not None:
            probes[system.name] = names
    systems = [system for system in desk.inventory.systems if system.name in probes]
    looked = {check.system for check in checks.of_incident(desk.session, incident.id)}
    fitting = (
        [system for system in systems if _named(system, addresses)]
        or meant([system for system in systems if system.name in looked], incident.title)
        or meant(systems, incident.title)
    )
    return tuple(
        ask(desk, system.name, probes[system.name], incident=incident, by=by, why=Why.STEP) for system in fitting[:MOST]
    )


def beside(desk: Desk, walk: Walk) -> tuple[tuple[Check, ...], tuple[Spoken, ...]]:
    """The looks that were promised unasked when the walk's step in hand was taken up, each the newest since that
    answers at least what it did; and what speaks against its playbook in the newest answers of each probe, however
    old they are."""
    there = {system.name for system in desk.inventory.systems}
    taken_before, newest = [], dict[tuple[str, str], tuple[datetime, list[Finding]]]()
    looks = checks.of_incident(desk.session, walk.incident_id)
    for look in looks:
        if look.asked_at == walk.taken_up_at and _unasked(look) and (look.taken_at or look.system in there):
            taken_before.append(look)
        if look.taken_at:
            newest |= {(look.system, probe): (look.taken_at, found) for probe, found in _by_probe(look).items()}
    against = [
        Spoken(finding=finding, at=at)
        for at, found in newest.values()
        for finding in found
        if finding.speaks and finding.signal in walk.playbook.forbidden_by
    ]
    return tuple(_newest(look, looks) for look in taken_before), tuple(against)


def told(desk: Desk, check: Check) -> None:
    """Have the steps that show a look's findings show them, and those that it may speak for or against."""
    for walk in walks.of_incident(desk.session, check.incident_id):
        if walk.in_hand and (walk.playbook.forbidden_by or check.id in {look.id for look in beside(desk, walk)[0]}):
            desk.promise("walk", walk.id, incident=check.incident_id, once=True)


def says_nothing_new(desk: Desk, checked: Checked) -> bool:
    """Whether a look that nobody asked for found what the looks before it found: the step shows it, and nothing is
    posted below, where it would push the step out of sight."""
    check = checked.check
    if not _unasked(check) or checked.objections:
        return False
    before: dict[str, list[Finding]] = {}  # by probe, what its newest look before found
    for look in checks.of_incident(desk.session, check.incident_id):
        earlier = (look.asked_at, look.id) < (check.asked_at, check.id)
        if look.taken_at and earlier and look.system == check.system:
            before |= _by_probe(look)
    if not before:
        return not any(one.speaks or one.verdict is Verdict.UNKNOWN for one in check.findings)
    asked = {finding.probe for finding in check.findings}
    return not worth_saying([[one for probe in asked for one in before.get(probe, ())], check.findings])


def _by_probe(look: Check) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in look.findings:
        found.setdefault(one.probe, []).append(one)
    return found


def _newest(before: Check, looks: Collection[Check]) -> Check:
    """The newest look at the same system that answers at least the probes of this one; itself while it is not taken."""
    if before.taken_at is None:
        return before
    asked = _by_probe(before).keys()
    later = [
        (look.taken_at, look)
        for look in looks
        if look.system == before.system and look.taken_at and look.taken_at > before.taken_at
        if asked <= _by_probe(look).keys()
    ]
    return max(later, key=lambda one: one[0])[1] if later else before


def _unasked(check: Check) -> bool:
    return check.why is Why.STEP and not check.asked_by


def unlisted(desk: Desk, addresses: Mapping[str, Collection[int]], *, by: str) -> tuple[str, ...]:
    """Return those hosts that no system has which this person may look at, with the port that tells them apart."""
    systems = [system for system in desk.inventory.systems if system.lets_look(by)]
    each = [(host, at) for host, ports in addresses.items() for at in ([[port] for port in sorted(ports)] or [[]])]
    return tuple(
        ":".join([host, *map(str, at)])
        for host, at in each
        if not any(_named(system, {host: at}) for system in systems)
    )


def _named(system: System, addresses: Mapping[str, Collection[int]]) -> bool:
    """Whether it has one of the addresses as a member; without its port a host is any of those there."""
    ports = ((member.port, addresses.get(member.host.lower())) for member in system.members)
    return any(at is not None and (not at or port in at) for port, at in ports)
