"""Look-ups and what became of them, to and from their table."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.lookup import Lookup, Said
from bot.store.tables import LookupRow

MEMORY = 500  # verdicts that count: the newest


def keep(session: Session, lookup: Lookup, team_id: str, *, origin: str = "") -> bool:
    """Write a look-up, and return whether it is a new one. The same `origin` twice is one look-up."""
    origin = origin or lookup.id
    known = select(LookupRow.id).where(col(LookupRow.team_id) == team_id, col(LookupRow.origin) == origin)
    if session.exec(known).first():
        return False
    values = {name: getattr(lookup, name) for name in Lookup.__dataclass_fields__}
    session.add(LookupRow(**values | {"said": lookup.said.value, "team_id": team_id, "origin": origin}))
    session.flush()
    return True


def load(session: Session, team_id: str, lookup_id: str) -> Lookup | None:
    """The look-up with this id."""
    row = session.get(LookupRow, lookup_id)
    return _lookup(row) if row and row.team_id == team_id else None


def answer(session: Session, lookup_id: str, said: Said, by: str) -> None:
    """Write what somebody said about an offer; the last word counts."""
    session.flush()
    session.connection().execute(
        sa.update(LookupRow).where(col(LookupRow.id) == lookup_id).values(said=said.value, said_by=by)
    )
    session.expire_all()


def verdicts(session: Session, team_id: str, playbooks: Collection[str]) -> tuple[Lookup, ...]:
    """The newest look-ups of these playbooks that somebody said something about."""
    rows = session.exec(
        select(LookupRow)
        .where(
            col(LookupRow.team_id) == team_id,
            col(LookupRow.playbook).in_(playbooks),
            col(LookupRow.said) != Said.NOTHING.value,
        )
        .order_by(col(LookupRow.made_at).desc())
        .limit(MEMORY)
    )
    return tuple(_lookup(row) for row in rows)


def offered(session: Session, incident_id: str) -> tuple[Lookup, ...]:
    """Every look-up of an incident, oldest first."""
    rows = session.exec(
        select(LookupRow).where(col(LookupRow.incident_id) == incident_id).order_by(col(LookupRow.made_at))
    )
    return tuple(_lookup(row) for row in rows)


def newest(session: Session, team_id: str | None, limit: int) -> tuple[Lookup, ...]:
    """The newest look-ups of a workspace, or of all when `team_id` is None."""
    wanted = select(LookupRow).order_by(col(LookupRow.made_at).desc()).limit(limit)
    if team_id is not None:
        wanted = wanted.where(col(LookupRow.team_id) == team_id)
    return tuple(_lookup(row) for row in session.exec(wanted))


def _lookup(row: LookupRow) -> Lookup:
    values = {name: getattr(row, name) for name in Lookup.__dataclass_fields__}
    return Lookup(**values | {"said": Said(row.said)})
