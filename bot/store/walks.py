"""Walks along playbooks, to and from their table."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.playbook import Playbook, Step
from bot.domain.walk import Did, Mark, Walk
from bot.errors import NotAllowed
from bot.store import playbooks
from bot.store.tables import WalkRow


def add(session: Session, walk: Walk, team_id: str) -> None:
    """Write a new walk, with the playbook's text as it is now."""
    session.add(
        WalkRow(
            id=walk.id,
            team_id=team_id,
            incident_id=walk.incident_id,
            playbook=walk.playbook.name,
            text=walk.playbook.text,
            begun_by=walk.begun_by,
            begun_at=walk.begun_at,
        )
    )
    session.flush()


def save(session: Session, walk: Walk) -> Walk:
    """Write a walk after a press. Raises NotAllowed when someone else pressed since it was read."""
    session.flush()
    changed = session.connection().execute(
        sa.update(WalkRow)
        .where(col(WalkRow.id) == walk.id, col(WalkRow.version) == walk.version)
        .values(marks=[_written(mark) for mark in walk.marks], ended_at=walk.ended_at, version=walk.version + 1)
    )
    if changed.rowcount != 1:
        raise NotAllowed("Someone else pressed a button here just now.", hint="Look at the step that is shown now.")
    session.expire_all()
    return replace(walk, version=walk.version + 1)


def load(session: Session, walk_id: str) -> Walk | None:
    """The walk with this id."""
    row = session.get(WalkRow, walk_id)
    return _walk(row) if row else None


def of_incident(session: Session, incident_id: str) -> tuple[Walk, ...]:
    """All walks of an incident, oldest first."""
    rows = session.exec(select(WalkRow).where(col(WalkRow.incident_id) == incident_id).order_by(col(WalkRow.begun_at)))
    return tuple(_walk(row) for row in rows)


def in_hand(session: Session, incident_id: str) -> dict[str, Walk]:
    """The walks of an incident in which a step waits to be done, by their playbook's name: one for each (walking)."""
    return {walk.playbook.name: walk for walk in of_incident(session, incident_id) if walk.in_hand}


def counts(session: Session, team_id: str) -> dict[str, int]:
    """How often each playbook was taken up."""
    rows = session.exec(
        select(WalkRow.playbook, sa.func.count()).where(col(WalkRow.team_id) == team_id).group_by(col(WalkRow.playbook))
    )
    return {str(name): int(count) for name, count in rows}


def _written(mark: Mark) -> dict[str, Any]:
    return asdict(mark) | {"did": mark.did.value, "at": mark.at.isoformat()}


def _reaching(playbook: Playbook, reached: int) -> Playbook:
    """The playbook with every step that was pressed on, also one that today's reader finds no more."""
    lost = range(len(playbook.steps) + 1, reached + 1)
    gone = (Step(number=number, title=f"Step {number}", body="I cannot read this step any more.") for number in lost)
    return replace(playbook, steps=(*playbook.steps, *gone)) if lost else playbook


def _walk(row: WalkRow) -> Walk:
    marks = tuple(
        Mark(**mark | {"did": Did(mark["did"]), "at": datetime.fromisoformat(mark["at"])}) for mark in row.marks
    )
    return Walk(
        id=row.id,
        incident_id=row.incident_id,
        playbook=_reaching(playbooks.parse(row.text, row.playbook), max((mark.step for mark in marks), default=0)),
        marks=marks,
        begun_by=row.begun_by,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
        version=row.version,
    )
