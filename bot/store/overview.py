"""Many incidents at once, read as lightly as their lists need it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain.incident import Incident, Severity, Status
from bot.domain.roles import Aim, Role, Task
from bot.store.check_table import CheckRow
from bot.store.tables import AssignmentRow, IncidentRow, TaskRow

_INCIDENT = tuple(field.name for field in fields(Incident))
_TASK = tuple(field.name for field in fields(Task))


@dataclass(frozen=True, kw_only=True)
class Brief:
    """An incident as far as it takes to find it."""

    id: str
    number: int
    title: str
    peak: Severity
    severity: Severity
    status: Status
    declared_at: datetime
    channel_name: str

    @property
    def label(self) -> str:
        """`INC-12`, the name people say."""
        return f"INC-{self.number}"


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """A task, and the incident that it comes from."""

    task: Task
    number: int
    title: str
    status: Status


def briefs(session: Session, team_id: str) -> list[Brief]:
    """Every incident of a workspace, newest number first."""
    columns = [getattr(IncidentRow, field.name) for field in fields(Brief) if field.name != "peak"]
    peak = sa.func.coalesce(IncidentRow.worst, IncidentRow.severity).label("peak")
    query = sa.select(*columns, peak).where(col(IncidentRow.team_id) == team_id)
    rows = session.connection().execute(query.order_by(col(IncidentRow.number).desc()))
    kinds = {"peak": Severity, "severity": Severity, "status": Status}
    return [Brief(**dict(row._mapping) | {name: of(row._mapping[name]) for name, of in kinds.items()}) for row in rows]


def load(session: Session, ids: Collection[str]) -> dict[str, Incident]:
    """These incidents in full, by id."""
    query = sa.select(*(getattr(IncidentRow, name) for name in _INCIDENT)).where(col(IncidentRow.id).in_(ids))
    return {row.id: _incident(row) for row in session.connection().execute(query)}


def declared(session: Session, team_id: str, since: datetime | None, until: datetime | None) -> list[Incident]:
    """The incidents that were declared in a stretch of time, oldest first."""
    query = sa.select(*(getattr(IncidentRow, name) for name in _INCIDENT)).where(col(IncidentRow.team_id) == team_id)
    if since:
        query = query.where(col(IncidentRow.declared_at) >= since)
    if until:
        query = query.where(col(IncidentRow.declared_at) < until)
    return [_incident(row) for row in session.connection().execute(query.order_by(col(IncidentRow.number)))]


def systems(session: Session, team_id: str) -> dict[str, tuple[str, ...]]:
    """The systems that were looked at in each incident, by its id."""
    query = (
        sa.select(col(CheckRow.incident_id), col(CheckRow.system))
        .where(col(CheckRow.team_id) == team_id, col(CheckRow.incident_id) != "")
        .distinct()
        .order_by(col(CheckRow.system))
    )
    found: dict[str, tuple[str, ...]] = {}
    for incident_id, system in session.connection().execute(query):
        found[incident_id] = (*found.get(incident_id, ()), system)
    return found


def commanders(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Who commands these incidents, by the incident's id."""
    query = sa.select(col(AssignmentRow.incident_id), col(AssignmentRow.user_id)).where(
        col(AssignmentRow.incident_id).in_(ids), col(AssignmentRow.role) == Role.COMMANDER.value
    )
    return {row.incident_id: row.user_id for row in session.connection().execute(query)}


def follow_ups(session: Session, team_id: str) -> list[FollowUp]:
    """Every task of a workspace's incidents, those of the newest incident first."""
    columns: list[Any] = [getattr(TaskRow, name).label(f"task_{name}") for name in _TASK]
    columns += [IncidentRow.number, IncidentRow.title, IncidentRow.status]
    query = (
        sa.select(*columns)
        .join(IncidentRow, col(IncidentRow.id) == TaskRow.incident_id)
        .where(col(TaskRow.team_id) == team_id)
        .order_by(col(IncidentRow.number).desc(), col(TaskRow.number))
    )
    found = []
    for row in session.connection().execute(query):
        values = {name: getattr(row, f"task_{name}") for name in _TASK}
        task = Task(**values | {"aim": Aim(values["aim"]) if values["aim"] else None})
        found.append(FollowUp(task=task, number=row.number, title=row.title, status=Status(row.status)))
    return found


def _incident(row: sa.Row[Any]) -> Incident:
    values = dict(row._mapping)
    worst = Severity(row.worst) if row.worst else None
    return Incident(**values | {"severity": Severity(row.severity), "worst": worst, "status": Status(row.status)})
