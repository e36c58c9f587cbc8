"""Puts questions to one member of a MongoDB system, over one direct connection, and only those listed here.

A replica-set connection would follow `hello`, which is what a sick primary still answers; so each member is asked by
itself. Nothing here writes, and nothing is retried. The driver is MongoDB's own, which fixes the oldest server.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import pymongo
from pymongo import MongoClient, errors
from pymongo.synchronous.monitor import Monitor

from bot.domain.inventory import Member, System
from bot.probes.mongodb.indexes_of import counts, indexes
from bot.probes.mongodb.shapes import shape
from bot.probes.mongodb.troubles import trouble_of
from bot.probes.seen import NOT_ASKED, Answer, Trouble

APP_NAME = "muster-probe"
CONNECT_S = 1.5
QUESTION_S = 1.0  # no question but the canary may take longer, so that the next has its turn
CANARY_S = 2.0  # as the server's own limit and as ours: a read that is stuck is not always interrupted by the server
CANARY_LEFT_S = 1.2  # kept for the canary, whatever the questions before it took
MOST_OPERATIONS = 500
CANARY = "healthcheck.canary"
# All that may leave, the driver's own greetings included; a test compares it with what a server heard.
MAY_LEAVE = frozenset(
    {
        *("hello", "isMaster", "ismaster", "ping", "buildInfo", "serverStatus", "replSetGetStatus", "replSetGetConfig"),
        *("getCmdLineOpts", "dbStats", "connectionStatus", "top", "listDatabases", "listCollections"),
        *("find", "aggregate", "getMore", "killCursors", "saslStart", "saslContinue", "endSessions"),
    }
)

_ACTIVE: list[dict[str, Any]] = [
    {"$currentOp": {"allUsers": True, "idleConnections": False}},
    {"$match": {"active": True, "appName": {"$ne": APP_NAME}}},
    {"$sort": {"microsecs_running": -1}},
    {"$limit": MOST_OPERATIONS},
]
Client = MongoClient[dict[str, Any]]


class _ShortMonitor(Monitor):
    """The driver's watch over the server: it greets once and hangs up, so that one connection at a time is open.

    Later the server is taken for what it was; that it went away shows at the next question. The driver has no public
    way to do without a watch (a test counts the connections, so that a change there is noticed).
    """

    def _check_server(self) -> Any:
        if self._server_description.is_server_type_known:
            return self._server_description
        try:
            return super()._check_server()
        finally:
            self._reset_connection()


def ask(
    system: System, member: Member, questions: Sequence[str], deadline_s: float, password: str
) -> dict[str, Answer]:
    """Return an answer for each of `questions` within about `deadline_s` seconds. Never raises.

    The client is not closed: that would put one more question to a server that may not answer. Its process ends.
    """
    until = time.monotonic() + deadline_s
    try:
        client = connect(system, member, password)
        greeting = _ask(lambda: client.admin.command("ping"), min(CONNECT_S, deadline_s))
        if not greeting.ok and greeting.trouble is not Trouble.DENIED:
            return dict.fromkeys(questions, greeting)
        return dict(_each(client, system, questions, until))
    except (errors.PyMongoError, ValueError, TypeError, OSError) as error:
        return dict.fromkeys(questions, trouble_of(error, 0.0))


def connect(system: System, member: Member, password: str) -> Client:
    """A client for this member alone; opens nothing yet. Options are the inventory's own, never those of a URI."""
    options = system.options
    login: dict[str, Any] = {}
    if system.user:
        login = {"username": system.user, "password": password, "authSource": options.get("auth_source", "admin")}
    tls = (
        {"tls": True} | ({"tlsCAFile": options["ca_file"]} if "ca_file" in options else {})
        if options.get("tls")
        else {}
    )
    return MongoClient(
        member.host,
        member.port,
        directConnection=True,
        serverSelectionTimeoutMS=int(CONNECT_S * 1000),
        connectTimeoutMS=int(CONNECT_S * 1000),
        socketTimeoutMS=int(CANARY_S * 1000),
        maxPoolSize=1,
        retryReads=False,
        retryWrites=False,
        serverMonitoringMode="poll",
        heartbeatFrequencyMS=60_000,
        appname=APP_NAME,
        tz_aware=True,
        datetime_conversion="DATETIME_CLAMP",
        unicode_decode_error_handler="replace",
        _monitor_class=_ShortMonitor,
        **login,
        **tls,
    )


