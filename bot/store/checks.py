"""Looks at systems, to and from their table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.check import Check, Why, read, written
from bot.domain.finding import Finding
from bot.store.check_table import CheckRow

LOOKED_BACK = 80  # looks; a watch of ten minutes takes sixty
_WHOLE = sa.cast(CheckRow.probes, sa.String) == "[]"  # with every light probe


def add(session: Session, check: Check) -> None:
    """Write down a look that is to be taken."""
    session.add(
        CheckRow(
            id=check.id,
            team_id=check.team_id,
            incident_id=check.incident_id,
            channel_id=check.channel_id,
            system=check.system,
            probes=list(check.probes),
            why=check.why.value,
            asked_by=check.asked_by,
            asked_at=check.asked_at,
        )
    )
    session.flush()


def settle(
    session: Session,
    check_id: str,
    *,
    taken_at: datetime,
    took_s: float,
    age_s: float,
    findings: tuple[Finding, ...],
    kept: Mapping[str, Any],
    evidence: Mapping[str, Any],
) -> bool:
    """Write down what a look found. False when that was done before: the first answer stays."""
    row = session.get(CheckRow, check_id)
    if row is None or row.taken_at is not None:
        return False
    row.taken_at, row.took_s, row.age_s = taken_at, took_s, age_s
    row.findings, row.kept, row.evidence = written(findings), dict(kept), dict(evidence)
    session.flush()
    return True


def load(session: Session, check_id: str) -> Check | None:
    """The look with this id."""
    row = session.get(CheckRow, check_id)
    return _check(row) if row else None


def evidence(session: Session, check_id: str) -> Mapping[str, Any]:
    """What the members answered, as it was kept; {} when nothing was."""
    row = session.get(CheckRow, check_id)
    return dict(row.evidence) if row else {}


def of_incident(session: Session, incident_id: str) -> tuple[Check, ...]:
    """The looks of an incident, oldest first; of those of watches only the newest whole one at each system."""
    watched = col(CheckRow.why) == Why.WATCHED.value
    newest_watched = (
        sa.select(sa.func.max(CheckRow.id))
        .where(col(CheckRow.incident_id) == incident_id, watched, _WHOLE, col(CheckRow.taken_at).is_not(None))
        .group_by(col(CheckRow.system))
    )
    rows = session.exec(
        select(CheckRow)
        .where(col(CheckRow.incident_id) == incident_id, sa.or_(~watched, col(CheckRow.id).in_(newest_watched)))
        .order_by(col(CheckRow.asked_at))
    )
    return tuple(_check(row) for row in rows)


def compared_with(session: Session, team_id: str, system: str) -> tuple[dict[str, Any], datetime | None]:
    """What the newest looks at a system kept, each probe's from the newest one that asked it, and since when.

    A look with some probes keeps what these compare with, and nothing for the others. The moment is that of the oldest
    look that is needed.
    """
    rows = session.exec(
        select(CheckRow)
        .where(col(CheckRow.team_id) == team_id, col(CheckRow.system) == system, col(CheckRow.taken_at).is_not(None))
        .order_by(col(CheckRow.taken_at).desc())
        .limit(LOOKED_BACK)
    )
    kept: dict[str, Any] = {}
    since: datetime | None = None
    for row in rows:
        if fresh := {name: value for name, value in row.kept.items() if name not in kept}:
            kept, since = {**kept, **fresh}, row.taken_at
        if row.kept and not row.probes:  # a whole look: what lies behind it adds nothing but old times
            break
    return kept, since


def newest_for(session: Session, team_id: str, system: str, why: Why) -> Check | None:
    """The newest look at a system that was taken for this reason."""
    row = session.exec(
        select(CheckRow)
        .where(
            col(CheckRow.team_id) == team_id,
            col(CheckRow.system) == system,
            col(CheckRow.why) == why.value,
            col(CheckRow.taken_at).is_not(None),
        )
        .order_by(col(CheckRow.taken_at).desc())
    ).first()
    return _check(row) if row else None


def _check(row: CheckRow) -> Check:
    return Check(
        id=row.id,
        team_id=row.team_id,
        incident_id=row.incident_id,
        channel_id=row.channel_id,
        system=row.system,
        probes=tuple(row.probes),
        why=Why(row.why),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        taken_at=row.taken_at,
        took_s=row.took_s,
        age_s=row.age_s,
        findings=read(row.findings),
        kept=dict(row.kept),
    )
