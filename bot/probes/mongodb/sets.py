"""A replica set as its members describe it: who sits in it, with which vote and delay, and what each has applied.

Members' views differ and are seconds old (MongoDB manual, replSetGetStatus), so each seat is read from the member
itself where it answered, and otherwise from the view of the primary.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.domain.inventory import SystemKind
from bot.probes.mongodb.answers import (
    ARBITER,
    PRIMARY,
    SECONDARY,
    brief,
    in_parts,
    is_arbiter,
    is_primary,
    moment,
    number,
)
from bot.probes.seen import Look, Seen

MOST_SEATS = 50  # MongoDB manual, limits: a set has at most 50 members; more is not read
_NO_WRITE_YET = datetime(2000, 1, 1, tzinfo=UTC)  # servers give 1970 for "never"

View = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One member of a set. `look` is None for a member that the set has and the inventory has not."""

    name: str
    look: Look | None = None
    state: int | None = None
    told_itself: bool = False  # whether the state is what the member itself says, not another's memory of it
    heard: bool = False  # its heartbeats reach the member whose view governs, or it is that member
    votes: int | None = None  # None where neither configuration nor status tells
    delay_s: float | None = None  # how far behind it is kept on purpose; None where nobody tells
    arbiter: bool = False
    applied: datetime | None = None  # its newest operation

    @property
    def shown(self) -> str:
        """The name for a finding's `member`: the inventory's, where it has one."""
        return self.look.member.name if self.look else self.name

    @property
    def brief(self) -> str:
        """The name inside a sentence."""
        return brief(self.shown)


@dataclass(frozen=True, kw_only=True)
class Group:
    """One replica set: the whole system, or a shard or the configuration servers of a cluster."""

    part: str
    looks: tuple[Look, ...]
    seats: tuple[Seat, ...]
    views: tuple[tuple[Look, View], ...]  # who answered replSetGetStatus, and what
    primary: Seat | None

    @property
    def lead(self) -> str:
        """How a sentence about it begins: `shard-0: `, or nothing for the one set."""
        return f"{self.part[:40]}: " if self.part else ""

    @property
    def status(self) -> View:
        """The view that governs: the primary's, else that of the highest term and newest date; {} without any."""
        own = self.own_view
        return own if own is not None else max((view for _, view in self.views), key=_age, default={})

    @property
    def own_view(self) -> View | None:
        """The primary's own view: whose heartbeats and acknowledgements reach it. None when it was not heard."""
        leading = self.primary.look if self.primary else None
        return next((view for look, view in self.views if look is leading), None)

    @property
    def term(self) -> int | None:
        """The highest term that any member tells. None before protocol version 1, which had none."""
        terms = [term for _, view in self.views if (term := number(view.get("term"))) is not None]
        return int(max(terms)) if terms and max(terms) > 0 else None


def groups(seen: Seen) -> tuple[Group, ...]:
    """Every replica set of the system. A single server is none."""
    return tuple(_group(part, looks) for part, looks in in_parts(seen).items() if not _alone(seen, looks))


def applied_at(value: Any) -> datetime | None:
    """An optime or date as a time; None for one that stands for "never"."""
    told = moment(value)
    return told if told and told > _NO_WRITE_YET else None


def _alone(seen: Seen, looks: Sequence[Look]) -> bool:
    if len(looks) != 1 or (seen.system.kind is SystemKind.MONGODB and seen.system.options.get("replica_set")):
        return False
    hello = looks[0]["hello"].value
    if not isinstance(hello, Mapping) or hello.get("setName") or hello.get("isreplicaset"):
        return False
    return bool(hello.get("isWritablePrimary") or hello.get("ismaster"))


def _group(part: str, looks: tuple[Look, ...]) -> Group:
    views = tuple((look, view) for look in looks if isinstance(view := look["replSetGetStatus"].value, Mapping))
    settings = _settings(looks)
    tables = [entries(view) for _, view in views]
    told = dict.fromkeys([*settings, *(name for table in tables for name in reversed(table))])
    owners = {name: look for look in looks if (name := _own_name(look, told)) in told or look.reached or not told}
    looked = {look.member.name for look in owners.values()}  # one that says it is another sits in one seat, not in two
    names = [name for name in dict.fromkeys([*told, *owners]) if name in owners or name not in looked][:MOST_SEATS]

    def seats(governing: View) -> tuple[Seat, ...]:
        table, vote = entries(governing), _vote_of_each(governing)
        return tuple(
            _seat(
                name, owners.get(name), settings.get(name, {}), table.get(name, {}), vote, [t.get(name) for t in tables]
            )
            for name in names
        )

    unled = Group(part=part, looks=looks, seats=(), views=views, primary=None)
    leading = [seat for seat in seats(unled.status) if _leads(seat)]
    primary = max(leading, key=lambda seat: _standing(seat, views), default=None)
    led = seats(replace(unled, primary=primary).status)
    return replace(
        unled, seats=led, primary=next((seat for seat in led if primary and seat.name == primary.name), None)
    )


