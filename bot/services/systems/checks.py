"""Having systems looked at: asked for in a transaction, taken by a worker, written into the timeline."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.domain.check import Check, Why, written
from bot.domain.choice import Choice, choose, objections
from bot.domain.finding import Verdict
from bot.domain.incident import Incident
from bot.domain.inventory import System
from bot.domain.timeline import Kind
from bot.errors import NotAllowed
from bot.probes import catalog
from bot.probes.mongodb import indexes
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.playbooks import runbooks
from bot.services.systems.looker import Taken
from bot.store import checks, incidents, snapshots, walks

FIRST_LOOKS = 4  # systems looked at unasked when an incident is opened
STILL_SPEAKS = timedelta(minutes=15)  # a look older than this says nothing of now
MOST_SAID = 3  # findings named in a timeline entry


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A look as the channel shows it."""

    check: Check
    kind: str  # of system
    choices: tuple[Choice, ...]  # the playbooks its findings call for
    said: frozenset[str]  # those that were suggested a moment ago: a first look does not offer them once more
    objections: tuple[Choice, ...]  # playbooks in hand, or just suggested, that its findings speak against
    in_hand: Mapping[str, int]  # the playbooks that are being walked, and their step in hand
    page_url: str
    in_incident: bool


def ask(
    desk: Desk,
    system_name: str,
    probes: Sequence[str] = (),
    *,
    incident: Incident | None,
    channel_id: str = "",
    by: str = "",
    why: Why = Why.ASKED,
) -> Check:
    """Promise a look. Raises NotFound for a system or a probe that is not there, NotAllowed for who may not look."""
    system = desk.inventory.get(system_name)
    refuse_strangers(system, by)
    check = _made(
        desk,
        system,
        why,
        incident_id=incident.id if incident else "",
        channel_id="" if incident else channel_id,
        probes=_names(system, probes),
        asked_by=by,
    )
    checks.add(desk.session, check)
    desk.promise("look", check.id)
    return check


def refuse_strangers(system: System, by: str) -> None:
    """Raise NotAllowed for somebody whom the inventory does not let look at a system."""
    if by and not system.lets_look(by):
        raise NotAllowed(
            f"You may not look at `{system.name}`.",
            hint="Its `may_look` in the inventory names who may.",
            typed=system.name,
        )


def first_looks(desk: Desk, incident: Incident) -> None:
    """Promise the looks that are taken unasked when an incident is opened: at what its title names, else at all.

    What only some may see is not told to a channel unasked.
    """
    free = [system for system in desk.inventory.systems if not system.may_look]
    for system in meant(free, incident.title)[:FIRST_LOOKS]:
        ask(desk, system.name, incident=incident, why=Why.OPENED)


def last_looks(desk: Desk, incident: Incident) -> tuple[Check, ...]:
    """Write down the looks that are taken at close: at every system that was looked at, with the same probes."""
    before = checks.of_incident(desk.session, incident.id)
    if any(check.why is Why.CLOSED and check.asked_at == incident.closed_at for check in before):
        return tuple(check for check in before if check.why is Why.CLOSED and check.asked_at == incident.closed_at)
    known = {system.name for system in desk.inventory.systems}
    made = []
    for name in dict.fromkeys(check.system for check in before if check.system in known):
        check = Check(
            id=desk.new_id(),
            team_id=desk.team_id,
            system=name,
            why=Why.CLOSED,
            asked_at=incident.closed_at or desk.now,
            incident_id=incident.id,
        )
        checks.add(desk.session, check)
        made.append(check)
    return tuple(made)


def settle(desk: Desk, check_id: str, taken: Taken) -> Check:
    """Write down what a look found, and put it into the timeline of its incident; once."""
    result = taken.result
    fresh = checks.settle(
        desk.session,
        check_id,
        taken_at=desk.now,
        took_s=result.took_s,
        age_s=taken.age_s,
        findings=result.findings,
        kept=result.kept,
        evidence=result.evidence,
    )
    check = checks.load(desk.session, check_id)
    assert check is not None
    incident = incidents.load(desk.session, check.incident_id) if check.incident_id else None
    if fresh and incident:
        timeline.record(
            desk,
            incident,
            Kind.FINDING,
            sentence(check),
            by=check.asked_by,
            data={
                "check": check.id,
                "system": check.system,
                "why": check.why.value,
                "findings": written(check.findings),
            },
            origin=f"check:{check.id}",
        )
    return check


