"""Answering HTTP inside an event loop that others share."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator
from typing import Any

import uvicorn

CLOSE_WITHIN_S = 3


class _Quiet(uvicorn.Server):
    """Leaves the process's signal handlers alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Serving:
    """One HTTP server. `url` is known once it is started; port 0 picks a free one."""

    def __init__(self, app: Any, host: str, port: int) -> None:
        self._app, self._host, self._port = app, host, port
        self.url = ""

    async def start(self) -> None:
        """Begin to answer. Raises OSError with a sentence when the port is taken."""
        sock = _bind(self._host, self._port)
        self.url = f"http://{self._host}:{sock.getsockname()[1]}"
        config = uvicorn.Config(
            self._app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=CLOSE_WITHIN_S,
        )
        self._server = _Quiet(config)
        self._task = asyncio.create_task(self._server.serve(sockets=[sock]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
            await asyncio.sleep(0.001)

    async def stop(self) -> None:
        """Let requests in hand finish, then close."""
        self._server.should_exit = True
        await self._task


def _bind(host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio switches Nagle's delay off only on a socket that says it is TCP.
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise OSError(error.errno, f"port {port} on {host} is in use") from None
        raise OSError(error.errno, f"port {port} on {host} cannot be opened ({error.strerror})") from None
    return sock