def members(view: View) -> tuple[View, ...]:
    """The members as one of them describes them in replSetGetStatus."""
    listed = view.get("members")
    return tuple(one for one in listed[:MOST_SEATS] if isinstance(one, Mapping)) if isinstance(listed, list) else ()


def entries(view: View) -> dict[str, View]:
    """What a view holds about each member, by name."""
    return {str(one["name"]): one for one in reversed(members(view)) if "name" in one}


def _settings(looks: Iterable[Look]) -> dict[str, View]:
    """The members by name from the newest configuration told: by term, which came with 4.4, then by version."""
    told = [config for look in looks if isinstance(config := look.get("replSetGetConfig", "config"), Mapping)]
    newest = max(told, key=lambda one: (number(one.get("term")) or 0.0, number(one.get("version")) or 0.0), default={})
    return {str(one.get("host")): one for one in members(newest) if one.get("host")}


def _own_name(look: Look, told: Collection[str]) -> str:
    """How the set calls the member that was looked at: as it says, or as the inventory does where only that is told."""
    view = look["replSetGetStatus"].value
    itself = next((one for one in members(view) if one.get("self")), {}) if isinstance(view, Mapping) else {}
    own = str(look.get("hello", "me") or itself.get("name") or look.member.name)
    return look.member.name if own not in told and look.member.name in told else own


def _seat(
    name: str, look: Look | None, set_as: View, told: View, vote: int | None, by_all: Sequence[View | None]
) -> Seat:
    """`told` is what the governing view holds about the member, `by_all` what each view does."""
    own = _own_state(look) if look else None
    state = number(told.get("state")) if own is None else own
    return Seat(
        name=name,
        look=look,
        state=None if state is None else int(state),
        told_itself=own is not None,
        heard=bool(told.get("self") or number(told.get("health")) == 1),
        votes=_votes(set_as) if set_as else vote,
        delay_s=_delay_s(set_as, look),
        arbiter=bool(set_as.get("arbiterOnly") or state == ARBITER or (look and is_arbiter(look))),
        applied=_applied(look, by_all),
    )


def _own_state(look: Look) -> float | None:
    state = number(look.get("replSetGetStatus", "myState"))
    if state is None and is_primary(look):
        return PRIMARY
    return SECONDARY if state is None and look.get("hello", "secondary") is True else state


def _applied(look: Look | None, by_all: Sequence[View | None]) -> datetime | None:
    """The newest operation that anyone knows the member to have applied; heartbeats bring older news than itself."""
    times = [applied_at(one.get("optimeDate", one.get("optime"))) for one in by_all if one]
    own = applied_at(look.get("hello", "lastWrite", "lastWriteDate")) if look else None  # needs no right; from 3.4
    return max((time for time in (*times, own) if time), default=None)


def _votes(set_as: View) -> int | None:
    votes = number(set_as.get("votes", 1))  # left out by servers before 3.0 when it is 1
    return None if votes is None else int(votes)


def _vote_of_each(governing: View) -> int | None:
    """1 where the status says that as many vote as there are members; without the configuration no more is known."""
    everyone = number(governing.get("votingMembersCount"))  # from 4.4
    return 1 if everyone is not None and everyone == len(members(governing)) else None


def _delay_s(set_as: View, look: Look | None) -> float | None:
    for told in (set_as, look["hello"].value if look else None):
        if isinstance(told, Mapping):
            for field in ("secondaryDelaySecs", "slaveDelay"):  # from 5.0, and before
                if field in told:
                    return number(told[field])
    return 0.0 if set_as else None


def _leads(seat: Seat) -> bool:
    return is_primary(seat.look) if seat.look and seat.look["hello"].ok else seat.state == PRIMARY and seat.heard


def _standing(seat: Seat, views: Sequence[tuple[Look, View]]) -> tuple[float, datetime]:
    """Of two that lead, the one of the higher term counts, as it does among the members."""
    own = next((view for look, view in views if look is seat.look), {})
    return number(own.get("term")) or 0.0, seat.applied or _NO_WRITE_YET


def _age(view: View) -> tuple[float, datetime]:
    return number(view.get("term")) or 0.0, moment(view.get("date")) or _NO_WRITE_YET
