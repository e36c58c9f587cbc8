"""What one replayable outage is: people, acts in time order, and the dated facts of its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from bot.errors import BotError
from bot.rehearsal.replay import clocks

# What a file calls a button -> how the action ids of that button begin.
BUTTONS = {"walk": "walk_start", "done": "step_done", "skip": "step_skip", "back": "step_back"}

INCIDENT = "incident"  # stands for the incident's channel, whose name is known only once the bot has made it

SAME_MINUTE_STEP = timedelta(seconds=10)


class ReplayError(BotError):
    """A story cannot be read or played; the text says where and why."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody in the story. `timezone` is an IANA name."""

    handle: str
    name: str
    title: str
    timezone: str


@dataclass(frozen=True, kw_only=True)
class System:
    """A system of the story that really runs while it is played, and falls ill in it."""

    name: str
    kind: str  # mongodb, redis
    about: str
    version: str = ""  # of MongoDB


@dataclass(frozen=True, kw_only=True)
class Act:
    """One thing that one person does, or that befalls a system.

    `moment` counts from midnight of the first day, in the source's zone.
    """

    number: int  # 1, 2, 3… in the file
    line_number: int
    at: str  # the time as the source's clock shows it
    moment: timedelta
    do: str  # says, replies, types, reacts, clicks, waits, falls-ill, recovers
    who: str = ""
    channel: str = ""
    text: str = ""  # what is said or typed, or why a step is skipped
    of: str = ""  # the key of an earlier message
    emoji: str = ""
    button: str = ""
    key: str = ""
    comment: str = ""  # what the progress line says
    expect: str = "ok"  # how a command must end: ok, error, any
    derived: str = ""  # how the time was worked out, where the source gives a duration only
    system: str = ""  # what falls ill or recovers; another act that names one is passed over where that does not run
    illness: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)  # of the illness


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One dated fact of the source. `words` must stand in the entry that records it."""

    line_number: int
    at: str
    moment: timedelta
    says: str
    words: tuple[str, ...]
    derived: str = ""

    @property
    def source(self) -> str:
        """`page` when the source gives the time, `derived` when it was worked out."""
        return "derived" if self.derived else "page"


@dataclass(frozen=True, kw_only=True)
class Story:
    """One outage, as read from one file."""

    id: str
    title: str
    severity: str
    date: str  # `2014-04-23`, `08-12` or ""
    clock: clocks.ClockFace
    zone: str
    source_name: str
    source_kind: str
    remarks: tuple[str, ...]
    people: tuple[Person, ...]
    systems: tuple[System, ...]
    acts: tuple[Act, ...]
    facts: tuple[Fact, ...]
    file: str  # the file's name, for error messages

    @property
    def lasts(self) -> timedelta:
        """From midnight of the first day to the last act."""
        return self.acts[-1].moment

    def person(self, handle: str) -> Person:
        """Return the person with that handle. Raises ReplayError when there is none."""
        for person in self.people:
            if person.handle == handle:
                return person
        raise ReplayError(
            f"{self.file}: nobody is called `{handle}`. There are {', '.join(p.handle for p in self.people)}."
        )

    def where(self, act: Act) -> str:
        """Return `universe.toml:143, act 12`, how an error names its place."""
        return f"{self.file}:{act.line_number}, act {act.number}"


def begins(story: Story, *, now: datetime, day: date | None = None) -> datetime:
    """Return the UTC midnight that the story's moments count from. `day` overrules the file's own date."""
    zone = clocks.zone_of(story.zone)
    chosen = day or clocks.first_day(story.date, lasts=story.lasts, zone=zone, now=now)
    return clocks.midnight(chosen, zone)


def starts_at(story: Story, *, now: datetime, day: date | None = None) -> datetime:
    """Return the UTC time of the first act: where the clock of a new workspace should stand."""
    return begins(story, now=now, day=day) + story.acts[0].moment


def moments(story: Story) -> list[timedelta]:
    """Return one moment per act. Acts of one minute follow each other inside it, ten seconds apart or less."""
    spread: list[timedelta] = []
    for act in story.acts:
        same = [other.number for other in story.acts if other.moment == act.moment]
        step = min(SAME_MINUTE_STEP, timedelta(seconds=50) / len(same))
        spread.append(act.moment + same.index(act.number) * step)
    return spread
