"""Who carries what during an incident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
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


class Aim(StrEnum):
    """What a follow-up is for (the sorting is the one of Google's SRE book, with detection apart)."""

    PREVENT = "prevent"  # it cannot happen again
    DETECT = "detect"  # it is seen sooner
    MITIGATE = "mitigate"  # it hurts less, or for a shorter time
    PROCESS = "process"  # people work together better


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
    aim: Aim | None = None  # None when nobody sorted it
    due: date | None = None  # the last day on which it is in time, in the team's zone
    link: str = ""  # http or https, to where it is tracked


@dataclass(frozen=True, kw_only=True)
class Person:
    """Someone of the workspace, as Slack names them."""

    user_id: str
    name: str
    timezone: str = ""  # an IANA name, "" when unknown
    is_bot: bool = False
    gone: bool = False  # the account is deactivated
