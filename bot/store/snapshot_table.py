"""The table of snapshots of systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.store.tables import Utc


class SnapshotRow(SQLModel, table=True):
    """One system at one moment: what its members answered, made comparable, and what could not be read."""

    __tablename__ = "system_snapshot"
    __table_args__ = (sa.UniqueConstraint("team_id", "system", "number"),)
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    system: str = Field(index=True)
    number: int
    why: str
    asked_by: str = ""
    taken_at: datetime = Field(sa_type=Utc, nullable=False, index=True)
    took_s: float = 0.0
    body: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
