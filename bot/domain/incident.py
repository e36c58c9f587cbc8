"""An incident and the verbs that may change it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.errors import NotAllowed, UserError

MAX_TITLE_CHARS = 200


class Severity(StrEnum):
    """How bad it is for customers."""

    SEV1 = "sev1"  # customers cannot use the product
    SEV2 = "sev2"  # a part of the product is broken
    SEV3 = "sev3"  # degraded, nobody is blocked


class Status(StrEnum):
    """Where the incident stands. It moves to the right, and back only by reopening."""

    OPEN = "open"  # declared, customers are hurt
    MITIGATED = "mitigated"  # customers are no longer hurt, the cause may remain
    RESOLVED = "resolved"  # back to a steady state
    CLOSED = "closed"  # nothing more happens here; the postmortem draft is made


class Moment(StrEnum):
    """The points in time that the metrics are made of."""

    STARTED = "started"  # impact began
    DETECTED = "detected"  # first signal seen by a person or a monitor
    ACKNOWLEDGED = "acknowledged"  # somebody took it up
    DECLARED = "declared"  # someone opened the incident
    IDENTIFIED = "identified"  # what is wrong was known
    MITIGATED = "mitigated"  # impact stopped
    RESOLVED = "resolved"  # steady state
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Incident:
    """One incident as it stands now. History lives in the timeline, not here.

    Every datetime carries UTC. A moment nobody recorded is None, never guessed.
    """

    id: str
    team_id: str
    number: int
    title: str
    severity: Severity
    status: Status = Status.OPEN
    declared_by: str
    declared_at: datetime
    started_at: datetime | None = None
    detected_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    channel_id: str = ""
    channel_name: str = ""
    worst: Severity | None = None  # of those it ever had; None while the severity never changed
    version: int = 0  # raised by the store at each save; guards lost updates

    @property
    def label(self) -> str:
        """`INC-12`, the name people say."""
        return f"INC-{self.number}"

    @property
    def peak(self) -> Severity:
        """The worst severity it ever had: an outage that was calmed before its end was no smaller for that."""
        return self.worst or self.severity

    def moment(self, which: Moment) -> datetime | None:
        """When `which` happened, None if nobody recorded it, or if entries alone tell it."""
        return {
            Moment.STARTED: self.started_at,
            Moment.DETECTED: self.detected_at,
            Moment.DECLARED: self.declared_at,
            Moment.MITIGATED: self.mitigated_at,
            Moment.RESOLVED: self.resolved_at,
            Moment.CLOSED: self.closed_at,
        }.get(which)


def check_title(title: str) -> str:
    """Return the title on one line. Raises UserError when it is empty or over MAX_TITLE_CHARS."""
    clean = " ".join(title.split())
    if not clean:
        raise UserError("An incident needs a title.", hint="Try `/incident open sev2 checkout is failing`.")
    if len(clean) > MAX_TITLE_CHARS:
        raise UserError(
            f"That title has {len(clean):,} characters; {MAX_TITLE_CHARS} is the most.",
            hint="Say it in one line, then put the rest in with `/incident note …`.",
            typed=title,
        )
    return clean


def reach(incident: Incident, status: Status, *, at: datetime) -> Incident:
    """Return the incident moved to `status` at `at`. Raises NotAllowed when it is there or past it."""
    order = list(Status)
    if order.index(incident.status) >= order.index(status):
        raise NotAllowed(
            f"{incident.label} is already {incident.status}.", hint=f"See it with `/incident status {incident.label}`."
        )
    moved = replace(incident, status=status)
    if status is Status.MITIGATED:
        return replace(moved, mitigated_at=incident.mitigated_at or at)
    if status is Status.RESOLVED:
        return replace(moved, resolved_at=at)
    return replace(moved, closed_at=at)


def with_severity(incident: Incident, severity: Severity) -> Incident:
    """Return the incident with another severity. Raises NotAllowed when nothing would change or it is closed."""
    if incident.status is Status.CLOSED:
        raise NotAllowed(f"{incident.label} is closed.", hint="Its severity stays as it was.")
    if incident.severity is severity:
        raise NotAllowed(f"{incident.label} is already {severity}.", hint="Choose sev1, sev2 or sev3.")
    return replace(incident, severity=severity, worst=min(incident.peak, severity))
