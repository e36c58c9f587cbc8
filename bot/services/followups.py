"""Follow-ups across incidents: open, overdue, by owner, by what they are for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.follow_up import overdue
from bot.domain.postmortem.wording import one_line, plain, who
from bot.domain.roles import Aim, Person, Task
from bot.services.desk import Desk
from bot.store import overview, people

PER_PAGE = 100
NOBODY = "nobody"
UNSORTED = "unsorted"


class State(StrEnum):
    """Which follow-ups are shown."""

    OPEN = "open"
    OVERDUE = "overdue"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What somebody looks for. `owner` is a user id or NOBODY, `aim` an aim or UNSORTED; "" narrows nothing."""

    state: State = State.OPEN
    owner: str = ""
    aim: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One follow-up as a list shows it."""

    task: Task
    text: str
    owner: str  # a name, "" when nobody has taken it
    incident: int
    title: str
    late: bool


@dataclass(frozen=True, kw_only=True)
class Pile:
    """What one owner has, or what is for one aim: `key` is what to ask for."""

    key: str
    name: str
    open: int
    overdue: int


@dataclass(frozen=True, kw_only=True)
class FollowUps:
    """Those that fit, overdue first, then by day; and how many of each sort are open."""

    found: tuple[Shown, ...]  # all that fit
    open: int
    overdue: int
    done: int
    owners: tuple[Pile, ...]
    aims: tuple[Pile, ...]
    today: date


def find(desk: Desk, asked: Asked) -> FollowUps:
    """Find what fits, across all incidents of the workspace."""
    today = desk.now.astimezone(desk.zone).date()
    names = people.names(desk.session, desk.team_id)
    folk = {key: Person(user_id=key, name=name) for key, name in names.items()}
    every = [
        Shown(
            task=one.task,
            text=plain(one.task.text, folk),
            owner=who(one.task.owner, folk) if one.task.owner else "",
            incident=one.number,
            title=one_line(plain(one.title, folk)) or f"INC-{one.number}",
            late=overdue(one.task, today),
        )
        for one in overview.follow_ups(desk.session, desk.team_id)
    ]
    still = [one for one in every if one.task.done_at is None]
    return FollowUps(
        found=tuple(sorted((one for one in every if _fits(one, asked)), key=_order)),
        open=len(still),
        overdue=sum(one.late for one in still),
        done=len(every) - len(still),
        owners=_owners(still),
        aims=_aims(still),
        today=today,
    )


def _fits(one: Shown, asked: Asked) -> bool:
    done = one.task.done_at is not None
    states = {State.OPEN: not done, State.OVERDUE: one.late, State.DONE: done, State.ALL: True}
    return (
        states[asked.state]
        and asked.owner in ("", one.task.owner or NOBODY)
        and asked.aim in ("", one.task.aim or UNSORTED)
    )


def _order(one: Shown) -> tuple[bool, date, int, int]:
    return one.task.done_at is not None, one.task.due or date.max, -one.incident, one.task.number


def _owners(still: Iterable[Shown]) -> tuple[Pile, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    late: Counter[tuple[str, str]] = Counter()
    for one in still:
        key = (one.task.owner or NOBODY, one.owner)
        counts[key] += 1
        late[key] += one.late
    piles = [Pile(key=key[0], name=key[1], open=counts[key], overdue=late[key]) for key in counts]
    return tuple(sorted(piles, key=lambda pile: (pile.key == NOBODY, pile.name.casefold())))


def _aims(still: list[Shown]) -> tuple[Pile, ...]:
    piles = []
    for key in (*(aim.value for aim in Aim), UNSORTED):
        some = [one for one in still if (one.task.aim or UNSORTED) == key]
        piles.append(Pile(key=key, name=key, open=len(some), overdue=sum(one.late for one in some)))
    return tuple(pile for pile in piles if pile.open)
