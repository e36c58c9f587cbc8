"""Socket Mode: tickets, connections, envelopes and their acknowledgements."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

MAX_CONNECTIONS = 10


class NotConnected(Exception):
    """No Socket Mode connection is open."""


@dataclass(eq=False)
class Connection:
    """One open WebSocket and the envelopes it has not acknowledged."""

    socket: WebSocket
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    async def send(self, message: dict[str, Any]) -> None:
        """Send one JSON message; a connection that is already gone is no error."""
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.socket.send_text(json.dumps(message))

    async def close(self) -> None:
        """Close it, and let nobody wait for it any longer."""
        with suppress(RuntimeError, WebSocketDisconnect):
            await self.socket.close()
        self.give_up()

    def give_up(self) -> None:
        """Fail every envelope that was not acknowledged."""
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(NotConnected())
        self.waiting.clear()


class SocketHub:
    """Holds the app's connections. Each payload goes to one of them, picked at random, as Slack does."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self._tickets: set[str] = set()
        self._closing: set[asyncio.Task[None]] = set()

    def new_ticket(self) -> str:
        """Return a ticket that opens one connection, once."""
        ticket = secrets.token_urlsafe(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket, ticket: str, app_id: str) -> None:
        """Hold one connection until it ends."""
        if ticket not in self._tickets:
            await socket.close(4000)
            return
        self._tickets.remove(ticket)
        await socket.accept()
        connection = Connection(socket)
        if len(self.connections) >= MAX_CONNECTIONS:
            await connection.send({"type": "disconnect", "reason": "too_many_websockets"})
            await connection.close()
            return
        self.connections.append(connection)
        await connection.send(_hello(len(self.connections), app_id))
        try:
            await _listen(connection)
        finally:
            if connection in self.connections:
                self.connections.remove(connection)
            connection.give_up()

    async def ask(
        self, kind: str, payload: dict[str, Any], *, limit_s: float, retry: int = 0, reason: str = ""
    ) -> tuple[bool, Any]:
        """Send one envelope and wait for its acknowledgement: (acknowledged in time, its payload).

        Raises NotConnected when nothing is connected, or the connection ends first.
        """
        if not self.connections:
            raise NotConnected
        connection = random.choice(self.connections)
        envelope_id = str(uuid.uuid4())
        envelope: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": reason}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        await connection.send(envelope)
        try:
            async with asyncio.timeout(limit_s):
                return True, await future
        except TimeoutError:
            return False, None
        finally:
            connection.waiting.pop(envelope_id, None)

    async def refresh(self, *, grace_s: float = 0.0) -> None:
        """Recycle every connection as Slack does every few hours: a warning, then the end."""
        for connection in list(self.connections):
            await connection.send({"type": "disconnect", "reason": "warning", "debug_info": {"host": "rehearsal"}})
        if grace_s:
            await asyncio.sleep(grace_s)
        for connection in list(self.connections):
            self.connections.remove(connection)
            await connection.send({"type": "disconnect", "reason": "refresh_requested"})
            await connection.close()

    def cut(self) -> None:
        """Begin to close every connection, from code that cannot wait."""
        task = asyncio.create_task(self.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def close(self) -> None:
        """Close every connection without a word."""
        for connection in list(self.connections):
            await connection.close()
        self.connections.clear()


def _hello(count: int, app_id: str) -> dict[str, Any]:
    return {
        "type": "hello",
        "num_connections": count,
        "debug_info": {"host": "rehearsal", "build_number": 1, "approximate_connection_time": 18060},
        "connection_info": {"app_id": app_id},
    }


async def _listen(connection: Connection) -> None:
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            text = await connection.socket.receive_text()
            try:
                message = json.loads(text)
            except ValueError:
                continue
            if not isinstance(message, dict):
                continue
            future = connection.waiting.get(str(message.get("envelope_id")))
            if future is not None and not future.done():
                future.set_result(message.get("payload"))
