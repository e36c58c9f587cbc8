"""Timeline entries: what happened, when, who said so, and how we know."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What sort of entry it is."""

    DECLARED = "declared"
    NOTE = "note"  # someone typed it for the record
    MESSAGE = "message"  # a pinned message; time, author and link are the message's own
    IMPORTED = "imported"  # a line of a pasted timeline
    STATUS = "status"
    SEVERITY = "severity"
    ROLE = "role"
    TASK = "task"
    PLAYBOOK = "playbook"  # a playbook was taken up or put away, or a step of it helped
    STEP = "step"  # a playbook step was done, tried in vain, skipped or gone back to
    FINDING = "finding"  # what a look at a system found
    JOINED = "joined"  # someone came into the channel
    ROOM = "room"  # something the bot did, or failed to do, in Slack


class Tag(StrEnum):
    """What people may mark an entry with, typed as `#decision`."""

    DECISION = "decision"
    ACTION = "action"
    HYPOTHESIS = "hypothesis"
    IMPACT = "impact"
    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"  # somebody took it up
    IDENTIFIED = "identified"  # what is wrong is known
    MITIGATED = "mitigated"
    TRIGGER = "trigger"  # what set it off
    CAUSE = "cause"  # a condition that had to be there; there is seldom only one
    WORSE = "worse"  # made it worse, or slower to repair
    MISLED = "misled"  # looked like the way and was not
    WAITING = "waiting"  # for somebody outside; the entry that ends it is the next by whoever wrote it
    UPDATE = "update"  # what was told to those outside
    WELL = "well"
    BADLY = "badly"
    LUCKY = "lucky"
    SURPRISE = "surprise"


class Source(StrEnum):
    """The door it came in by."""

    SLACK = "slack"
    TERMINAL = "terminal"
    BOT = "bot"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the timeline. `at` is when it happened, `recorded_at` when we wrote it down; both UTC."""

    id: str
    team_id: str
    incident_id: str
    seq: int  # 1, 2, 3… within the incident, in the order of recording; shown as E1, E2…
    at: datetime
    recorded_at: datetime
    kind: Kind
    text: str  # already free of secrets; raw, never escaped for Slack or HTML
    author: str = ""  # a Slack user id, `terminal:<name>`, or "" for the bot
    source: Source = Source.SLACK
    tags: tuple[Tag, ...] = ()
    permalink: str = ""
    data: dict[str, Any] = field(
        default_factory=dict
    )  # STATUS and IMPORTED {"to"}, SEVERITY {"from","to"}, ROLE {"role","user"},
    # TASK {"task","owner","done"}, PLAYBOOK {"playbook","title"}, STEP {"playbook","step","title","did","reason"},
    # FINDING {"check","system","why","findings"}, of a preflight also {"change","answer"}, of a comparison
    # {"system","since","snapshot","changes"}

    @property
    def label(self) -> str:
        """`E7`, how a sentence of the postmortem names its evidence."""
        return f"E{self.seq}"
