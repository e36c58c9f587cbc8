"""What of a MongoDB system is kept each night: its indexes, documents, settings, members, roles and versions. Pure.

Where the primary told its indexes and counts, its word is taken: a delayed member still has what was dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.probes.mongodb.answers import data_members, in_parts, is_mongos, is_primary, number, role
from bot.probes.mongodb.index_lists import CONFIG, IndexList, index_list, index_parts
from bot.probes.probe import why
from bot.probes.seen import Look, Seen

ASKS = ("hello", "buildInfo", "serverStatus", "replSetGetConfig", "currentOp", "cmdLine", "indexes", "counts")
OF_EACH = ("hello", "serverStatus", "cmdLine")
REST = ("...", "…")
MOST_DOCUMENTS = 2**62  # more is no count of a server
# MongoDB manual, replica set configuration: what a person decides for a member, and for the set.
OF_A_MEMBER = ("votes", "priority", "hidden", "arbiterOnly", "buildIndexes", "secondaryDelaySecs", "slaveDelay")
OF_THE_SET = ("chainingAllowed", "heartbeatTimeoutSecs", "electionTimeoutMillis", "catchUpTimeoutMillis")


def take(seen: Seen) -> dict[str, Any]:
    """Return the sections of a snapshot (`domain/snapshot.py`); what was not read is in none, and named in `gaps`."""
    indexes, members, settings = _indexes(seen), dict[str, Any](), _command_lines(seen)
    for part, looks in _sets(seen):
        config = _config(looks)
        members |= _members(config)
        if config:
            told = config.get("settings")
            held = told if isinstance(told, Mapping) else {}
            settings[f"the set {part}".strip()] = {name: _plain(held.get(name)) for name in OF_THE_SET}
    return {
        "indexes": indexes,
        "counts": _counts(seen),
        "settings": settings,
        "members": members,
        "roles": {look.member.name: role(look) for look in seen if look["hello"].ok},
        "versions": {look.member.name: told for look in seen if (told := _version(look))},
        "runs": {look.member.name: told for look in seen if (told := _run(look))},
        "gaps": [*_gaps(seen, indexes)],
    }


def _indexes(seen: Seen) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part, looks in index_parts(seen).items():
        told = [(look, one) for look in looks if (one := index_list(look)) is not None and not one.odd]
        chosen = [one for look, one in told if is_primary(look)][:1] or [one for _, one in told]
        if chosen:
            found[part] = _together(chosen)
    return found


def _together(lists: Sequence[IndexList]) -> dict[str, Any]:
    ready: dict[str, dict[Any, Any]] = {}
    for one in lists:
        for namespace, indexes in one.ready.items():
            ready.setdefault(namespace, {}).update(indexes)
    cut = max(one.cut for one in lists)
    return ({"...": cut} if cut else {}) | {name: [*indexes.values()] for name, indexes in ready.items()}


def _counts(seen: Seen) -> dict[str, int]:
    """Documents by collection, those of all shards together; none when a shard has not told all of its own."""
    parts = [_told_counts(looks) for part, looks in in_parts(seen).items() if part != CONFIG]
    if None in parts or (len(parts) > 1 and any(rest in part for part in parts if part for rest in REST)):
        return {}
    total: dict[str, int] = {}
    for name, count in (pair for part in parts if part for pair in part.items()):
        if name not in REST and (known := number(count)) is not None and 0 <= known < MOST_DOCUMENTS:
            total[str(name)] = total.get(str(name), 0) + int(known)
    return total


def _told_counts(looks: Sequence[Look]) -> Mapping[str, Any] | None:
    told = [look for look in looks if isinstance(look["counts"].value, Mapping)]
    chosen = next((look for look in told if is_primary(look)), told[0] if told else None)
    return chosen["counts"].value if chosen else None


def _sets(seen: Seen) -> Iterator[tuple[str, tuple[Look, ...]]]:
    return ((part, looks) for part, looks in in_parts(seen).items() if any(look["hello"].ok for look in looks))


def _config(looks: Sequence[Look]) -> Mapping[str, Any]:
    """The newest configuration that a member of the set knows; {} when none told one."""
    told = [one for look in looks if isinstance(one := look.get("replSetGetConfig", "config"), Mapping)]
    return max(told, key=lambda one: number(one.get("version")) or 0, default={})


def _members(config: Mapping[str, Any]) -> dict[str, Any]:
    listed = config.get("members")
    return {
        str(one["host"]): {name: _plain(one[name]) for name in OF_A_MEMBER if name in one}
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, Mapping) and isinstance(one.get("host"), str)
    }


def _command_lines(seen: Seen) -> dict[str, Any]:
    return {
        look.member.name: {str(name): _plain(value) for name, value in told.items()}
        for look in seen
        if isinstance(told := look["cmdLine"].value, Mapping)
    }


def _run(look: Look) -> dict[str, Any]:
    """Which process it is: its id (from 4.4, `topologyVersion.processId`), and how long it has been up."""
    process = look.get("hello", "topologyVersion", "processId")
    up_s = number(look.get("serverStatus", "uptime"))
    told = {"id": str(process) if process else "", "up_s": up_s}
    return {name: value for name, value in told.items() if value is not None} if process or up_s is not None else {}


def _version(look: Look) -> str:
    return str(look.get("serverStatus", "version") or look.get("buildInfo", "version") or "")[:40]


def _gaps(seen: Seen, indexes: Mapping[str, Any]) -> Iterator[str]:
    for look in seen:
        if not look.reached:
            yield f"{look.member.name} {why(next(iter(look.answers.values()), look['hello']))}"
            continue
        kept_data = look in data_members(seen) and look.member.part != CONFIG
        for question in (*OF_EACH, "indexes", "counts") if kept_data else OF_EACH:
            if not look[question].ok:
                yield f"the {question} of {look.member.name}: it {why(look[question])}"
        if (listed := index_list(look)) is not None and listed.odd and kept_data:
            yield f"some indexes of {look.member.name}, which cannot be read"
        if isinstance(look["counts"].value, Mapping) and any(rest in look["counts"].value for rest in REST):
            yield f"the counts of some collections of {look.member.name}: too many, or no time left"
    for part, lists in indexes.items():
        if "..." in lists:
            yield f"the indexes of {lists['...']} collections{f' of {part}' if part else ''}, which were left out"
    for part, looks in _sets(seen):
        if not _config(looks) and any(look.get("hello", "setName") for look in looks if not is_mongos(look)):
            yield f"the members of {part or 'the set'}: {why(looks[0]['replSetGetConfig'])}"


def _plain(value: Any) -> Any:
    """A number by its value, so that 1, 1.0 and a long 1 are the same; anything else as it is."""
    known = number(value)
    return value if known is None else int(known) if known == int(known) else known
