"""The table of looks at systems."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from bot.store.tables import Utc


class CheckRow(SQLModel, table=True):
    """One look at one system, promised before it is taken. `evidence` is what the members answered, without secrets."""

    __tablename__ = "system_check"
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    incident_id: str = Field(default="", index=True)  # "" outside incidents
    channel_id: str = ""
    system: str = Field(index=True)
    probes: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    why: str
    asked_by: str = ""
    asked_at: datetime = Field(sa_type=Utc, nullable=False)
    taken_at: datetime | None = Field(default=None, sa_type=Utc, nullable=True, index=True)
    took_s: float = 0.0
    age_s: float = 0.0
    findings: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    kept: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON, nullable=False)
