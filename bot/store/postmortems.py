"""Postmortem drafts: every version is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bot.domain.incident import Incident
from bot.store.tables import PostmortemRow


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One draft as it was kept."""

    version: int
    drafted_at: datetime
    document: dict[str, Any]
    markdown: str
    html: str


def newest(session: Session, incident_id: str) -> Kept | None:
    """The draft made last."""
    query = select(PostmortemRow).where(col(PostmortemRow.incident_id) == incident_id)
    row = session.exec(query.order_by(col(PostmortemRow.version).desc())).first()
    return (
        Kept(
            version=row.version,
            drafted_at=row.drafted_at,
            document=dict(row.document),
            markdown=row.markdown,
            html=row.html,
        )
        if row
        else None
    )


def keep(session: Session, incident: Incident, kept: Kept) -> None:
    """Write one version. Writing the same version again replaces it: a repeat after a crash."""
    session.merge(
        PostmortemRow(
            incident_id=incident.id,
            team_id=incident.team_id,
            version=kept.version,
            drafted_at=kept.drafted_at,
            document=kept.document,
            markdown=kept.markdown,
            html=kept.html,
        )
    )