def _each(client: Client, system: System, questions: Sequence[str], until: float) -> Iterator[tuple[str, Answer]]:
    """The cheap ones first, the canary last: a read that hangs takes the connection with it."""
    ask_one: dict[str, Callable[[float], Any]] = {
        "hello": lambda _: _hello(client),
        "buildInfo": lambda _: client.admin.command("buildInfo"),
        "serverStatus": lambda _: client.admin.command({"serverStatus": 1, "oplog": 1}),
        "replSetGetStatus": lambda _: client.admin.command("replSetGetStatus"),
        "replSetGetConfig": lambda _: client.admin.command("replSetGetConfig"),
        "currentOp": lambda _: {"inprog": [shape(one) for one in client.admin.aggregate(_ACTIVE)]},
        "cmdLine": lambda _: _cmd_line(client.admin.command("getCmdLineOpts")),
        "dbStats": lambda _: client.admin.command("dbStats"),
        "connectionStatus": lambda _: client.admin.command({"connectionStatus": 1, "showPrivileges": True}),
        "indexes": lambda left_s: indexes(client, left_s),
        "counts": lambda left_s: counts(client, left_s),
        "canary": lambda _: _canary(client, str(system.options.get("canary", CANARY))),
    }
    for name in sorted(set(questions) & set(ask_one), key=list(ask_one).index):
        whole = name in ("canary", "indexes", "counts")
        left_s = until - time.monotonic() - (CANARY_LEFT_S if "canary" in questions and name != "canary" else 0.0)
        if left_s < 0.05:
            yield name, NOT_ASKED
            continue
        allowed_s = min(left_s, CANARY_S if name == "canary" else left_s if whole else QUESTION_S)
        yield name, _ask(partial(ask_one[name], allowed_s), allowed_s)


QUESTIONS = (
    "hello", "buildInfo", "serverStatus", "replSetGetStatus", "replSetGetConfig", "currentOp", "cmdLine", "dbStats",
    "connectionStatus", "indexes", "counts", "canary",
)  # fmt: skip


def _ask(question: Callable[[], Any], within_s: float) -> Answer:
    began = time.monotonic()
    try:
        with pymongo.timeout(within_s):
            value = question()
    except Exception as error:  # noqa: BLE001  # whatever a hostile server makes the driver raise, it is an answer that failed
        return trouble_of(error, time.monotonic() - began)
    return Answer(value, took_s=time.monotonic() - began)


def _hello(client: Client) -> Mapping[str, Any]:
    try:
        return client.admin.command("hello")
    except errors.OperationFailure as error:
        if error.code != 59:  # CommandNotFound: before 4.4.2
            raise
        return client.admin.command("isMaster")


def _canary(client: Client, namespace: str) -> dict[str, int]:
    database, _, collection = namespace.partition(".")
    found = client[database][collection].find({}, {"_id": 1}, limit=1, max_time_ms=int(CANARY_S * 1000))
    return {"n": len(list(found))}


def _cmd_line(options: Mapping[str, Any]) -> dict[str, Any]:
    """The few numbers that are held against others; the rest of a command line may hold secrets."""
    parsed = options.get("parsed", {})

    def at(*path: str) -> Any:
        value: Any = parsed
        for key in path:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value if isinstance(value, int | float) else None

    return {
        "maxIncomingConnections": at("net", "maxIncomingConnections"),
        "cacheSizeGB": at("storage", "wiredTiger", "engineConfig", "cacheSizeGB"),
        "oplogSizeMB": at("replication", "oplogSizeMB"),
    }
