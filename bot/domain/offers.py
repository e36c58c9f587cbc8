"""What an incident's systems offer for the gaps of a step: their members as hosts with their ports, and their names.

Only a person knows which member a command is for, so nothing is filled in before somebody has chosen: of two members
one is to be saved and the other to be cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.finding import Verdict
from bot.domain.gaps import BadValue, check, gaps, same
from bot.domain.inventory import SystemKind
from bot.domain.playbook import Fill, Playbook, Step, Variable

SENTINEL = "sentinel"  # the part of a Redis member that watches, and the word in the name of a gap for one
CLIENT = "client"  # in the name of a gap for a machine that uses the system and is none of it
NONE = "none of these"  # in a menu: what takes a choice back, for what is typed

_KINDS = {
    SystemKind.MONGODB: re.compile(r"\bmongo", re.IGNORECASE),
    SystemKind.REDIS: re.compile(r"\bredis-|replicaof|sentinel", re.IGNORECASE),
    SystemKind.ATLAS: re.compile(r"\batlas\b", re.IGNORECASE),
}
_GAP = r"\{\{(\w+)(?::\w+)?\}\}"
_BESIDE = (
    re.compile(rf"{_GAP}(?:(?: [^\n{{}}|;&]*)? (?:--port[ =]|-p )|:| ){_GAP}"),
    re.compile(rf"(?:saddr|-s) {_GAP} (?:-p )?tcp (?:--)?sport {_GAP}"),
    re.compile(rf"(?:daddr|-d) {_GAP} (?:-p )?tcp (?:--)?dport {_GAP}"),
)
_ROLES = (  # the word in a gap's name, and the roles that it asks for
    (re.compile(r"primary|master"), {"primary", "master"}),
    (re.compile(r"secondary|replica|reader"), {"secondary", "replica"}),
)
_WALL = re.compile(r"\b[sd]port\b")  # a firewall's line has the ports of both ends


@dataclass(frozen=True, kw_only=True)
class Offered:
    """Something that a gap may stand for."""

    value: str  # what is filled in: a member's host, or a name
    port: int = 0  # of a member
    shown: str  # `db1.internal:27017`
    part: str = ""  # of the system, as in the inventory
    role: str = ""  # "primary", as a look of this incident saw it; "" where none told


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A system of the inventory, and when this incident looked at it: None where it did not."""

    system: str
    kind: SystemKind
    members: tuple[Offered, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # by the name that a gap for it has: project, cluster, name
    looked_at: datetime | None = None
    verdict: Verdict | None = None  # of that look


def of_gap(offers: Iterable[Offer], playbook: Playbook, step: Step, gap: Variable) -> tuple[Offer, ...]:
    """Return those systems, each with the `members` that the gap may stand for.

    For a host these are members of the kind that the gap's commands talk to, else of the playbook's kinds, and none for
    a client: those first whose role fits the gap's name, and last those of the other role. For a word it is what the
    inventory has under the gap's name, where its commands talk to that kind.
    """
    if CLIENT in gap.name:
        return ()
    kinds = _kinds(step, gap.name)
    if gap.fill is Fill.HOST:
        kinds = kinds or {kind for kind in _KINDS if kind.value in playbook.systems}
        watches = SENTINEL in gap.name
        fitting = (
            replace(offer, members=_by_role([one for one in offer.members if (one.part == SENTINEL) == watches], gap))
            for offer in offers
        )
    else:
        fitting = (replace(offer, members=_word(offer, gap)) for offer in offers)
    return tuple(offer for offer in fitting if offer.members and offer.kind in kinds)


def completed(
    playbook: Playbook,
    step: Step,
    typed: Mapping[str, str],
    chosen: Mapping[str, Offered],
    kept: Mapping[str, str],
    offers: Iterable[Offer] = (),
) -> dict[str, str | None]:
    """Return what was `typed` with what was `chosen`, and the ports of those hosts in the gaps that commands put right
    behind them.

    The name of a member says its port when it is typed, too; it may be typed with its port. A port that was typed
    stays. One that stood there before (`kept`) was the port of the host before: with another host it becomes that
    host's, or None where nobody knows it.
    Raises BadValue where something was typed that is not what was chosen, and where one gap would have to be the ports
    of several hosts, and they differ.
    """
    named, offers = gaps(playbook), tuple(offers)
    shown = _shown(offers, playbook, step, typed)
    agreed = {
        name for name, one in shown.items() if (at := chosen.get(name, one)).value == one.value and at.port == one.port
    }
    chosen, typed = {**shown, **chosen}, {name: value for name, value in typed.items() if name not in agreed}
    said = {name: check(named[name], value) for name, value in typed.items() if name in named and value.strip()}
    _agree(playbook, said, chosen)
    new = {name: one for name, one in said.items() if not (name in kept and same(named[name], one, kept[name]))}
    chosen = {**_recognised(offers, playbook, step, new), **chosen}
    given: dict[str, str | None] = {**said, **{name: one.value for name, one in chosen.items()}}
    for gap in named.values():
        if gap.fill is not Fill.PORT or gap.name in said:
            continue
        hosts, before = hosts_before(playbook, gap.name), kept.get(gap.name)
        ports = {host: str(chosen[host].port or "") for host in hosts if host in chosen}
        ports |= {host: "" for host in hosts if host in new and host not in chosen and not hosts.isdisjoint(kept)}
        if not ports:
            continue
        ports |= {host: before for host in hosts if before and host in kept and host not in ports}
        differ = len({port for port in ports.values() if port}) > 1
        if differ and gap in step.variables:
            raise _two_ports(gap.name, ports)
        port = "" if differ else min(ports.values())
        if port or before:
            given[gap.name] = port or None
    return given


def _agree(playbook: Playbook, typed: Mapping[str, str], chosen: Mapping[str, Offered]) -> None:
    """Raise BadValue where the menu says one thing and a field another: nobody can tell which of them was meant."""
    for gap in (gap for gap in gaps(playbook).values() if gap.name in typed):
        said, one = typed[gap.name], chosen.get(gap.name)
        if one and not same(gap, said, one.value):
            raise BadValue(
                gap.name,
                f"For `{gap.name}` you chose `{one.value}` in the menu, and typed `{said}` here.",
                f"Clear this field to take `{one.value}`, or choose “{NONE}” in the menu to take `{said}`.",
            )
        hosts = hosts_before(playbook, gap.name) if gap.fill is Fill.PORT else set()
        one = chosen.get(min(hosts)) if len(hosts) == 1 else None
        if one and one.port and one.port != int(said):
            raise BadValue(
                gap.name,
                f"For `{min(hosts)}` you chose `{one.value}` on port {one.port} in the menu, and typed `{said}` here.",
                f"Clear this field to take {one.port}. Or choose “{NONE}” in the menu, and type the host and its port.",
            )


def _recognised(
    offers: Iterable[Offer], playbook: Playbook, step: Step, typed: Mapping[str, str]
) -> dict[str, Offered]:
    """The members whose names were typed, by gap, where all that have the name listen on one port."""
    found = {}
    for gap, members in _members(offers, playbook, step):
        said = typed.get(gap.name, "")
        named = [one for one in members if said and same(gap, one.value, said)]
        if len({one.port for one in named}) == 1:
            found[gap.name] = named[0]
    return found


def _shown(offers: Iterable[Offer], playbook: Playbook, step: Step, typed: Mapping[str, str]) -> dict[str, Offered]:
    """The members that were typed as a menu shows them, `db1.internal:27017`, by gap."""
    return {
        gap.name: one
        for gap, members in _members(offers, playbook, step)
        for one in members
        if one.port and typed.get(gap.name, "").strip().strip("`").lower() == f"{one.value}:{one.port}".lower()
    }


def _members(offers: Iterable[Offer], playbook: Playbook, step: Step) -> Iterator[tuple[Variable, list[Offered]]]:
    """Each gap of a step for a host, with the members that it may stand for."""
    for gap in step.variables:
        if gap.fill is Fill.HOST:
            yield gap, [one for offer in of_gap(offers, playbook, step, gap) for one in offer.members]


def _two_ports(gap: str, ports: Mapping[str, str]) -> BadValue:
    """A page has one gap for the ports of two hosts, and they differ: no line may be sent to the wrong one."""
    told = ", ".join(f"`{host}` on {port}" for host, port in sorted(ports.items()) if port)
    return BadValue(
        gap,
        f"`{gap}` stands in the lines of several hosts, and they listen on different ports: {told}.",
        "Write here the port of the host that the next line is for, and read the port in each line before you type it.",
    )


def _by_role(members: Iterable[Offered], gap: Variable) -> tuple[Offered, ...]:
    """The members, those first whose role the gap's name asks for, and last those of the role that it does not. Roles
    may be old, so none is left out."""
    asked = [roles for word, roles in _ROLES if word.search(gap.name)]
    others = [roles for _, roles in _ROLES if asked and roles not in asked]

    def place(one: Offered) -> int:
        return any(one.role in roles for roles in others) - any(one.role in roles for roles in asked)

    return tuple(sorted(members, key=place))


def hosts_before(playbook: Playbook, port: str) -> set[str]:
    """The gaps for a host whose port the gap `port` is: they stand right before it in a command of the playbook, or are
    the only host of its line."""
    found, known = set(), gaps(playbook)
    for line in (line for step in playbook.steps for line in _text(step).splitlines() if f"{{{{{port}" in line):
        beside = {host for pattern in _BESIDE for host, gap in pattern.findall(line) if gap == port}
        others = {name for name in re.findall(_GAP, line) if name in known and known[name].fill is Fill.HOST}
        alone = others if len(others) == 1 and not _WALL.search(line) else set()
        found |= {name for name in beside or alone if name in known and known[name].fill is Fill.HOST}
    return found


def addresses(playbook: Playbook, known: Mapping[str, str]) -> dict[str, frozenset[int]]:
    """Return the hosts of the system that are filled in, in small letters, each with its ports as far as they are."""
    found: dict[str, frozenset[int]] = {}
    ports = {name: hosts_before(playbook, name) for name, gap in gaps(playbook).items() if gap.fill is Fill.PORT}
    for name, gap in gaps(playbook).items():
        if gap.fill is Fill.HOST and name in known and CLIENT not in name:
            own = {int(known[port]) for port, hosts in ports.items() if name in hosts and port in known}
            host = known[name].lower()
            found[host] = found.get(host, frozenset()) | own
    return found


def _kinds(step: Step, name: str) -> set[SystemKind]:
    gap = re.compile(rf"\{{\{{{re.escape(name)}(?::\w+)?\}}\}}")
    lines = [line for line in _text(step).splitlines() if gap.search(line)]
    return {kind for kind, words in _KINDS.items() if kind in name or any(words.search(line) for line in lines)}


def _word(offer: Offer, gap: Variable) -> tuple[Offered, ...]:
    word = offer.words.get(gap.name, "") if gap.fill is Fill.WORD else ""
    return (Offered(value=word, shown=word),) if word else ()


def _text(step: Step) -> str:
    return "\n".join((step.body, step.look_for, step.undo, step.danger, step.stop_if))
