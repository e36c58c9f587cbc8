"""serverStatus: the counters and gauges of a member, with the fields that its version has.

Paths and versions after the manual's serverStatus pages: a fixed pool of 128 tickets up to 6.0, a resized one with
queue lengths in 7.0, `queues.execution` from 8.0. Counters are worked out from the time that passed and never fall.
"""

from __future__ import annotations

import os

from bson import Int64, Timestamp

from bot.rehearsal.patients.mongodb.catalog import Index, databases
from bot.rehearsal.patients.mongodb.course import Course
from bot.rehearsal.patients.mongodb.diseases import Illness
from bot.rehearsal.patients.mongodb.operations import queue, queued_readers, waiting_writers
from bot.rehearsal.patients.mongodb.recorded import recorded
from bot.rehearsal.patients.mongodb.replication import OF_THE_SET, hello
from bot.rehearsal.patients.mongodb.sight import Sight, date
from bot.rehearsal.patients.mongodb.storage import OPLOG_WINDOW_S
from bot.rehearsal.patients.mongodb.wire import Document

TICKETS = 128  # fixed up to 6.0
RESTING_TICKETS = 12  # the pool of 7.0 and later shrinks when little runs
RATES = {"insert": 1, "query": 180, "update": 22, "delete": 1, "getmore": 40, "command": 260}  # a primary's, a second
WRITTEN = ("insert", "update", "delete")
BASE_CONNECTIONS, DEFAULT_LIMIT = 210, 51_200


def server_status(sight: Sight, wanted: Document) -> Document:
    """The whole answer; sections that the command sets to 0 are left out, `oplog` is only in it when asked for."""
    told: Document = recorded("serverStatus")
    told |= {"host": sight.place.address, "version": sight.release.text, "pid": Int64(os.getpid())}
    told |= {"uptime": float(int(sight.uptime)), "uptimeMillis": Int64(sight.uptime * 1000)}
    told |= {"uptimeEstimate": Int64(sight.uptime), "localTime": date(sight.now), "connections": connections(sight)}
    told["globalLock"] = _global_lock(sight)
    told["opcounters"], told["opcountersRepl"] = _counters(sight)
    told["opLatencies"] = _latencies(sight, told["opcounters"])
    _metrics(sight, told["metrics"])
    _tickets(sight, told)
    _by_version(sight, told)
    if sight.story.standalone:
        for name in ("repl", "electionMetrics"):
            told.pop(name, None)
    else:
        shown = hello(sight, 0, legacy=not sight.release.since(5))
        names = (*OF_THE_SET, "ismaster", "isWritablePrimary")
        told["repl"] = {name: shown[name] for name in names if name in shown}
        told["repl"]["rbid"] = 1 + len(_had(sight, "rollback"))
        if wanted.get("oplog"):
            newest = sight.course.optime(sight.me)
            told["oplog"] = {
                "latestOptime": Timestamp(newest, 1),
                "earliestOptime": Timestamp(newest - OPLOG_WINDOW_S, 1),
            }
    return {name: value for name, value in told.items() if wanted.get(name, 1) not in (0, False)}


def connections(sight: Sight) -> Document:
    """Clients' connections: those of an imagined application and those that are really open."""
    ill = sight.mine("connection-limit")
    current, limit = BASE_CONNECTIONS + sight.sockets.open, DEFAULT_LIMIT
    created = int(sight.uptime / 30) + sight.sockets.created
    stormy = _seconds(sight, "connection-limit")
    if ill:
        limit = ill.options["limit"]
        current = limit - max(0, ill.options["spare"] - sight.sockets.open)
    told = {"current": current, "available": limit - current, "totalCreated": created + int(200 * stormy)}
    if sight.release.since(4, 4):
        told |= {"active": 3 + queued_readers(sight), "threaded": current}
    if sight.release.since(6):
        told["rejected"] = sight.sockets.rejected + int(40 * stormy)
    return told


def _global_lock(sight: Sight) -> Document:
    waiting, busy = queued_readers(sight), TICKETS if queue(sight) else 1
    writers = 37 if queue(sight) else 0
    return {
        "totalTime": Int64(sight.uptime * 1e6),
        "currentQueue": {"total": waiting + writers, "readers": waiting, "writers": writers},
        "activeClients": {"total": busy, "readers": busy, "writers": 0},
    }


def _working_seconds(sight: Sight) -> float:
    """For how long this member has served: a zombie's counters stand still."""
    return sight.uptime - _seconds(sight, "zombie-primary")


def _had(sight: Sight, *names: str) -> list[Illness]:
    """These illnesses of this member, past ones too."""
    return [one for one in sight.story.illnesses if one.name in names and one.takes(sight.me)]


def _seconds(sight: Sight, *names: str) -> float:
    return sum(one.lasted(sight.now) for one in _had(sight, *names))


def _seconds_led(sight: Sight, *names: str) -> float:
    """How long these illnesses lasted that began while this member was primary."""
    had = [one for one in _had(sight, *names) if Course(sight.story, one.since).elections[-1].winner == sight.me]
    return sum(one.lasted(sight.now) for one in had)


def _counters(sight: Sight) -> tuple[Document, Document]:
    """What clients asked for, most of it of a primary, and what was applied from the oplog of another."""
    zombie_s = _seconds(sight, "zombie-primary")
    led = sight.uptime if sight.story.standalone else sight.course.led_s(sight.me) - zombie_s
    followed = max(0.0, sight.uptime - zombie_s - led)
    asked = {name: int(led * rate) for name, rate in RATES.items()}
    asked |= {"query": asked["query"] + int(followed / 10), "command": asked["command"] + int(followed * 3)}
    applied = {name: int(followed * rate) if name in WRITTEN else 0 for name, rate in RATES.items()}
    return asked, applied


