"""Before an index goes: is the one that replaces it ready on every member, and is the old one still used?

Small Giant dropped the old one while the secondaries had only begun to build the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.finding import Finding, Verdict
from bot.domain.preflight.values import Answer, Case, Line, Looked, lasting

ON_ID = "_id_"
EVERYWHERE = "index-not-everywhere"
PLAYBOOK = "safe-index-swap"
MOST_NAMED = 4
SPELL_IT = "Look at the spelling, then ask again."


@dataclass(frozen=True)
class Held:
    """The indexes of one collection by member: what each says of them, by the index's name."""

    collection: str
    members: Mapping[str, Mapping[str, Mapping[str, Any]]]

    def on(self, index: str) -> dict[str, Mapping[str, Any]]:
        """What the members that have it say of an index."""
        return {member: has[index] for member, has in self.members.items() if index in has}

    def ready(self, index: str) -> bool:
        """Whether every member has it, and none still builds it."""
        on = self.on(index)
        return len(on) == len(self.members) and not any(one.get("building") for one in on.values())

    def key(self, index: str) -> list[str]:
        """The fields of an index, in order."""
        told = next(iter(self.on(index).values()), {}).get("key")
        return [str(one[0]) for one in told if isinstance(one, list) and one] if isinstance(told, list) else []

    def option(self, index: str, name: str) -> Any:
        """One option of an index: `unique`, `expireAfterSeconds`."""
        options = next(iter(self.on(index).values()), {}).get("options")
        return options.get(name) if isinstance(options, Mapping) else None

    @property
    def names(self) -> list[str]:
        """All indexes that any member has."""
        return sorted({name for has in self.members.values() for name in has})


def old_can_go(case: Case) -> Iterator[Line]:
    """Rules on the index that is to be dropped, for a drop and for a swap."""
    held, old = _held(case.main, case.details["collection"]), _old(case)
    if held is None:
        yield _missing(case)
        return
    if old == ON_ID:
        yield Line(answer=Answer.STOP, says="The index on `_id` cannot be dropped.", then="Leave it.")
        return
    if not held.on(old):
        says = f"No member shows an index `{old}` on {held.collection}; it has {_some(held.names)}."
        yield Line(answer=Answer.UNKNOWN, says=says, then=SPELL_IT)
        return
    yield from _everywhere(case.main, held.collection)
    yield _use(held, old, case)


def has_a_replacement(case: Case) -> Iterator[Line]:
    """For a drop that names no new index: does another one serve the same queries?"""
    held, old = _held(case.main, case.details["collection"]), _old(case)
    if held is None or old == ON_ID or not held.on(old):
        return
    first = held.key(old)[:1]
    others = [one for one in held.names if one not in (old, ON_ID) and first and held.key(one)[:1] == first]
    if ready := [one for one in others if held.ready(one)]:
        says = f"{_some(ready)} begins with {first[0]} too, and is ready on {_members(held)}."
        yield Line(answer=Answer.GO, says=says)
    elif not others and _used(held, old, case) != 0:
        says = f"No other index on {held.collection} begins with {first[0] if first else 'its fields'}."
        then = f"Hide `{old}` for a peak (4.4 and later) or build its replacement, then ask for index-swap."
        yield Line(answer=Answer.WAIT, says=says, then=then, playbook=PLAYBOOK)


def new_is_ready(case: Case) -> Iterator[Line]:
    """For a swap: the new index is ready on every member, and does what the old one does."""
    held, old, new = _held(case.main, case.details["collection"]), _old(case), case.details["new index"]
    if held is None:
        return
    if not held.on(new):
        says = f"No member shows the new index `{new}` on {held.collection}; it has {_some(held.names)}."
        yield Line(answer=Answer.STOP, says=says, then="Build it, then ask again.", playbook=PLAYBOOK)
        return
    if lacking := _lacking(held, new):
        if any(_here(finding, held.collection) for finding in case.main.of(EVERYWHERE) if finding.speaks):
            return  # the rule on all indexes says it, with its finding
        says = f"The new index `{new}` is {', '.join(lacking)}."
        yield Line(answer=Answer.STOP, says=says, then=_wait_for(new), playbook=PLAYBOOK)
        return
    yield Line(answer=Answer.GO, says=f"The new index `{new}` is ready on {_members(held)}.")
    for name, word in (("unique", "is unique"), ("expireAfterSeconds", "lets documents expire")):
        if held.option(old, name) and not held.option(new, name):
            says = f"The old index {word}, the new one does not do that."
            yield Line(answer=Answer.WAIT, says=says, then="Decide whether that may go, and build the new one with it.")
    fields = held.key(old)
    if fields and held.key(new)[: len(fields)] != fields:
        says = f"The new index begins with {', '.join(held.key(new)[:2])}, the old one with {', '.join(fields[:2])}."
        yield Line(answer=Answer.GO, says=says + " Whether its queries use it, their plans tell.", told=True)


def _old(case: Case) -> str:
    return case.details.get("old index") or case.details["index"]


