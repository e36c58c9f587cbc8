"""Why a question to MongoDB has no answer, in a few words."""

from __future__ import annotations

import re

from pymongo import errors

from bot.probes.mongodb.answers import CLOSED
from bot.probes.seen import Answer, Trouble

UNAUTHORIZED, AUTHENTICATION_FAILED, MAX_TIME_EXPIRED, COMMAND_NOT_FOUND = 13, 18, 50, 59
MOST_CHARS = 160

_COMMAND = re.compile(r"not authorized on (\S+) to execute command \{ ?\"?(\w+)")
_REFUSALS = {
    "Connection refused": "connection refused",
    "timed out": "no connection in time",
    "connection closed": CLOSED,
    "reset by peer": CLOSED,
}


def trouble_of(error: BaseException, took_s: float) -> Answer:
    """The answer that stands for an error of the driver."""
    trouble, says = _of(error, took_s)
    return Answer(trouble=trouble, says=says[:MOST_CHARS], took_s=took_s)


def _of(error: BaseException, took_s: float) -> tuple[Trouble, str]:
    waited = f"no answer in {took_s:.1f} s"
    if isinstance(error, errors.OperationFailure):
        return _refusal(error, waited)
    if isinstance(error, errors.ServerSelectionTimeoutError):
        return _no_server(str(error), waited)
    if isinstance(error, errors.ConfigurationError) and "wire version" in str(error):
        return Trouble.UNSUPPORTED, "the server is too old for the driver: MongoDB 4.4 is the oldest"
    if isinstance(error, errors.PyMongoError) and error.timeout:
        return Trouble.SILENT, waited
    if isinstance(error, errors.ConnectionFailure):
        return Trouble.UNREACHABLE, "the connection was closed"
    if isinstance(error, MemoryError):
        return Trouble.BROKEN, "the answer is larger than may be taken in"
    return Trouble.BROKEN, type(error).__name__


def _refusal(error: errors.OperationFailure, waited: str) -> tuple[Trouble, str]:
    if error.code == UNAUTHORIZED:
        found = _COMMAND.search(str(error))
        return Trouble.DENIED, f"lacks the right to {found[2]} on {found[1]}" if found else "lacks a right"
    if error.code == AUTHENTICATION_FAILED:
        return Trouble.DENIED, "user or password is refused"
    if error.code == MAX_TIME_EXPIRED:
        return Trouble.SILENT, waited
    if error.code == COMMAND_NOT_FOUND:
        return Trouble.UNSUPPORTED, "no such command"
    name = (error.details or {}).get("codeName") if isinstance(error.details, dict) else None
    return Trouble.BROKEN, f"error {error.code} {name or ''}".strip()


def _no_server(text: str, waited: str) -> tuple[Trouble, str]:
    if "wire version" in text:
        return Trouble.UNSUPPORTED, "the server is too old for the driver: MongoDB 4.4 is the oldest"
    if "certificate" in text or "SSL" in text or "TLS" in text:
        return Trouble.UNREACHABLE, "TLS fails"
    if "not in the inventory" in text:
        return Trouble.UNREACHABLE, "its name was not resolved"
    for part, says in _REFUSALS.items():
        if part in text:
            return (Trouble.SILENT if says.startswith("no connection") else Trouble.UNREACHABLE), says
    return Trouble.UNREACHABLE, "no connection"
