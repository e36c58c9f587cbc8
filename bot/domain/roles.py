"""Who carries what during an incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The roles people are used to (the vocabulary is PagerDuty's public incident-response guide)."""

    COMMANDER = "commander"  # decides, and does nothing else
    SCRIBE = "scribe"  # keeps the timeline
    COMMUNICATIONS = "communications"  # speaks to customers
    OPERATIONS = "operations"  # has the hands on the system


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """One person carrying one role since a moment. A role has one carrier at a time."""

    role: Role
    user_id: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something somebody should do: during the incident or after it. `number` counts from 1 within the incident."""

    id: str
    number: int
    text: str
    owner: str = ""  # a Slack user id, or "" when nobody has taken it
    made_by: str
    made_at: datetime
    done_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of the workspace, as Slack names them."""

    user_id: str
    name: str
    timezone: str = ""  # an IANA name, "" when unknown
    is_bot: bool = False
    gone: bool = False  # the account is deactivated
