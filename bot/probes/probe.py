"""A probe: which questions it needs answered, and a pure judge of the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.seen import Answer, Look, Seen, Trouble


def _keeps_nothing(_: Seen) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One question about a system.

    `asks` names the questions (of the kind's own list) that the judge needs: all probes of a look share the answers,
    so that a member is asked each of them once. `judge` is pure: same answers, same findings. `keep` returns what the
    next look should be compared with, small and plain (JSON). A probe that is not `light` is only looked with when
    it is named, before a change, and at night.
    """

    name: str  # mongodb.zombie
    kind: SystemKind
    about: str  # one line: what it tells, in the words of the one who asks
    signals: tuple[str, ...]  # what its findings may say
    asks: tuple[str, ...]
    judge: Callable[[Seen], Sequence[Finding]]
    keep: Callable[[Seen], Mapping[str, Any]] = _keeps_nothing
    light: bool = True
    fresh_s: float = (
        0.0  # counters kept longer ago than this say nothing of now, and a second sample is taken; 0: never
    )

    def unknown(self, signal: str, says: str, *, member: str = "", value: str = "") -> Finding:
        """A finding that says that it could not be told, and why."""
        return Finding(
            probe=self.name, signal=signal, verdict=Verdict.UNKNOWN, says=says, member=member, value=value or "unknown"
        )


def why(answer: Answer) -> str:
    """Why an answer is missing, as the end of a sentence: "gave no answer in 1.5 s"."""
    words = {
        Trouble.SILENT: "gave no answer",
        Trouble.UNREACHABLE: "cannot be reached",
        Trouble.DENIED: "refuses us",
        Trouble.BROKEN: "answered what cannot be read",
        Trouble.NOT_ASKED: "was not asked in time",
        Trouble.UNSUPPORTED: "does not know the question",
        None: "answered",
    }
    return f"{words[answer.trouble]} ({answer.says})" if answer.says else words[answer.trouble]


def named(looks: Sequence[Look], most: int = 3) -> str:
    """`db1:27017, db2:27017 and 2 more`."""
    names = [look.member.name for look in looks]
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")
