"""What preflight speaks of: a change, what it asks about, what was seen, and the answer with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.finding import Finding
from bot.domain.inventory import System, SystemKind
from bot.domain.times import spell

LONGEST_S = 3e9  # about 95 years
FRESH_S = 30.0  # older evidence is refused: a look of its own is taken before a change


class Answer(StrEnum):
    """Whether to make the change. UNKNOWN is never taken for GO."""

    GO = "go"
    UNKNOWN = "unknown"
    WAIT = "wait"  # time or a small deed cures it; ask again
    STOP = "stop"


@dataclass(frozen=True, kw_only=True)
class Line:
    """One reason. `finding` is the evidence where one probe gave it; `told` lines inform and decide nothing."""

    answer: Answer
    says: str
    then: str = ""  # what to do about it
    finding: Finding | None = None
    system: str = ""
    playbook: str = ""  # the one that goes with it
    told: bool = False


@dataclass(frozen=True, kw_only=True)
class Sign:
    """What a signal means for a change: the answer when it speaks. `known`: without it there is no go."""

    signal: str
    answer: Answer
    then: str
    kind: SystemKind = SystemKind.MONGODB  # of the systems whose findings count
    known: bool = True


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One system as it was just looked at. `at` is the machine's time of the answers, `evidence` what members said."""

    system: System
    at: datetime
    findings: tuple[Finding, ...]
    evidence: Mapping[str, Any] = field(default_factory=dict)

    def answers(self, question: str) -> dict[str, Any]:
        """What each member answered to a question; those that did not answer are left out."""
        told = {name: said.get(question) for name, said in self.evidence.items() if isinstance(said, Mapping)}
        return {name: one["value"] for name, one in told.items() if isinstance(one, Mapping) and "value" in one}

    def of(self, signal: str) -> tuple[Finding, ...]:
        """The findings on a signal."""
        return tuple(finding for finding in self.findings if finding.signal == signal)


@dataclass(frozen=True, kw_only=True)
class Before:
    """An earlier preflight look at the same system, to compare counters with."""

    looked: Looked
    since_s: float


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The newest kept list of the indexes and counts of a system."""

    system: str
    age_s: float
    collections: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """Everything a rule may look at. The first of `looks` is the system that is to be changed."""

    details: Mapping[str, str]
    looks: tuple[Looked, ...]
    before: Before | None = None
    snapshot: Snapshot | None = None

    @property
    def main(self) -> Looked:
        """The system that is to be changed."""
        return self.looks[0]

    def of_kind(self, kind: SystemKind) -> tuple[Looked, ...]:
        """The systems of a kind that were looked at."""
        return tuple(look for look in self.looks if look.system.kind is kind)


Rule = Callable[[Case], Iterable[Line]]


def lasting(seconds: float) -> str:
    """`1 h 37 min`; of what no clock can mean, the longest that can be said."""
    return spell(timedelta(seconds=min(max(seconds, 0.0), LONGEST_S)))


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change that people make, and what has to be so before it."""

    name: str
    about: str
    kinds: tuple[SystemKind, ...]  # of system that it is made to
    words: tuple[str, ...] = ()  # what is typed after the system, in order: `collection`, `old`, `new`
    options: tuple[str, ...] = ()  # what may be told besides, as `name=value`
    example: str  # the words and options as one types them
    probes: Mapping[SystemKind, tuple[str, ...]]  # looked with, at the system and at those beside it
    signs: tuple[Sign, ...] = ()
    rules: tuple[Rule, ...] = ()
    playbook: str  # the one that leads through it
    go: str  # what to do next when nothing speaks against it
    deadline_s: float = 2.7  # of a look; longer where every collection is read


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The answer, what to do next, and every line with its evidence, the weightiest first."""

    change: str
    answer: Answer
    next: str
    lines: tuple[Line, ...]
