"""Incidents, roles and tasks, to and from their tables."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.incident import Incident, Severity, Status
from bot.domain.roles import Aim, Assignment, Role, Task
from bot.errors import NotAllowed
from bot.store.tables import AssignmentRow, IncidentRow, TaskRow

_FIELDS = tuple(field.name for field in fields(Incident))
# Put together once: it is asked for before every acknowledgement.
_BY_CHANNEL = (
    sa.select(*(getattr(IncidentRow, name) for name in _FIELDS))
    .where(
        col(IncidentRow.team_id) == sa.bindparam("team_id"), col(IncidentRow.channel_id) == sa.bindparam("channel_id")
    )
    .order_by(col(IncidentRow.number).desc())
    .limit(1)
)


def add(session: Session, incident: Incident) -> None:
    """Write a new incident."""
    session.add(IncidentRow(**asdict(incident)))
    session.flush()


def save(session: Session, incident: Incident) -> Incident:
    """Write a changed incident. Raises NotAllowed when someone else changed it since it was read."""
    session.flush()  # what is written below goes past the session, and what it holds unwritten would be forgotten
    values = asdict(replace(incident, version=incident.version + 1))
    changed = session.connection().execute(
        sa.update(IncidentRow)
        .where(col(IncidentRow.id) == incident.id, col(IncidentRow.version) == incident.version)
        .values(**values)
    )
    if changed.rowcount != 1:
        raise NotAllowed(
            f"{incident.label} was changed by someone else just now.", hint="Look at the card, then try again."
        )
    session.expire_all()
    return replace(incident, version=incident.version + 1)


def set_channel(session: Session, incident_id: str, channel_id: str, name: str) -> None:
    """Remember the incident's channel, whatever else changes at the same time."""
    session.flush()
    session.connection().execute(
        sa.update(IncidentRow)
        .where(col(IncidentRow.id) == incident_id)
        .values(channel_id=channel_id, channel_name=name, version=IncidentRow.version + 1)
    )
    session.expire_all()


def hold(session: Session, incident_id: str) -> None:
    """Let no other transaction number something of this incident before this one ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name != "sqlite":
        session.exec(select(IncidentRow.id).where(col(IncidentRow.id) == incident_id).with_for_update()).first()


def load(session: Session, incident_id: str) -> Incident | None:
    """The incident with this id."""
    row = session.get(IncidentRow, incident_id)
    return _incident(row) if row else None


def by_number(session: Session, team_id: str, number: int) -> Incident | None:
    """The incident people call INC-<number>."""
    return _one(session, col(IncidentRow.team_id) == team_id, col(IncidentRow.number) == number)


def by_channel(session: Session, team_id: str, channel_id: str) -> Incident | None:
    """The incident whose channel this is."""
    session.flush()
    row = session.connection().execute(_BY_CHANNEL, {"team_id": team_id, "channel_id": channel_id}).first()
    return _incident(row) if row else None


def newest(
    session: Session, team_id: str | None, *, limit: int, only: tuple[Status, ...] = tuple(Status)
) -> list[Incident]:
    """At most `limit` incidents, newest number first; of every workspace when `team_id` is None."""
    query = select(IncidentRow).where(col(IncidentRow.status).in_([s.value for s in only]))
    if team_id is not None:
        query = query.where(col(IncidentRow.team_id) == team_id)
    return [_incident(row) for row in session.exec(query.order_by(col(IncidentRow.number).desc()).limit(limit))]


def twin(session: Session, team_id: str, title: str, by: str, since: datetime) -> Incident | None:
    """An open incident with the same title that the same person declared after `since`."""
    return _one(
        session,
        col(IncidentRow.team_id) == team_id,
        sa.func.lower(IncidentRow.title) == title.lower(),
        col(IncidentRow.declared_by) == by,
        col(IncidentRow.declared_at) >= since,
        col(IncidentRow.status) == Status.OPEN.value,
    )


def assign(session: Session, incident: Incident, assignment: Assignment) -> None:
    """Give a role to one person, in place of whoever carried it."""
    session.merge(AssignmentRow(incident_id=incident.id, team_id=incident.team_id, **asdict(assignment)))


def assignments(session: Session, incident_id: str) -> tuple[Assignment, ...]:
    """Who carries what now, in the order of the roles."""
    rows = session.exec(select(AssignmentRow).where(col(AssignmentRow.incident_id) == incident_id)).all()
    found = {row.role: Assignment(role=Role(row.role), user_id=row.user_id, since=row.since) for row in rows}
    return tuple(found[role.value] for role in Role if role.value in found)


def add_task(session: Session, incident: Incident, task: Task) -> None:
    """Write a new task."""
    session.add(TaskRow(incident_id=incident.id, team_id=incident.team_id, **asdict(task)))
    session.flush()


def save_task(session: Session, incident: Incident, task: Task) -> None:
    """Write a changed task."""
    session.merge(TaskRow(incident_id=incident.id, team_id=incident.team_id, **asdict(task)))


def tasks(session: Session, incident_id: str) -> tuple[Task, ...]:
    """All tasks of an incident, in the order of their numbers."""
    rows = session.exec(select(TaskRow).where(col(TaskRow.incident_id) == incident_id).order_by(col(TaskRow.number)))
    return tuple(_task(row) for row in rows)


def _task(row: TaskRow) -> Task:
    values = {field.name: getattr(row, field.name) for field in fields(Task)}
    return Task(**values | {"aim": Aim(row.aim) if row.aim else None})


def _one(session: Session, *conditions: sa.ColumnElement[bool]) -> Incident | None:
    row = session.exec(select(IncidentRow).where(*conditions).order_by(col(IncidentRow.number).desc())).first()
    return _incident(row) if row else None


def _incident(row: IncidentRow | sa.Row[Any]) -> Incident:
    values = {name: getattr(row, name) for name in _FIELDS}
    worst = Severity(row.worst) if row.worst else None
    return Incident(**values | {"severity": Severity(row.severity), "worst": worst, "status": Status(row.status)})
