"""The values that a walk's commands are shown with, and what other playbooks of the incident had under the same names.

One name means different things in two playbooks: the host that is to be saved in one is thrown away in another. So a
value stays with the playbook it was given for, and elsewhere it is told, never filled in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.gaps import BadValue, check, gaps
from bot.domain.inventory import SystemKind
from bot.domain.offers import hosts_before
from bot.domain.playbook import Fill, Playbook, Variable
from bot.domain.walk import Walk

KINDS = frozenset(kind.value for kind in SystemKind)


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A value that was given for a variable of the same name in another playbook."""

    playbook: str
    value: str


def known(walk: Walk, others: Iterable[Walk]) -> dict[str, str]:
    """Return the values of the walk's variables: its own, else those of earlier walks of the same playbook.

    `others` are the incident's other walks, oldest first. A value that its variable no longer takes, because the page
    has changed since, is left out, and so is the port of a host that is another one since.
    """
    earlier = [one for one in others if one.playbook.name == walk.playbook.name and one.begun_at <= walk.begun_at]
    variables, given = gaps(walk.playbook), dict[str, str]()
    for one in (*earlier, walk):
        moved = {name for name, value in one.filled.items() if given.get(name, value) != value}
        for port in (gap.name for gap in variables.values() if gap.fill is Fill.PORT):
            if not moved.isdisjoint(hosts_before(walk.playbook, port)):
                given.pop(port, None)
        given |= one.filled
    return {name: value for name, value in given.items() if name in variables and _takes(variables[name], value)}


def elsewhere(walk: Walk, others: Iterable[Walk]) -> dict[str, Elsewhere]:
    """Return what other playbooks have under the names of the walk's variables, the newest walk's.

    Only where the variable takes the same sort of value, and the two playbooks are not about different kinds of system:
    a port of MongoDB says nothing on a page of Redis.
    """
    mine = gaps(walk.playbook)
    return {
        name: Elsewhere(playbook=other.playbook.name, value=value)
        for other in others
        if other.playbook.name != walk.playbook.name and _related(walk.playbook, other.playbook)
        for name, value in other.filled.items()
        if value and name in mine and mine[name] == gaps(other.playbook).get(name)
    }


def _takes(gap: Variable, value: str) -> bool:
    try:
        return check(gap, value) == value
    except BadValue:
        return False


def _related(one: Playbook, other: Playbook) -> bool:
    mine, theirs = KINDS.intersection(one.systems), KINDS.intersection(other.systems)
    return not (mine and theirs) or not mine.isdisjoint(theirs)
