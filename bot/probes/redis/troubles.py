"""What went wrong with a question to Redis, as the answer that says so."""

from __future__ import annotations

import re

from redis import exceptions as failed

from bot.probes.redis.answers import FULL
from bot.probes.redis.wire import CONNECT_S, HANDSHAKE, LATE, TooMuch, Unreachable
from bot.probes.seen import Answer, Trouble


class Declined(Exception):
    """A question that we do not put; the text says why."""


CANNOT_READ = (
    failed.RedisError,
    Declined,
    Unreachable,
    TooMuch,
    ValueError,
    TypeError,
    ArithmeticError,
    LookupError,
    RecursionError,
)
_SAID = {
    "LOADING": "LOADING: it reads its data from the disk",
    "MISCONF": "MISCONF: it cannot save; that is its disk, it is not dead",
    "MASTERDOWN": "MASTERDOWN: its link to the master is down",
    "NOQUORUM": "NOQUORUM",
    "BUSY": "BUSY: a script has been running for long",
}
_WANTS_NONE = ("without any password configured", "no password is set")  # Redis 6, and before


def wants_no_password(error: Exception) -> bool:
    """Whether a server turned a password down because it has none, as Sentinels often do."""
    return any(words in str(error) for words in _WANTS_NONE)


def may_be_nameless(error: Exception) -> bool:
    """Whether only our name was turned down: not allowed to us, or not known to this server."""
    return isinstance(error, failed.NoPermissionError) or "unknown" in str(error).lower()


def ran_out(error: Exception) -> bool:
    """Whether nothing but the time that it was given ended a question."""
    late = isinstance(error, Unreachable) and str(error) in (LATE, HANDSHAKE)
    return late or isinstance(error, failed.TimeoutError)


def answer_of(error: Exception, needs: str, took_s: float) -> Answer:
    """The answer for a failure. `needs` is the right that the question takes, as an ACL writes it."""
    trouble, says = _of(error, needs, took_s)
    return Answer(trouble=trouble, says=says, took_s=took_s)


def ends(answer: Answer) -> bool:
    """Whether every further question would get the same answer."""
    return answer.trouble is Trouble.UNREACHABLE or (answer.trouble is Trouble.DENIED and "+" not in answer.says)


def _of(error: Exception, needs: str, took_s: float) -> tuple[Trouble, str]:
    said = str(error)
    if isinstance(error, Unreachable):
        in_time = f"no connection in {min(took_s, CONNECT_S):.1f} s"
        return Trouble.UNREACHABLE, in_time if said == LATE else said
    if isinstance(error, Declined):
        return Trouble.NOT_ASKED, said
    if isinstance(error, failed.TimeoutError):
        return Trouble.SILENT, f"no answer in {took_s:.1f} s"
    if isinstance(error, failed.NoPermissionError):
        return Trouble.DENIED, f"needs {needs}"
    if isinstance(error, failed.AuthenticationError):
        return Trouble.DENIED, "it wants a password" if "required" in said.lower() else "it does not take our password"
    if FULL in said:
        return Trouble.UNREACHABLE, FULL
    if isinstance(error, failed.BusyLoadingError):
        return Trouble.BROKEN, _SAID["LOADING"]
    if isinstance(error, TooMuch):
        return Trouble.BROKEN, "the reply is too long"
    if isinstance(error, failed.ResponseError):
        return _of_reply(said, isinstance(error, failed.MasterDownError))
    if isinstance(error, failed.ConnectionError):
        return Trouble.BROKEN, "it closed the connection"
    return Trouble.BROKEN, "no reply of Redis"


def _of_reply(said: str, master_down: bool) -> tuple[Trouble, str]:
    code = "MASTERDOWN" if master_down else said.partition(" ")[0]
    if code == "DENIED":
        return Trouble.DENIED, "protected mode: it listens to its own host only"
    if code in _SAID:
        return Trouble.BROKEN, _SAID[code]
    if "unknown command" in said.lower() or "unknown subcommand" in said.lower():
        return Trouble.UNSUPPORTED, "no such command here"
    return Trouble.BROKEN, re.sub(r"[^ -~]+", " ", said)[:80]
