"""Which playbooks the findings of a look call for, and what speaks against them: rules that the playbooks state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.finding import Finding, Verdict
from bot.domain.playbook import Playbook


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A playbook, the findings that call for it, and those that forbid it or could not be told."""

    playbook: str
    title: str
    because: tuple[Finding, ...]
    against: tuple[Finding, ...]  # findings that speak for a signal the playbook is forbidden by
    untold: tuple[str, ...]  # signals it is forbidden by that are unknown, or were not looked for
    unless: tuple[str, ...] = ()  # those that were looked for and are not there

    @property
    def forbidden(self) -> bool:
        """Whether something that was found speaks against it."""
        return bool(self.against)


def choose(playbooks: Iterable[Playbook], findings: Iterable[Finding]) -> tuple[Choice, ...]:
    """Return the playbooks that something found calls for: those nothing forbids first, the most urgent first."""
    found = tuple(findings)
    choices = []
    for playbook in playbooks:
        because = tuple(one for one in found if one.speaks and one.signal in playbook.called_by)
        if because:
            forbids = {signal: [one for one in found if one.signal == signal] for signal in playbook.forbidden_by}
            choices.append(
                Choice(
                    playbook=playbook.name,
                    title=playbook.title,
                    because=because,
                    against=tuple(one for ones in forbids.values() for one in ones if one.speaks),
                    untold=tuple(signal for signal, ones in forbids.items() if _untold(ones)),
                    unless=tuple(signal for signal, ones in forbids.items() if _absent(ones)),
                )
            )
    return tuple(sorted(choices, key=_urgency))


def objections(playbooks: Iterable[Playbook], findings: Iterable[Finding]) -> tuple[Choice, ...]:
    """Return those of some playbooks that something found speaks against, whatever called for them."""
    found = [finding for finding in findings if finding.speaks]
    return tuple(
        Choice(playbook=book.name, title=book.title, because=(), against=against, untold=())
        for book in playbooks
        if (against := tuple(one for one in found if one.signal in book.forbidden_by))
    )


def _untold(findings: list[Finding]) -> bool:
    return not any(one.speaks for one in findings) and not _well(findings)


def _absent(findings: list[Finding]) -> bool:
    return _well(findings) and not any(one.present for one in findings)


def _well(findings: list[Finding]) -> bool:
    return bool(findings) and all(one.verdict is Verdict.OK for one in findings)


def _urgency(choice: Choice) -> tuple[bool, int, int]:
    critical = sum(one.verdict is Verdict.CRITICAL for one in choice.because)
    return choice.forbidden, -critical, -len({one.signal for one in choice.because})
