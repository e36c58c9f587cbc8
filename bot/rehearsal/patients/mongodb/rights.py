"""Who may do what: the roles a look is given, the action each command needs, and the answer of a server that says no.

After the server's `builtin_roles.cpp`, as far as the commands here need it: clusterMonitor reads `config` and `local`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.rehearsal.patients.mongodb.sight import Refused, Sight
from bot.rehearsal.patients.mongodb.wire import Document, Request

ROLES = ("clusterMonitor", "read@healthcheck")
CLUSTER_ACTIONS = {
    "serverStatus": "serverStatus",
    "replSetGetStatus": "replSetGetStatus",
    "replSetGetConfig": "replSetGetConfig",
    "$currentOp": "inprog",
    "hostInfo": "hostInfo",
    "top": "top",
    "getCmdLineOpts": "getCmdLineOpts",
    "getParameter": "getParameter",
    "listDatabases": "listDatabases",
    "getDefaultRWConcern": "getDefaultRWConcern",
}
DATABASE_ACTIONS = {
    "dbStats": "dbStats",
    "collStats": "collStats",
    "$collStats": "collStats",
    "$indexStats": "indexStats",
    "find": "find",
    "count": "find",
    "listCollections": "listCollections",
    "listIndexes": "listIndexes",
}
MONITOR = ("collStats", "dbStats", "indexStats")  # what clusterMonitor may do in every database
APART = ("config", "local")  # an empty name in a privilege means every database but these
READ = ("collStats", "dbStats", "find", "killCursors", "listCollections", "listIndexes")
WRITE = ("createCollection", "createIndex", "dropCollection", "dropIndex", "insert", "remove", "update")
TAKEN_AWAY = (
    "replSetGetStatus",
    "replSetGetConfig",
    "inprog",
    "indexStats",
    "dbStats",
    "getCmdLineOpts",
    "getParameter",
)
WITHOUT_LOGIN = {"ping", "buildInfo", "endSessions"}  # beside those about the connection itself


def check(sight: Sight, request: Request, verb: str, logged_in: bool) -> None:
    """Refuses what this user may not do. `verb` is the command, for an aggregation its first stage."""
    if sight.story.user and not logged_in and verb not in WITHOUT_LOGIN:
        raise Refused(13, "Unauthorized", f"command {request.name} requires authentication")
    action = CLUSTER_ACTIONS.get(verb) or DATABASE_ACTIONS.get(verb)
    if action is None:
        return
    taken = sight.mine("denied") is not None and action in TAKEN_AWAY
    if taken or (sight.story.user and not _granted(sight, action, request.database, verb in CLUSTER_ACTIONS)):
        refuse(request)


def refuse(request: Request) -> None:
    """The server's own words for a command that the user has no right to."""
    told = [f"{name}: {_shown(value)}" for name, value in request.command.items() if not name.startswith("$c")]
    shown = ", ".join(told)
    message = f"not authorized on {request.database} to execute command {{ {shown} }}"
    raise Refused(13, "Unauthorized", message)


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)


def _granted(sight: Sight, action: str, database: str, on_cluster: bool) -> bool:
    for privilege in privileges(sight):
        resource = privilege["resource"]
        if action not in privilege["actions"]:
            continue
        if on_cluster and resource.get("cluster"):
            return True
        if not on_cluster and (resource.get("db") == database or (resource.get("db") == "" and database not in APART)):
            return True
    return False


def privileges(sight: Sight) -> list[Document]:
    """What the user's roles come to, in the form of connectionStatus."""
    told: list[Document] = []
    for role in sight.story.roles:
        name, _, database = role.partition("@")
        if name == "clusterMonitor":
            told.append({"resource": {"cluster": True}, "actions": sorted(set(CLUSTER_ACTIONS.values()))})
            told.append(_in_database("", MONITOR))
            told += [_in_database(apart, {*MONITOR, *READ}) for apart in APART]
        else:
            told.append(_in_database(database, (*READ, *WRITE) if name == "readWrite" else READ))
    if sight.mine("denied"):
        for privilege in told:
            privilege["actions"] = [action for action in privilege["actions"] if action not in TAKEN_AWAY]
    return told


def _in_database(name: str, actions: Iterable[str]) -> Document:
    return {"resource": {"db": name, "collection": ""}, "actions": sorted(actions)}


def connection_status(sight: Sight, wanted: Document, logged_in: bool) -> Document:
    """Who is logged in on this connection, and with showPrivileges what they may do."""
    info: Document = {"authenticatedUsers": [], "authenticatedUserRoles": []}
    if logged_in:
        info["authenticatedUsers"] = [{"user": sight.story.user, "db": "admin"}]
        for role in sight.story.roles:
            name, _, database = role.partition("@")
            info["authenticatedUserRoles"].append({"role": name, "db": database or "admin"})
    if wanted.get("showPrivileges"):
        info["authenticatedUserPrivileges"] = privileges(sight) if logged_in else []
    return {"authInfo": info, "ok": 1.0}
