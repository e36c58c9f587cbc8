"""What waits for its day: follow-ups with a due date, and the work that looks at them each morning."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.domain.incident import Incident
from bot.domain.roles import Task
from bot.store import incidents
from bot.store.tables import TaskRow, WorkRow


def open_until(session: Session, team_id: str, day: date) -> list[tuple[Incident, Task]]:
    """The follow-ups that are not done and were due on this day or before it, the oldest first."""
    query = select(TaskRow).where(
        col(TaskRow.team_id) == team_id, col(TaskRow.done_at).is_(None), col(TaskRow.due) <= day
    )
    found = []
    for row in session.exec(query.order_by(col(TaskRow.due), col(TaskRow.id))).all():
        incident = incidents.load(session, row.incident_id)
        task = next((one for one in incidents.tasks(session, row.incident_id) if one.id == row.id), None)
        if incident and task:
            found.append((incident, task))
    return found


def is_promised(session: Session, kind: str, subject: str) -> bool:
    """Whether work of this kind on this subject is promised or under way."""
    query = select(WorkRow.id).where(
        col(WorkRow.kind) == kind, col(WorkRow.subject) == subject, col(WorkRow.done_at).is_(None)
    )
    return session.exec(query.limit(1)).first() is not None


def due(session: Session, kind: str, subject: str) -> datetime | None:
    """When promised work of this kind on this subject falls due, by the machine's time; None when none is promised."""
    query = select(WorkRow.due_at).where(
        col(WorkRow.kind) == kind, col(WorkRow.subject) == subject, col(WorkRow.done_at).is_(None)
    )
    return session.exec(query.order_by(col(WorkRow.due_at)).limit(1)).first()
