"""Watches: their looks, whose ids begin with the watch's own, and the promised work that takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.check import Check, Why, read
from bot.store.check_table import CheckRow
from bot.store.tables import IncidentRow, WorkRow

WORK = "watch"

# What a chart needs: not what was kept for comparison, which is the larger part.
_COLUMNS = (
    "id", "team_id", "incident_id", "channel_id", "system", "probes", "asked_by", "asked_at", "taken_at", "took_s",
    "age_s", "findings",
)  # fmt: skip


def sample_id(watch_id: str, number: int) -> str:
    """The id of one look of a watch, counted from 0: a repeat after a crash is the same row."""
    return f"{watch_id}-{number:03d}"


def samples(session: Session, watch_id: str) -> tuple[Check, ...]:
    """The looks of a watch that were taken, oldest first."""
    return _taken(session, col(CheckRow.id).startswith(f"{watch_id}-"))


def of_incident(session: Session, incident_id: str) -> Mapping[str, tuple[Check, ...]]:
    """The looks of every watch in an incident, by the watch's id, the first watch first."""
    found: dict[str, tuple[Check, ...]] = {}
    for check in _taken(session, col(CheckRow.incident_id) == incident_id):
        watch_id = check.id.rpartition("-")[0]
        found[watch_id] = (*found.get(watch_id, ()), check)
    return found


def whole(session: Session, team_id: str, before: datetime) -> tuple[str, ...]:
    """The watches whose looks are all older than `before` and still there; those of an incident once it is closed so
    long."""
    watch_id = sa.func.substr(col(CheckRow.id), 1, sa.func.length(col(CheckRow.id)) - len("-000"))
    closed_at = col(IncidentRow.closed_at)
    rows = session.connection().execute(
        sa.select(watch_id, sa.func.count(), sa.func.max(col(CheckRow.id)))
        .select_from(CheckRow)
        .outerjoin(IncidentRow, col(IncidentRow.id) == col(CheckRow.incident_id))
        .where(col(CheckRow.team_id) == team_id, col(CheckRow.why) == Why.WATCHED.value)
        .where(sa.or_(col(CheckRow.incident_id) == "", closed_at < before))
        .group_by(watch_id)
        .having(sa.func.max(col(CheckRow.taken_at)) < before)
    )
    return tuple(name for name, count, last in rows if last == sample_id(name, count - 1))


def drop(session: Session, ids: Iterable[str]) -> None:
    """Drop these looks."""
    session.connection().execute(sa.delete(CheckRow).where(col(CheckRow.id).in_(list(ids))))


def detail(session: Session, watch_id: str) -> Mapping[str, Any]:
    """What the promised work knows of the watch; {} when it is long over."""
    row = session.exec(select(WorkRow).where(col(WorkRow.kind) == WORK, col(WorkRow.subject) == watch_id)).first()
    return dict(row.detail) if row else {}


def running(session: Session, team_id: str) -> Mapping[str, Mapping[str, Any]]:
    """The watches that go on, by id."""
    query = select(WorkRow).where(
        col(WorkRow.team_id) == team_id, col(WorkRow.kind) == WORK, col(WorkRow.done_at).is_(None)
    )
    return {row.subject: dict(row.detail) for row in session.exec(query) if "ended" not in row.detail}


def mark(session: Session, watch_id: str, now: datetime, **more: str) -> None:
    """Add to what the promised work knows, and have it look at that now."""
    row = session.exec(
        select(WorkRow).where(col(WorkRow.kind) == WORK, col(WorkRow.subject) == watch_id).with_for_update()
    ).first()
    if row:
        row.detail, row.due_at = row.detail | more, min(row.due_at, now)
        session.flush()


def _taken(session: Session, which: Any) -> tuple[Check, ...]:
    query = (
        sa.select(*(getattr(CheckRow, name) for name in _COLUMNS))
        .where(which, col(CheckRow.why) == Why.WATCHED.value, col(CheckRow.taken_at).is_not(None))
        .order_by(col(CheckRow.id))
    )
    rows = session.connection().execute(query).mappings()
    return tuple(
        Check(**{**row, "why": Why.WATCHED, "probes": tuple(row["probes"]), "findings": read(row["findings"])})
        for row in rows
    )
