"""What one look at a system brought back, before anybody judges it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.inventory import Member, System


class Trouble(StrEnum):
    """Why a question has no answer."""

    SILENT = "silent"  # asked, and nothing came within the deadline
    UNREACHABLE = "unreachable"  # no connection: refused, no route, no such name
    DENIED = "denied"  # the server says that our user may not
    BROKEN = "broken"  # what came back cannot be read, or the server reports a failure
    NOT_ASKED = "not asked"  # the deadline of the whole look came first
    UNSUPPORTED = "unsupported"  # this version or tier does not know the question


@dataclass(frozen=True)
class Answer:
    """The answer to one question, or why there is none. `took_s` is wall-clock time, seconds."""

    value: Any = None
    trouble: Trouble | None = None
    says: str = ""  # of a trouble, in a few words: "no answer in 1.5 s", "needs clusterMonitor"
    took_s: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether there is a value."""
        return self.trouble is None


NOT_ASKED = Answer(trouble=Trouble.NOT_ASKED, says="not asked")


@dataclass(frozen=True)
class Look:
    """All answers of one member, by the name of the question."""

    member: Member
    answers: Mapping[str, Answer] = field(default_factory=dict)

    def __getitem__(self, question: str) -> Answer:
        """The answer; one that says "not asked" where the question was not put."""
        return self.answers.get(question, NOT_ASKED)

    def get(self, question: str, *path: str, default: Any = None) -> Any:
        """What stands at `path` in an answer, or `default` when there is no answer or nothing there."""
        value = self[question].value
        for key in path:
            if not isinstance(value, Mapping) or key not in value:
                return default
            value = value[key]
        return value

    @property
    def reached(self) -> bool:
        """Whether any question was answered."""
        return any(answer.ok for answer in self.answers.values())


@dataclass(frozen=True)
class Seen:
    """All members of a system at one moment, and what an earlier look kept to compare with.

    `before` and `before_at` come from the newest earlier look at the same system; `before` is {} where there was none.
    It holds what the probes' `keep` returned then, by probe name.
    """

    system: System
    at: datetime
    looks: tuple[Look, ...]
    before: Mapping[str, Any] = field(default_factory=dict)
    before_at: datetime | None = None

    def __iter__(self) -> Iterator[Look]:
        return iter(self.looks)

    @property
    def since_s(self) -> float | None:
        """Seconds since the look that `before` comes from."""
        return (self.at - self.before_at).total_seconds() if self.before_at else None

    def unanswered(self, question: str) -> tuple[Look, ...]:
        """The members that did not answer a question."""
        return tuple(look for look in self.looks if not look[question].ok)
