"""Opening an incident and moving it along."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain import incident as rules
from bot.domain.incident import Incident, Severity, Status
from bot.domain.naming import clean_title
from bot.domain.redaction import redact
from bot.domain.roles import Assignment, Role
from bot.domain.timeline import Kind, Source, Tag
from bot.domain.times import describe_day
from bot.errors import NotAllowed, NotFound
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.postmortem import reminders
from bot.services.systems import checks
from bot.store import incidents as stored
from bot.store import people

TWIN_WITHIN = timedelta(
    minutes=2
)  # the same words from the same person this soon are a second try, not a second outage
NEWEST = 10


def open(
    desk: Desk,
    *,
    title: str,
    severity: Severity,
    by: str,
    source: Source = Source.SLACK,
    declared_at: datetime | None = None,
    force: bool = False,
) -> Incident:
    """Record a new incident and promise its room. Slack's part is done later, so a Slack outage cannot lose it.

    Raises UserError for a title that is empty or too long, NotAllowed when the same person opened the same a
    moment ago (`force` opens it all the same).
    """
    title = rules.check_title(redact(clean_title(title)))
    # First, for it holds the workspace: the same words twice at the same moment are looked at one after the other.
    number = people.next_number(desk.session, desk.team_id, desk.wall)
    twin = None if force else stored.twin(desk.session, desk.team_id, title, by, desk.now - TWIN_WITHIN)
    if twin:
        where = f" in <#{twin.channel_id}>" if twin.channel_id else ""
        raise NotAllowed(
            f"You opened {twin.label} with this title a moment ago{where}.",
            hint=f"For a second one all the same: `/incident open --force {severity} {title}`.",
        )
    incident = Incident(
        id=desk.new_id(),
        team_id=desk.team_id,
        number=number,
        title=title,
        severity=severity,
        declared_by=by,
        declared_at=declared_at or desk.now,
    )
    stored.add(desk.session, incident)
    desk.begin("room", incident.id)
    timeline.record(
        desk,
        incident,
        Kind.DECLARED,
        f"Declared {severity}: {title}",
        by=by,
        at=incident.declared_at,
        source=source,
        data={"severity": severity.value},
    )
    checks.first_looks(desk, incident)
    return incident


def find(
    desk: Desk, *, number: int | None = None, channel_id: str = "", typed: str = "", like: str = "/incident note {} …"
) -> Incident:
    """The incident with this number, or the one whose channel this is. Raises NotFound saying what to type.

    `like` is the example then given, with {} for the incident's name.
    """
    if number is not None:
        found = stored.by_number(desk.session, desk.team_id, number)
        if found is None:
            raise NotFound(f"I know no incident `INC-{number}`.", hint="List them with `/incident list`.", typed=typed)
        return found
    found = stored.by_channel(desk.session, desk.team_id, channel_id) if channel_id else None
    if found is None:
        raise NotFound("This channel is no incident's.", hint=_where(desk, like), typed=typed)
    return found


def newest(desk: Desk, *, everything: bool = False) -> list[Incident]:
    """Incidents, newest first: those not closed, or the last ones of all."""
    only = tuple(Status) if everything else (Status.OPEN, Status.MITIGATED, Status.RESOLVED)
    return stored.newest(desk.session, desk.team_id, limit=NEWEST, only=only)


def set_severity(
    desk: Desk, incident: Incident, severity: Severity, *, by: str, at: datetime | None = None, why: str = ""
) -> Incident:
    """Change the severity. Raises NotAllowed when it is that already or the incident is closed."""
    changed = stored.save(desk.session, rules.with_severity(incident, severity))
    timeline.record(
        desk,
        changed,
        Kind.SEVERITY,
        f"Severity {incident.severity} → {severity}" + (f": {why}" if why else ""),
        by=by,
        at=at,
        data={"from": incident.severity.value, "to": severity.value},
    )
    return changed


def assign(desk: Desk, incident: Incident, role: Role, user_id: str, *, by: str, at: datetime | None = None) -> None:
    """Give a role to one person, and have them invited. Raises NotAllowed when they carry it already."""
    if incident.status is Status.CLOSED:
        raise NotAllowed(f"{incident.label} is closed.", hint="Roles stay as they were.")
    carried = {held.role: held.user_id for held in stored.assignments(desk.session, incident.id)}
    if carried.get(role) == user_id:
        raise NotAllowed(f"That person is already {role} of {incident.label}.", hint="See it with `/incident role`.")
    still_here(desk, user_id)
    stored.save(desk.session, incident)
    stored.assign(desk.session, incident, Assignment(role=role, user_id=user_id, since=at or desk.now))
    timeline.record(
        desk,
        incident,
        Kind.ROLE,
        f"<@{user_id}> is {role}",
        by=by,
        at=at,
        data={"role": role.value, "user": user_id},
    )
    desk.promise("invite", incident.id, user=user_id)


def still_here(desk: Desk, user_id: str) -> None:
    """Raise NotAllowed for a person who is known to have left the workspace, and for this bot."""
    ours = people.workspace(desk.session, desk.team_id)
    if ours and ours.bot_user_id == user_id:
        raise NotAllowed("I keep the record and cannot carry anything.", hint="Name a person, as in `@ada`.")
    known = people.known(desk.session, desk.team_id, [user_id]).get(user_id)
    if known and known.gone:
        raise NotAllowed(f"{known.name} has left this workspace.", hint="Name somebody else, as in `@ada`.")


def reach(
    desk: Desk,
    incident: Incident,
    status: Status,
    *,
    by: str,
    at: datetime | None = None,
    why: str = "",
    source: Source = Source.SLACK,
) -> Incident:
    """Move the incident to `status`; at close the postmortem draft is promised. Raises NotAllowed when it is there."""
    at = at or desk.now
    if status is not Status.MITIGATED and incident.status is not status:
        at = _after_declaration(desk, incident, status, at)
    changed = stored.save(desk.session, rules.reach(incident, status, at=at))
    timeline.record(
        desk,
        changed,
        Kind.STATUS,
        f"{status.capitalize()}" + (f": {why}" if why else ""),
        by=by,
        at=at,
        source=source,
        data={"to": status.value},
    )
    if status is Status.CLOSED:
        desk.promise("draft", incident.id)
        reminders.begin(desk, changed)
    return changed


def _after_declaration(desk: Desk, incident: Incident, status: Status, at: datetime) -> datetime:
    declared = incident.declared_at
    if at < declared.replace(second=0, microsecond=0):
        raise NotAllowed(
            f"{incident.label} was declared at {describe_day(declared, desk.zone, desk.now)}, after that time.",
            hint=f"Leave the time out, or give one after the declaration: `/incident {_VERB[status]} at 12:03`.",
        )
    return max(at, declared)  # people type `at 14:00` for what was declared at 14:00:35


def set_moments(
    desk: Desk,
    incident: Incident,
    *,
    by: str,
    started_at: datetime | None = None,
    detected_at: datetime | None = None,
    mitigated_at: datetime | None = None,
    how: Mapping[str, str] | None = None,
    source: Source = Source.SLACK,
) -> Incident:
    """Record when the impact began, was first seen and stopped, each as an entry of its own time.

    `how` holds what was said with "started", "detected" and "mitigated".
    """
    said = how or {}
    moments = (
        ("started", started_at, Tag.IMPACT, "Impact began"),
        ("detected", detected_at, Tag.DETECTED, "First signal seen"),
        ("mitigated", mitigated_at, Tag.MITIGATED, "Impact stopped"),
    )
    for name, at, tag, text in moments:
        if at is not None:
            text += f": {said[name]}" if said.get(name) else ""
            timeline.record(desk, incident, Kind.NOTE, text, by=by, at=at, tags=(tag,), source=source)
    if started_at or detected_at or mitigated_at:
        incident = stored.save(
            desk.session,
            replace(
                incident,
                started_at=started_at or incident.started_at,
                detected_at=detected_at or incident.detected_at,
                mitigated_at=mitigated_at or incident.mitigated_at,
            ),
        )
    return incident


def number_of(text: str) -> int | None:
    """The number in `INC-12`, `#12` or `12`."""
    match = re.fullmatch(r"(?:inc-?|#)?(\d{1,9})", text.strip(), re.IGNORECASE | re.ASCII)
    return int(match[1]) if match else None


_VERB = {Status.MITIGATED: "mitigate", Status.RESOLVED: "resolve", Status.CLOSED: "close", Status.OPEN: "open"}


def _where(desk: Desk, like: str) -> str:
    alive = newest(desk)
    if not alive:
        return "Open one with `/incident open sev2 checkout is failing`."
    names = ", ".join(f"<#{i.channel_id}>" if i.channel_id else i.label for i in alive[:3])
    return f"Type it in {names}, or put the incident's name first, as in `{like.replace('{}', alive[0].label)}`."
