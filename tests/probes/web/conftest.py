"""Real servers on this machine, kind and hostile ones, for the probes that speak HTTP."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import parse_http_list, parse_keqv_list

import pytest

REALM, NONCE = "MMS Public API", "Zm9yIG9uY2U"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@dataclass
class Served:
    """What a server answers by path, and the requests that came."""

    port: int = 0
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    wait_s: float = 0.0
    slow: str = ""  # the only path that waits; "" for all of them
    secret: tuple[str, str] | None = None  # then it asks for a digest of this user and password

    def knows(self, path: str, given: str | None) -> bool:
        """Whether an Authorization header proves the password, as RFC 7616 says with MD5 and qop=auth."""
        if self.secret is None or not (given or "").startswith("Digest "):
            return self.secret is None
        sent = parse_keqv_list(parse_http_list((given or "").removeprefix("Digest ")))
        user, password = self.secret
        ha1, ha2 = _md5(f"{user}:{REALM}:{password}"), _md5(f"GET:{path}")
        proof = _md5(f"{ha1}:{NONCE}:{sent['nc']}:{sent['cnonce']}:auth:{ha2}")
        return (sent["username"], sent["uri"], sent["response"]) == (user, path, proof)

    def url(self, path: str = "/", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def page(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.pages[path] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)


@contextlib.contextmanager
def serving(tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    served = Served()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            served.asked.append((self.path, dict(self.headers)))
            time.sleep(served.wait_s if served.slow in ("", self.path) else 0)
            status, headers, body = served.pages.get(self.path, (404, {}, b""))
            if not served.knows(self.path, self.headers["Authorization"]):
                challenge = f'Digest realm="{REALM}", nonce="{NONCE}", algorithm=MD5, qop="auth"'
                status, headers, body = 401, {"WWW-Authenticate": challenge}, b""
            with contextlib.suppress(ConnectionError):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    served.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def served() -> Iterator[Served]:
    with serving() as found:
        yield found


@pytest.fixture
def certified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Served]]:
    """A server with a certificate that is good for so many days, which this process trusts."""
    if not shutil.which("openssl"):
        pytest.skip("there is no openssl to make a certificate with")
    with contextlib.ExitStack() as open_:

        def make(days: int) -> Served:
            key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                 "-days", str(days), "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1",
                 "-keyout", str(key), "-out", str(certificate)],
                check=True, capture_output=True,
            )  # fmt: skip
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate, key)
            return open_.enter_context(serving(context))

        yield make


def headers_without_end(line: socket.socket) -> None:
    """One byte a second, or rather ten, so that the test is quick."""
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        line.sendall(b"X")
        time.sleep(0.1)


def body_without_end(line: socket.socket) -> None:
    line.sendall(HEAD)
    while True:
        line.sendall(b" ")
        time.sleep(0.1)


def flood(line: socket.socket) -> None:
    line.sendall(HEAD)
    while True:
        line.sendall(b"[" * 65_536)


def flood_unasked_for_a_password(line: socket.socket) -> None:
    line.sendall(b'HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm="a", nonce="b", qop="auth"\r\n\r\n')
    while True:
        line.sendall(b"x" * 65_536)


def silence(line: socket.socket) -> None:
    while line.recv(65_536):
        pass


def no_http(line: socket.socket) -> None:
    line.sendall(b"-ERR unknown command 'GET'\r\n")


def hung_up(line: socket.socket) -> None:
    pass


@pytest.fixture
def hostile() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Start a server that does this to everyone who connects; return its port."""
    listeners: list[socket.socket] = []

    def start(treat: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def one(line: socket.socket) -> None:
            with line, contextlib.suppress(OSError):
                line.settimeout(10)
                line.recv(65_536)
                treat(line)

        def run() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=one, args=(listener.accept()[0],), daemon=True).start()

        threading.Thread(target=run, daemon=True).start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listeners:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
