"""The facts in the order they are asked for: entries by time, by tag and by kind, names, moments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from bot.domain import metrics
from bot.domain.incident import Incident, Moment
from bot.domain.metrics import How, Known, Span
from bot.domain.postmortem.values import UTC, Facts, Question, Sentence
from bot.domain.postmortem.wording import BARE, one_line, plain, stamp, who
from bot.domain.roles import Role
from bot.domain.timeline import Entry, Kind, Tag

A_DAY = timedelta(days=1)
ASIDE = (Kind.JOINED, Kind.ROOM)  # true, and in the way of the story


@dataclass(frozen=True)
class Evidence:
    """What the sections are written from. It sorts and names; it draws no conclusion."""

    facts: Facts

    @property
    def incident(self) -> Incident:
        """The incident as it stands."""
        return self.facts.incident

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, in the order things happened."""
        return tuple(sorted(self.facts.entries, key=lambda e: (e.at, e.seq)))

    @cached_property
    def story(self) -> tuple[Entry, ...]:
        """The entries that tell what happened."""
        return tuple(e for e in self.entries if e.kind not in ASIDE)

    @cached_property
    def moments(self) -> dict[Moment, Known]:
        """Every known moment."""
        return metrics.moments(self.incident, self.entries)

    @cached_property
    def read_in(self) -> bool:
        """Whether all of it comes from a write-up: whoever read that in was neither there nor wrote it."""
        return metrics.read_in(self.entries)

    def was_read(self, entry: Entry) -> bool:
        """Whether an entry is a line of that write-up."""
        return entry.kind is Kind.IMPORTED and self.read_in

    @cached_property
    def opened(self) -> Known:
        """The declaration, or the first entry of a write-up that states none."""
        if known := self.moments.get(Moment.DECLARED):
            return known
        first = self.entries[0]
        return Known(at=first.at, how=How.DERIVED, refs=(first.label,), rule="the first entry")

    @cached_property
    def spans(self) -> dict[metrics.Measure, Span]:
        """The times between moments, by what they measure."""
        return {span.measure: span for span in metrics.spans(self.moments)}

    @cached_property
    def dated(self) -> bool:
        """True when what happened falls on more than one day, in UTC or in the team's zone."""
        ats = [*(e.at for e in self.entries), *(known.at for known in self.moments.values())]
        return not self._one_day(min(ats), max(ats))

    @cached_property
    def day(self) -> date | None:
        """The day that the incident keeps to until it is over; None where it crosses midnight.

        A steady state more than A_DAY after the end of the impact is dated by itself.
        """
        ends = [self.moments[m].at for m in (Moment.MITIGATED, Moment.RESOLVED) if m in self.moments]
        own = (Moment.STARTED, Moment.DETECTED, Moment.DECLARED)
        ats = [known.at for moment, known in self.moments.items() if moment in own]
        ats += [at for at in ends if at - ends[0] <= A_DAY]
        if not ends and self.entries:  # all that was recorded since is part of it
            ats += [self.opened.at, max([self.entries[-1].at, *ats])]
        return min(ats).date() if self._one_day(min(ats), max(ats)) else None

    def _one_day(self, first: datetime, last: datetime) -> bool:
        return all(first.astimezone(zone).date() == last.astimezone(zone).date() for zone in (UTC, self.zone))

    @property
    def zone(self) -> ZoneInfo:
        """The team's."""
        return self.facts.zone

    @cached_property
    def title(self) -> str:
        """The incident's title on one line."""
        return one_line(plain(self.incident.title, self.facts.people)) or self.incident.label

    @cached_property
    def last_action(self) -> Entry | None:
        """The last action that somebody noted before it got better. That it helped would be a conclusion."""
        end = self.moments.get(Moment.MITIGATED)
        did = [e for e in self.tagged(Tag.ACTION) if end and e.at <= end.at and self.text(e)]
        return did[-1] if did else None

    @cached_property
    def lead(self) -> str:
        """Whom to ask: the commander if there is one, else the person who declared it."""
        holders = [a for a in self.facts.assignments if a.role is Role.COMMANDER]
        if holders:
            return f"{self.name(holders[-1].user_id)}, the commander"
        known = self.incident.declared_by and not self.read_in
        return f"{self.name(self.incident.declared_by)}, who declared it" if known else ""

    @cached_property
    def _by_kind(self) -> Mapping[Kind, list[Entry]]:
        found: dict[Kind, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            found[entry.kind].append(entry)
        return found

    @cached_property
    def _by_tag(self) -> Mapping[Tag, list[Entry]]:
        found: dict[Tag, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            for tag in entry.tags:
                found[tag].append(entry)
        return found

    @cached_property
    def presses(self) -> Mapping[tuple[str, str, str], list[Entry]]:
        """The entries of steps, by playbook, step and what was done with it."""
        found: dict[tuple[str, str, str], list[Entry]] = defaultdict(list)
        for entry in self.of(Kind.STEP):
            data = entry.data
            found[str(data.get("playbook")), str(data.get("step")), str(data.get("did"))].append(entry)
        return found

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {}

    @cached_property
    def _names(self) -> dict[str, str]:
        return {}

    def of(self, *kinds: Kind) -> list[Entry]:
        """Return the entries of these kinds."""
        if len(kinds) == 1:
            return list(self._by_kind.get(kinds[0], ()))
        return [e for e in self.entries if e.kind in kinds]

    def tagged(self, *tags: Tag) -> list[Entry]:
        """Return the entries with at least one of these tags."""
        if len(tags) == 1:
            return list(self._by_tag.get(tags[0], ()))
        return [e for e in self.entries if any(tag in e.tags for tag in tags)]

    def told_of(self, tag: Tag) -> list[Entry]:
        """Return the entries with this tag that tell more than the time of a moment."""
        return [e for e in self.tagged(tag) if self.text(e) and self.text(e) not in BARE]

    def text(self, entry: Entry) -> str:
        """Return what an entry says, for a reader."""
        if entry.id not in self._texts:
            self._texts[entry.id] = plain(entry.text, self.facts.people)
        return self._texts[entry.id]

    def name(self, user: str) -> str:
        """Return how a person is called."""
        if user not in self._names:
            self._names[user] = who(user, self.facts.people)
        return self._names[user]

    def clock(self, at: datetime) -> str:
        """Return a time as sentences show it."""
        return stamp(at, self.dated and at.date() != self.day)

    def refs(self, *entries: Entry | None) -> tuple[str, ...]:
        """Return the labels of these entries, or the incident's own where there is none."""
        return labels(e for e in entries if e is not None) or (self.incident.label,)

    def told(self, entry: Entry, mark: str = "") -> Sentence:
        """Return an entry as a sentence of its own, in its author's words."""
        return Sentence(self.text(entry) or "(no words)", (entry.label,), at=entry.at, mark=mark)

    def remark(self, entry: Entry, mark: str = "") -> Sentence:
        """Return an entry as `told` does, without its time where somebody looked back: it did not happen then."""
        end = self.moments.get(Moment.MITIGATED)
        said = self.told(entry, mark)
        return replace(said, at=None) if end and entry.at > end.at else said

    def ask(self, text: str, refs: tuple[str, ...] = ()) -> Question:
        """Return a question for the lead."""
        return Question(text, refs, whom=self.lead)


def joined(*refs: Iterable[str]) -> tuple[str, ...]:
    """Return several references in order, each once."""
    return tuple(dict.fromkeys(ref for some in refs for ref in some))


def labels(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the entries' labels in order, each once."""
    return tuple(dict.fromkeys(e.label for e in entries))
