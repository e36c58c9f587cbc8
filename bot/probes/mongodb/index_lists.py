"""Reads the indexes that a member has: which are ready, which are still being built, and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.domain.index_diff import REST, Definition, definitions, fields
from bot.probes.evidence import plain
from bot.probes.mongodb.answers import in_parts, is_arbiter
from bot.probes.mongodb.builds import Build, builds
from bot.probes.mongodb.operations import operations
from bot.probes.seen import Look, Seen

CONFIG = "config"  # the part that holds no collection of anybody

Defined = Mapping[Definition, Mapping[str, Any]]


@dataclass(frozen=True)
class IndexList:
    """The indexes of one member by collection, each as it is kept, by its definition.

    `cut` is how many collections were left out; `odd` whether something in the answer could not be read as an index.
    """

    ready: Mapping[str, Defined] = field(default_factory=dict)
    building: Mapping[str, Defined] = field(default_factory=dict)
    cut: int = 0
    odd: bool = False

    @property
    def whole(self) -> bool:
        """Whether it is the list of all indexes."""
        return not self.cut and not self.odd


def index_parts(seen: Seen) -> dict[str, tuple[Look, ...]]:
    """The members that should have all indexes, by the set they belong to: no arbiters, none told to build no index."""
    found: dict[str, tuple[Look, ...]] = {}
    for part, looks in in_parts(seen).items():
        holding = (look for look in looks if not is_arbiter(look))
        building = tuple(look for look in holding if look.get("hello", "buildIndexes") is not False)
        if part != CONFIG and building:
            found[part] = building
    return found


def index_list(look: Look) -> IndexList | None:
    """What a member has; None when it has not told.

    Before 4.2.4 `$indexStats` does not mark an index that is still being built, so the running builds are read too.
    """
    told = look["indexes"].value
    if not look["indexes"].ok or not isinstance(told, Mapping):
        return None
    running = builds(operations(look) or ())
    ready: dict[str, Defined] = {}
    building: dict[str, Defined] = {}
    odd = False
    for name, indexes in told.items():
        if name in REST:
            continue
        if not isinstance(indexes, list):
            odd = True
            continue
        entries = [one for one in indexes if isinstance(one, Mapping)]
        marked = [_is_built(one, str(name), running) for one in entries]
        ready[str(name)] = _defined(one for one, built in zip(entries, marked, strict=True) if not built)
        building[str(name)] = _defined(one for one, built in zip(entries, marked, strict=True) if built)
        odd = odd or len(ready[str(name)]) + len(building[str(name)]) != len(indexes)
    return IndexList(ready, building, _cut(told), odd)


def only_on_id(ready: Defined) -> bool:
    """Whether a collection has no index but the one on _id."""
    return all(fields(what) == ("_id",) for what in ready)


def _is_built(one: Mapping[str, Any], namespace: str, running: Iterable[Build]) -> bool:
    if one.get("building"):
        return True
    return any(build.is_of(namespace) and one.get("name") in build.names for build in running)


def _defined(entries: Iterable[Mapping[str, Any]]) -> Defined:
    """As they are kept; options in plain values, so that what was kept and what is seen now compare as the same."""
    return definitions(
        [
            {
                "name": one.get("name"),
                "key": one.get("key"),
                "options": plain(told) if (told := one.get("options")) else {},
            }
            for one in entries
        ]
    )


def _cut(told: Mapping[str, Any]) -> int:
    """How many collections were left out; where that is told in an odd way, at least one."""
    rest = [told[name] for name in REST if name in told]
    return max((one if isinstance(one, int) and one > 0 else 1 for one in rest), default=0)
