"""One member of a patient as a process of its own: a socket for clients, and lines of JSON with whoever started it.

`python -m bot.rehearsal.patients.mongodb.member` says its port on the first line of its output. It ends as soon as its
input does, so it cannot outlive the process that started it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
import time
from collections import deque
from typing import Any

from bot.rehearsal.patients.mongodb.connection import Connection
from bot.rehearsal.patients.mongodb.sight import Sight, Sockets
from bot.rehearsal.patients.mongodb.story import Story
from bot.rehearsal.patients.mongodb.wire import Request, WireError

HOST = "127.0.0.1"
LINE_BYTES = 1 << 20
MOST_HEARD = 100_000


class Member:
    """The sockets of one member, and what it has heard."""

    def __init__(self, story: Story, port: int) -> None:
        self._story = story
        self._port = port
        self._server: asyncio.Server | None = None
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._created = 0
        self._rejected = 0
        self._heard: deque[dict[str, Any]] = deque(maxlen=MOST_HEARD)

    def sight(self) -> Sight:
        return Sight(self._story, time.time(), Sockets(len(self._clients), self._created, self._rejected))

    def note(self, request: Request, verb: str, wrote: bool) -> None:
        """Keeps a command that came in, with its first stage if it is an aggregation."""
        heard = {"at": time.time(), "name": request.name, "database": request.database, "wrote": wrote}
        self._heard.append(heard | {"verb": verb})

    async def obey(self, order: dict[str, Any]) -> dict[str, Any]:
        """Does what the controlling process asks: tells what it heard, or lives by a new story."""
        if "story" not in order:
            return {"heard": list(self._heard)}
        self._story = Story.from_json(order["story"])
        if self.sight().mine("member-down"):
            self._shut()
        elif self._server is None:
            self._server = await asyncio.start_server(self._accept, HOST, self._port, reuse_port=True)
        return {}

    def _shut(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for client in self._clients.values():
            client.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._created += 1
        ill = self.sight().mine("connection-limit")
        if ill and len(self._clients) >= ill.options["spare"]:
            self._rejected += 1
            writer.close()
            return
        task = asyncio.create_task(self._serve(Connection(self, self._created, reader, writer), writer))
        self._clients[task] = writer
        task.add_done_callback(lambda done: self._clients.pop(done, None))

    async def _serve(self, connection: Connection, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, WireError):
                await connection.run()
        finally:
            writer.transport.abort()


async def main() -> None:
    """Takes a port, says which, waits to be told the story, and serves until there is no more input."""
    pipe = asyncio.StreamReader(limit=LINE_BYTES)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(pipe), sys.stdin)
    member: Member | None = None
    with socket.socket() as held:
        # Bound for as long as the process lives and never listened on: so the port is still ours after it was shut.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((HOST, 0))
        port: int = held.getsockname()[1]
        _say({"port": port})
        while line := await pipe.readline():
            order = json.loads(line)
            member = member or Member(Story.from_json(order["story"]), port)
            _say(await member.obey(order) | {"order": order["order"]})


def _say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main())
