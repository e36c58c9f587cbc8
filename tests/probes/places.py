"""Servers to reach or not to reach: real sockets, plain or with TLS, that remember who came and under which name."""

from __future__ import annotations

import socket
import socketserver
import ssl
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import bson

Handler = Callable[[socket.socket], None]


@dataclass
class Place:
    """One listening server. `came` counts connections, `names` are the TLS server names that clients asked for."""

    host: str
    port: int = 0
    came: int = 0
    names: list[str | None] = field(default_factory=list)


@contextmanager
def listening(handler: Handler, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Place]:
    """A server that hands each connection to `handler` in a thread of its own."""
    place = Place(host)
    if tls:
        tls.sni_callback = lambda _, name, __: place.names.append(name)

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            place.came += 1
            with (
                suppress(OSError, struct.error),
                tls.wrap_socket(self.request, server_side=True) if tls else self.request as connection,
            ):
                handler(connection)

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server((host, 0), Connection) as server:
        place.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield place
        server.shutdown()


def certificate(folder: Path, name: str) -> Path:
    """A fresh certificate for `name`, with its key in the same file."""
    file = folder / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", f"{file}.key", "-out", file],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return file


def server_tls(file: Path) -> ssl.SSLContext:
    """The server's side of that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, f"{file}.key")
    return context


def web(answer: bytes) -> Handler:
    """Gives every request the same answer and closes."""

    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        connection.close()

    return handle


def redis(connection: socket.socket) -> None:
    """Says PONG, which is all that is asked here."""
    while connection.recv(65536):
        connection.sendall(b"+PONG\r\n")


def mongodb(hello: Callable[[], dict[str, Any]]) -> Handler:
    """Answers every command with what `hello` gives, over OP_MSG and the older OP_QUERY (MongoDB's wire protocol)."""

    def handle(connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            while head := stream.read(16):
                size, number, _, op = struct.unpack("<iiii", head)
                stream.read(size - 16)
                document = bson.encode(hello())
                before = struct.pack("<IB", 0, 0) if op == 2013 else struct.pack("<iqii", 8, 0, 0, 1)
                length = 16 + len(before) + len(document)
                stream.write(struct.pack("<iiii", length, 1, number, 2013 if op == 2013 else 1) + before + document)
                stream.flush()

    return handle
