"""The tables of what people make of a postmortem draft: sections written over, offers, comments, sign-offs."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from bot.store.tables import Utc


class SectionRow(SQLModel, table=True):
    """One revision of one section. The highest is what stands; `text` is Markdown, None for "as drafted"."""

    __tablename__ = "postmortem_section"
    incident_id: str = Field(foreign_key="incident.id", primary_key=True)
    part: str = Field(primary_key=True)
    revision: int = Field(primary_key=True)  # 1, 2, 3… within the section
    team_id: str = Field(index=True)
    text: str | None = None
    base: int  # the draft's version that whoever wrote it had before them
    restores: int | None = None  # the revision that it brought back; None where it was written
    written_by: str
    written_at: datetime = Field(sa_type=Utc, nullable=False)


class LockRow(SQLModel, table=True):
    """Somebody is writing a section. It ends by itself, so that a closed laptop locks nobody out."""

    __tablename__ = "postmortem_lock"
    incident_id: str = Field(foreign_key="incident.id", primary_key=True)
    part: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    held_by: str
    until: datetime = Field(sa_type=Utc, nullable=False)


class OfferRow(SQLModel, table=True):
    """What became of a sentence that was drafted anew after its section was written over."""

    __tablename__ = "postmortem_offer"
    incident_id: str = Field(foreign_key="incident.id", primary_key=True)
    part: str = Field(primary_key=True)
    digest: str = Field(primary_key=True)  # of the sentence and its references
    team_id: str = Field(index=True)
    said: str  # taken, left
    said_by: str
    said_at: datetime = Field(sa_type=Utc, nullable=False)


class CommentRow(SQLModel, table=True):
    """A remark on a section, until somebody settles it."""

    __tablename__ = "postmortem_comment"
    id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    part: str
    text: str
    made_by: str
    made_at: datetime = Field(sa_type=Utc, nullable=False)
    settled_by: str = ""
    settled_at: datetime | None = Field(default=None, sa_type=Utc, nullable=True)


class ReviewRow(SQLModel, table=True):
    """Somebody was asked to review, and what they said of which state of the text."""

    __tablename__ = "postmortem_review"
    incident_id: str = Field(foreign_key="incident.id", primary_key=True)
    user_id: str = Field(primary_key=True)
    team_id: str = Field(index=True)
    asked_by: str
    asked_at: datetime = Field(sa_type=Utc, nullable=False)
    said: str = ""  # signed, changes, or "" for no answer yet
    note: str = ""
    digest: str = ""  # of the text that was signed: a later change shows
    said_at: datetime | None = Field(default=None, sa_type=Utc, nullable=True)
