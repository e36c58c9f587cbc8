"""Timeline entries, to and from their table."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.timeline import Entry, Kind, Source, Tag
from bot.store import incidents
from bot.store.tables import EntryRow

# Put together once: they are part of what an acknowledgement waits for.
_LAST = sa.select(sa.func.max(EntryRow.seq)).where(col(EntryRow.incident_id) == sa.bindparam("incident_id"))
_ADD = sa.insert(EntryRow)


def add(session: Session, entry: Entry, *, origin: str = "") -> Entry:
    """Write an entry and return it with its number. The same `origin` again returns the one that is there.

    `entry.seq` is ignored: the number is given here, inside the writing transaction.
    """
    incidents.hold(session, entry.incident_id)
    there = _by_origin(session, entry.incident_id, origin) if origin else None
    if there:
        there.withdrawn_at = None
        return _entry(there)
    session.flush()
    last = session.connection().execute(_LAST, {"incident_id": entry.incident_id}).scalar()
    numbered = replace(entry, seq=(last or 0) + 1)
    session.connection().execute(_ADD, _values(numbered) | {"origin": origin or entry.id, "withdrawn_at": None})
    return numbered


def withdraw(session: Session, incident_id: str, *, origin: str, now: datetime) -> Entry | None:
    """Take an entry out of the timeline (it stays in the database). None when there is none."""
    row = _by_origin(session, incident_id, origin)
    if row is None or row.withdrawn_at is not None:
        return None
    row.withdrawn_at = now
    return _entry(row)


def by_number(session: Session, incident_id: str, seq: int) -> tuple[Entry, datetime | None] | None:
    """The entry with this number, also one that was withdrawn, and when it was. None when there is none."""
    query = select(EntryRow).where(col(EntryRow.incident_id) == incident_id, col(EntryRow.seq) == seq)
    row = session.exec(query).first()
    return (_entry(row), row.withdrawn_at) if row else None


def strike(session: Session, entry: Entry, now: datetime) -> None:
    """Take this entry out of the timeline; it stays in the database."""
    session.get_one(EntryRow, entry.id).withdrawn_at = now
    session.flush()


def entries(session: Session, incident_id: str) -> tuple[Entry, ...]:
    """The timeline, by the time things happened; things of the same time in the order of recording."""
    rows = session.exec(
        select(EntryRow)
        .where(col(EntryRow.incident_id) == incident_id, col(EntryRow.withdrawn_at).is_(None))
        .order_by(col(EntryRow.at), col(EntryRow.seq))
    )
    return tuple(_entry(row) for row in rows)


def last(session: Session, incident_id: str, limit: int) -> tuple[Entry, ...]:
    """The newest entries by the time things happened, at most `limit`, the newest last."""
    rows = session.exec(
        select(EntryRow)
        .where(col(EntryRow.incident_id) == incident_id, col(EntryRow.withdrawn_at).is_(None))
        .order_by(col(EntryRow.at).desc(), col(EntryRow.seq).desc())
        .limit(limit)
    )
    return tuple(_entry(row) for row in reversed(rows.all()))


def count(session: Session, incident_id: str) -> int:
    """How many entries the timeline has."""
    return session.exec(
        select(sa.func.count())
        .select_from(EntryRow)
        .where(col(EntryRow.incident_id) == incident_id, col(EntryRow.withdrawn_at).is_(None))
    ).one()


def _values(entry: Entry) -> dict[str, Any]:
    values = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    tags = [tag.value for tag in entry.tags]
    return values | {"kind": entry.kind.value, "source": entry.source.value, "tags": tags}


def _by_origin(session: Session, incident_id: str, origin: str) -> EntryRow | None:
    query = select(EntryRow).where(col(EntryRow.incident_id) == incident_id, col(EntryRow.origin) == origin)
    return session.exec(query).first()


def _entry(row: EntryRow) -> Entry:
    return Entry(
        id=row.id,
        team_id=row.team_id,
        incident_id=row.incident_id,
        seq=row.seq,
        at=row.at,
        recorded_at=row.recorded_at,
        kind=Kind(row.kind),
        text=row.text,
        author=row.author,
        source=Source(row.source),
        tags=tuple(Tag(tag) for tag in row.tags),
        permalink=row.permalink,
        data=dict(row.data),
    )
