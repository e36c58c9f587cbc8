"""What a member answers of its storage: find, count, the lists of databases, collections and indexes, and their sizes.

Fields after the manual's pages of these commands. All of it takes a ticket of the storage engine: it hangs in a zombie.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from bson import Binary, Timestamp

from bot.rehearsal.patients.mongodb.catalog import CANARY, Collection, Database, databases
from bot.rehearsal.patients.mongodb.course import ARBITER, ROLLBACK
from bot.rehearsal.patients.mongodb.matching import matches, project
from bot.rehearsal.patients.mongodb.recorded import recorded
from bot.rehearsal.patients.mongodb.sight import Refused, Sight, date
from bot.rehearsal.patients.mongodb.wire import Document, Request

OPLOG_WINDOW_S = 72 * 3600
DISK_BYTES = 500 * 10**9
READS = {"find", "count", "listCollections", "listIndexes", "$indexStats", "$collStats"}  # of the primary, unless told
NOT_IN_MAINTENANCE = {*READS, "$currentOp", "listDatabases"}  # nor served by an arbiter (Command::maintenanceOk)


def check_readable(sight: Sight, request: Request, verb: str) -> None:
    """Refuses a read on a member that does not serve it, with the names that the version has for it."""
    new = sight.release.since(5)
    if verb in NOT_IN_MAINTENANCE and not sight.is_primary and sight.course.state(sight.me) in (ARBITER, ROLLBACK):
        name = "NotPrimaryOrSecondary" if new else "NotMasterOrSecondary"
        raise Refused(13436, name, f"node is not in {'primary' if new else 'master'} or recovering state")
    mode = request.command.get("$readPreference", {}).get("mode", "primary")
    if not sight.is_primary and mode == "primary" and verb in READS:
        name = "NotPrimaryNoSecondaryOk" if new else "NotMasterNoSlaveOk"
        raise Refused(13435, name, "not primary and secondaryOk=false" if new else "not master and slaveOk=false")


def find(sight: Sight, request: Request) -> list[Document]:
    """The documents of the canary, or first and last entry of the oplog. Other collections show none."""
    wanted = request.command
    namespace = (request.database, str(wanted["find"]))
    if namespace == CANARY:
        found = [{"_id": "canary", "sings": True}]
    elif namespace == ("local", "oplog.rs") and not sight.story.standalone:
        newest = sight.course.optime(sight.me)
        found = [_oplog_entry(sight, newest - OPLOG_WINDOW_S), _oplog_entry(sight, newest)]
        if wanted.get("sort", {}).get("$natural") == -1:
            found.reverse()
    else:
        found = []
    found = [project(one, wanted.get("projection") or {}) for one in found if matches(one, wanted.get("filter", {}))]
    return found[: wanted.get("limit") or None]


def _oplog_entry(sight: Sight, seconds: int) -> Document:
    return {
        "ts": Timestamp(seconds, 1),
        "t": sight.course.term,
        "v": 2,
        "op": "n",
        "ns": "",
        "o": {"msg": "periodic noop"},
        "wall": date(seconds),
    }


def count(sight: Sight, request: Request) -> Document:
    """How many documents the collection has by its own records."""
    collection = _database(sight, request).collections.get(str(request.command["count"]))
    return {"n": collection.count if collection else 0, "ok": 1.0}


def list_databases(sight: Sight, request: Request) -> Document:
    """The databases, by name alone or with their sizes."""
    found = databases(sight)
    if request.command.get("nameOnly"):
        return {"databases": [{"name": name} for name in found], "ok": 1.0}
    sized = [{"name": name, "sizeOnDisk": one.data_bytes, "empty": not one.collections} for name, one in found.items()]
    return {"databases": sized, "totalSize": sum(one.data_bytes for one in found.values()), "ok": 1.0}


def list_collections(sight: Sight, request: Request) -> list[Document]:
    """The collections of the database, filtered as asked."""
    told: list[Document] = []
    for name in _database(sight, request).collections:
        identity = UUID(bytes=hashlib.md5(f"{request.database}.{name}".encode(), usedforsecurity=False).digest())
        info = {"readOnly": False, "uuid": Binary.from_uuid(identity)}
        told.append({"name": name, "type": "collection", "options": {}, "info": info})
    return [one for one in told if matches(one, request.command.get("filter") or {})]


def list_indexes(sight: Sight, request: Request) -> list[Document]:
    """The indexes of the collection that are ready."""
    return [dict(one.spec) for one in _collection(sight, request, "listIndexes").indexes if one.built == 1.0]


def index_stats(sight: Sight, request: Request) -> list[Document]:
    """$indexStats: one document for each index, also for one that is being built (from 4.2.4 on so marked)."""
    told: list[Document] = []
    collection = _database(sight, request).collections.get(str(request.command["aggregate"]), Collection(0, 0, ()))
    for place, one in enumerate(collection.indexes):
        stats: Document = recorded("indexStats") | {"name": one.name, "key": dict(one.key), "host": sight.place.address}
        used = int(sight.uptime) * (place + 1) if one.built == 1.0 else 0
        stats["accesses"] = {"ops": used, "since": date(sight.story.began)}
        if sight.release.since(4, 4):
            stats["spec"] = dict(one.spec)
        if one.built < 1.0 and sight.release.since(4, 2, 4):
            stats["building"] = True
        told.append(stats)
    return told


def coll_stats(sight: Sight, request: Request, verb: str) -> Document:
    """The storageStats of one collection."""
    one = _collection(sight, request, verb)
    size = one.count * one.document_bytes
    sizes = {index.name: 16_384 + one.count * 12 for index in one.indexes}
    building = [index.name for index in one.indexes if index.built < 1.0]
    told: Document = recorded("collStats")["storageStats"] | {"size": size, "count": one.count, "nindexes": len(sizes)}
    told |= {"avgObjSize": one.document_bytes, "storageSize": size // 3, "capped": False, "indexSizes": sizes}
    total = sum(sizes.values())
    return told | {"indexBuilds": building, "totalIndexSize": total, "totalSize": size // 3 + total, "ok": 1.0}


def coll_stats_stage(sight: Sight, request: Request) -> list[Document]:
    """$collStats: the parts that were asked for."""
    told: Document = recorded("collStats")
    told |= {"ns": f"{request.database}.{request.command['aggregate']}", "host": sight.place.address}
    told["localTime"] = date(sight.now)
    told["storageStats"] = coll_stats(sight, request, "aggregate")
    told["count"] = told["storageStats"]["count"]
    asked = request.command["pipeline"][0]["$collStats"]
    return [{name: told[name] for name in ("ns", "host", "localTime", *asked) if name in told}]


def top(sight: Sight) -> Document:
    """How long each collection was worked on since the start, in microseconds."""
    told: Document = recorded("top")
    pattern = told["totals"].pop("admin.system.roles")
    for name, database in databases(sight).items():
        told["totals"] |= {f"{name}.{one}": pattern for one in database.collections}
    return told


def db_stats(sight: Sight, request: Request) -> Document:
    """The sizes of a database and of the disk it lies on."""
    database = _database(sight, request)
    parts = list(database.collections.values())
    full = sight.mine("disk-full")
    objects = sum(one.count for one in parts)
    told: Document = recorded("dbStats") | {"db": request.database, "collections": len(parts), "objects": objects}
    told |= {"avgObjSize": database.data_bytes / objects if objects else 0.0, "dataSize": float(database.data_bytes)}
    told |= {"storageSize": float(database.data_bytes // 3), "indexes": sum(len(one.indexes) for one in parts)}
    told |= {"fsUsedSize": DISK_BYTES * (full.options["used"] if full else 0.41), "fsTotalSize": float(DISK_BYTES)}
    return told


def _database(sight: Sight, request: Request) -> Database:
    return databases(sight).get(request.database, Database())


def _collection(sight: Sight, request: Request, verb: str) -> Collection:
    name = str(request.command[verb])
    found = _database(sight, request).collections.get(name)
    if found is None:
        raise Refused(26, "NamespaceNotFound", f"ns does not exist: {request.database}.{name}")
    return found
