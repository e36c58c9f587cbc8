"""What one member of a set sees of the others: whom it takes for primary, and whose votes it hears."""

from __future__ import annotations

from bot.probes.mongodb.answers import PRIMARY, number
from bot.probes.mongodb.sets import Group, entries, members
from bot.probes.seen import Look


def seen_primary(look: Look) -> str:
    """The name of the member that this one takes for primary, "" when none."""
    view = look["replSetGetStatus"].value
    if isinstance(view, dict):
        leading = [one for one in members(view) if one.get("state") == PRIMARY and _heard(one)]
        if members(view):
            return str(leading[0].get("name", "")) if leading else ""
    return str(look.get("hello", "primary") or "")


def hears(look: Look, other: Look) -> bool:
    """Whether the heartbeats of `other` reach this member."""
    view = look["replSetGetStatus"].value
    names = {other.member.name, str(other.get("hello", "me"))}
    return isinstance(view, dict) and any(_heard(one) for one in members(view) if str(one.get("name")) in names)


def says_whether_primary(look: Look) -> bool:
    """Whether its greeting tells, yes or no, that it takes writes."""
    return any(isinstance(look.get("hello", field), bool) for field in ("isWritablePrimary", "ismaster"))


def votes_heard(group: Group) -> tuple[int | None, int | None, int | None]:
    """The most votes that any one member hears, its own included; how many elect a primary; how many there are.

    None where votes are not told: counting members instead would be a guess, since not each of them votes.
    """
    if not group.views or not group.seats or any(seat.votes is None for seat in group.seats):
        return None, None, None
    votes = {seat.name: seat.votes or 0 for seat in group.seats}
    most = sum(votes.values())
    heard = max(
        sum(votes[name] for name, one in entries(view).items() if name in votes and _heard(one))
        for _, view in group.views
    )
    told = number(group.status.get("majorityVoteCount"))  # from 4.2.1
    majority = int(told) if told is not None and 0 < told <= most else most // 2 + 1
    return heard, majority, most


def _heard(one: object) -> bool:
    return isinstance(one, dict) and bool(one.get("self") or number(one.get("health")) == 1)