def _held(look: Looked, collection: str) -> Held | None:
    """None where no member shows the collection."""
    members: dict[str, Mapping[str, Mapping[str, Any]]] = {}
    for member, told in look.answers("indexes").items():
        if isinstance(told, Mapping) and isinstance(listed := told.get(collection), list):
            members[member] = {str(one.get("name")): one for one in listed if isinstance(one, Mapping)}
    return Held(collection, members) if members else None


def _missing(case: Case) -> Line:
    collection = case.details["collection"]
    told = case.main.answers("indexes").values()
    seen = sorted({str(name) for one in told if isinstance(one, Mapping) for name in one if name not in ("...", "…")})
    if not seen:
        says = "No member told its indexes."
        return Line(answer=Answer.UNKNOWN, says=says, then="See what the look says of each member, then ask again.")
    says = f"No member shows a collection {collection}; they show {_some(seen)}."
    return Line(answer=Answer.UNKNOWN, says=says, then=SPELL_IT)


def _everywhere(look: Looked, collection: str) -> Iterator[Line]:
    """What the probe says of all indexes; one that lacks on another collection is told, and decides nothing."""
    for finding in look.of(EVERYWHERE) or (None,):
        if finding is None or finding.verdict is Verdict.UNKNOWN:
            says = finding.says if finding else "Whether every index is ready on every member was not told."
            then = "Have every member that holds data answer, hidden ones too; then ask again."
            yield Line(answer=Answer.UNKNOWN, says=says, then=then, finding=finding)
        elif not finding.speaks:
            yield Line(answer=Answer.GO, says=finding.says, finding=finding)
        elif here := _here(finding, collection):
            then = _wait_for(_lacking_here(finding, collection))
            yield Line(answer=Answer.STOP, says=here, then=then, finding=finding, playbook=PLAYBOOK)
        else:
            yield Line(answer=Answer.GO, says=f"On other collections: {finding.says}", finding=finding, told=True)


def _here(finding: Finding, collection: str) -> str:
    """What lacks on the collection; also when the finding could not hold everything, since it may be among the rest."""
    lacks = _lacks(finding)
    one = next((one for one in lacks if one.get("ns") == collection), None)
    if one is None:
        return "" if finding.data.get("lacking") == len(lacks) else finding.says
    building, missing = one.get("building") or (), one.get("missing") or ()
    where = [
        f"{word} {_some(names, '')}" for word, names in (("being built on", building), ("missing on", missing)) if names
    ]
    return f"`{one.get('index')}` on {collection} is still {' and '.join(where)}."


def _lacks(finding: Finding) -> list[Mapping[str, Any]]:
    listed = finding.data.get("indexes")
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list | tuple) else []


def _lacking_here(finding: Finding, collection: str) -> str:
    return next((str(one.get("index")) for one in _lacks(finding) if one.get("ns") == collection), "")


def _wait_for(index: str) -> str:
    what = f"`{index}`" if index else "every index"
    return f"Wait until {what} is ready on every member that holds data, hidden ones too; then ask again."


def _lacking(held: Held, index: str) -> list[str]:
    on = held.on(index)
    building = [member for member, one in on.items() if one.get("building")]
    missing = [member for member in held.members if member not in on]
    named = (("being built on", building), ("missing on", missing))
    return [f"{word} {_some(members, '')}" for word, members in named if members]


def _use(held: Held, old: str, case: Case) -> Line:
    """How often the old index was used, by member; its counter begins anew at a restart. Told, never decided by."""
    now = {member: one.get("ops") for member, one in held.on(old).items()}
    counted = ", ".join(f"{member} {ops:,}" for member, ops in sorted(now.items()) if isinstance(ops, int))
    rose = _rise(held, old, case)
    if rose is None or not case.before:
        says = f"`{old}` has been used since each member's start: {counted or 'not told'}. Asked again, I say the rise."
    else:
        since = lasting(case.before.since_s)
        says = f"`{old}` was used {rose:,} times in the {since} since the preflight before: {counted}."
    return Line(answer=Answer.GO, says=says, told=True)


def _used(held: Held, old: str, case: Case) -> int | None:
    """0 when it is certain that nobody used it: not since the members' start, or not since it was asked before."""
    ops = [one.get("ops") for one in held.on(old).values()]
    return 0 if ops and all(one == 0 for one in ops) else _rise(held, old, case)


def _rise(held: Held, old: str, case: Case) -> int | None:
    """Uses on all members since the earlier look; None without one, or where a counter began anew."""
    before = _held(case.before.looked, held.collection) if case.before else None
    if before is None or not case.before or case.before.since_s < 1:
        return None
    was, now = before.on(old), held.on(old)
    pairs = [(was.get(member, {}).get("ops"), one.get("ops")) for member, one in now.items()]
    rises = [new - then for then, new in pairs if isinstance(then, int) and isinstance(new, int)]
    return sum(rises) if len(rises) == len(now) and all(one >= 0 for one in rises) else None


def _members(held: Held) -> str:
    return "1 member" if len(held.members) == 1 else f"all {len(held.members)} members that hold data"


def _some(names: Iterable[str], mark: str = "`") -> str:
    listed = [f"{mark}{name}{mark}" for name in names]
    more = f" and {len(listed) - MOST_NAMED} more" if len(listed) > MOST_NAMED else ""
    return ", ".join(listed[:MOST_NAMED]) + more
