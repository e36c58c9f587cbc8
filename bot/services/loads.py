"""What incidents asked of people lately, so that it can be shared out: no ranking, nobody is measured by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.domain.incident import Incident, Status
from bot.domain.load import Load, Stretch, load, tenures
from bot.domain.postmortem.wording import who
from bot.domain.timeline import Entry, Kind
from bot.services.desk import Desk
from bot.store import insights, overview, people

WINDOWS = (30, 90)  # days
REACHES_BACK = timedelta(days=30)  # incidents that began this long before a window may still reach into it


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """One person, and their load in each of WINDOWS."""

    name: str
    zone: str  # whose nights are counted
    guessed: bool  # their own zone is not known, so it is the team's
    carries: tuple[tuple[int, str], ...]  # open incidents and the role that they carry there now
    user: str
    owes: int  # follow-ups that are open
    loads: tuple[Load, ...]


def gather(desk: Desk) -> tuple[Carrier, ...]:
    """Everyone who did something or carried a role within the widest window, or owns an open follow-up, by name."""
    since = desk.now - timedelta(days=max(WINDOWS))
    found = [
        one
        for one in overview.declared(desk.session, desk.team_id, since - REACHES_BACK, None)
        if (one.closed_at or desk.now) >= since
    ]
    entries = insights.deeds(desk.session, [incident.id for incident in found])
    deeds: dict[str, list[tuple[str, datetime]]] = {}
    carried: dict[str, list[Stretch]] = {}
    carries: dict[str, list[tuple[int, str]]] = {}
    for incident in found:
        _collect(incident, entries.get(incident.id, ()), desk.now, deeds, carried, carries)
    owed = Counter(
        one.task.owner
        for one in overview.follow_ups(desk.session, desk.team_id)
        if one.task.owner and not one.task.done_at
    )
    known = people.known(desk.session, desk.team_id, {*deeds, *carried, *owed})
    folk = []
    for user in {*deeds, *carried, *owed}:
        person = known.get(user)
        if person and person.is_bot:
            continue
        name = person.timezone if person else ""
        zone = _zone(name)
        windows = tuple(
            load(
                deeds.get(user, ()),
                carried.get(user, ()),
                desk.now - timedelta(days=days),
                zone or desk.zone,
            )
            for days in WINDOWS
        )
        if owed[user] or any(one != Load() for one in windows):
            shown = (zone or desk.zone).key
            folk.append(
                Carrier(
                    name=who(user, known),
                    zone=shown,
                    guessed=zone is None,
                    carries=tuple(carries.get(user, ())),
                    user=user,
                    owes=owed[user],
                    loads=windows,
                )
            )
    return tuple(sorted(folk, key=lambda one: one.name.casefold()))


def _collect(
    incident: Incident,
    entries: Sequence[Entry],
    now: datetime,
    deeds: dict[str, list[tuple[str, datetime]]],
    carried: dict[str, list[Stretch]],
    carries: dict[str, list[tuple[int, str]]],
) -> None:
    taken = []
    for entry in entries:
        if entry.kind is not Kind.JOINED and entry.at <= now:
            deeds.setdefault(entry.author, []).append((incident.id, entry.at))
        if entry.kind is Kind.ROLE:
            taken.append((str(entry.data.get("role", "")), str(entry.data.get("user", "")), entry.at))
    over = incident.resolved_at or incident.closed_at or now
    for user, stretches in tenures(taken, over).items():
        carried.setdefault(user, []).extend(stretches)
    if incident.status in (Status.OPEN, Status.MITIGATED):
        for role, user in {role: user for role, user, _ in taken}.items():
            carries.setdefault(user, []).append((incident.number, role))


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError):  # a name that the tables of this machine do not have
        return None
