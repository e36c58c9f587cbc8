"""Is every index ready on every member that holds data?

`createIndex` returns before that is so (until 4.2 the secondaries only begin then, from 8.0 with few members asked for
as well), and who drops the old index by then leaves the other members without any: Small Giant's outage. Hidden members
and those of priority 0 count, too; they serve after the next failover. A member that was not read makes it UNKNOWN.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import SystemKind
from bot.probes.mongodb.index_lists import IndexList, index_list, index_parts
from bot.probes.mongodb.operations import operations
from bot.probes.mongodb.wording import counted, sentence, short
from bot.probes.probe import Probe, named, why
from bot.probes.seen import Look, Seen

NAME = "mongodb.index-everywhere"
SIGNAL = "index-not-everywhere"
MOST_SHOWN = 20  # in the finding's data


@dataclass(frozen=True)
class Lack:
    """An index that is ready on one member and not on others."""

    namespace: str
    index: str
    ready: tuple[str, ...]
    building: tuple[str, ...]
    missing: tuple[str, ...]

    def __str__(self) -> str:
        """`shop.orders status_1 is ready on db1:27017, not ready on db2:27017`."""
        where = [("missing on", self.missing), ("being built on", self.building)]
        lacking = ", ".join(f"{word} {_some(names)}" for word, names in where if names)
        return f"{short(self.namespace, 40)} {short(self.index, 40)} is ready on {_some(self.ready)}, {lacking}"


def judge(seen: Seen) -> list[Finding]:
    """One finding for each set: the one, or each shard."""
    found = [_of(part, looks) for part, looks in index_parts(seen).items()]
    return found or [PROBE.unknown(SIGNAL, "No member that holds data was looked at.")]


def _of(part: str, looks: Sequence[Look]) -> Finding:
    lists = {look.member.name: found for look in looks if (found := index_list(look)) is not None}
    lacks = list(_lacks({member: one for member, one in lists.items() if not one.odd}))
    at = f"On {short(part, 30)} " if part else ""
    if lacks:
        worst = max(lacks, key=lambda lack: len(lack.missing))
        more = f", and {len(lacks) - 1} more" if len(lacks) > 1 else ""
        return _finding(part, Verdict.WARNING, f"{at}{worst}{more}.", lacks, lists)
    if doubt := _doubt(looks, lists):
        of = f" of {short(part, 30)}" if part else ""
        return PROBE.unknown(SIGNAL, sentence(f"Whether all members{of} have every index is unknown: {doubt}."))
    count = counted(_count(lists), "index is", "indexes are")
    says = f"{at}{count} ready on {counted(len(lists), 'member', 'members')} that hold data, none is missing."
    return _finding(part, Verdict.OK, says, [], lists)


def _lacks(lists: Mapping[str, IndexList]) -> Iterator[Lack]:
    """Each index that is ready somewhere and not on another member that has the collection."""
    for namespace in sorted({name for one in lists.values() for name in one.ready}):
        having = {member: one for member, one in lists.items() if namespace in one.ready}
        names = {what: str(index["name"]) for one in having.values() for what, index in one.ready[namespace].items()}
        for what, name in names.items():
            ready = {member for member, one in having.items() if what in one.ready[namespace]}
            building = {member for member, one in having.items() if what in one.building[namespace]} - ready
            missing = set(having) - ready - building
            if building or missing:
                yield Lack(namespace, name, *(tuple(sorted(some)) for some in (ready, building, missing)))


def _doubt(looks: Sequence[Look], lists: Mapping[str, IndexList]) -> str:
    """Why it cannot be told; "" when it can."""
    for question in ("indexes", "currentOp", "hello"):
        if silent := [look for look in looks if not look[question].ok]:
            return f"{named(silent, most=2)} {why(silent[0][question])}"
    if unread := [look for look in looks if look.member.name not in lists or operations(look) is None]:
        return f"{named(unread, most=2)} answered what cannot be read"
    if odd := sorted(member for member, one in lists.items() if one.odd):
        return f"{odd[0]} lists what cannot be read as an index"
    if cut := max(one.cut for one in lists.values()):
        return f"{cut} collections were not looked at"
    if beside := _not_looked_at(looks):
        return f"{short(beside)} is in the set and not in the inventory"
    collections = sorted({name for one in lists.values() for name in one.ready})
    if lone := [name for name in collections if any(name not in one.ready for one in lists.values())]:
        return f"{short(lone[0])} is not seen on every member"
    return "" if collections else "no collection is seen"


def _not_looked_at(looks: Sequence[Look]) -> str:
    """A member of the set's configuration that holds data and was not looked at; hidden ones stand nowhere else."""
    if not any(look.get("hello", "setName") for look in looks):
        return ""
    configs = [look.get("replSetGetConfig", "config", "members") for look in looks]
    members = next((one for one in configs if isinstance(one, list) and one), None)
    if members is None:
        return "a member that nobody names"
    mine = [name for look in looks for name in (look.get("hello", "me"), look.member.name)]
    for one in members:
        told = one if isinstance(one, Mapping) else {}
        if told.get("arbiterOnly") or told.get("buildIndexes") is False:
            continue
        if not isinstance(host := told.get("host"), str) or host not in mine:
            return str(host or "a member without a name")
    return ""


def _finding(part: str, verdict: Verdict, says: str, lacks: Sequence[Lack], lists: Mapping[str, IndexList]) -> Finding:
    shown = [
        {
            "ns": lack.namespace,
            "index": lack.index,
            "ready": list(lack.ready),
            "building": list(lack.building),
            "missing": list(lack.missing),
        }
        for lack in lacks[:MOST_SHOWN]
    ]
    return Finding(
        probe=NAME,
        signal=SIGNAL,
        verdict=verdict,
        says=sentence(says),
        value=f"{len(lacks)} of {_count(lists)} indexes not ready everywhere",
        limit="0",
        data={"part": part, "lacking": len(lacks), "members": len(lists), "indexes": shown},
    )


def _count(lists: Mapping[str, IndexList]) -> int:
    every = {(name, what) for one in lists.values() for name, ready in one.ready.items() for what in ready}
    return len(every)


def _some(names: Sequence[str]) -> str:
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


PROBE = Probe(
    name=NAME,
    kind=SystemKind.MONGODB,
    about="whether every index is ready on every member that holds data",
    signals=(SIGNAL,),
    asks=("hello", "replSetGetConfig", "currentOp", "indexes"),
    judge=judge,
    light=False,
)
