"""Postmortem drafts: every version is kept."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.domain.incident import Incident
from bot.domain.postmortem.values import Draft
from bot.store import frozen
from bot.store.tables import IncidentRow, PostmortemRow

log = logging.getLogger(__name__)

READ = "drafts"  # under this key a session holds those it has read
DRAFT = "draft"  # under this key of the document lies the draft itself, to be read back


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One draft as it was kept. `draft` is None where an older version of this program kept it in another shape."""

    version: int
    drafted_at: datetime
    document: dict[str, Any]
    markdown: str
    html: str
    draft: Draft | None = None


def newest(session: Session, incident_id: str) -> Kept | None:
    """The draft made last."""
    version = newest_version(session, incident_id)
    return at(session, incident_id, version) if version else None


def newest_version(session: Session, incident_id: str) -> int:
    """The number of the draft made last, 0 when there is none."""
    query = select(sa.func.max(PostmortemRow.version)).where(col(PostmortemRow.incident_id) == incident_id)
    return session.exec(query).one() or 0


def drafted(session: Session, team_id: str, limit: int) -> list[str]:
    """The ids of the incidents that have a draft, newest number first."""
    query = select(IncidentRow.id).where(
        col(IncidentRow.team_id) == team_id, col(IncidentRow.id).in_(select(PostmortemRow.incident_id))
    )
    return list(session.exec(query.order_by(col(IncidentRow.number).desc()).limit(limit)))


def at(session: Session, incident_id: str, version: int) -> Kept | None:
    """One version. It is read once in a session: a long draft takes a while, and one page asks for it many times."""
    read: dict[tuple[str, int], Kept] = session.info.setdefault(READ, {})
    if (incident_id, version) not in read:
        row = session.get(PostmortemRow, (incident_id, version))
        if row is None:
            return None
        read[incident_id, version] = _kept(row)
    return read[incident_id, version]


def since(session: Session, incident_id: str, version: int) -> tuple[Kept, ...]:
    """That version and all after it, oldest first."""
    query = select(PostmortemRow).where(
        col(PostmortemRow.incident_id) == incident_id, col(PostmortemRow.version) >= version
    )
    return tuple(_kept(row) for row in session.exec(query.order_by(col(PostmortemRow.version))))


def keep(session: Session, incident: Incident, kept: Kept) -> None:
    """Write one version. Writing the same version again replaces it: a repeat after a crash."""
    session.info.pop(READ, None)
    session.merge(
        PostmortemRow(
            incident_id=incident.id,
            team_id=incident.team_id,
            version=kept.version,
            drafted_at=kept.drafted_at,
            document=kept.document | ({DRAFT: frozen.dump(kept.draft)} if kept.draft else {}),
            markdown=kept.markdown,
            html=kept.html,
        )
    )


def _kept(row: PostmortemRow) -> Kept:
    return Kept(
        version=row.version,
        drafted_at=row.drafted_at,
        draft=_draft(row),
        document={name: told for name, told in row.document.items() if name != DRAFT},
        markdown=row.markdown,
        html=row.html,
    )


def _draft(row: PostmortemRow) -> Draft | None:
    try:
        return frozen.load(Draft, row.document.get(DRAFT))
    except (ValueError, KeyError, TypeError, AttributeError):
        log.warning("draft %d of %s was kept in another shape; it is composed anew", row.version, row.incident_id)
        return None
