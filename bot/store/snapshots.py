"""Snapshots of systems, to and from their table."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.snapshot import ALL_FOR, Snapshot, Why, kept
from bot.store.snapshot_table import SnapshotRow

TURNS = 0x736E6170  # any number of our own; it names the lock to PostgreSQL


def add(session: Session, snapshot: Snapshot) -> Snapshot:
    """Keep a snapshot under the next number of its system. One that is there already stays as it is."""
    take_turns(session)
    if (row := session.get(SnapshotRow, snapshot.id)) is not None:
        return _snapshot(row)
    last = session.exec(
        select(sa.func.max(SnapshotRow.number)).where(
            col(SnapshotRow.team_id) == snapshot.team_id, col(SnapshotRow.system) == snapshot.system
        )
    ).one()
    numbered = replace(snapshot, number=(last or 0) + 1)
    session.add(SnapshotRow(**vars(numbered) | {"why": numbered.why.value, "body": dict(numbered.body)}))
    session.flush()
    return numbered


def load(session: Session, snapshot_id: str) -> Snapshot | None:
    """The snapshot with this id."""
    row = session.get(SnapshotRow, snapshot_id)
    return _snapshot(row) if row else None


def of_system(session: Session, team_id: str, system: str) -> tuple[Snapshot, ...]:
    """The snapshots of a system, newest first, without those that were only taken for a comparison."""
    return tuple(_snapshot(row) for row in session.exec(_of(team_id, system).where(_is_base())))


def newest(session: Session, team_id: str, system: str, *holding: str) -> Snapshot | None:
    """The newest snapshot of a system that others are held against and that holds these sections; None without one."""
    with closing(session.exec(_of(team_id, system).where(_is_base()).execution_options(yield_per=1))) as rows:
        found = (_snapshot(row) for row in rows)
        return next((one for one in found if set(holding) <= set(one.sections)), None)


def at(session: Session, team_id: str, system: str, moment: datetime) -> Snapshot | None:
    """The newest one that was taken no later than `moment`."""
    row = session.exec(_of(team_id, system).where(_is_base(), col(SnapshotRow.taken_at) <= moment).limit(1)).first()
    return _snapshot(row) if row else None


def numbered(session: Session, team_id: str, system: str, number: int) -> Snapshot | None:
    """The one with this number, also one that was taken for a comparison."""
    row = session.exec(_of(team_id, system).where(col(SnapshotRow.number) == number)).first()
    return _snapshot(row) if row else None


def forget_old(session: Session, team_id: str, system: str, now: datetime) -> None:
    """Drop what is not kept any longer; of those taken for a comparison none a week."""
    rows = session.exec(
        select(SnapshotRow.id, SnapshotRow.taken_at, SnapshotRow.why).where(
            col(SnapshotRow.team_id) == team_id, col(SnapshotRow.system) == system
        )
    ).all()
    bases = kept((taken_at for _, taken_at, why in rows if why != Why.DIFF.value), now)
    old = [
        id_
        for id_, taken_at, why in rows
        if (now - taken_at > ALL_FOR if why == Why.DIFF.value else taken_at not in bases)
    ]
    session.connection().execute(sa.delete(SnapshotRow).where(col(SnapshotRow.id).in_(old)))


def take_turns(session: Session) -> None:
    """Wait until no other process promises nights or keeps a snapshot: the second has to see what the first did."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers come one after the other anyway
        session.connection().execute(sa.select(sa.func.pg_advisory_xact_lock(TURNS)))


def _of(team_id: str, system: str) -> SelectOfScalar[SnapshotRow]:
    return (
        select(SnapshotRow)
        .where(col(SnapshotRow.team_id) == team_id, col(SnapshotRow.system) == system)
        .order_by(col(SnapshotRow.taken_at).desc(), col(SnapshotRow.number).desc())
    )


def _is_base() -> sa.ColumnElement[bool]:
    return col(SnapshotRow.why) != Why.DIFF.value


def _snapshot(row: SnapshotRow) -> Snapshot:
    return Snapshot(
        id=row.id,
        team_id=row.team_id,
        system=row.system,
        number=row.number,
        why=Why(row.why),
        asked_by=row.asked_by,
        taken_at=row.taken_at,
        took_s=row.took_s,
        body=dict(row.body),
    )
