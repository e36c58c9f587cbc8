"""Closing an incident: what is missing is asked for, and nothing refuses."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import metrics
from bot.domain.incident import Incident, Moment, Status
from bot.domain.timeline import Source
from bot.domain.times import find_time
from bot.domain.walk import Walk
from bot.services import incidents, timeline
from bot.services.desk import Desk
from bot.services.playbooks import reviewing
from bot.store import walks

ASKED_FOR = (Moment.STARTED, Moment.DETECTED, Moment.MITIGATED)

_MOMENT = re.compile(r"\b(started|began|impact|detected|seen|mitigated)\s+(?=\d|at\b|since\b)", re.IGNORECASE)
_WHEN = {
    "started": "when the impact began",
    "detected": "when it was first seen",
    "mitigated": "when the impact stopped",
}
_MEANS = {"began": "started", "impact": "started", "seen": "detected"}


@dataclass(frozen=True, kw_only=True)
class Closing:
    """What was typed: when it closed (now if None), the moments given by name, and the words left over."""

    at: datetime | None = None
    given: Mapping[str, datetime] = field(default_factory=dict)
    how: Mapping[str, str] = field(default_factory=dict)  # what was said with a moment: who saw it, what stopped it
    why: str = ""
    note: str = ""  # how a time was read
    walked: frozenset[str] = (
        frozenset()
    )  # walks in hand whose other steps were done too, by id; the others are put away


def read(desk: Desk, incident: Incident, text: str) -> Closing:
    """Read `started 12:02 GMT detected 12:04 GMT all is back` in any order. Raises UserError for a bad time."""
    parts = _MOMENT.split(text)
    given: dict[str, datetime] = {}
    rest = [parts[0]]
    after = timeline.first_moment(incident)
    for word, said in zip(parts[1::2], parts[2::2], strict=True):
        moment = find_time(said, now=desk.now, zone=desk.zone, after=after)
        if moment is None:
            rest.append(f"{word} {said}")
            continue
        given[_MEANS.get(word.lower(), word.lower())] = moment.at
        rest.append(moment.rest)
    words = " ".join(part.strip() for part in rest if part.strip())
    closed = find_time(words, now=desk.now, zone=desk.zone, after=after)
    why = (closed.rest if closed else words).strip(" \t–—-:,")
    return Closing(at=closed.at if closed else None, given=given, why=why, note=closed.note if closed else "")


def missing(desk: Desk, incident: Incident, given: Mapping[str, datetime]) -> tuple[str, ...]:
    """The moments that neither the incident, nor a tagged entry, nor what was typed tells."""
    if incident.status is Status.CLOSED:
        return ()
    return tuple(name for name in not_recorded(desk, incident) if name not in given)


def not_recorded(desk: Desk, incident: Incident) -> tuple[str, ...]:
    """The moments that nothing on record tells, of those that a close asks for."""
    known = metrics.moments(incident, timeline.entries(desk, incident))
    return tuple(moment.value for moment in ASKED_FOR if moment not in known)


def told_missing(missing: Sequence[str]) -> list[str]:
    """One line for the moments that nobody recorded, with what to type; none where all are known."""
    if not missing:
        return []
    typed = ", ".join(f"`/incident note 12:02 GMT #{metrics.TAG_OF[Moment(name)]} …`" for name in missing)
    what = ", ".join(_WHEN[name] for name in missing)
    return [f"Not recorded: {what}. The draft is made anew from what you add: {typed}"]


def unfinished(desk: Desk, incident: Incident) -> tuple[Walk, ...]:
    """The playbooks that are still in hand."""
    if incident.status is Status.CLOSED:
        return ()
    return tuple(walks.in_hand(desk.session, incident.id).values())


def to_put_away(desk: Desk, incident: Incident, asked: Closing) -> tuple[Walk, ...]:
    """The playbooks that this close will leave unfinished."""
    return tuple(walk for walk in unfinished(desk, incident) if walk.id not in asked.walked)


def told_away(left: Sequence[Walk]) -> list[str]:
    """One line for those put away, `Put away: stop-respawn at step 2 of 9, …`; none for nobody."""
    where = ", ".join(f"{w.playbook.name} at step {w.position} of {len(w.playbook.steps)}" for w in left)
    return [f"Put away: {where}"] if left else []


def passed_over(desk: Desk, incident: Incident) -> tuple[Walk, ...]:
    """The walks in which somebody went past steps that nobody walked."""
    return tuple(walk for walk in walks.of_incident(desk.session, incident.id) if walk.passed_over)


def close(desk: Desk, incident: Incident, asked: Closing, *, by: str, source: Source = Source.SLACK) -> Incident:
    """Record the moments given, leave no playbook in hand, then close. Raises NotAllowed when it is closed already."""
    mitigated_at = asked.given.get("mitigated")
    if mitigated_at and incident.status is Status.OPEN:
        why = asked.how.get("mitigated", "")
        incident = incidents.reach(desk, incident, Status.MITIGATED, by=by, at=mitigated_at, why=why, source=source)
        mitigated_at = None
    if incident.status is not Status.CLOSED:
        incident = incidents.set_moments(
            desk,
            incident,
            by=by,
            started_at=asked.given.get("started"),
            detected_at=asked.given.get("detected"),
            mitigated_at=mitigated_at,
            how=asked.how,
            source=source,
        )
        reviewing.settle(desk, incident, by=by, done=asked.walked, source=source)
    return incidents.reach(desk, incident, Status.CLOSED, by=by, at=asked.at, why=asked.why, source=source)
