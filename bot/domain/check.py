"""A look at one system that somebody, or something, asked for: what it found, and where it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.finding import Finding, Verdict, absent, by_weight, present, worst


class Why(StrEnum):
    """What a look was taken for."""

    OPENED = "opened"  # the first look at an incident
    ASKED = "asked"
    STEP = "step"  # before a dangerous step, or by a step's own button
    CLOSED = "closed"
    PREFLIGHT = "preflight"  # before a change
    WATCHED = "watched"  # one of many, ten seconds apart


@dataclass(frozen=True, kw_only=True)
class Check:
    """One look. `taken_at` is None until it was taken; all times UTC."""

    id: str
    team_id: str
    system: str
    why: Why
    asked_at: datetime
    incident_id: str = ""  # "" outside incidents
    channel_id: str = ""  # where it is told; "" where the incident's own channel is
    probes: tuple[str, ...] = ()  # by name; empty means all light ones
    asked_by: str = ""
    taken_at: datetime | None = None
    took_s: float = 0.0
    age_s: float = 0.0  # of an answer that was shared with somebody who asked a moment before
    findings: tuple[Finding, ...] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict:
        """The worst that was found; UNKNOWN before it is taken."""
        return worst(self.findings)

    @property
    def ordered(self) -> tuple[Finding, ...]:
        """The findings, the worst first."""
        return by_weight(self.findings)

    @property
    def absent(self) -> tuple[str, ...]:
        """The signals that were looked for everywhere and are nowhere."""
        return absent(self.findings)

    @property
    def present(self) -> tuple[Finding, ...]:
        """What is there and as it should be."""
        return present(self.findings)

    def of(self, *verdicts: Verdict) -> tuple[Finding, ...]:
        """The findings of these verdicts, in their order."""
        return tuple(finding for finding in self.findings if finding.verdict in verdicts)


def written(findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """The findings as JSON can hold them."""
    return [asdict(finding) | {"verdict": finding.verdict.value, "data": dict(finding.data)} for finding in findings]


def read(rows: list[dict[str, Any]]) -> tuple[Finding, ...]:
    """The findings as `written` put them down."""
    return tuple(Finding(**{**row, "verdict": Verdict(row["verdict"])}) for row in rows)
