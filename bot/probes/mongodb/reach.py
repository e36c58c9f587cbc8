"""Can every member be reached, and does the inventory list every member of the set, by the set's name?

A set has members that nobody wrote down: then "on all members" cannot be told, and the one that is sick may be the one
that is not looked at.
"""

from __future__ import annotations

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes import reaching
from bot.probes.mongodb.answers import in_parts
from bot.probes.mongodb.sets import members
from bot.probes.mongodb.wording import sentence
from bot.probes.probe import Probe
from bot.probes.seen import Look, Seen

NAME = "mongodb.reach"
INCOMPLETE, OTHER_SET = "inventory-incomplete", "other-set"


def judge(seen: Seen) -> list[Finding]:
    """One finding for each member that cannot be reached, else one for the system; one on each set's members, and one
    on its name where the inventory gives one."""
    parts = [_complete(part, looks) for part, looks in in_parts(seen).items()]
    return [*reaching.judge(NAME, seen, "hello"), *(finding for finding in (*parts, _set_name(seen)) if finding)]


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


def _set_name(seen: Seen) -> Finding | None:
    """Whether the members call their set as the inventory does; None where it gives no name, or none tells."""
    wanted = seen.system.options.get("replica_set")
    names = sorted({str(name)[:60] for look in seen if (name := look.get("hello", "setName"))})
    if not wanted or not names:
        return None
    told = " and ".join(names[:3])
    if names == [wanted]:
        says, verdict = f"The members call their set {wanted}, as the inventory does.", Verdict.OK
    else:
        says = f"The members call their set {told}, the inventory {wanted}: mend replica_set, or the members."
        verdict = Verdict.WARNING
    return Finding(
        probe=NAME, signal=OTHER_SET, verdict=verdict, says=sentence(says), value=told[:60], limit=str(wanted)
    )


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="members that cannot be reached, or that the inventory lacks",
    signals=(reaching.SIGNAL, INCOMPLETE, OTHER_SET),
    asks=("hello", "replSetGetStatus"),
    judge=judge,
)
