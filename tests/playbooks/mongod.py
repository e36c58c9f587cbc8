"""A replica set for a shell to talk to: a patient that also answers what would change it, and keeps what came in.

Nothing is carried out. 64-bit numbers are such where a server sends them, because a shell prints and compares those in
another way: where that is, is what the manual's pages of the commands write as NumberLong, and mongodb/support-tools'
published getMongoData of a 5.0.31.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bson import Int64

from bot.rehearsal.patients.mongodb.connection import Connection
from bot.rehearsal.patients.mongodb.diseases import DISEASES, Illness
from bot.rehearsal.patients.mongodb.replication import repl_set_get_config
from bot.rehearsal.patients.mongodb.sight import Sight, Sockets
from bot.rehearsal.patients.mongodb.story import Place, Story
from bot.rehearsal.patients.mongodb.wire import Document, Request

HOSTS = ("127.0.0.1", "127.0.0.2", "127.0.0.3")  # primary and two secondaries, told apart by address: one port for all
TRIES = 20
ILL = {"tickets-gone": (0, {"queued": 30, "wait_s": 0.0}), "index-half-built": (None, {})}

LONGS = {"term", "t", "electionTerm", "secs_running", "microsecs_running", "ops", "done", "total", "n", "wtimeout"}
LONGS |= {"scanned", "scannedObjects", "secondaryDelaySecs", "slaveDelay", "file bytes available for reuse"}
LONG_PARTS = {"opcounters", "document", "electionMetrics", "buffer", "apply"}
PLAN = {"stage": "FETCH", "inputStage": {"stage": "IXSCAN", "keyPattern": {"status": 1}, "indexName": "status_1"}}
REFUSED = {"ok": 0.0, "errmsg": "replSetGetStatus is not allowed in this atlas tier", "code": 8000}
EXPIRES = {"v": 2, "key": {"sent": 1}, "name": "sent_1", "expireAfterSeconds": Int64(86_400)}
USER = {"_id": "admin.shop-web", "user": "shop-web", "db": "admin", "roles": [{"role": "readWrite", "db": "shop"}]}
WRITER = 7_900_000
MERGES = {"aggregate": "webhooks", "pipeline": [{"$merge": {"into": "reports"}}], "$db": "shop"}
WAITS = {"insert": "orders", "writeConcern": {"w": "majority", "wtimeout": 0}, "$db": "shop"}


def typed(told: Any, name: str = "", part: str = "") -> Any:
    """The same answer with 64-bit numbers where a server has them."""
    if isinstance(told, dict):
        part = name if name in LONG_PARTS or name == "currentQueue" else part
        return {key: typed(value, key, part) for key, value in told.items()}
    if isinstance(told, list):
        return [typed(value, name, part) for value in told]
    long = (name in LONGS or part in LONG_PARTS) and part != "currentQueue"
    return Int64(told) if long and type(told) is int else told


def changed(command: Document) -> Document | None:
    """The answer to a command that changes or explains something, as the manual's page of that command shows it."""
    name = next(iter(command))
    if name in ("replSetStepDown", "replSetReconfig", "replSetResizeOplog", "planCacheClear", "setIndexCommitQuorum"):
        return {"ok": 1.0}
    if name in ("setClusterParameter", "logRotate", "ping", "revokeRolesFromUser", "grantRolesToUser"):
        return {"ok": 1.0}
    answers: dict[str, Callable[[], Document]] = {
        "createIndexes": lambda: {"numIndexesBefore": 3, "numIndexesAfter": 4, "commitQuorum": "votingMembers"},
        "dropIndexes": lambda: {"nIndexesWas": 4},
        "collMod": lambda: {"hidden_old": False, "hidden_new": True},
        "usersInfo": lambda: {"users": [USER]},
        "killOp": lambda: {"info": "attempting to kill op"},
        "explain": lambda: {"explainVersion": "1", "queryPlanner": {"namespace": "shop.orders", "winningPlan": PLAN}},
        "setQuerySettings": lambda: {"queryShapeHash": command[name], "settings": command["settings"]},
    }
    return answers[name]() | {"ok": 1.0} if name in answers else None


