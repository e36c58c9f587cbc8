"""What goes into a draft and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.domain.course.values import Course
from bot.domain.incident import Incident, Moment
from bot.domain.metrics import Known, Span
from bot.domain.playbook import Playbook
from bot.domain.roles import Assignment, Person, Task
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Walk

UTC = ZoneInfo("UTC")


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All that a draft may rest on. Withdrawn entries are not handed in; `drafted_at` is UTC.

    `proposals` are the playbooks of the shelf that propose follow-ups: the draft takes those of playbooks that were
    walked or called for. `verdicts` say of a step, by walk and number, whether it helped.
    """

    incident: Incident
    entries: tuple[Entry, ...]
    assignments: tuple[Assignment, ...] = ()
    tasks: tuple[Task, ...] = ()
    people: Mapping[str, Person]  # by Slack user id
    walks: tuple[Walk, ...] = ()
    verdicts: Mapping[tuple[str, int], bool] = field(default_factory=dict)
    proposals: tuple[Playbook, ...] = ()
    drafted_at: datetime
    zone: ZoneInfo = UTC  # the team's


class Part(StrEnum):
    """The sections of a draft, in reading order."""

    SUMMARY = "summary"
    IMPACT = "impact"
    TIMES = "times"
    DETECTION = "detection"
    CAUSES = "causes"
    TRIED = "tried"
    RESOLUTION = "resolution"
    TIMELINE = "timeline"
    FINDINGS = "findings"
    PLAYBOOKS = "playbooks"
    DECISIONS = "decisions"
    WAITS = "waits"
    WELL = "well"
    BADLY = "badly"
    LUCKY = "lucky"
    SURPRISES = "surprises"
    FOLLOW_UPS = "follow_ups"
    UPDATES = "updates"
    PEOPLE = "people"
    QUESTIONS = "questions"


TITLES = {
    Part.SUMMARY: "Summary",
    Part.IMPACT: "Impact",
    Part.TIMES: "Times",
    Part.DETECTION: "Detection",
    Part.CAUSES: "Trigger and contributing factors",
    Part.TRIED: "What was tried and what it showed",
    Part.RESOLUTION: "Resolution and how it was verified",
    Part.TIMELINE: "Timeline",
    Part.FINDINGS: "What the systems showed",
    Part.PLAYBOOKS: "Runbook steps",
    Part.DECISIONS: "Decisive moments",
    Part.WAITS: "Where the time went",
    Part.WELL: "What went well",
    Part.BADLY: "What went badly",
    Part.LUCKY: "Where we got lucky",
    Part.SURPRISES: "What surprised us",
    Part.FOLLOW_UPS: "Follow-ups",
    Part.UPDATES: "Updates sent",
    Part.PEOPLE: "Participants",
    Part.QUESTIONS: "Open questions",
}


class Rule(StrEnum):
    """How the numbers of a sentence that its entries do not say were worked out."""

    SAID = "as its evidence says"  # nothing worked out; a time is one of an entry or a moment it rests on
    LENGTH = "length between two times it rests on"
    LIMIT = "length between two times it rests on, held against a named limit"
    COUNT = "count of the entries it names"
    STEPS = "count of a playbook's steps"
    LEFT = "numbers of a playbook's steps that nobody reached"


@dataclass(frozen=True)
class Sentence:
    """A statement and what it rests on: entry labels (`E7`), or the incident's own (`INC-12`) for its record.

    `refs` is never empty. `at` is a time to show before the text, `mark` a word that classes it. `rule` names how its
    numbers were worked out.
    """

    text: str
    refs: tuple[str, ...]
    at: datetime | None = None
    mark: str = ""
    rule: Rule = Rule.SAID


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
    in Slack). `dated` says that what is told falls on several days, in UTC or in the team's `zone`; `day` is then the
    one that the incident itself keeps to, None where it crosses midnight. `course` is what its picture is drawn from,
    None in drafts kept before there was one. `worded` holds the plain sentences of the summary that a language model,
    `worded_by`, worded anew, each with its wording.
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
    zone: ZoneInfo = UTC
    course: Course | None = None
    worded: Mapping[str, str] = field(default_factory=dict)
    worded_by: str = ""
    day: date | None = None

    def section(self, part: Part) -> Section:
        """Return one section."""
        return next(section for section in self.sections if section.part is part)

    def dates(self, at: datetime) -> bool:
        """Return whether a time is shown with its date: not one of the incident's own day."""
        return self.dated and at.date() != self.day
