"""What two lists of indexes have and have not in common: of two nights, of two members, before and after a change.

A list is what is kept of a look: `{"shop.orders": [{"name": "status_1", "key": [["status", 1]], "options": {}}, ...]}`,
with the number of collections that were left out under `...`. An index is what it is by its key and its options;
under another name it still answers the same queries. What a server adds by itself (version, namespace, how it was
built) is no difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

REST = ("...", "…")  # under one of these stands how many collections were left out
IGNORED = frozenset({"v", "ns", "background", "key", "name", "building"})
MOST_DEPTH = 12

Lists = Mapping[str, Any]
Definition = tuple[tuple[tuple[Any, Any], ...], tuple[tuple[str, Any], ...]]  # key and options, hashable
Names = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class IndexDiff:
    """The names of indexes by collection, each with its key: `status_1 {status: 1}`.

    `gone` and `new` are collections that stand in one list alone; they are not told where the other list was cut
    short, and their indexes stand in neither `lost` nor `added`.
    """

    added: Names = field(default_factory=dict)
    lost: Names = field(default_factory=dict)
    changed: Names = field(default_factory=dict)
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether there is any difference."""
        return bool(self.added or self.lost or self.changed or self.new or self.gone)

    def lines(self) -> tuple[str, ...]:
        """One line for each difference, what is missing first."""
        named = (("lost", self.lost), ("changed", self.changed), ("added", self.added))
        return (
            *(f"{collection} is gone" for collection in self.gone),
            *(f"{ns} {word} {index}" for word, names in named for ns, some in names.items() for index in some),
            *(f"{collection} is new" for collection in self.new),
        )


def diff(old: Lists, new: Lists) -> IndexDiff:
    """Return what was added, lost and changed from `old` to `new`. Entries that are no index count as none."""
    before, after = _collections(old), _collections(new)
    both = [name for name in before if name in after]
    pairs = {name: _compared(before[name], after[name]) for name in both}
    return IndexDiff(
        added={name: pair[0] for name, pair in pairs.items() if pair[0]},
        lost={name: pair[1] for name, pair in pairs.items() if pair[1]},
        changed={name: pair[2] for name, pair in pairs.items() if pair[2]},
        new=() if is_cut(old) else tuple(name for name in after if name not in before),
        gone=() if is_cut(new) else tuple(name for name in before if name not in after),
    )


def is_cut(lists: Lists) -> bool:
    """Whether collections were left out of a list."""
    return any(rest in lists for rest in REST)


def definitions(indexes: Any) -> dict[Definition, Mapping[str, Any]]:
    """The indexes of one collection by what they are, the same for the same index."""
    if not isinstance(indexes, list | tuple):
        return {}
    return {_definition(one): one for one in indexes if isinstance(one, Mapping) and _is_index(one)}


def fields(what: Definition) -> tuple[str, ...]:
    """The fields of a definition's key, in order."""
    return tuple(str(name) for name, _ in what[0])


def label(what: Definition, index: Mapping[str, Any]) -> str:
    """`status_1 {status: 1} unique`: its name, its key as people write it, and the names of its options."""
    key, options = what
    words = "".join(f" {name}" for name, _ in options)
    return f"{index['name']} {{{', '.join(f'{name}: {way}' for name, way in key)}}}{words}"


def _definition(index: Mapping[str, Any]) -> Definition:
    options = index.get("options")
    named = options if isinstance(options, Mapping) else {}
    told = {key: value for key, value in named.items() if key not in IGNORED and value is not False}
    return _pairs(index["key"]), _plain(told)


def _is_index(one: Mapping[str, Any]) -> bool:
    key = one.get("key")
    return isinstance(one.get("name"), str) and isinstance(key, Mapping | list | tuple) and bool(_pairs(key))


def _pairs(key: Any) -> tuple[tuple[Any, Any], ...]:
    pairs = key.items() if isinstance(key, Mapping) else key
    return tuple((_plain(one[0]), _plain(one[1])) for one in pairs if isinstance(one, list | tuple) and len(one) == 2)


def _plain(value: Any, depth: int = 0) -> Any:
    """The value so that 1, 1.0 and a long 1 are the same, and so are a date and the text it is kept as; hashable."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return int(value) if value == value and abs(value) < 2**53 and value == int(value) else str(value)
    if depth >= MOST_DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return tuple((key, _plain(value[key], depth + 1)) for key in sorted(value, key=str))
    if isinstance(value, list | tuple):
        return tuple(_plain(one, depth + 1) for one in value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _collections(lists: Lists) -> dict[str, Any]:
    return {str(name): indexes for name, indexes in lists.items() if name not in REST}


def _compared(before: Any, after: Any) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Added, lost and changed: changed is another definition under the same name, or another name for the same."""
    old, new = definitions(before), definitions(after)
    gone = {what: one for what, one in old.items() if what not in new}
    come = {what: one for what, one in new.items() if what not in old}
    same_name = {one["name"] for one in gone.values()} & {one["name"] for one in come.values()}
    renamed = [(what, one) for what, one in old.items() if what in new and new[what]["name"] != one["name"]]
    return (
        tuple(label(what, one) for what, one in come.items() if one["name"] not in same_name),
        tuple(label(what, one) for what, one in gone.items() if one["name"] not in same_name),
        (
            *(f"to {label(what, one)}" for what, one in come.items() if one["name"] in same_name),
            *(f"{label(what, one)} to the name {new[what]['name']}" for what, one in renamed),
        ),
    )