def shown(desk: Desk, check_id: str) -> tuple[Checked, str] | None:
    """A look as it is told, and the channel it is told in; None when it is gone or not taken yet."""
    check = checks.load(desk.session, check_id)
    if check is None or check.taken_at is None:
        return None
    incident = incidents.load(desk.session, check.incident_id) if check.incident_id else None
    books, in_hand = desk.shelf.current().playbooks, walks.in_hand(desk.session, check.incident_id)
    said = runbooks.suggested(desk, check.incident_id) if check.why is Why.OPENED else frozenset()
    said -= in_hand.keys()
    at_stake = [*(walk.playbook for walk in in_hand.values()), *(book for book in books if book.name in said)]
    made = Checked(
        check=check,
        kind=next((system.kind.value for system in desk.inventory.systems if system.name == check.system), ""),
        choices=choose(books, check.findings),
        said=said,
        objections=objections(at_stake, check.findings),
        in_hand={name: walk.position for name, walk in in_hand.items()},
        page_url=desk.pages_url,
        in_incident=incident is not None,
    )
    return made, (incident.channel_id if incident else check.channel_id)


def called_for(desk: Desk, incident: Incident) -> tuple[Check, Choice] | None:
    """The playbook that the newest looks at an incident's systems speak for, and the look; None where none does, and
    where it is being walked."""
    in_hand = walks.in_hand(desk.session, incident.id)
    newest = {check.system: check for check in checks.of_incident(desk.session, incident.id) if check.taken_at}
    for check in newest.values():
        if check.taken_at and desk.now - check.taken_at <= STILL_SPEAKS:
            choices = choose(desk.shelf.current().playbooks, check.findings)
            if choices and not choices[0].forbidden and choices[0].playbook not in in_hand:
                return check, choices[0]
    return None


def keep(desk: Desk, system: System, probes: Sequence[str], taken: Taken, *, by: str) -> None:
    """Write down a look that was taken at a terminal, so that the next one is compared with it."""
    check = _made(desk, system, Why.ASKED, probes=_names(system, probes), asked_by=by)
    checks.add(desk.session, check)
    settle(desk, check.id, taken)


def before_of(desk: Desk, system: str) -> tuple[Mapping[str, Any], Any]:
    """What the newest earlier looks at a system kept, and since when.

    The list of indexes is that of the newest snapshot with one where the look kept none: light looks ask for none.
    """
    kept, since = checks.compared_with(desk.session, desk.team_id, system)
    if indexes.NAME not in kept and (listed := _indexes_of_night(desk, system)):
        kept = {**kept, indexes.NAME: listed}
    return kept, since


def sentence(check: Check) -> str:
    """`Looked at orders-db: 1 critical, 2 unknown. db1:27017, primary, answers hello …`"""
    counted = [
        f"{len(found)} {verdict.value}"
        for verdict in (Verdict.CRITICAL, Verdict.WARNING, Verdict.UNKNOWN, Verdict.OK)
        if (found := check.of(verdict))
    ]
    said = [finding.says for finding in check.ordered if finding.speaks][:MOST_SAID]
    return f"Looked at {check.system}: {', '.join(counted) or 'nothing to look with'}." + "".join(
        f" {one}" for one in said
    )


def _indexes_of_night(desk: Desk, system: str) -> Any:
    newest = snapshots.newest(desk.session, desk.team_id, system, "indexes")
    return newest.body["indexes"] if newest else None


def meant(systems: Sequence[System], title: str) -> list[System]:
    """Return those whose name stands in the incident's title, else all."""
    words = set(re.findall(r"[a-z0-9-]+", title.lower()))
    return [system for system in systems if system.name in words] or list(systems)


def _names(system: System, probes: Sequence[str]) -> tuple[str, ...]:
    return tuple(probe.name for probe in catalog.choose(system.kind, probes)) if probes else ()


def _made(desk: Desk, system: System, why: Why, **more: Any) -> Check:
    return Check(id=desk.new_id(), team_id=desk.team_id, system=system.name, why=why, asked_at=desk.now, **more)
