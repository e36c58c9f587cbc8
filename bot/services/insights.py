"""What the incidents of a year tell together. Every figure comes with its count, and names what lies far out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.domain.incident import Incident, Status
from bot.domain.insights import (
    FEW,
    Case,
    Contributed,
    Summary,
    by_severity,
    by_system,
    contributed,
    outliers,
    step_times,
    summary,
)
from bot.domain.lookup import Said
from bot.domain.metrics import Measure, moments, spans
from bot.domain.postmortem.wording import plain
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did, Walk
from bot.services.desk import Desk
from bot.store import insights, overview

MOST_SYSTEMS = 8
MOST_WORDS = 10
SPOKE = ("warning", "critical")


@dataclass(frozen=True, kw_only=True)
class Row:
    """The summary of some of the cases: all, those of a severity, or those of a system."""

    name: str
    sort: str  # all, severity, system
    summary: Summary


@dataclass(frozen=True, kw_only=True)
class Measured:
    """One measure over all incidents that have it."""

    measure: Measure
    cases: tuple[Case, ...]
    rows: tuple[Row, ...]
    outliers: tuple[Case, ...]


@dataclass(frozen=True, kw_only=True)
class Step:
    """How long one step was in hand."""

    title: str
    summary: Summary
    did: Counter[Did]  # what stood for it in the end


@dataclass(frozen=True, kw_only=True)
class Book:
    """How one playbook was used, and whether its steps helped."""

    name: str
    offered: int
    opened: int
    refused: int
    walked: int
    helped: int
    judged: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class Insights:
    """The incidents of a year, or of all years when `year` is None."""

    year: int | None
    years: tuple[int, ...]
    incidents: int
    closed: int
    measures: tuple[Measured, ...]
    caused: int  # incidents with a cause or a trigger on record
    signals: tuple[Contributed, ...]
    systems: tuple[Contributed, ...]
    playbooks: tuple[Contributed, ...]
    books: tuple[Book, ...]
    in_vain: tuple[str, ...]  # words for which no playbook was found, those asked last first
    drafted: int  # of the closed ones
    asked: int
    reviewed: int
    changes: int


def gather(desk: Desk, year: int | None) -> Insights:
    """Read the incidents declared in a year by UTC, or all there are."""
    since, until = (datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)) if year else (None, None)
    found = overview.declared(desk.session, desk.team_id, since, until)
    ids = [incident.id for incident in found]
    entries = insights.telling(desk.session, ids)
    looked = overview.systems(desk.session, desk.team_id)
    walked = insights.walks(desk.session, ids)
    caused = [i for i in found if any({Tag.CAUSE, Tag.TRIGGER} & {*e.tags} for e in entries.get(i.id, ()))]
    over = [incident.id for incident in found if incident.status is Status.CLOSED]
    reviews = insights.reviews(desk.session, over)
    by_incident: dict[str, list[str]] = {}
    for walk in walked:
        by_incident.setdefault(walk.incident_id, []).append(walk.playbook.name)
    return Insights(
        year=year,
        years=insights.years(desk.session, desk.team_id),
        incidents=len(found),
        closed=len(over),
        measures=_measured(found, entries, looked),
        caused=len(caused),
        signals=contributed((i.number, _signals(entries.get(i.id, ()))) for i in caused),
        systems=contributed((i.number, looked.get(i.id, ())) for i in caused),
        playbooks=contributed((i.number, by_incident.get(i.id, ())) for i in caused),
        books=_books(walked, insights.judged(desk.session, ids), _offers(desk, since, until)),
        in_vain=tuple(
            plain(words, {}) for words in insights.in_vain(desk.session, desk.team_id, since, until, MOST_WORDS)
        ),
        drafted=len(reviews.drafted),
        asked=len(reviews.asked),
        reviewed=len(reviews.reviewed),
        changes=len(reviews.changes),
    )


def _measured(
    found: Sequence[Incident], entries: Mapping[str, Sequence[Entry]], looked: Mapping[str, tuple[str, ...]]
) -> tuple[Measured, ...]:
    cases: dict[Measure, list[Case]] = {measure: [] for measure in Measure}
    for one in found:
        for span in spans(moments(one, entries.get(one.id, ()))):
            if span.length is not None:
                case = Case(number=one.number, severity=one.peak, length=span.length, systems=looked.get(one.id, ()))
                cases[span.measure].append(case)
    return tuple(_measure(measure, some) for measure, some in cases.items())


def _measure(measure: Measure, cases: Sequence[Case]) -> Measured:
    def row(name: str, sort: str, some: Sequence[Case]) -> Row:
        return Row(name=name, sort=sort, summary=summary(case.length for case in some))

    rows = [row("all", "all", cases)]
    if len(cases) < FEW:
        return Measured(measure=measure, cases=tuple(cases), rows=tuple(rows), outliers=())
    rows += [row(severity.value, "severity", some) for severity, some in by_severity(cases).items()]
    rows += [row(system, "system", some) for system, some in list(by_system(cases).items())[:MOST_SYSTEMS]]
    return Measured(measure=measure, cases=tuple(cases), rows=tuple(rows), outliers=outliers(cases))


def _signals(entries: Sequence[Entry]) -> set[str]:
    findings = [one for entry in entries if entry.kind is Kind.FINDING for one in entry.data.get("findings") or ()]
    return {one["signal"] for one in findings if one["verdict"] in SPOKE}


def _offers(desk: Desk, since: datetime | None, until: datetime | None) -> dict[str, Counter[Said]]:
    found: dict[str, Counter[Said]] = {}
    for (playbook, said), many in insights.lookups(desk.session, desk.team_id, since, until).items():
        if playbook:
            found.setdefault(playbook, Counter())[Said(said)] += many
    return found


def _books(
    walked: Sequence[Walk], judged: Sequence[insights.Judged], offers: Mapping[str, Counter[Said]]
) -> tuple[Book, ...]:
    helped, asked = Counter(one.playbook for one in judged if one.helped), Counter(one.playbook for one in judged)
    by_name: dict[str, list[Walk]] = {}
    for walk in walked:
        by_name.setdefault(walk.playbook.name, []).append(walk)
    books = [
        Book(
            name=name,
            offered=sum(offers.get(name, Counter()).values()),
            opened=offers.get(name, Counter())[Said.OPENED],
            refused=offers.get(name, Counter())[Said.NOT_THIS],
            walked=len(by_name.get(name, ())),
            helped=helped[name],
            judged=asked[name],
            steps=_steps(by_name.get(name, ())),
        )
        for name in {*by_name, *offers, *asked}
    ]
    return tuple(sorted(books, key=lambda book: (-book.walked, -book.opened, -book.offered, book.name)))


def _steps(walked: Sequence[Walk]) -> tuple[Step, ...]:
    """The steps by title, in the order of the page as it was walked last: numbers move when a page is edited."""
    spent: dict[str, list[timedelta]] = {}
    did: dict[str, Counter[Did]] = {}
    for walk in walked:
        titles = {step.number: step.title for step in walk.playbook.steps}
        for number, length in step_times(walk).items():
            spent.setdefault(titles[number], []).append(length)
        for number, mark in walk.standing.items():
            did.setdefault(titles[number], Counter())[mark.did] += 1
    order = [step.title for step in walked[-1].playbook.steps] if walked else []
    order += [title for title in did if title not in order]
    return tuple(
        Step(title=title, summary=summary(spent.get(title, ())), did=did[title]) for title in order if title in did
    )
