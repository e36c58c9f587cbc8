"""A look as a terminal shows it: what is bad first, then what is not known, then what is fine, then what to do."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from bot.domain.choice import Choice
from bot.domain.finding import Finding, Verdict, absent, by_weight, present, worst
from bot.domain.inventory import System
from bot.services.systems.looker import Taken

MOST_CHOICES = 3
WIDEST = 120


def shown(system: System, taken: Taken, at: datetime, choices: Sequence[Choice]) -> str:
    """The answer in full, wrapped to the terminal's width."""
    findings = taken.result.findings
    head = f"{system.name} ({system.kind}): {worst(findings)}, {at:%H:%M:%S} UTC, took {taken.result.took_s:.1f} s"
    lines = [head]
    for one in by_weight(findings):
        if one.speaks:
            measured = f"{one.value} (limit {one.limit})" if one.limit else one.value
            lines += _row(one.verdict.upper(), one.says, f"{one.signal}: {measured}")
    for says, signals in _unknown(findings):
        lines += _row("unknown", says, ", ".join(signals))
    for one in present(findings):
        lines += _row("ok", one.says, f"{one.signal}: {one.value}")
    if fine := absent(findings):
        lines += _row("ok", "Looked for and not there: " + ", ".join(fine))
    for choice in choices[:MOST_CHOICES]:
        lines += _playbook(choice)
    return "\n".join(lines)


def _playbook(choice: Choice) -> Iterator[str]:
    against = [finding.says for finding in choice.against]
    yield from _row("playbook", choice.title, *([f"not now: {' '.join(against)}"] if against else []))
    yield f"            muster runbook show {choice.playbook}"


def _unknown(findings: Iterable[Finding]) -> list[tuple[str, list[str]]]:
    """What is not known, by its reason: one member that is down makes every question about it unknown."""
    reasons: dict[str, list[str]] = {}
    for finding in findings:
        if finding.verdict is Verdict.UNKNOWN:
            told = reasons.setdefault(finding.says, [])
            told += [] if finding.signal in told else [finding.signal]
    return list(reasons.items())


def _row(label: str, says: str, *more: str) -> list[str]:
    width = min(WIDEST, shutil.get_terminal_size((100, 24)).columns)
    first = textwrap.wrap(says, width, initial_indent=f"  {label:<10}", subsequent_indent=" " * 12)
    rest = [
        line
        for text in more
        for line in textwrap.wrap(text, width, initial_indent=" " * 12, subsequent_indent=" " * 14)
    ]
    return [*first, *rest]
