"""Watching a system: the same look again and again, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.domain.check import Check
from bot.domain.finding import Finding, Verdict, rank, worst

THIN_AFTER = timedelta(days=30)
THIN_TO = timedelta(minutes=10)
MOST_NAMED = 4  # members or signals that a sentence names

Key = tuple[str, str]  # signal and member


@dataclass(frozen=True, kw_only=True)
class Change:
    """A verdict that is another than at the look before. `known` is what it was when it was last known."""

    signal: str
    member: str
    was: Verdict
    now: Verdict
    known: Verdict = Verdict.UNKNOWN

    @property
    def speaks(self) -> bool:
        """Whether it is bad or was bad. The rest is known or not known."""
        return not {self.was, self.now, self.known} <= {Verdict.OK, Verdict.UNKNOWN}

    @property
    def moved(self) -> bool:
        """Whether the system changed. What was not known before is only known now, and may have been so all along."""
        return self.was is not Verdict.UNKNOWN


@dataclass(frozen=True, kw_only=True)
class Watch:
    """The looks of one watch that were taken, oldest first. `ended` says why it is over, "" while it goes on."""

    id: str
    system: str
    samples: tuple[Check, ...]
    ended: str = ""  # time, stopped, closed or gone
    ended_by: str = ""

    @property
    def newest(self) -> Check:
        """The last look that was taken."""
        return self.samples[-1]

    @property
    def lines(self) -> tuple[tuple[datetime, Sequence[Finding]], ...]:
        """What a chart is made of."""
        return tuple((check.taken_at, check.findings) for check in self.samples if check.taken_at)


def changes(looks: Sequence[Sequence[Finding]]) -> tuple[Change, ...]:
    """What is another verdict at the last of these looks than at the one before, what speaks and is worst first.

    A signal that a probe names only while it is there (`reads-slow`) counts as OK, or as not known, where it is not.
    Of a member that is well a probe may have no word at all: that is no change, and neither is its next word.
    """
    *earlier, before, now = looks
    was, is_ = _verdicts(before), _verdicts(now)
    found = []
    for key in dict.fromkeys([*is_, *was]):
        if _split(key, was) or _split(key, is_):
            continue
        probe = (is_.get(key) or was[key])[1]
        old, new = said_of(key, probe, before), said_of(key, probe, now)
        change = Change(
            signal=key[0],
            member=key[1],
            was=old or Verdict.UNKNOWN,
            now=new or Verdict.UNKNOWN,
            known=_last_known(key, probe, [*earlier, before]),
        )
        if change.was is not change.now and (change.speaks or None not in (old, new)):
            found.append(change)
    return tuple(sorted(found, key=lambda one: (not one.speaks, -rank(one.now))))


def sentence(system: str, changed: Sequence[Change], at: datetime) -> str:
    """`orders-db: tickets-gone, operations-queued went from ok to critical at 12:03:10 UTC on db1:27017.`"""
    groups: dict[str, list[Change]] = {}
    for one in changed:
        groups.setdefault(_became(one), []).append(one)
    where = {what: _named([one.member for one in some]) for what, some in groups.items()}
    same = len(set(where.values())) == 1
    parts = [
        f"{_named([one.signal for one in some])} {what}" + (f" ({where[what]})" if where[what] and not same else "")
        for what, some in groups.items()
    ]
    place = f" on {next(iter(where.values()))}" if same and any(where.values()) else ""
    return f"{system}: {'; '.join(parts)} at {at:%H:%M:%S} UTC{place}."


def worth_saying(looks: Sequence[Sequence[Finding]]) -> tuple[Change, ...]:
    """The changes of the last look, if any is worth telling: something speaks or spoke, or went out of sight."""
    found = changes(looks)
    return found if any(one.speaks or one.now is Verdict.UNKNOWN for one in found) else ()


def kept(samples: Sequence[Check]) -> frozenset[str]:
    """The looks of an old watch that are kept, by their ids: first and last, both sides of each change, and one for
    every ten minutes."""
    ids = {one.id for one in (*samples[:1], *samples[-1:])}
    last = samples[0].taken_at if samples else None
    findings = [one.findings for one in samples]
    for number, (before, now) in enumerate(pairwise(samples), start=2):
        if worth_saying(findings[:number]):
            ids |= {before.id, now.id}
        if last and now.taken_at and now.taken_at - last >= THIN_TO:
            ids.add(now.id)
            last = now.taken_at
    return frozenset(ids)


def said_of(key: Key, probe: str, findings: Sequence[Finding]) -> Verdict | None:
    """What a look said of a signal on a member, None for no word; what it said of the whole system counts for each."""
    verdicts = _verdicts(findings)
    if told := verdicts.get(key) or verdicts.get((key[0], "")):
        return told[0]
    beside = [one for one in findings if one.probe == probe and one.member == key[1]]
    if not beside:
        return None
    return Verdict.UNKNOWN if worst(beside) is Verdict.UNKNOWN else Verdict.OK


def _verdicts(findings: Sequence[Finding]) -> Mapping[Key, tuple[Verdict, str]]:
    by_key: dict[Key, tuple[Verdict, str]] = {}
    for finding in findings:
        key = (finding.signal, finding.member)
        if key not in by_key or rank(finding.verdict) > rank(by_key[key][0]):
            by_key[key] = (finding.verdict, finding.probe)
    return by_key


def _split(key: Key, verdicts: Mapping[Key, object]) -> bool:
    """Whether a signal of the whole system is told there member by member: then each of them says it."""
    return not key[1] and key not in verdicts and any(signal == key[0] for signal, _ in verdicts)


def _last_known(key: Key, probe: str, looks: Sequence[Sequence[Finding]]) -> Verdict:
    verdicts = (said_of(key, probe, findings) for findings in reversed(looks))
    return next((one for one in verdicts if one not in (None, Verdict.UNKNOWN)), None) or Verdict.UNKNOWN


def _became(one: Change) -> str:
    """What happened to a signal: `went from ok to critical`, `not known any more`, `now known: ok, critical before`."""
    if not one.moved:
        before = "" if one.known in (Verdict.UNKNOWN, one.now) else f", {one.known.value} before"
        return f"now known: {one.now.value}{before}"
    return f"went from {one.was.value} to {_said(one.now)}" if one.speaks else "not known any more"


def _said(verdict: Verdict) -> str:
    return "not known" if verdict is Verdict.UNKNOWN else verdict.value


def _named(names: Sequence[str]) -> str:
    once = list(dict.fromkeys(name for name in names if name))
    more = f" and {len(once) - MOST_NAMED} more" if len(once) > MOST_NAMED else ""
    return ", ".join(once[:MOST_NAMED]) + more
