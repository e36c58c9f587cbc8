"""What goes into a draft and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.incident import Incident, Moment
from bot.domain.metrics import Known, Span
from bot.domain.roles import Assignment, Person, Task
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Walk


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a draft may rest on. Withdrawn entries are not handed in; `drafted_at` is UTC."""

    incident: Incident
    entries: tuple[Entry, ...]
    assignments: tuple[Assignment, ...] = ()
    tasks: tuple[Task, ...] = ()
    people: Mapping[str, Person]  # by Slack user id
    walks: tuple[Walk, ...] = ()
    drafted_at: datetime


class Part(StrEnum):
    """The sections of a draft, in reading order."""

    SUMMARY = "summary"
    IMPACT = "impact"
    DETECTION = "detection"
    TIMELINE = "timeline"
    TIMES = "times"
    FINDINGS = "findings"
    TRIED = "tried"
    PLAYBOOKS = "playbooks"
    DECISIONS = "decisions"
    WENT_WELL = "went_well"
    LUCKY = "lucky"
    FOLLOW_UPS = "follow_ups"
    PEOPLE = "people"
    QUESTIONS = "questions"


TITLES = {
    Part.SUMMARY: "Summary",
    Part.IMPACT: "Impact",
    Part.DETECTION: "Detection",
    Part.TIMELINE: "Timeline",
    Part.TIMES: "Times",
    Part.FINDINGS: "What the systems showed",
    Part.TRIED: "What was tried and ruled out",
    Part.PLAYBOOKS: "Runbook steps",
    Part.DECISIONS: "Decisions",
    Part.WENT_WELL: "What went well",
    Part.LUCKY: "Where we got lucky",
    Part.FOLLOW_UPS: "Follow-ups",
    Part.PEOPLE: "Participants",
    Part.QUESTIONS: "Open questions",
}


@dataclass(frozen=True)
class Sentence:
    """A statement and what it rests on: entry labels (`E7`), or the incident's own (`INC-12`) for its record.

    `refs` is never empty. `at` is a time to show before the text, `mark` a word that classes it.
    """

    text: str
    refs: tuple[str, ...]
    at: datetime | None = None
    mark: str = ""


@dataclass(frozen=True)
class Question:
    """Something the record does not say. `whom` names who may know; `refs` is what gave rise to it."""

    text: str
    refs: tuple[str, ...] = ()
    whom: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One section: statements, then questions. No statements reads "Not recorded."."""

    part: Part
    sentences: tuple[Sentence, ...] = ()
    questions: tuple[Question, ...] = ()

    @property
    def title(self) -> str:
        """The heading."""
        return TITLES[self.part]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of the header."""

    name: str
    value: str
    refs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the timeline. A mark that no entry stands for has `label` "" and rests on `refs` alone."""

    label: str
    at: datetime
    seq: int
    kind: Kind | None
    author: str
    text: str
    tags: tuple[Tag, ...] = ()
    permalink: str = ""
    marks: tuple[Moment, ...] = ()
    refs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A postmortem draft: plain text throughout, nothing escaped, nothing invented.

    `timeline` holds what tells the story; `aside` the entries kept for completeness (who joined, what the bot did
    in Slack). `dated` says that it crosses midnight UTC, so every time carries its date.
    """

    label: str
    title: str
    severity: str
    status: str
    drafted_at: datetime
    dated: bool
    header: tuple[Fact, ...]
    moments: Mapping[Moment, Known]
    times: tuple[Span, ...]
    timeline: tuple[Line, ...]
    aside: tuple[Line, ...]
    sections: tuple[Section, ...]  # one of each Part, in order

    def section(self, part: Part) -> Section:
        """Return one section."""
        return next(section for section in self.sections if section.part is part)
