"""All incidents of a workspace, narrowed by what somebody looks for, page by page, and by the days of a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.domain.incident import Incident, Moment, Severity, Status
from bot.domain.metrics import between
from bot.domain.postmortem.wording import plain, who
from bot.domain.roles import Person
from bot.services.desk import Desk
from bot.store import overview, people
from bot.store.overview import Brief

PER_PAGE = 100


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What somebody looks for; what is empty narrows nothing. `words` are in the title, the number or the channel."""

    words: str = ""
    severity: Severity | None = None
    status: Status | None = None
    year: int | None = None
    day: date | None = None
    system: str = ""

    @property
    def anything(self) -> bool:
        """Whether it narrows at all."""
        return self != Wanted()


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One incident as the list shows it."""

    incident: Incident
    title: str
    lasts: timedelta
    commander: str = ""


@dataclass(frozen=True, kw_only=True)
class Busy:
    """A day on which incidents were declared, by UTC: how many, and the worst of them."""

    count: int
    worst: Severity


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The incidents that fit; of the closed ones those of one page."""

    alive: tuple[Listed, ...]
    closed: tuple[Listed, ...]
    closed_of: int  # closed ones that fit
    page: int  # from 1 on
    of: int  # all there are
    year: int  # the one whose days are shown
    days: Mapping[date, Busy]
    years: tuple[int, ...]  # with incidents, newest first
    systems: tuple[str, ...]

    @property
    def pages(self) -> int:
        """How many pages the closed ones take, at least one."""
        return max(1, -(-self.closed_of // PER_PAGE))


def find(desk: Desk, wanted: Wanted, page: int = 1) -> Listing:
    """Find what fits. A page beyond the last is the last."""
    everything = overview.briefs(desk.session, desk.team_id)
    looked = overview.systems(desk.session, desk.team_id)
    fits = [one for one in everything if _fits(one, wanted, looked)]
    alive = sorted((one for one in fits if one.status is not Status.CLOSED), key=_urgency)
    closed = [one for one in fits if one.status is Status.CLOSED]
    page = min(max(1, page), max(1, -(-len(closed) // PER_PAGE)))
    shown = closed[(page - 1) * PER_PAGE : page * PER_PAGE]
    years = tuple(sorted({_day(one).year for one in everything}, reverse=True))
    year = wanted.day.year if wanted.day else wanted.year or (years[0] if years else desk.now.astimezone(UTC).year)
    return Listing(
        alive=_listed(desk, alive, with_commanders=True),
        closed=_listed(desk, shown),
        closed_of=len(closed),
        page=page,
        of=len(everything),
        year=year,
        days=_days([one for one in everything if _fits(one, _but_for_time(wanted), looked)], year),
        years=years,
        systems=tuple(sorted({system for some in looked.values() for system in some})),
    )


def lasts(incident: Incident, now: datetime) -> timedelta:
    """How long an incident lasts: from its first known moment to the steady state, to its close, or until now."""
    over = incident.resolved_at or incident.closed_at or now
    return max(timedelta(0), between(begun(incident), over))


def begun(incident: Incident) -> datetime:
    """The first of its known moments."""
    return min(at for moment in Moment if (at := incident.moment(moment)))


def _but_for_time(wanted: Wanted) -> Wanted:
    return Wanted(words=wanted.words, severity=wanted.severity, status=wanted.status, system=wanted.system)


def _day(one: Brief) -> date:
    return one.declared_at.astimezone(UTC).date()


def _days(some: Sequence[Brief], year: int) -> dict[date, Busy]:
    counts: Counter[date] = Counter()
    worst: dict[date, Severity] = {}
    for one in some:
        day = _day(one)
        if day.year == year:
            counts[day] += 1
            worst[day] = min(worst.get(day, one.peak), one.peak)
    return {day: Busy(count=count, worst=worst[day]) for day, count in sorted(counts.items())}


def _urgency(one: Brief) -> tuple[int, Severity, int]:
    """What hurts customers now comes first, the worst of it at the top, the newest of equals."""
    return list(Status).index(one.status), one.severity, -one.number


def _fits(one: Brief, wanted: Wanted, looked: Mapping[str, tuple[str, ...]]) -> bool:
    text = f"{one.label} {one.title} #{one.channel_name}".casefold()
    return (
        wanted.severity in (None, one.peak)
        and wanted.status in (None, one.status)
        and wanted.year in (None, _day(one).year)
        and wanted.day in (None, _day(one))
        and (not wanted.system or wanted.system in looked.get(one.id, ()))
        and all(word in text for word in wanted.words.casefold().split())
    )


def _listed(desk: Desk, some: Sequence[Brief], *, with_commanders: bool = False) -> tuple[Listed, ...]:
    ids = [one.id for one in some]
    full = overview.load(desk.session, ids)
    leads = overview.commanders(desk.session, ids) if with_commanders else {}
    folk = {key: Person(user_id=key, name=name) for key, name in people.names(desk.session, desk.team_id).items()}
    return tuple(
        Listed(
            incident=(incident := full[key]),
            title=plain(incident.title, folk) or incident.label,
            lasts=lasts(incident, desk.now),
            commander=who(leads[key], folk) if key in leads else "",
        )
        for key in ids
        if key in full
    )
