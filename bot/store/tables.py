"""Every table. Each row carries the Slack workspace's id (`team_id`), so that one database can serve several."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel


class Utc(sa.TypeDecorator[datetime]):
    """A datetime that is UTC on both sides. SQLite forgets zones, so it is stored without and read back with."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone must not be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def _moment(*, null: bool = False, index: bool = False) -> Any:
    return Field(default=None if null else ..., sa_type=Utc, nullable=null, index=index)


def _json() -> Any:
    return Field(default_factory=dict, sa_type=sa.JSON, nullable=False)


class WorkspaceRow(SQLModel, table=True):
    """A Slack workspace that the bot has met, and who the bot is in it."""

    __tablename__ = "workspace"
    team_id: str = Field(primary_key=True)
    name: str = ""
    url: str = ""
    bot_user_id: str = ""
    bot_id: str = ""
    next_number: int = 1  # of the next incident; raised in the transaction that opens one
    met_at: datetime = _moment()


class DeliveryRow(SQLModel, table=True):
    """Something Slack delivered, by its natural key: a repeat finds the answer of the first."""

    __tablename__ = "delivery"
    team_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    received_at: datetime = _moment(index=True)
    answer: dict[str, Any] = _json()


class IncidentRow(SQLModel, table=True):
    """An incident as it stands now."""

    __tablename__ = "incident"
    __table_args__ = (sa.UniqueConstraint("team_id", "number"),)
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    number: int
    title: str
    severity: str
    status: str = Field(index=True)
    declared_by: str
    declared_at: datetime = _moment()
    started_at: datetime | None = _moment(null=True)
    detected_at: datetime | None = _moment(null=True)
    mitigated_at: datetime | None = _moment(null=True)
    resolved_at: datetime | None = _moment(null=True)
    closed_at: datetime | None = _moment(null=True)
    channel_id: str = Field(default="", index=True)
    channel_name: str = ""
    worst: str | None = None  # severity; NULL while it never changed
    version: int = 0


class EntryRow(SQLModel, table=True):
    """One line of a timeline. `origin` is its natural key: the same happening is never written twice."""

    __tablename__ = "entry"
    __table_args__ = (sa.UniqueConstraint("incident_id", "seq"), sa.UniqueConstraint("incident_id", "origin"))
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    seq: int
    at: datetime = _moment()
    recorded_at: datetime = _moment()
    kind: str
    text: str
    author: str = ""
    source: str
    tags: list[str] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    permalink: str = ""
    data: dict[str, Any] = _json()
    origin: str
    withdrawn_at: datetime | None = _moment(null=True)  # struck, or its pushpin was taken off again


class AssignmentRow(SQLModel, table=True):
    """Who carries a role now. Earlier carriers stand in the timeline."""

    __tablename__ = "assignment"
    incident_id: str = Field(foreign_key="incident.id", primary_key=True)
    role: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    user_id: str
    since: datetime = _moment()


class TaskRow(SQLModel, table=True):
    """Something somebody should do."""

    __tablename__ = "task"
    __table_args__ = (sa.UniqueConstraint("incident_id", "number"),)
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    number: int
    text: str
    owner: str = ""
    made_by: str
    made_at: datetime = _moment()
    done_at: datetime | None = _moment(null=True)
    aim: str | None = None  # prevent, detect, mitigate, process; None when nobody sorted it
    due: date | None = None
    link: str = ""


class WalkRow(SQLModel, table=True):
    """One walk along a playbook, with the text it began with and every press on it."""

    __tablename__ = "walk"
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    playbook: str
    text: str
    marks: list[dict[str, Any]] = Field(default_factory=list, sa_type=sa.JSON, nullable=False)
    begun_by: str
    begun_at: datetime = _moment()
    ended_at: datetime | None = _moment(null=True)
    version: int = 0


class LookupRow(SQLModel, table=True):
    """A playbook offered for some words, asked or unasked, and what became of it. `playbook` is "" when none fitted."""

    __tablename__ = "lookup"
    __table_args__ = (sa.UniqueConstraint("team_id", "origin"),)
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    incident_id: str = Field(default="", index=True)  # "" outside incidents
    origin: str  # its natural key: one playbook is suggested in one incident once
    words: str
    playbook: str = Field(index=True)
    unasked: bool = False
    said: str = ""  # opened, not this, or "" for no answer
    said_by: str = ""
    made_at: datetime = _moment()


class StepVerdictRow(SQLModel, table=True):
    """Whether a step helped, as asked at close; the last answer counts."""

    __tablename__ = "step_verdict"
    walk_id: str = Field(foreign_key="walk.id", primary_key=True)
    step: int = Field(primary_key=True)
    team_id: str = Field(index=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    playbook: str = Field(index=True)
    title: str  # the step's own: numbers move when a page is edited
    helped: bool
    said_by: str
    said_at: datetime = _moment()


class PostmortemRow(SQLModel, table=True):
    """One draft. A later draft of the same incident is a new version; none is overwritten."""

    __tablename__ = "postmortem"
    incident_id: str = Field(foreign_key="incident.id", primary_key=True)
    version: int = Field(primary_key=True)
    team_id: str = Field(index=True)
    drafted_at: datetime = _moment()
    document: dict[str, Any] = _json()
    markdown: str
    html: str


class PersonRow(SQLModel, table=True):
    """Someone of the workspace, as Slack last named them."""

    __tablename__ = "person"
    team_id: str = Field(primary_key=True)
    user_id: str = Field(primary_key=True)
    name: str
    timezone: str = ""
    is_bot: bool = False
    gone: bool = False
    seen_at: datetime = _moment()


class WorkRow(SQLModel, table=True):
    """Work promised in the same transaction as the record it belongs to; a worker starts it and finishes it."""

    __tablename__ = "work"
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    kind: str
    subject: str  # the id of what it is about
    turn: str = Field(index=True)  # work of one turn is carried out one piece at a time
    detail: dict[str, Any] = _json()
    made_at: datetime = _moment()
    due_at: datetime = _moment(index=True)
    tries: int = 0  # raised before each start; part of the workflow's id
    rescues: int = 0  # how often it was handed over from a dead worker; work that kills its workers is given up
    started: bool = Field(default=False, index=True)
    done_at: datetime | None = _moment(null=True)
    trouble: str = ""  # why the last try failed, in words


class OutboundRow(SQLModel, table=True):
    """One step in Slack. Written before the call, so that a crash in between is known and looked into."""

    __tablename__ = "outbound"
    team_id: str = Field(index=True)
    subject: str = Field(primary_key=True)  # the incident's or the walk's id
    step: str = Field(primary_key=True)
    state: str  # trying, under way, done, waiting (Slack is down), failed (Slack said no), again (it said no, we ask)
    tries: int = 0
    trouble: str = ""
    result: dict[str, Any] = _json()
    updated_at: datetime = _moment()


class WorkerRow(SQLModel, table=True):
    """A running process and its last sign of life, by the database's own clock."""

    __tablename__ = "worker"
    executor_id: str = Field(primary_key=True)
    team_id: str = ""
    beat_at: datetime = _moment()
