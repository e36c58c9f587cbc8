"""One client's connection to a member: its greeting, its login, and every command that comes after."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from bson import Binary

from bot.rehearsal.patients.mongodb import commands, hostile, replication, rights
from bot.rehearsal.patients.mongodb.diseases import Illness
from bot.rehearsal.patients.mongodb.scram import AuthenticationFailed, Conversation
from bot.rehearsal.patients.mongodb.sight import Refused, Sight
from bot.rehearsal.patients.mongodb.wire import Document, Request, read_request

LOOK_EVERY_S = 0.5  # how soon a command that hangs notices that it no longer has to, or that its client has gone


class Host(Protocol):
    """The member as a connection needs it."""

    def sight(self) -> Sight: ...
    def note(self, request: Request, verb: str, wrote: bool) -> None: ...


class Connection:
    """Reads a command, answers it, reads the next; none overtakes another, as on a server."""

    def __init__(self, host: Host, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._number = number
        self._reader = reader
        self._writer = writer
        self._cursors = commands.Cursors()
        self._login: Conversation | None = None
        self._logged_in = False

    async def run(self) -> None:
        """Serves until the client goes. Raises what the socket raises."""
        await self._hang(lambda sight: sight.mine("hang-at-connect"))
        while True:
            request = await read_request(self._reader)
            verb = commands.verb_of(request)
            self._host.note(request, verb, commands.writes(request))
            try:
                document = await self._answer(request, verb)
            except Refused as refused:
                document = refused.answer
            if not request.unanswered:
                sight = self._host.sight()
                await hostile.send(self._writer, sight, request, document | sight.gossip())

    async def _answer(self, request: Request, verb: str) -> Document:
        sight = self._host.sight()
        if verb == "isMaster" or (verb == "hello" and sight.release.knows_hello):
            return self._greet(sight, request, legacy=verb == "isMaster")
        if verb in ("saslStart", "saslContinue"):
            await self._hang(lambda sight: sight.mine("hang-at-auth"))
            return self._log_in(sight, request, verb == "saslStart")
        if verb == "connectionStatus":
            return rights.connection_status(sight, request.command, self._logged_in)
        rights.check(sight, request, verb, self._logged_in)
        wrote = commands.writes(request)
        if wrote or verb in commands.OF_STORAGE:
            await self._hang(lambda sight: sight.mine("zombie-primary"))
            await self._wait_for_ticket(sight, request)
        if verb == "serverStatus":
            await self._hang(_stuck_status)
        if wrote:
            rights.refuse(request)
        return commands.answer(self._host.sight(), request, verb, self._cursors, self._number)

    async def _hang(self, ill: Callable[[Sight], Illness | None]) -> None:
        """Lets the client wait for as long as the illness goes on, whatever time limit it set."""
        while ill(self._host.sight()):
            if self._reader.at_eof():
                raise ConnectionResetError
            await asyncio.sleep(LOOK_EVERY_S)

    async def _wait_for_ticket(self, sight: Sight, request: Request) -> None:
        if not (ill := sight.mine("tickets-gone")):
            return
        wait, limit = float(ill.options["wait_s"]), request.command.get("maxTimeMS", 0) / 1000
        if limit and limit < wait:
            await asyncio.sleep(limit)
            raise Refused(50, "MaxTimeMSExpired", "operation exceeded time limit")
        await asyncio.sleep(wait)

    def _greet(self, sight: Sight, request: Request, legacy: bool) -> Document:
        told = replication.hello(sight, self._number, legacy)
        if request.command.get("helloOk") and sight.release.knows_hello:
            told["helloOk"] = True
        if sight.story.user and request.command.get("saslSupportedMechs") == f"admin.{sight.story.user}":
            told["saslSupportedMechs"] = ["SCRAM-SHA-256"]
        wanted = request.command.get("speculativeAuthenticate")
        if wanted and not sight.mine("hang-at-auth"):
            try:
                told["speculativeAuthenticate"] = self._sasl(sight, wanted, start=True)
            except (AuthenticationFailed, ValueError):
                self._login = None  # the client tries again in the open, and fails there
        return told

    def _log_in(self, sight: Sight, request: Request, start: bool) -> Document:
        try:
            return self._sasl(sight, request.command, start) | {"ok": 1.0}
        except (AuthenticationFailed, ValueError):  # ValueError: what was sent is not in SCRAM's form
            self._login = None
            raise Refused(18, "AuthenticationFailed", "Authentication failed.") from None

    def _sasl(self, sight: Sight, wanted: Document, start: bool) -> Document:
        """One step of the login. An arbiter bears no data, so it has no users either."""
        payload = bytes(wanted.get("payload", b""))
        if start:
            if wanted.get("mechanism") != "SCRAM-SHA-256" or not sight.story.user or sight.place.arbiter:
                raise AuthenticationFailed
            self._login = Conversation(sight.story.user, sight.story.password)
            said, done = self._login.first(payload), False
        elif self._logged_in:
            said, done = b"", True
        elif self._login is None:
            raise AuthenticationFailed
        else:
            said, self._logged_in = self._login.last(payload), True
            done = True
        return {"conversationId": 1, "done": done, "payload": Binary(said)}


def _stuck_status(sight: Sight) -> Illness | None:
    ill = sight.mine("zombie-primary")
    return ill if ill and ill.options["server_status_hangs"] else None
