"""Everything that the page of one incident shows, read in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.chart import choose, draw, svg
from bot.domain.check import Check
from bot.domain.incident import Incident, Status
from bot.domain.playbook import Step
from bot.domain.postmortem import Draft
from bot.domain.postmortem import draft as compose
from bot.domain.postmortem.wording import plain, who
from bot.domain.roles import Person, Role, Task
from bot.domain.timeline import Entry, Kind
from bot.domain.walk import Mark, Walk
from bot.domain.watch import Watch
from bot.errors import NotFound
from bot.services import rooms
from bot.services.desk import Desk
from bot.services.overview import begun, lasts
from bot.services.postmortem import drafting
from bot.services.postmortem.document.picture import pictures
from bot.store import checks, watches
from bot.web.address import incident_at
from bot.web.words import step_in_words


@dataclass(frozen=True, kw_only=True)
class Carried:
    """A role and who carries it, "" when nobody does."""

    role: Role
    name: str
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Present:
    """Somebody who was there: from their first line on record, or from coming in, to their last."""

    name: str
    since: datetime
    until: datetime
    lines: int  # coming in is none


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of a playbook in a walk: `done`, `tried`, `skipped`, `now` or `ahead`, and the press that says so."""

    step: Step
    state: str
    by: str = ""
    mark: Mark | None = None
    notes: tuple[tuple[Mark, str], ...] = ()  # evidence, each with its author's name


@dataclass(frozen=True, kw_only=True)
class Walked:
    """A playbook as it was walked so far."""

    walk: Walk
    stages: tuple[Stage, ...]
    begun_by: str


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A system as it was seen: the newest look, and the verdicts of those before it, oldest first."""

    newest: Check
    before: tuple[Check, ...]


@dataclass(frozen=True, kw_only=True)
class Charted:
    """A watch, and its chart as SVG, "" where nothing spoke or moved."""

    watch: Watch
    chart: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """One incident in full."""

    incident: Incident
    draft: Draft  # the timeline and the moments, worded as in the postmortem
    pictures: tuple[str, str]  # its course, for a wide window and for a phone; "" where there is nothing to draw
    roles: tuple[Carried, ...]
    people: tuple[Present, ...]  # in the order in which they came
    tasks: tuple[tuple[Task, str, str], ...]  # task, its text for a reader, its owner's name
    walks: tuple[Walked, ...]
    systems: tuple[Looked, ...]
    watched: tuple[Charted, ...]
    troubles: tuple[str, ...]  # sentences about steps in Slack
    drafted: int | None  # the version of the newest kept draft
    drafted_at: datetime | None
    today: date  # on the team's clocks
    begun: datetime  # where `lasts` is counted from
    lasts: timedelta  # so far, or until the steady state

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        """What stands on the page, by its anchor and its name."""
        return (
            *[("course", "The course")] * bool(self.pictures[0]),
            *[("troubles", "Not done in Slack")] * bool(self.troubles),
            ("people", "People"),
            ("tasks", "Follow-ups"),
            *[("systems", "Findings")] * bool(self.systems),
            ("walks", "Playbooks"),
            ("timeline", "Timeline"),
            *[("aside", "Also on record")] * bool(self.draft.aside),
        )

    @property
    def alive(self) -> bool:
        """Whether more is to be expected."""
        return self.incident.status is not Status.CLOSED


def gather(desk: Desk, number: int) -> Record:
    """Read one incident. Raises NotFound."""
    incident = incident_at(desk, number)
    room = rooms.view(desk.session, incident.id, desk.pages_url)
    if room is None:
        raise NotFound(f"{incident.label} is gone.")
    facts = drafting.facts(desk, incident)
    folk = dict(facts.people) | {key: Person(user_id=key, name=name) for key, name in room.names.items()}

    def name(user: str) -> str:
        return who(user, folk)

    try:
        kept = drafting.newest(desk, incident)
    except NotFound:
        kept = None
    carried = {a.role: Carried(role=a.role, name=name(a.user_id), since=a.since) for a in facts.assignments}
    draft = compose(facts)
    return Record(
        incident=incident,
        draft=draft,
        pictures=pictures(draft.course),
        roles=tuple(carried.get(role, Carried(role=role, name="")) for role in Role),
        people=_present(facts.entries, name),
        tasks=tuple((t, plain(t.text, folk), name(t.owner) if t.owner else "") for t in facts.tasks),
        walks=tuple(_walked(walk, name) for walk in facts.walks),
        systems=_looked(checks.of_incident(desk.session, incident.id)),
        watched=tuple(_charted(*one) for one in watches.of_incident(desk.session, incident.id).items()),
        troubles=tuple(_trouble(step.step, step.trouble, step.state, name) for step in room.troubles),
        drafted=kept.version if kept else None,
        drafted_at=kept.drafted_at if kept else None,
        today=desk.now.astimezone(desk.zone).date(),
        begun=begun(incident),
        lasts=lasts(incident, desk.now),
    )


def _present(entries: Iterable[Entry], name: Callable[[str], str]) -> tuple[Present, ...]:
    """Who was there when, by the time of writing: what is told of earlier times was written later."""
    by_person: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: entry.recorded_at):
        if entry.author:
            by_person.setdefault(entry.author, []).append(entry)
    return tuple(
        Present(
            name=name(person),
            since=seen[0].recorded_at,
            until=seen[-1].recorded_at,
            lines=sum(entry.kind is not Kind.JOINED for entry in seen),
        )
        for person, seen in by_person.items()
    )


def _looked(taken: Iterable[Check]) -> tuple[Looked, ...]:
    by_system: dict[str, list[Check]] = {}
    for check in taken:
        if check.taken_at:
            by_system.setdefault(check.system, []).append(check)
    return tuple(Looked(newest=looks[-1], before=tuple(looks[:-1])) for looks in by_system.values())


def _charted(watch_id: str, samples: tuple[Check, ...]) -> Charted:
    watch = Watch(id=watch_id, system=samples[0].system, samples=samples)
    drawing = draw(watch.system, choose(watch.lines))
    return Charted(watch=watch, chart=svg(drawing) if drawing else "")


def _walked(walk: Walk, name: Callable[[str], str]) -> Walked:
    """The walk step by step, with what stands for each and what was noted on it."""
    pressed = walk.standing
    stages = []
    for step in walk.playbook.steps:
        mark_ = pressed.get(step.number)
        state = "now" if step.number == walk.position else mark_.did.value if mark_ else "ahead"
        notes = tuple((one, name(one.by)) for one in walk.evidence(step.number))
        stages.append(Stage(step=step, state=state, mark=mark_, by=name(mark_.by) if mark_ else "", notes=notes))
    return Walked(walk=walk, stages=tuple(stages), begun_by=name(walk.begun_by))


def _trouble(step: str, why: str, state: str, name: Callable[[str], str]) -> str:
    reason = plain(why, {}).rstrip(".") or "Slack gave no reason"
    later = " I try again by myself." if state == "waiting" else ""
    return f"I could not {step_in_words(step, name)}: {reason}.{later}"
