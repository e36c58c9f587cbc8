"""What incidents ask of people: how many, how many hours carrying a role, how many nights. Pure, and no ranking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

NIGHT_FROM, NIGHT_UNTIL = 22, 7  # on the person's own clocks

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one person had in one window of time."""

    incidents: int = 0
    hours: timedelta = timedelta(0)  # carrying a role; two roles at once count once
    nights: int = 0  # nights in which they did something on record


def load(deeds: Iterable[tuple[str, datetime]], carried: Iterable[Stretch], since: datetime, zone: tzinfo) -> Load:
    """Return the load since a moment, from what a person did (incident, when) and the stretches of their roles."""
    seen = [(incident, at) for incident, at in deeds if at >= since]
    clipped = [(max(begin, since), end) for begin, end in carried if end > since]
    return Load(
        incidents=len({incident for incident, _ in seen}),
        hours=covered(clipped),
        nights=len({one for _, at in seen if (one := night(at, zone))}),
    )


def covered(stretches: Iterable[Stretch]) -> timedelta:
    """Return how much time the stretches cover together; what two of them share counts once."""
    total, until = timedelta(0), None
    for begin, end in sorted(stretches):
        begin = begin if until is None else max(begin, until)
        if end > begin:
            total += end - begin
            until = end
    return total


def night(at: datetime, zone: tzinfo) -> date | None:
    """Return the evening's date of the night that a moment lies in, None by day."""
    local = at.astimezone(zone)
    if local.hour >= NIGHT_FROM:
        return local.date()
    return local.date() - timedelta(days=1) if local.hour < NIGHT_UNTIL else None


def tenures(taken: Sequence[tuple[str, str, datetime]], over: datetime) -> dict[str, list[Stretch]]:
    """Return the stretches in which each person carried something, from (role, person, since) of one incident.

    A role is carried until the next person takes it, at the latest until the incident is `over`.
    """
    found: dict[str, list[Stretch]] = {}
    by_role: dict[str, list[tuple[datetime, str]]] = {}
    for role, person, since in taken:
        by_role.setdefault(role, []).append((since, person))
    for holders in by_role.values():
        holders.sort(key=lambda one: one[0])
        for at, (since, person) in enumerate(holders):
            until = min(over, holders[at + 1][0]) if at + 1 < len(holders) else over
            if person and until > since:
                found.setdefault(person, []).append((since, until))
    return found
