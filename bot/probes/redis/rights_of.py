"""Asks a Redis what our user may do. Nothing is tried: ACL DRYRUN (7.0) tells whether a command would be allowed.

Before 7.0 there is ACL GETUSER alone, for who may; of its answer the rules are taken and never the passwords' hashes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from redis.exceptions import ResponseError

# One or more of each sort that changes data, settings, users, members, or stops somebody's work, with as many words as
# it takes. Redis documentation, commands.
OF_DATA = (
    "SET k v", "DEL k", "UNLINK k", "EXPIRE k 1", "RENAME k k", "INCR k", "APPEND k v", "RESTORE k 0 v", "HSET k f v",
    "LPUSH k v", "SADD k v", "ZADD k 1 v", "XADD k * f v", "PFADD k v", "SETBIT k 0 1", "GEOADD k 0 0 v", "COPY k k",
    "FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "MIGRATE h 1 k 0 1", "EVAL s 0", "FCALL f 0", "SCRIPT FLUSH", "FUNCTION FLUSH",
    "CONFIG SET save v", "CONFIG REWRITE", "CONFIG RESETSTAT", "REPLICAOF NO ONE", "SLAVEOF NO ONE", "FAILOVER",
    "SHUTDOWN", "SAVE", "BGSAVE", "BGREWRITEAOF", "DEBUG SLEEP 0", "CLIENT KILL a", "CLIENT PAUSE 1",
    "CLIENT UNBLOCK 1", "ACL SETUSER u", "ACL DELUSER u", "ACL LOAD", "MODULE LOAD m", "PUBLISH c m", "SLOWLOG RESET",
    "LATENCY RESET", "CLUSTER RESET", "CLUSTER FAILOVER",
)  # fmt: skip
OF_SENTINEL = (
    "SENTINEL FAILOVER m", "SENTINEL REMOVE m", "SENTINEL RESET m", "SENTINEL SET m quorum 1",
    "SENTINEL MONITOR m h 1 1", "SENTINEL CONFIG SET n v", "SENTINEL FLUSHCONFIG", "SHUTDOWN", "ACL SETUSER u",
    "ACL DELUSER u", "CLIENT KILL a", "CLIENT PAUSE 1", "PUBLISH c m",
)  # fmt: skip


class Line(Protocol):
    """What is needed of a connection."""

    username: str | None

    def send_command(self, *words: Any) -> None:
        """Send one command."""

    def read_response(self) -> Any:
        """The reply to the next; raises ResponseError for an error."""


def rights(wire: Line, sentinel: bool) -> dict[str, Any]:
    """`{"user", "tried": {command: reply}, "rules": text}`. Raises NoPermissionError when we may ask for neither."""
    user = wire.username or "default"
    first, *others = OF_SENTINEL if sentinel else OF_DATA
    try:
        tried = {first: _tried(wire, user, [first])[first]}
    except ResponseError:  # not allowed to us, or a server before 7.0
        return {"user": user, "tried": {}, "rules": _rules(wire, user)}
    return {"user": user, "tried": tried | _tried(wire, user, others), "rules": ""}


def _tried(wire: Line, user: str, commands: Sequence[str]) -> dict[str, str]:
    """What the server says of each command. One that it does not know is left out, the first of a list excepted."""
    for command in commands:
        wire.send_command("ACL", "DRYRUN", user, *command.split())
    told: dict[str, str] = {}
    for command in commands:
        try:
            told[command] = str(wire.read_response())[:200]
        except ResponseError as error:
            if len(commands) == 1:
                raise
            if "not found" not in str(error):
                told[command] = str(error)[:200]
    return told


def _rules(wire: Line, user: str) -> str:
    """The user's commands, as ACL GETUSER writes them."""
    wire.send_command("ACL", "GETUSER", user)
    told = wire.read_response()
    return str(dict(zip(told[::2], told[1::2], strict=True))["commands"])[:2_000]
