"""Everything the card of an incident shows, gathered in one value."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sqlmodel import Session

from bot.domain.incident import Incident
from bot.domain.roles import Assignment, Role, Task
from bot.domain.timeline import Entry
from bot.domain.walk import Walk
from bot.services.desk import Desk
from bot.services.playbooks.standing import step_link
from bot.store import incidents, people, timeline, walks, work
from bot.store.work import Outbound

SHOWN_ENTRIES = 4


@dataclass(frozen=True, kw_only=True)
class Room:
    """An incident as its card shows it."""

    incident: Incident
    assignments: tuple[Assignment, ...] = ()
    open_tasks: tuple[Task, ...] = ()
    walks: tuple[Walk, ...] = ()
    step_links: dict[str, str] = field(default_factory=dict)  # walk id -> the message that shows its step
    last_entries: tuple[Entry, ...] = ()
    entry_count: int = 0
    troubles: tuple[Outbound, ...] = ()  # steps in Slack that failed or wait
    pages_url: str = ""
    names: dict[str, str] = field(default_factory=dict)  # user id -> name, of those we know
    sent: dict[str, Outbound] = field(default_factory=dict)  # step name -> what is known of it

    def shown(self, step: str) -> str:
        """The headline that a step showed when it was last taken; "" when it was not."""
        return str(self.sent[step].result.get("shows", "")) if step in self.sent else ""

    @property
    def headline(self) -> str:
        """Changes whenever the topic and the announcement have something new to say."""
        lead = next((held.user_id for held in self.assignments if held.role is Role.COMMANDER), "")
        incident = self.incident
        who = (lead, self.names.get(lead, ""))
        return "|".join((incident.severity, incident.status, *who, incident.channel_id, incident.title))

    @property
    def fingerprint(self) -> str:
        """Changes whenever the card has something new to show."""
        shown = (
            self.incident.version,
            self.entry_count,
            [entry.id for entry in self.last_entries],
            [(task.number, task.owner) for task in self.open_tasks],
            [(walk.id, walk.version, self.step_links.get(walk.id)) for walk in self.walks],
            [(step.step, step.state, step.trouble) for step in self.troubles],
        )
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def try_again(desk: Desk, incident: Incident) -> None:
    """Have the steps that Slack refused taken again, now."""
    steps = work.clear_failed(desk.session, incident.id)
    desk.promise("room", incident.id, once=True, at_once=True)
    if any(step.startswith("say:") for step in steps):
        desk.promise("say", incident.id, once=True, at_once=True)
    if "review" in steps:
        desk.promise("review", incident.id, once=True, at_once=True)
    if any(step.startswith(("draft:", "file:", "picture:")) for step in steps):
        desk.promise("draft", incident.id, once=True, at_once=True)


def view(session: Session, incident_id: str, pages_url: str) -> Room | None:
    """The room of an incident as it stands now."""
    incident = incidents.load(session, incident_id)
    if incident is None:
        return None
    sent = work.outbounds(session, incident_id)
    walked = walks.of_incident(session, incident_id)
    return Room(
        incident=incident,
        assignments=incidents.assignments(session, incident_id),
        open_tasks=tuple(task for task in incidents.tasks(session, incident_id) if task.done_at is None),
        walks=walked,
        step_links={walk.id: step_link(session, walk.id) for walk in walked if walk.in_hand},
        last_entries=timeline.last(session, incident_id, SHOWN_ENTRIES),
        entry_count=timeline.count(session, incident_id),
        troubles=tuple(step for step in sent if step.state in ("failed", "waiting")),
        pages_url=pages_url,
        names=people.names(session, incident.team_id),
        sent={step.step: step for step in sent},
    )
