"""After the close: asking which steps helped, so that the next person on the page knows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session

from bot.domain.incident import Incident
from bot.domain.playbook import Step
from bot.domain.timeline import Kind, Source
from bot.domain.walk import Did, Walk
from bot.errors import NotFound
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.playbooks import standing, walking
from bot.services.postmortem import late
from bot.store import incidents, verdicts, walks
from bot.store.verdicts import Verdict


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """One step that was done, and what was said of it so far."""

    walk: Walk
    step: Step
    verdict: Verdict | None


@dataclass(frozen=True, kw_only=True)
class Review:
    """Every step that was done in an incident, in the order it was walked."""

    incident: Incident
    steps: tuple[Reviewed, ...]


def settle(
    desk: Desk, incident: Incident, *, by: str, done: frozenset[str] = frozenset(), source: Source = Source.SLACK
) -> None:
    """Leave no walk in hand: those in `done` (by id) are walked to their end, the others put away. Then ask.

    What was marked as no help is known already and is not asked again.
    """
    asked = False
    for walk in walks.of_incident(desk.session, incident.id):
        if walk.in_hand and walk.id in done:
            for number in sorted({*walk.open_steps, walk.position}):
                walk = walking.said_done(desk, walk.id, number, by=by)
        elif walk.in_hand:
            walk = walking.put_away(desk, walk.id, by=by, source=source)
        elif walk.ended_at:
            desk.promise("walk", walk.id, incident=incident.id, once=True)  # its message offers to begin again
        for mark in walk.standing.values():
            asked = asked or mark.did is Did.DONE
            if mark.did is Did.TRIED:
                _keep(desk, incident, walk, mark.step, helped=False, by=mark.by)
    if asked:
        desk.promise("review", incident.id, once=True)


def judge(desk: Desk, walk_id: str, step: int, *, helped: bool, by: str) -> None:
    """Keep whether a step helped; the last word counts. Raises NotFound."""
    walk, incident = standing.known(desk, walk_id)
    if not 1 <= step <= len(walk.playbook.steps):
        raise NotFound(f"That playbook has no step {step}.")
    before = verdicts.of_incident(desk.session, incident.id).get((walk.id, step))
    if before is None or before.helped is not helped:
        name, title = walk.playbook.name, walk.playbook.steps[step - 1].title
        said = f"Step {step} of {name} {'helped' if helped else 'did not help'}: {title}"
        data = {"judged": name, "step": step, "title": title, "helped": helped, "walk": walk.id}
        timeline.record(desk, incident, Kind.PLAYBOOK, said, by=by, data=data)
    _keep(desk, incident, walk, step, helped=helped, by=by)
    desk.promise("review", incident.id, once=True)
    late.changed(desk, incident)


def review(session: Session, incident_id: str) -> Review | None:
    """What is asked about an incident as it stands now; None when it is gone."""
    incident = incidents.load(session, incident_id)
    if incident is None:
        return None
    said = verdicts.of_incident(session, incident_id)
    steps = [
        Reviewed(walk=walk, step=walk.playbook.steps[number - 1], verdict=said.get((walk.id, number)))
        for walk in walks.of_incident(session, incident_id)
        for number, mark in sorted(walk.standing.items())
        if mark.did is Did.DONE
    ]
    return Review(incident=incident, steps=tuple(steps))


def _keep(desk: Desk, incident: Incident, walk: Walk, step: int, *, helped: bool, by: str) -> None:
    verdicts.keep(
        desk.session,
        Verdict(walk_id=walk.id, step=step, helped=helped, said_by=by),
        team_id=desk.team_id,
        incident_id=incident.id,
        playbook=walk.playbook.name,
        title=walk.playbook.steps[step - 1].title,
        now=desk.now,
    )
