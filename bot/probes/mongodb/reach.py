"""Can every member be reached, and does the inventory list every member of the set?

A set has members that nobody wrote down: then "on all members" cannot be told, and the one that is sick may be the one
that is not looked at.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes import reaching
from bot.probes.mongodb.answers import in_parts
from bot.probes.mongodb.sets import members
from bot.probes.probe import Probe
from bot.probes.seen import Look, Seen

NAME = "mongodb.reach"
INCOMPLETE = "inventory-incomplete"


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that cannot be reached, else one for the system; one for a set that has more."""
    parts = [_complete(part, looks) for part, looks in in_parts(seen).items()]
    return [*reaching.judge(NAME, seen, "hello"), *(finding for finding in parts if finding)]


def _complete(part: str, looks: tuple[Look, ...]) -> Finding | None:
    """Whether a set has more members than are looked at; None where no member tells."""
    views = [view for look in looks if isinstance(view := look["replSetGetStatus"].value, dict) and members(view)]
    if not views:
        return None
    view = max(views, key=lambda one: len(members(one)))
    known = {look.member.name for look in looks} | {str(look.get("hello", "me")) for look in looks}
    others = [str(one.get("name")) for one in members(view) if str(one.get("name")) not in known]
    count, listed = len(members(view)), len(looks)
    of_part = f" of {part}" if part else ""
    if count <= listed:
        says, verdict = f"The inventory lists all {count} members{of_part}.", Verdict.OK
    else:
        says = f"The set{of_part} has {count} members, the inventory lists {listed}: add {', '.join(others[:3])}."
        verdict = Verdict.WARNING
    return Finding(
        probe=NAME,
        signal=INCOMPLETE,
        verdict=verdict,
        says=says,
        value=f"{listed} of {count}",
        limit="all",
        data={"listed": listed, "members": count},
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="members that cannot be reached, or that the inventory lacks",
    signals=(reaching.SIGNAL, INCOMPLETE),
    asks=("hello", "replSetGetStatus"),
    judge=judge,
)
