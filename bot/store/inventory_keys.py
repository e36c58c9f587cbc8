"""The keys that a system may have in the inventory, kind by kind, and how each value is read.

A reader takes the key's name and its node and returns the value, of the type in which probes find it among the
options. It raises Fault for anything else, and repeats no value that could be a secret in the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from bot.domain.inventory import SystemKind
from bot.store import places
from bot.store.frontmatter import Fault
from bot.store.plain import Node

MAX_TEXT_CHARS = 200
MAX_LIST = 100
MAX_LOOK_S = 3.0  # a look at a system is over by then

T = TypeVar("T")
Reader = Callable[[str, Node], Any]

_TAKEN_FOR = {"bool": "true or false", "null": "nothing", "int": "a number", "float": "a number", "timestamp": "a time"}
_NUMBER = re.compile(r"(0|[1-9][0-9]{0,5})(\.[0-9]{1,3})?")


class Faults(Fault):
    """Several entries of one list that are wrong. As a fault it is the first."""

    def __init__(self, each: Sequence[Fault]) -> None:
        super().__init__(each[0].line, each[0].message, each[0].hint)
        self.each = tuple(each)


@dataclass(frozen=True)
class Key:
    """How one key is read, and whether a system of this kind must have it."""

    read: Reader
    needed: bool = False


def text(key: str, node: Node) -> str:
    """One line of text."""
    if not isinstance(node.value, str):
        raise Fault(node.line, f'"{key}" must be one text', f'write {key}: "…"')
    if node.read_as:
        taken = _TAKEN_FOR.get(node.read_as, "something else")
        raise Fault(node.line, f'"{key}" is read as {taken}', "put it in quotes")
    if not node.value.strip() or not node.value.isprintable():
        raise Fault(node.line, f'"{key}" is empty or no plain line', "fill it in or delete the key")
    if len(node.value) > MAX_TEXT_CHARS:
        raise Fault(node.line, f'"{key}" has more than {MAX_TEXT_CHARS} characters', "shorten it")
    return node.value


def form(pattern: str, what: str, example: str) -> Reader:
    """A reader of texts of one form. The text that has it not is not repeated."""
    compiled = re.compile(pattern)

    def read(key: str, node: Node) -> str:
        value = text(key, node)
        if not compiled.fullmatch(value):
            raise Fault(node.line, f'"{key}" is not {what}', f"write it as {example}")
        return value

    return read


def one_of(*choices: str) -> Reader:
    """A reader of one word among several."""
    return form("|".join(choices), "one of its choices", " or ".join(choices))


def flag(key: str, node: Node) -> bool:
    """`true` or `false`, and none of the other words that YAML has for them."""
    if node.read_as != "bool" or node.value not in ("true", "false"):
        raise Fault(node.line, f'"{key}" must be true or false', f"write {key}: true")
    return node.value == "true"


def number(least: float, most: float, unit: str = "", *, whole: bool = False) -> Reader:
    """A reader of numbers from `least` to `most`."""

    def read(key: str, node: Node) -> float | int:
        value = node.value if isinstance(node.value, str) and node.read_as in ("int", "float") else ""
        if not _NUMBER.fullmatch(value) or (whole and "." in value) or not least <= float(value) <= most:
            what = "a whole number" if whole else "a number"
            raise Fault(node.line, f'"{key}" is not {what} from {least:g} to {most:g}{unit}', "write such a number")
        return float(value) if "." in value else int(value)

    return read


def several(read: Reader) -> Reader:
    """A reader of lists of what `read` reads: one at least, none of them twice."""

    def read_all(key: str, node: Node) -> tuple[Any, ...]:
        found: dict[Any, None] = {}

        def entry(item: Node) -> None:
            value = read(key, item)
            if value in found:
                raise Fault(item.line, f'"{key}" names the same one twice', "keep one of the two")
            found[value] = None

        each(items(key, node), entry)
        return tuple(found)

    return read_all


def each(entries: Iterable[T], look: Callable[[T], object]) -> None:
    """Look at every entry of a list. Raises Faults with all that are wrong, not only the first."""
    wrong: list[Fault] = []
    for entry in entries:
        try:
            look(entry)
        except Fault as fault:
            wrong += fault.each if isinstance(fault, Faults) else [fault]
    if wrong:
        raise Faults(wrong)


def items(key: str, node: Node) -> list[Node]:
    """The entries of a list that is neither empty nor endless. Raises Fault."""
    if not isinstance(node.value, list):
        raise Fault(node.line, f'"{key}" must be a list', f"write {key}: [one, two]")
    if not 0 < len(node.value) <= MAX_LIST:
        says = f'"{key}" has {len(node.value):,} entries; 1 to {MAX_LIST} are read'
        raise Fault(node.key_line or node.line, says, "delete the key where there is nothing to name")
    return node.value


def host_texts(key: str, node: Node) -> tuple[Node, ...]:
    """A list of `host:port`, looked through and left as nodes: which port is meant where none is written, is not known
    here."""

    def entry(item: Node) -> None:
        if not isinstance(item.value, str) or item.read_as == "null":
            raise Fault(item.line, f'an entry of "{key}" is no host', "write host:port")
        places.member(item.line, item.value, port=1)

    each(items(key, node), entry)
    return tuple(items(key, node))


def shards(key: str, node: Node) -> Mapping[str, tuple[Node, ...]]:
    """The members of each shard, by the shard's name."""
    if not isinstance(node.value, dict) or not node.value:
        raise Fault(node.line, f'"{key}" must name each shard and its members', f"write {key}: {{s1: [db1, db2]}}")
    found: dict[str, tuple[Node, ...]] = {}

    def entry(shard: tuple[str, Node]) -> None:
        name, members = shard
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name) or name in ("mongos", "config"):
            raise Fault(members.key_line, "this cannot be the name of a shard", "use the name that sh.status() shows")
        found[name] = host_texts(key, members)

    each(node.value.items(), entry)
    return found