def filled(request: Request, verb: str, told: Document) -> Document:
    """The patient's answer with what it leaves out and a line of the playbooks reads."""
    if "cursor" not in told or "firstBatch" not in told["cursor"]:
        return told
    batch: list[Document] = told["cursor"]["firstBatch"]
    if verb == "listIndexes":
        batch.append(dict(EXPIRES))
    elif verb == "$collStats":
        batch[0]["storageStats"] |= {"wiredTiger": {"block-manager": {"file bytes available for reuse": 20_480}}}
        if request.command["aggregate"] == "oplog.rs":
            batch[0]["storageStats"] |= {"capped": True, "maxSize": Int64(51_200 << 20)}
    elif verb == "$currentOp" and batch:
        batch[0]["command"] |= WAITS
        if batch[0]["ns"] == "shop.webhooks":
            batch.append(batch[0] | {"opid": WRITER, "command": MERGES})
    elif verb == "find" and request.database == "shop":
        batch.append({"_id": request.id})
    return told


class Talk(Connection):
    """One client's connection. The patient answers, and refuses what it does not play."""

    def __init__(self, member: Member, *rest: Any) -> None:
        super().__init__(member, *rest)
        self._member = member

    async def _answer(self, request: Request, verb: str) -> Document:
        if self._member.silent and (verb == "find" or (request.name == "aggregate" and verb != "$currentOp")):
            await asyncio.Event().wait()
        if self._member.shared and verb == "replSetGetStatus":
            return REFUSED
        return typed(changed(request.command) or filled(request, verb, await super()._answer(request, verb)))


@dataclass
class Member:
    """One member. `silent` is how a zombie is: it answers what needs no storage, and no reader of a collection.

    `shared` is how a tier is that many customers share: it tells nobody the state of its set.
    """

    heard: list[Request]
    silent: bool = False
    shared: bool = False
    story: Story = field(init=False)
    _clients: set[asyncio.Task[None]] = field(default_factory=set)

    def sight(self) -> Sight:
        return Sight(self.story, time.time(), Sockets(len(self._clients), 9, 0))

    def note(self, request: Request, verb: str, wrote: bool) -> None:
        """Keeps every command as it came in."""
        self.heard.append(request)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._clients.add(task)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                await Talk(self, len(self._clients), reader, writer).run()
        finally:
            self._clients.discard(task)
            writer.transport.abort()

    async def leave(self) -> None:
        """Ends every client's connection."""
        clients = list(self._clients)
        for client in clients:
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)


class Set:
    """A set of three in this process. `heard` is every command that any of them was sent, oldest first."""

    def __init__(self, version: str) -> None:
        self.heard: list[Request] = []
        self.members = [Member(self.heard) for _ in HOSTS]
        self._version = version

    async def __aenter__(self) -> Set:
        for _ in range(TRIES):
            self._servers: list[asyncio.Server] = []
            self.port = 0
            try:
                for host, member in zip(HOSTS, self.members, strict=True):
                    self._servers.append(await asyncio.start_server(member.serve, host, self.port))
                    self.port = self._servers[0].sockets[0].getsockname()[1]
                break
            except OSError as error:  # somebody has this port on another of the addresses
                last = error
                for server in self._servers:
                    server.close()
        else:
            raise last
        now = time.time()
        places = tuple(Place(f"{host}:{self.port}") for host in HOSTS)
        illnesses = tuple(
            Illness(name, now - 60, who, {**DISEASES[name].options, **options}) for name, (who, options) in ILL.items()
        )
        for me, member in enumerate(self.members):
            member.story = Story(self._version, places, now - 26 * 86_400, illnesses=illnesses, me=me)
        return self

    async def __aexit__(self, *why: object) -> None:
        for server in self._servers:
            server.close()
        await asyncio.gather(*(member.leave() for member in self.members))

    @property
    def uri(self) -> str:
        return f"mongodb://{','.join(f'{host}:{self.port}' for host in HOSTS)}/?replicaSet=rs0"

    @property
    def config(self) -> Document:
        """The configuration that a shell is given."""
        config: Document = typed(repl_set_get_config(self.members[0].sight())["config"])
        return config
