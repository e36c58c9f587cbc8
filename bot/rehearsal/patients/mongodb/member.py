"""One member of a patient as a process of its own: a socket for clients, and lines of JSON with whoever started it.

`python -m bot.rehearsal.patients.mongodb.member` says its port on the first line of its output. It ends as soon as its
input does, so it cannot outlive the process that started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
from typing import Any

from bot.rehearsal.patients.mongodb.connection import Connection
from bot.rehearsal.patients.mongodb.sight import Sight, Sockets
from bot.rehearsal.patients.mongodb.story import Story
from bot.rehearsal.patients.mongodb.wire import Request, WireError

LINE_BYTES = 1 << 20


class Member:
    """The sockets of one member, and what it has heard."""

    def __init__(self, server: asyncio.Server, story: Story) -> None:
        self._server = server
        self._story = story
        self._clients: set[asyncio.StreamWriter] = set()
        self._created = 0
        self._rejected = 0
        self._heard: list[dict[str, Any]] = []
        self._port: int = server.sockets[0].getsockname()[1]

    def sight(self) -> Sight:
        return Sight(self._story, time.time(), Sockets(len(self._clients), self._created, self._rejected))

    def note(self, request: Request, verb: str, wrote: bool) -> None:
        """Keeps a command that came in, with its first stage if it is an aggregation."""
        heard = {"at": time.time(), "name": request.name, "database": request.database, "wrote": wrote}
        self._heard.append(heard | {"verb": verb})

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one client for as long as it stays."""
        self._created += 1
        ill = self.sight().mine("connection-limit")
        if ill and len(self._clients) >= ill.options["spare"]:
            self._rejected += 1
            writer.close()
            return
        self._clients.add(writer)
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, WireError):
                await Connection(self, self._created, reader, writer).run()
        finally:
            self._clients.discard(writer)
            writer.close()

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Does what the controlling process asks."""
        if order["do"] == "tell":
            return {"heard": self._heard[order["after"] :]}
        self._story = Story.from_json(order["story"])
        if self.sight().mine("member-down"):
            self._server.close()
            for client in tuple(self._clients):
                client.transport.abort()
        elif not self._server.is_serving():
            self._server = await asyncio.start_server(self.accept, "127.0.0.1", self._port)
        return {}


async def main() -> None:
    """Opens a port, says which, waits to be told the story, and serves until there is no more input."""
    pipe = asyncio.StreamReader(limit=LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe), sys.stdin)
    awaited: asyncio.Future[Member] = asyncio.get_running_loop().create_future()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (await awaited).accept(reader, writer)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    _say({"port": server.sockets[0].getsockname()[1]})
    while line := await pipe.readline():
        order = json.loads(line)
        if not awaited.done():
            awaited.set_result(Member(server, Story.from_json(order["story"])))
        _say(await awaited.result().obey(order))


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
