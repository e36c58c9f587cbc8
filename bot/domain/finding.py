"""What a look at a system found: one verdict with its value, its limit and one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """How bad it is. UNKNOWN is a look that failed: it is never taken for OK."""

    OK = "ok"
    UNKNOWN = "unknown"
    WARNING = "warning"
    CRITICAL = "critical"


_RANK = {verdict: rank for rank, verdict in enumerate(Verdict)}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing a probe says about a system, or about one member of it.

    `signal` is what playbooks name in `called_by` and `forbidden_by`: `zombie-primary`, `tickets-gone`. It speaks only
    while the verdict is WARNING or CRITICAL; OK or UNKNOWN say that it was looked for and
    was not there, or could not be told. An OK that is `present` says that it is there and as it should be: a cache at
    its limit. It is told, is no reason to act, and is never called "not there".
    """

    probe: str  # mongodb.zombie
    signal: str  # zombie-primary
    verdict: Verdict
    says: str  # one sentence, with the numbers that led to it
    member: str = ""  # host:port, "" for the whole system
    value: str = ""  # "no answer in 2.0 s", "128 of 128"; unit included
    limit: str = ""  # what the value is held against, unit included: "2 s"
    data: Mapping[str, Any] = field(default_factory=dict)  # plain numbers and texts, for charts and comparisons
    present: bool = False  # only with OK

    @property
    def speaks(self) -> bool:
        """Whether it is reason to act."""
        return self.verdict in (Verdict.WARNING, Verdict.CRITICAL)


def rank(verdict: Verdict) -> int:
    """How bad it is, as a number: the higher the worse."""
    return _RANK[verdict]


def worst(findings: Iterable[Finding]) -> Verdict:
    """Return the worst verdict. Nothing looked at is UNKNOWN, and UNKNOWN is worse than OK."""
    return max((finding.verdict for finding in findings), key=_RANK.__getitem__, default=Verdict.UNKNOWN)


def absent(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the signals that were looked for everywhere and are nowhere.

    Not those of a probe that found something else: that no secondary hangs is no comfort while the primary does.
    """
    found = tuple(findings)
    others = {finding.signal for finding in found if finding.verdict is not Verdict.OK or finding.present}
    bad = {finding.probe for finding in found if finding.speaks}
    return tuple(dict.fromkeys(one.signal for one in found if one.signal not in others and one.probe not in bad))


def present(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return what is there and as it should be, in the order given."""
    return tuple(finding for finding in findings if finding.present)


def by_weight(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the worst first, otherwise in the order given."""
    return tuple(sorted(findings, key=lambda finding: -_RANK[finding.verdict]))
