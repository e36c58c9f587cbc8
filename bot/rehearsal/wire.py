"""The HTTP server itself: one that can hang up without an answer, inside the caller's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "rehearsal.transport"


class HangUpProtocol(HttpToolsProtocol):
    """Hands the connection to the application, so that it can be cut."""

    def on_message_begin(self) -> None:
        """Add the transport to the scope."""
        super().on_message_begin()
        self.scope[TRANSPORT] = self.transport  # type: ignore[literal-required]


class _Gone(Response):
    """The answer that is never sent."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        scope[TRANSPORT].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


async def hang_up(request: Request) -> Response:
    """Read what the client still sends, then cut the connection without a byte of answer."""
    await request.body()
    return _Gone()


class QuietServer(uvicorn.Server):
    """A server that leaves the process's signal handlers alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the caller."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """Return a bound socket. Raises OSError with a sentence when the port is busy."""
    # the protocol is named because asyncio turns Nagle's delay (40 ms a call) off only where it is
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as exc:
        sock.close()
        raise OSError(exc.errno, f"port {port} on {host} is taken or not allowed; choose another one") from None
    return sock


async def run(app: Any, sock: socket.socket) -> tuple[QuietServer, asyncio.Task[None]]:
    """Start serving on the socket and return once it answers."""
    config = uvicorn.Config(
        app,
        http=HangUpProtocol,
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    server = QuietServer(config)
    task = asyncio.create_task(server.serve(sockets=[sock]))
    while not server.started:
        if task.done():
            task.result()
        await asyncio.sleep(0.002)
    return server, task