def _url(schemes: tuple[str, ...], key: str, node: Node) -> str:
    value = text(key, node)
    places.url(node.line, value, schemes)
    return value.rstrip("/") if key == "api_url" else value


def _api_url(key: str, node: Node) -> str:
    value = _url(("https", "http"), key, node)
    if value.startswith("http:") and places.url(node.line, value, ("http",)) not in ("localhost", "127.0.0.1"):
        raise Fault(node.line, f'"{key}" would be asked without TLS', "write https://…")
    return value


def _path(key: str, node: Node) -> str:
    return places.path(node.line, text(key, node))


def _backup_place(key: str, node: Node) -> str:
    return places.backup_place(node.line, text(key, node))


_ENV = form(r"[A-Z][A-Z0-9_]{0,99}", "the name of an environment variable", "ORDERS_DB_PASSWORD")
_NAME = form(r"[^\s:@/?%]{1,100}", "a name", "one word without : @ / ? %")
_SET = form(r"[A-Za-z0-9_.-]{1,64}", "the name of a set", "rs0")
_WEB = partial(_url, ("https", "http"))

COMMON = {
    "kind": Key(one_of(*SystemKind), needed=True),
    "about": Key(text),
    "may_look": Key(several(form(r"[UW][A-Z0-9]{8,20}", "the id of a person", "U0123ABCD"))),
}
_LOGIN = {"user": Key(_NAME), "password_env": Key(_ENV), "tls": Key(flag), "ca_file": Key(_path)}

KEYS: Mapping[SystemKind, Mapping[str, Key]] = {
    SystemKind.MONGODB: _LOGIN
    | {
        "members": Key(host_texts),
        "routers": Key(host_texts),
        "config": Key(host_texts),
        "shards": Key(shards),
        "replica_set": Key(_SET),
        "auth_source": Key(form(r"[A-Za-z0-9_$-]{1,63}", "the name of a database", "admin")),
        "canary": Key(form(r"[A-Za-z0-9_-]{1,63}\.[A-Za-z0-9_.-]{1,120}", "a collection", "healthcheck.canary")),
    },
    SystemKind.REDIS: _LOGIN
    | {
        "members": Key(host_texts, needed=True),
        "sentinels": Key(host_texts),
        "sentinel_name": Key(_SET),
    },
    SystemKind.ATLAS: {
        "project": Key(
            form(r"[0-9a-f]{24}", "the id of an Atlas project", "24 of 0-9 and a-f, in quotes"), needed=True
        ),
        "cluster": Key(form(r"[A-Za-z0-9-]{1,64}", "the name of a cluster", "orders"), needed=True),
        "public_key": Key(form(r"[a-z0-9_]{4,64}", "the public half of an API key", "abcdefgh"), needed=True),
        "password_env": Key(_ENV, needed=True),
        "api_url": Key(_api_url),
    },
    SystemKind.HTTP: {
        "url": Key(_WEB, needed=True),
        "expect": Key(number(100, 599, whole=True)),
        "within_s": Key(number(0.01, MAX_LOOK_S, " seconds")),
        "ca_file": Key(_path),
    },
    SystemKind.STATUS_PAGE: {"url": Key(_WEB, needed=True), "components": Key(several(text)), "ca_file": Key(_path)},
    SystemKind.BACKUP: {
        "url": Key(_backup_place, needed=True),
        "pattern": Key(form(r"[^/\\\s]{1,100}", "a pattern of file names", '"*.rdb"')),
        "every_h": Key(number(0.1, 8784, " hours")),
        "generations": Key(number(1, 1000, whole=True)),
        "content": Key(one_of("rdb", "mongodump", "any")),
    },
    SystemKind.HOST: {
        "members": Key(host_texts, needed=True),
        "ports": Key(several(number(1, 65535, whole=True)), needed=True),
    },
}
