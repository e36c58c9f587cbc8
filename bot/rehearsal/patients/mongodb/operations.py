"""$currentOp: what runs in a member now, from its own threads to the readers that an illness leaves waiting.

The shape of an operation is recorded; message and progress of an index build are the manual's (currentOp).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.rehearsal.patients.mongodb.catalog import NEW_INDEX, REBUILT, built
from bot.rehearsal.patients.mongodb.diseases import Illness
from bot.rehearsal.patients.mongodb.recorded import recorded
from bot.rehearsal.patients.mongodb.sight import Sight, date
from bot.rehearsal.patients.mongodb.wire import Document, Request

BUILD_TOTAL = 4_812_330  # documents that the build has to go through
WAITING_AT_MOST = 400
DRIVERS = ("shop-web", "shop-worker", "webhook-sender")


def queue(sight: Sight) -> Illness | None:
    """The illness that lets readers queue in this member, if it has one."""
    return sight.mine("tickets-gone") or sight.mine("zombie-primary")


def queued_readers(sight: Sight) -> int:
    """How many readers wait for a ticket: it fills within seconds and stays."""
    ill = queue(sight)
    return 0 if ill is None else int(ill.options["queued"] * min(1.0, 0.9 + ill.lasted(sight.now) / 60))


def waiting_writers(sight: Sight) -> int:
    """How many writes wait for a majority that does not come: two more each second."""
    since = sight.course.stalled_since
    if since is None or not sight.is_primary:
        return 0
    return min(WAITING_AT_MOST, 6 + 2 * int(sight.now - since))


def current_op(sight: Sight, request: Request, connection_id: int) -> list[Document]:
    """Every operation in progress, the asking one among them."""
    patterns: list[Document] = recorded("currentOp")
    found = [_own(sight, patterns[0], request, connection_id)]
    if not sight.is_primary and sight.place.bears_data:
        found.append(_base(sight, patterns[1]))
    found += _slow_reads(sight, patterns[0])
    found += _stalled_writes(sight, patterns[0])
    if build := _build(sight):
        found.append(_base(sight, patterns[1]) | build)
    return found


def _base(sight: Sight, pattern: Document) -> Document:
    return pattern | {"host": sight.place.address, "currentOpTime": date(sight.now).isoformat(timespec="milliseconds")}


def _timed(seconds: float) -> Document:
    return {"secs_running": int(seconds), "microsecs_running": int(seconds * 1e6)}


def _own(sight: Sight, pattern: Document, request: Request, connection_id: int) -> Document:
    command = {name: request.command[name] for name in ("aggregate", "pipeline", "$db")}
    told = _base(sight, pattern) | {"desc": f"conn{connection_id}", "connectionId": connection_id, "command": command}
    return told | _timed(0) | {"op": "command", "ns": f"{request.database}.$cmd.aggregate", "planSummary": ""}


def _client(sight: Sight, number: int) -> Document:
    name = DRIVERS[number % len(DRIVERS)]
    return {
        "desc": f"conn{30_000 + number}",
        "connectionId": 30_000 + number,
        "client": f"10.0.{number // 250}.{number % 250 + 2}:{40_000 + number}",
        "appName": name,
        "opid": 7_000_000 + number,
    }


def _slow_reads(sight: Sight, pattern: Document) -> Iterator[Document]:
    """Readers of webhooks by a field without an index: 128 hold the tickets, the others wait for one."""
    ill = queue(sight)
    if ill is None:
        return
    command = {"find": "webhooks", "filter": {"endpoint_id": 4711, "delivered": False}, "$db": "shop"}
    for number in range(128 + queued_readers(sight)):
        running = ill.lasted(sight.now) + (620 if number < 128 else 4) - number % 60 / 20
        told = _base(sight, pattern) | _client(sight, number) | {"ns": "shop.webhooks", "command": command}
        told |= _timed(max(0.0, running)) | {"planSummary": "COLLSCAN", "numYields": 9000 if number < 128 else 0}
        if number >= 128 and sight.release.since(8):
            told["currentQueue"] = {"name": "execution", "timeQueuedMicros": int(max(0.0, running) * 1e6)}
        yield told


def _stalled_writes(sight: Sight, pattern: Document) -> Iterator[Document]:
    """Writes with w: majority that are done on the primary and wait for the secondaries, holding no lock."""
    since = sight.course.stalled_since
    if since is None:
        return
    command: dict[str, Any] = {"insert": "orders", "ordered": True, "writeConcern": {"w": "majority"}, "$db": "shop"}
    for number in range(waiting_writers(sight)):
        waiting = max(0.0, sight.now - since - number / 2)
        told = _base(sight, pattern) | _client(sight, number) | {"op": "insert", "command": command}
        told |= _timed(waiting) | {"ns": "shop.orders", "locks": {}, "planSummary": ""}
        if sight.release.since(7):
            told["waitForWriteConcernDurationMillis"] = int(waiting * 1000)  # CurOp::reportState, server's curop.cpp
        yield told


def _build(sight: Sight) -> Document | None:
    """The index build on a member that is not through with it."""
    ill = sight.mine("index-half-built")
    if ill is None or sight.is_primary or not sight.place.bears_data:
        return None
    share = built(sight, ill)
    done = int(BUILD_TOTAL * share)
    if sight.release.since(4, 4):
        desc = "IndexBuildsCoordinatorMongod-0"
        command: Document = {"createIndexes": REBUILT[1], "indexes": [NEW_INDEX.spec], "$db": REBUILT[0]}
    else:  # a secondary began when the primary was through, and showed the index itself
        desc, command = "repl-index-builder-0", NEW_INDEX.spec | {"ns": ".".join(REBUILT), "background": True}
    return {
        "desc": desc,
        "op": "command",
        "ns": ".".join(REBUILT),
        "command": command,
        "msg": f"Index Build: scanning collection Index Build: scanning collection: {done}/{BUILD_TOTAL} {share:.0%}",
        "progress": {"done": done, "total": BUILD_TOTAL},
    } | _timed(ill.lasted(sight.now) + 340)
