"""Reads the operations of $currentOp: which are somebody's queries, how long they run, and which are the same query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.probes.mongodb.answers import data_members, is_mongos, number
from bot.probes.mongodb.shapes import MOST_TEXT_CHARS, VERBS
from bot.probes.mongodb.wording import short, span
from bot.probes.seen import Look, Seen

MOST_OPERATIONS = 500  # as many as are asked for; so many mean "at least"
MOST_SHAPES_SHOWN = 5  # in a finding's data
INTERNAL = ("local.", "config.", "admin.")
# What drivers and members keep open on purpose, and index builds, which have a probe of their own.
WAITING = frozenset({"hello", "isMaster", "ismaster", "replSetUpdatePosition", "replSetHeartbeat", "createIndexes"})

Operation = Mapping[str, Any]


@dataclass(frozen=True)
class Group:
    """Operations of one shape: same collection, same command, same plan, same application."""

    namespace: str
    verb: str
    plan: str
    app: str
    count: int
    longest_s: float

    def __str__(self) -> str:
        """`shop.orders find COLLSCAN by web: 12, longest 640 s`."""
        by = f" by {short(self.app, 24)}" if self.app else ""
        plan = f" {short(self.plan, 30)}" if self.plan else ""
        return f"{short(self.namespace, 40)} {self.verb}{plan}{by}: {self.count}, longest {span(self.longest_s)}"

    def plain(self) -> dict[str, Any]:
        """The same as numbers and texts, for a finding's data."""
        return {
            "ns": self.namespace,
            "op": self.verb,
            "plan": self.plan,
            "app": self.app,
            "count": self.count,
            "longest_s": self.longest_s,
        }


def with_queries(seen: Seen) -> tuple[Look, ...]:
    """The members whose operations are judged: those that hold data, and where none is known, the routers of them."""
    return data_members(seen) or tuple(look for look in seen if is_mongos(look))


def operations(look: Look) -> list[Operation] | None:
    """The operations of a member, None when it has not told. Entries that are no operation are left out."""
    found = look.get("currentOp", "inprog")
    if not look["currentOp"].ok or not isinstance(found, list):
        return None
    return [one for one in found if isinstance(one, Mapping)]


def queries(found: Iterable[Operation]) -> list[Operation]:
    """Those that somebody's application waits for: no threads of the server, no replication, no open waits."""
    return [one for one in found if _is_query(one)]


def _is_query(operation: Operation) -> bool:
    if operation.get("active") is False or operation.get("op") == "none" or _waits_for_news(operation):
        return False
    if not (operation.get("client") or operation.get("client_s")):
        return False
    name = namespace(operation)
    return bool(name) and not name.startswith(INTERNAL) and verb(operation) not in WAITING


def _waits_for_news(operation: Operation) -> bool:
    """Whether it reads on where a cursor ended, as change streams do, and is quiet until something is written."""
    cursor = operation.get("cursor")
    return isinstance(cursor, Mapping) and cursor.get("tailable") is True and cursor.get("awaitData") is True


def seconds(operation: Operation) -> float | None:
    """How long it has been running, None when it does not say."""
    micros, whole = number(operation.get("microsecs_running")), number(operation.get("secs_running"))
    known = whole if micros is None else micros / 1e6
    return known if known is not None and known >= 0 else None


def command(operation: Operation) -> Mapping[Any, Any]:
    """The command, of a getMore the one that opened its cursor; {} when there is none (`query` until 3.4)."""
    cursor = operation.get("cursor")
    origins = [cursor.get("originatingCommand") if isinstance(cursor, Mapping) else None]
    own = [operation.get("originatingCommand"), operation.get("command"), operation.get("query")]
    return next((one for one in (*origins, *own) if isinstance(one, Mapping) and one), {})


def verb(operation: Operation) -> str:
    """`find`, `aggregate`, `update`: what it does, in the server's words."""
    asked = command(operation)
    first = next(iter(asked), "")
    known = first if first in VERBS or first in WAITING else operation.get("op")
    return short(str(known), 24)


def namespace(operation: Operation) -> str:
    """`shop.orders`; where only the database is told (`shop.$cmd`), the collection is taken from the command."""
    name = operation.get("ns")
    if not isinstance(name, str):
        return ""
    name = name[:MOST_TEXT_CHARS]
    database, _, collection = name.partition(".")
    if not collection.startswith("$cmd"):
        return name
    asked = command(operation)
    target = asked.get(next(iter(asked), ""))
    return f"{database}.{target[:MOST_TEXT_CHARS]}" if verb(operation) in asked and isinstance(target, str) else name


def plan(operation: Operation) -> str:
    """`COLLSCAN`, `IXSCAN { a: 1 }`, "" where none is told."""
    told = operation.get("planSummary")
    return told if isinstance(told, str) else ""


def grouped(found: Iterable[Operation]) -> list[Group]:
    """The operations by shape, the largest group first."""
    groups: dict[tuple[str, str, str, str], list[float]] = defaultdict(list)
    for one in found:
        app = one.get("appName")
        key = (namespace(one), verb(one), plan(one)[:200], app[:128] if isinstance(app, str) else "")
        groups[key].append(seconds(one) or 0.0)
    made = [Group(*key, count=len(times), longest_s=round(max(times), 1)) for key, times in groups.items()]
    return sorted(made, key=lambda group: (-group.count, -group.longest_s, group.namespace, group.verb))