def _latencies(sight: Sight, counted: Document) -> Document:
    slow = _seconds(sight, "tickets-gone")
    reads = counted["query"] + counted["getmore"]
    writes = sum(counted[name] for name in WRITTEN)
    return {
        "reads": {"latency": Int64(reads * 420 + slow * 9e8), "ops": Int64(reads)},
        "writes": {"latency": Int64(writes * 610), "ops": Int64(writes)},
        "commands": {"latency": Int64(counted["command"] * 90), "ops": Int64(counted["command"])},
        "transactions": {"latency": Int64(0), "ops": Int64(0)},
    }


def _metrics(sight: Sight, told: Document) -> None:
    stalled = _seconds_led(sight, "majority-stalled")
    scanning = _seconds_led(sight, "indexes-lost", "tickets-gone")
    seconds = int(_working_seconds(sight))
    waits = {"num": seconds, "totalMillis": int(seconds * 3 + stalled * 5000)}
    told["getLastError"] |= {"wtime": waits, "wtimeouts": Int64(stalled)}
    told["document"]["returned"] = Int64(seconds * 900)
    told["queryExecutor"] = {"scanned": Int64(seconds * 950), "scannedObjects": Int64(seconds * 1000 + scanning * 4e7)}
    if sight.release.since(4, 4):
        scans = Int64(seconds // 60 + scanning * 180)
        told["queryExecutor"]["collectionScans"] = {"total": scans, "nonTailable": scans}
    if sight.release.since(7):
        told["repl"]["waiters"] = {"replication": waiting_writers(sight), "opTime": 0}


def _tickets(sight: Sight, told: Document) -> None:
    busy, waiting = queue(sight) is not None, queued_readers(sight)
    if not sight.release.since(7):
        told["wiredTiger"]["concurrentTransactions"] = {
            "read": _pool(TICKETS, TICKETS if busy else 1),
            "write": _pool(TICKETS, 37 if busy else 0),
        }
        return
    pools = {name: _pool(TICKETS if busy else RESTING_TICKETS, TICKETS if busy else 1) for name in ("read", "write")}
    stats = {"read": _queue_stats(sight, waiting), "write": _queue_stats(sight, 37 if busy else 0)}
    if sight.release.since(8):
        del told["wiredTiger"]["concurrentTransactions"]
        told["queues"] = {"execution": {name: pools[name] | {"normalPriority": stats[name]} for name in pools}}
    else:
        told["wiredTiger"]["concurrentTransactions"] = {name: pools[name] | stats[name] for name in pools}


def _pool(total: int, out: int) -> Document:
    return {"out": out, "available": total - out, "totalTickets": total}


def _queue_stats(sight: Sight, waiting: int) -> Document:
    queueing = _had(sight, "tickets-gone", "zombie-primary")
    queued_s = sum(one.lasted(sight.now) * one.options["queued"] for one in queueing)
    removed = int(_working_seconds(sight) * 2)
    return {
        "addedToQueue": Int64(removed + waiting),
        "removedFromQueue": Int64(removed),
        "queueLength": Int64(waiting),
        "totalTimeQueuedMicros": Int64(removed * 12 + queued_s * 1e6),
    }


def _by_version(sight: Sight, told: Document) -> None:
    release = sight.release
    told["wiredTiger"]["cache"]["tracked dirty bytes in the cache"] = 214_000_000
    told["wiredTiger"]["cache"]["bytes currently in the cache"] = 12_600_000_000
    if not release.since(4, 2):
        del told["flowControl"], told["electionMetrics"], told["oplogTruncation"]
    else:
        stalled_s = _seconds_led(sight, "majority-stalled")
        lagged = sight.is_primary and sight.course.stalled_since is not None
        told["flowControl"] |= {"isLagged": lagged, "isLaggedTimeMicros": Int64(stalled_s * 1e6)}
        told["oplogTruncation"]["truncateCount"] = Int64(sight.uptime / 3600)
        called = len(sight.course.elections)
        told["electionMetrics"]["electionTimeout"] = {"called": called, "successful": called}
    if release.since(4, 4):
        told["defaultRWConcern"] = default_rw_concern(sight)
    if release.since(6):
        collections = [one for database in databases(sight).values() for one in database.collections.values()]
        told["indexStats"] = _index_stats([index for one in collections for index in one.indexes])


def _index_stats(indexes: list[Index]) -> Document:
    """How many indexes there are, and how many of each kind; one can be of several."""
    kinds = {
        "id": [one for one in indexes if one.name == "_id_"],
        "compound": [one for one in indexes if len(one.key) > 1],
        "single": [one for one in indexes if len(one.key) == 1 and one.name != "_id_"],
        "unique": [one for one in indexes if one.unique],
    }
    features = {kind: {"count": Int64(len(of)), "accesses": Int64(0)} for kind, of in kinds.items()}
    return {"count": Int64(len(indexes)), "features": features}


def default_rw_concern(sight: Sight) -> Document:
    """The concerns of commands that name none: majority from 5.0 on, unless an arbiter leaves no member to spare."""
    told: Document = {"defaultReadConcern": {"level": "local"}, "defaultReadConcernSource": "implicit"}
    if sight.release.since(5):
        course, arbiters = sight.course, any(place.arbiter for place in sight.story.places)
        safe = "majority" if not arbiters or course.majority < len(course.voting_data) else 1
        told |= {"defaultWriteConcern": {"w": safe, "wtimeout": 0}, "defaultWriteConcernSource": "implicit"}
    return told
