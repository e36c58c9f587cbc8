"""What Slack delivered, so that a repeat does nothing and gets the same answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.store.tables import DeliveryRow

_KEEP = sa.insert(DeliveryRow)


def answered(session: Session, team_id: str, key: str) -> dict[str, Any] | None:
    """The answer given to the first delivery with this key, None when this is the first."""
    row = session.get(DeliveryRow, (team_id, key))
    return None if row is None else dict(row.answer)


def keep(session: Session, team_id: str, key: str, answer: dict[str, Any], now: datetime) -> None:
    """Write the delivery and its answer, in the transaction of its effect. Raises IntegrityError for a repeat."""
    session.flush()
    values = {"team_id": team_id, "key": key, "received_at": now, "answer": answer}
    session.connection().execute(_KEEP, values)


def forget_before(session: Session, before: datetime) -> None:
    """Drop deliveries older than `before`; Slack repeats for minutes, not days."""
    session.connection().execute(sa.delete(DeliveryRow).where(col(DeliveryRow.received_at) < before))
