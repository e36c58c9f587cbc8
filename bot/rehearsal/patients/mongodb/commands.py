"""The commands that a member knows, which of the others would have changed something, and cursors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count as numbers
from typing import Any

from bson import Int64

from bot.rehearsal.patients.mongodb import machine, matching, operations, replication, server_status, storage
from bot.rehearsal.patients.mongodb.sight import Refused, Sight
from bot.rehearsal.patients.mongodb.wire import Document, Request

FIRST_BATCH = 101  # documents in a first batch, when the client names no number (manual, cursor batches)
WRITES = {
    *("insert", "update", "delete", "findAndModify", "findandmodify", "bulkWrite", "commitTransaction", "applyOps"),
    *("create", "createIndexes", "collMod", "drop", "dropDatabase", "dropIndexes", "deleteIndexes"),
    *("renameCollection", "createUser", "updateUser", "dropUser", "grantRolesToUser", "killOp", "killSessions"),
    *("shutdown", "profile", "replSetStepDown", "replSetReconfig", "replSetInitiate", "replSetFreeze"),
    *("replSetSyncFrom", "replSetMaintenance", "setParameter", "setFeatureCompatibilityVersion"),
    *("setDefaultRWConcern", "compact", "fsync", "validate", "reIndex"),
}
LISTS: dict[str, Callable[[Sight, Request], list[Document]]] = {
    "find": storage.find,
    "listCollections": storage.list_collections,
    "listIndexes": storage.list_indexes,
    "$indexStats": storage.index_stats,
    "$collStats": storage.coll_stats_stage,
}
PLAIN: dict[str, Callable[[Sight, Request], Document]] = {
    "ping": lambda sight, request: {"ok": 1.0},
    "endSessions": lambda sight, request: {"ok": 1.0},
    "buildInfo": lambda sight, request: machine.build_info(sight),
    "hostInfo": lambda sight, request: machine.host_info(sight),
    "getCmdLineOpts": lambda sight, request: machine.get_cmd_line_opts(sight),
    "getParameter": lambda sight, request: machine.get_parameter(sight, request.command),
    "serverStatus": lambda sight, request: server_status.server_status(sight, request.command),
    "replSetGetStatus": lambda sight, request: replication.repl_set_get_status(sight),
    "replSetGetConfig": lambda sight, request: replication.repl_set_get_config(sight),
    "getDefaultRWConcern": lambda sight, request: server_status.default_rw_concern(sight) | {"ok": 1.0},
    "listDatabases": storage.list_databases,
    "count": storage.count,
    "top": lambda sight, request: storage.top(sight),
    "dbStats": storage.db_stats,
    "collStats": lambda sight, request: storage.coll_stats(sight, request, "collStats"),
}
# These need the storage engine: they hang in a zombie, and wait where no ticket is free.
OF_STORAGE = {*LISTS, "listDatabases", "count", "dbStats", "collStats"}
ABOUT_CONNECTION = ("hello", "isMaster", "saslStart", "saslContinue", "connectionStatus", "getMore", "killCursors")
SPELLINGS = {name.lower(): name for name in (*PLAIN, *ABOUT_CONNECTION)}
IN_ADMIN = {
    "replSetGetStatus",
    "replSetGetConfig",
    "getCmdLineOpts",
    "getParameter",
    "listDatabases",
    "getDefaultRWConcern",
}


@dataclass
class Cursors:
    """What is left to fetch of long answers. A cursor's id has 64 bits also when it is 0: some clients insist."""

    left: dict[int, tuple[str, list[Document]]] = field(default_factory=dict)
    ids: Iterator[int] = field(default_factory=lambda: numbers(4_000_000_001))

    def open(self, namespace: str, documents: list[Document], size: int) -> Document:
        """The first batch, and an id for the rest if there is one."""
        cursor = 0
        if len(documents) > size:
            cursor = next(self.ids)
            self.left[cursor] = (namespace, documents[size:])
        return {"cursor": {"firstBatch": documents[:size], "id": Int64(cursor), "ns": namespace}, "ok": 1.0}

    def more(self, wanted: Document) -> Document:
        """The next batch of a cursor; it is closed with the last."""
        cursor = int(wanted["getMore"])
        if cursor not in self.left:
            raise Refused(43, "CursorNotFound", f"cursor id {cursor} not found")
        namespace, documents = self.left.pop(cursor)
        size = int(wanted.get("batchSize", 0)) or len(documents)
        if len(documents) > size:
            self.left[cursor] = (namespace, documents[size:])
        still = cursor if cursor in self.left else 0
        return {"cursor": {"nextBatch": documents[:size], "id": Int64(still), "ns": namespace}, "ok": 1.0}

    def kill(self, wanted: Document) -> Document:
        """Closes cursors that the client no longer wants."""
        asked = [int(cursor) for cursor in wanted.get("cursors", [])]
        killed = [cursor for cursor in asked if self.left.pop(cursor, None)]
        unknown = [cursor for cursor in asked if cursor not in killed]
        return {"cursorsKilled": killed, "cursorsNotFound": unknown, "cursorsAlive": [], "ok": 1.0}


def verb_of(request: Request) -> str:
    """The command as it is spelled in the manual; for an aggregation its first stage."""
    if request.name == "aggregate":
        pipeline = request.command.get("pipeline") or [{}]
        return next(iter(pipeline[0]), "aggregate")
    return SPELLINGS.get(request.name.lower(), request.name)


def writes(request: Request) -> bool:
    """Whether this would change something, were it allowed."""
    stages = request.command.get("pipeline") or [] if request.name == "aggregate" else []
    return request.name in WRITES or any(name in ("$out", "$merge") for stage in stages for name in stage)


def answer(sight: Sight, request: Request, verb: str, cursors: Cursors, connection_id: int) -> Document:
    """The answer to any command that is not about the connection itself. Raises Refused."""
    if verb in IN_ADMIN and request.database != "admin":
        raise Refused(13, "Unauthorized", f"{verb} may only be run against the admin database.")
    storage.check_readable(sight, request, verb)
    if verb == "getDefaultRWConcern" and not sight.release.since(4, 4):
        raise not_found(request)
    if verb in PLAIN:
        return PLAIN[verb](sight, request)
    if verb == "getMore":
        return cursors.more(request.command)
    if verb == "killCursors":
        return cursors.kill(request.command)
    if verb in LISTS:
        found = LISTS[verb](sight, request)
    elif verb == "$currentOp":
        found = operations.current_op(sight, request, connection_id)
    elif request.name == "aggregate":
        raise Refused(40324, "Location40324", f"Unrecognized pipeline stage name: '{verb}'")
    else:
        raise not_found(request)
    return _listed(request, found, cursors)


def _listed(request: Request, found: list[Document], cursors: Cursors) -> Document:
    command = request.command
    if request.name == "aggregate":
        found = matching.run(found, command["pipeline"][1:])
    options: dict[str, Any] = command if request.name == "find" else command.get("cursor") or {}
    size = int(options.get("batchSize", FIRST_BATCH))
    target = command[request.name]
    name = target if isinstance(target, str) else "$cmd.aggregate"
    if request.name == "listCollections":
        name = "$cmd.listCollections"
    return cursors.open(f"{request.database}.{name}", found, size)


def not_found(request: Request) -> Refused:
    """The answer to a command that no server of this version has, or that a patient does not play."""
    return Refused(59, "CommandNotFound", f"no such command: '{request.name}'")
