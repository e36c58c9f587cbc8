"""Asks a Redis or a Sentinel: one connection, one question after the other, nothing that writes.

PING is not among the questions: a Redis that cannot write its dump answers even that with MISCONF (Redis server.c,
processCommand), so that a live server would look dead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from redis.exceptions import AuthenticationError, ResponseError

from bot.domain.inventory import Member, System
from bot.probes.redis import replies, troubles
from bot.probes.redis.rights_of import rights
from bot.probes.redis.wire import OLD_SETTINGS, SETTINGS, SecureWire, Wire, wire_to
from bot.probes.seen import NOT_ASKED, Answer, Trouble

CLIENT_NAME = "muster-probe"
QUESTION_S = 1.5  # at most for one question, so that a second one can be tried within the 3 s of a look
LEAST_S = 0.05  # less than this is no time to ask
FAIR_S = 0.5  # silence for less says nothing: a server on another continent needs half of it; our own judgement
MOST_CONNECTIONS = 2  # one after the other, in one look: a server in need is not asked again and again


def ask(
    system: System, member: Member | None, questions: Sequence[str], deadline_s: float, password: str
) -> dict[str, Answer]:
    """Put the questions to one member. Each gets an answer, or the reason why there is none, within the deadline."""
    if member is None:
        return {}
    with closing(_Talk(system, member, password, time.monotonic() + deadline_s)) as talk:
        return {question: talk.put(question) for question in QUESTIONS if question in questions}


class _Talk:
    """What is said to one member in one look."""

    def __init__(self, system: System, member: Member, password: str, until: float) -> None:
        self._system, self._member, self._password, self._until = system, member, password, until
        self._wire: Wire | SecureWire | None = None
        self._opened = 0
        self._ended: Answer | None = None

    def put(self, question: str) -> Answer:
        """Put one question, unless it is clear already that it would be in vain."""
        if self._ended:
            return self._ended
        if question not in questions_for(self._member.part):
            return Answer(trouble=Trouble.UNSUPPORTED, says="not a question for it")
        started = time.monotonic()
        left_s = self._until - started
        if left_s < LEAST_S:
            return NOT_ASKED
        try:
            wire = self._open(min(started + QUESTION_S, self._until))
            return Answer(_TABLE[question].read(wire, self._system), took_s=time.monotonic() - started)
        except troubles.CANNOT_READ as error:
            if not isinstance(error, (ResponseError, troubles.Declined)):
                self.close()  # whatever is still on its way belongs to no later question
            if left_s < FAIR_S and troubles.ran_out(error):
                return NOT_ASKED
            answer = troubles.answer_of(error, _TABLE[question].right, time.monotonic() - started)
        if troubles.ends(answer) or (self._wire is None and self._opened >= MOST_CONNECTIONS):
            self._ended = answer
        return answer

    def _open(self, until: float) -> Wire | SecureWire:
        if self._wire is None:
            self._opened += 1
            self._wire = wire_to(self._system, self._member, self._password, until - time.monotonic())
            self._wire.allow(until)
            _greet(self._wire)
        self._wire.allow(until)
        return self._wire

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def _greet(wire: Wire | SecureWire) -> None:
    try:
        wire.open()
    except AuthenticationError as error:
        if not troubles.wants_no_password(error):
            raise
        wire.username = wire.password = None
        wire.open()
    wire.send_command("CLIENT", "SETNAME", CLIENT_NAME)
    try:
        wire.read_response()
    except ResponseError as error:
        if not troubles.may_be_nameless(error):
            raise


def _reply(wire: Wire | SecureWire, *words: str) -> Any:
    wire.send_command(*words)
    return wire.read_response()


def _settings(wire: Wire | SecureWire, _: System) -> dict[str, str | int]:
    """One CONFIG GET for each name, sent together: before 7.0 it takes a single one."""
    names = (*SETTINGS, *OLD_SETTINGS.values())
    for name in names:
        wire.send_command("CONFIG", "GET", name)
    got: dict[str, str | int | None] = {}
    refused: ResponseError | None = None
    for name in names:
        try:
            got[name] = replies.setting_of(wire.read_response())
        except ResponseError as error:
            refused = error
    if refused is not None:
        raise refused
    for name, old in OLD_SETTINGS.items():
        got[name] = got[old] if got[name] is None else got[name]
    return {name: value for name in SETTINGS if (value := got[name]) is not None}


def _clients(wire: Wire | SecureWire, _: System) -> dict[str, Any]:
    count = replies.info_of(_reply(wire, "INFO", "clients")).get("connected_clients")
    if not isinstance(count, int) or count > replies.MOST_CLIENTS:
        raise troubles.Declined(f"{count} connections: listing them would be a burden")
    return replies.clients_of(_reply(wire, "CLIENT", "LIST"))


def _masters(wire: Wire | SecureWire, _: System) -> list[dict[str, Any]]:
    return replies.masters_of(_reply(wire, "SENTINEL", "MASTERS"))


def _quorum(wire: Wire | SecureWire, system: System) -> str:
    """Sentinel's own sentence; that there is no quorum comes as an error, and is an answer all the same."""
    name = str(system.options.get("sentinel_name") or "")
    if not name:
        raise troubles.Declined("the inventory gives no sentinel_name")
    try:
        return str(_reply(wire, "SENTINEL", "CKQUORUM", name))
    except ResponseError as error:
        if not str(error).startswith("NOQUORUM"):
            raise
        return str(error)


@dataclass(frozen=True)
class _Question:
    """How a question is put and read, the right that it takes, and who is asked."""

    read: Callable[[Wire | SecureWire, System], Any]
    right: str
    of_data: bool = True
    of_sentinel: bool = False


_TABLE = {  # in the order in which they are asked: what fails while it loads comes last
    "info": _Question(lambda wire, _: replies.info_of(_reply(wire, "INFO", "all")), "+info", of_sentinel=True),
    "role": _Question(lambda wire, _: replies.role_of(_reply(wire, "ROLE")), "+role", of_sentinel=True),
    "config": _Question(_settings, "+config|get"),
    "lastsave": _Question(lambda wire, _: replies.number_of(_reply(wire, "LASTSAVE")), "+lastsave"),
    "clients": _Question(_clients, "+client|list"),
    "slowlog": _Question(
        lambda wire, _: replies.slowlog_of(_reply(wire, "SLOWLOG", "GET", str(replies.MOST_SLOW))), "+slowlog|get"
    ),
    "latency": _Question(lambda wire, _: replies.latency_of(_reply(wire, "LATENCY", "LATEST")), "+latency|latest"),
    "dbsize": _Question(lambda wire, _: replies.number_of(_reply(wire, "DBSIZE")), "+dbsize"),
    "rights": _Question(lambda wire, _: rights(wire, sentinel=False), "+acl|dryrun"),
    "watcher-rights": _Question(
        lambda wire, _: rights(wire, sentinel=True), "+acl|dryrun", of_data=False, of_sentinel=True
    ),
    "masters": _Question(_masters, "+sentinel|masters", of_data=False, of_sentinel=True),
    "ckquorum": _Question(_quorum, "+sentinel|ckquorum", of_data=False, of_sentinel=True),
}
QUESTIONS: tuple[str, ...] = tuple(_TABLE)


def questions_for(part: str) -> tuple[str, ...]:
    """The questions that a member of this part is asked; a Sentinel has others than who holds data."""
    return tuple(
        name for name, question in _TABLE.items() if (question.of_sentinel if part == "sentinel" else question.of_data)
    )
