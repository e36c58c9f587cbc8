"""The facts in the order they are asked for: entries by time, by tag and by kind, names, moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from bot.domain import metrics
from bot.domain.incident import Incident, Moment
from bot.domain.metrics import Known, Span
from bot.domain.postmortem.values import Facts, Question, Sentence
from bot.domain.postmortem.wording import BARE, one_line, plain, stamp, who
from bot.domain.roles import Role
from bot.domain.timeline import Entry, Kind, Tag

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
    def spans(self) -> dict[metrics.Measure, Span]:
        """The times to detect, declare, mitigate and resolve."""
        return {span.measure: span for span in metrics.spans(self.moments)}

    @cached_property
    def dated(self) -> bool:
        """True when what happened falls on more than one day in UTC."""
        days = {e.at.date() for e in self.entries} | {known.at.date() for known in self.moments.values()}
        return len(days) > 1

    @cached_property
    def title(self) -> str:
        """The incident's title on one line."""
        return one_line(plain(self.incident.title, self.facts.people)) or self.incident.label

    @cached_property
    def lead(self) -> str:
        """Whom to ask: the commander if there is one, else the person who declared it."""
        holders = [a for a in self.facts.assignments if a.role is Role.COMMANDER]
        if holders:
            return f"{self.name(holders[-1].user_id)}, the commander"
        return f"{self.name(self.incident.declared_by)}, who declared it" if self.incident.declared_by else ""

    def of(self, *kinds: Kind) -> list[Entry]:
        """Return the entries of these kinds."""
        return [e for e in self.entries if e.kind in kinds]

    def tagged(self, *tags: Tag) -> list[Entry]:
        """Return the entries with at least one of these tags."""
        return [e for e in self.entries if any(tag in e.tags for tag in tags)]

    def told_of(self, tag: Tag) -> list[Entry]:
        """Return the entries with this tag that tell more than the time of a moment."""
        return [e for e in self.tagged(tag) if self.text(e) and self.text(e) not in BARE]

    def text(self, entry: Entry) -> str:
        """Return what an entry says, for a reader."""
        return plain(entry.text, self.facts.people)

    def name(self, user: str) -> str:
        """Return how a person is called."""
        return who(user, self.facts.people)

    def clock(self, at: datetime) -> str:
        """Return a time as sentences show it."""
        return stamp(at, self.dated)

    def refs(self, *entries: Entry | None) -> tuple[str, ...]:
        """Return the labels of these entries, or the incident's own where there is none."""
        return labels(e for e in entries if e is not None) or (self.incident.label,)

    def told(self, entry: Entry, mark: str = "") -> Sentence:
        """Return an entry as a sentence of its own, in its author's words."""
        return Sentence(self.text(entry) or "(no words)", (entry.label,), at=entry.at, mark=mark)

    def ask(self, text: str, refs: tuple[str, ...] = ()) -> Question:
        """Return a question for the lead."""
        return Question(text, refs, whom=self.lead)


def labels(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return the entries' labels in order, each once."""
    return tuple(dict.fromkeys(e.label for e in entries))
