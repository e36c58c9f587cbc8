"""One system of the inventory: what is wrong with it, and what it is when nothing is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.inventory import Member, System, SystemKind
from bot.store import places
from bot.store.frontmatter import Fault, did_you_mean
from bot.store.inventory_keys import COMMON, KEYS, Faults, each
from bot.store.plain import Node

MAX_MEMBERS = 100  # of one system; a replica set has 50 at most (MongoDB manual, limits)
# What each listens on when nothing is set (MongoDB manual, default ports; redis.conf, sentinel.conf).
MONGODB_PORT, SHARD_PORT, CONFIG_PORT = 27017, 27018, 27019
REDIS_PORT, SENTINEL_PORT = 6379, 26379

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SECRET = re.compile(r"pass|secret|token|private|credential|pwd|api_?key|^key$", re.IGNORECASE)
_APART = {*COMMON, "members", "routers", "config", "shards", "sentinels", "user", "public_key", "password_env"}


def complaints(name: str, node: Node) -> Iterator[Fault]:
    """Yield what is wrong with a name and with the keys of its system, each looked at by itself."""
    if not _NAME.fullmatch(name):
        says = f'"{name[:40]}" cannot be typed as a name'
        yield Fault(node.key_line, says, "use a-z, 0-9 and hyphens, 40 at most")
    if not isinstance(node.value, dict):
        yield Fault(node.line, "a system is a list of keys", 'write "kind: mongodb" and so on below its name')
        return
    kind = node.value.get("kind")
    if kind is None or kind.value not in tuple(SystemKind):
        yield _no_kind(node.key_line, kind)
        return
    keys = {**COMMON, **KEYS[SystemKind(str(kind.value))]}
    for key, value in node.value.items():
        if key in keys:
            try:
                keys[key].read(key, value)
            except Faults as several:
                yield from several.each
            except Fault as fault:
                yield fault
        elif (_SECRET.search(key) and not key.endswith("_env")) or _is_secret(value):
            hint = "write password_env and the name of an environment variable, and change the password"
            yield Fault(value.key_line, "a password has no place in this file", hint)
        else:
            yield Fault(value.key_line, f'unknown key "{key[:40]}"', did_you_mean(key, tuple(keys)))
    for key, one in keys.items():
        if one.needed and key not in node.value:
            yield Fault(node.key_line, f'"{name[:40]}" has no {key}', f'add "{key}:"')


def _is_secret(value: Node) -> bool:
    return isinstance(value.value, str) and places.has_password(value.value)


def _no_kind(line: int, kind: Node | None) -> Fault:
    typed = kind.value if kind and isinstance(kind.value, str) else ""
    known = did_you_mean(typed, tuple(SystemKind)).replace("the keys are", "the kinds are")
    return Fault(
        kind.line if kind else line, f'"{typed[:40]}" is no kind of system' if typed else "there is no kind", known
    )


def system_of(name: str, node: Node) -> System:
    """The system of a node without complaints. Raises Fault where its keys do not go together."""
    assert isinstance(node.value, dict)
    kind = SystemKind(str(node.value["kind"].value))
    keys = {**COMMON, **KEYS[kind]}
    found = {key: keys[key].read(key, value) for key, value in node.value.items()}
    for says, hint in _contradictions(kind, found):
        raise Fault(node.key_line, f'"{name}": {says}', hint)
    return System(
        name=name,
        kind=kind,
        about=found.get("about", ""),
        members=_members(kind, found, node.key_line),
        user=found.get("user", found.get("public_key", "")),
        password_env=found.get("password_env", ""),
        options={key: value for key, value in found.items() if key not in _APART},
        may_look=found.get("may_look", ()),
    )


def _contradictions(kind: SystemKind, found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong between keys, and what to write."""
    if "user" in found and "password_env" not in found:
        yield "there is a user and no password_env", "name the environment variable that holds the password"
    if "ca_file" in found and "url" in found and not found["url"].startswith("https:"):
        yield "ca_file is only used with TLS", "write the url as https://…, or delete ca_file"
    elif "ca_file" in found and "url" not in found and not found.get("tls"):
        yield "ca_file is only used with TLS", "add tls: true"
    if kind is SystemKind.MONGODB:
        sharded = {"routers", "config", "shards"} & set(found)
        if "password_env" in found and "user" not in found:
            yield "there is a password_env and no user", "add the user that it is for"
        if "members" in found and sharded:
            yield "members are of a replica set, shards of a cluster", "delete one of the two"
        elif "members" not in found and len(sharded) < 3:
            yield "nobody says what its members are", "add members, or routers, config and shards"
        elif sharded and "replica_set" in found:
            yield "each shard is a replica set of its own", "delete replica_set"
    if kind is SystemKind.REDIS and ("sentinels" in found) != ("sentinel_name" in found):
        yield "sentinels and sentinel_name go together", "add the other: the name is the one in sentinel.conf"


def _members(kind: SystemKind, found: Mapping[str, Any], line: int) -> tuple[Member, ...]:
    """The members, in the order of the file, for kinds that have any. Raises Fault."""
    members: dict[str, Member] = {}

    def entry(written: tuple[Node, int, str]) -> None:
        node, port, part = written
        if kind is SystemKind.HOST and places.member(node.line, str(node.value), 0).port:
            raise Fault(node.line, "a host has its ports in a key of their own", "write ports: [22, 27017]")
        member = places.member(node.line, str(node.value), port, part)
        if member.name in members:
            raise Fault(node.line, f"{member.name} stands here twice", "keep one of the two")
        members[member.name] = member

    each(_written(kind, found), entry)
    if len(members) > MAX_MEMBERS:
        raise Fault(line, f"there are more than {MAX_MEMBERS} members", "split it into several systems")
    return tuple(members.values())


def _written(kind: SystemKind, found: Mapping[str, Any]) -> Iterator[tuple[Node, int, str]]:
    """Each member as it was written, with the port it has by default, and its part."""
    port = {SystemKind.MONGODB: MONGODB_PORT, SystemKind.REDIS: REDIS_PORT}.get(kind)
    yield from ((node, port or found["ports"][0], "") for node in found.get("members", ()))
    yield from ((node, MONGODB_PORT, "mongos") for node in found.get("routers", ()))
    yield from ((node, CONFIG_PORT, "config") for node in found.get("config", ()))
    for shard, nodes in found.get("shards", {}).items():
        yield from ((node, SHARD_PORT, shard) for node in nodes)
    yield from ((node, SENTINEL_PORT, "sentinel") for node in found.get("sentinels", ()))
