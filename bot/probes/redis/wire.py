"""One connection to a Redis: it sends only what is on the list, waits only so long, and takes in only so much.

The socket of redis-py waits for each piece of a reply by itself, so a server that sends one byte a second would be
listened to for ever, and a reply may be as long as it likes. Here time and size are counted over a whole reply.
"""

from __future__ import annotations

import socket
import ssl
import time
from dataclasses import dataclass
from typing import Any

import redis
from redis._parsers import _RESP2Parser

from bot.domain.inventory import Member, System

CONNECT_S = 1.5  # one lost packet is sent again after 1 s (RFC 6298); our own judgement of what is no connection
LATE = "no connection in time"
HANDSHAKE = "TLS: it does not answer a handshake"
MOST_BYTES = (
    1_000_000  # of one reply: INFO all has some 20 kB, CLIENT LIST 350 B for each connection; our own judgement
)
SETTINGS = (
    "save",
    "appendonly",
    "maxclients",
    "min-replicas-to-write",
    "min-replicas-max-lag",
    "replica-serve-stale-data",
    "replica-read-only",
    "repl-diskless-load",
    "dir",
    "dbfilename",
    "slowlog-log-slower-than",
    "slowlog-max-len",
)
OLD_SETTINGS = {  # how Redis up to 4 calls them
    "min-replicas-to-write": "min-slaves-to-write",
    "min-replicas-max-lag": "min-slaves-max-lag",
    "replica-serve-stale-data": "slave-serve-stale-data",
    "replica-read-only": "slave-read-only",
}
ALLOWED = frozenset(
    {
        *("AUTH", "INFO", "ROLE", "DBSIZE", "LASTSAVE", "CLIENT LIST", "CLIENT SETNAME"),
        *("SLOWLOG GET", "LATENCY LATEST"),
        *("SENTINEL MASTERS", "SENTINEL CKQUORUM"),
        *("ACL DRYRUN", "ACL GETUSER"),  # the first runs nothing: it tells whether a command would be allowed
        *(f"CONFIG GET {name}" for name in (*SETTINGS, *OLD_SETTINGS.values())),  # others hold passwords
    }
)


class Unreachable(Exception):
    """There is no connection; the text says why."""


class TooMuch(Exception):
    """A reply that is longer than any honest one."""


class NotOnTheList(Exception):
    """A command that must never leave."""


def allowed(words: tuple[Any, ...]) -> bool:
    """Whether a command may be sent."""
    first, *rest = (str(word) for word in words)
    if first == "CONFIG":
        return f"{first} {' '.join(rest)}" in ALLOWED
    return first in ALLOWED or f"{first} {' '.join(rest[:1])}" in ALLOWED


@dataclass
class Budget:
    """What is left for the reply that is being waited for."""

    until: float = 0.0  # time.monotonic()
    bytes_left: int = 0


class Tap:
    """A socket that gives out no more than its budget."""

    def __init__(self, sock: socket.socket, budget: Budget) -> None:
        self._sock, self._budget = sock, budget

    def recv(self, size: int) -> bytes:
        """The next bytes. Raises TimeoutError or TooMuch when the budget is spent."""
        left_s = self._budget.until - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("the time for this reply is over")
        self._sock.settimeout(left_s)
        data = self._sock.recv(size)
        self._budget.bytes_left -= len(data)
        if self._budget.bytes_left < 0:
            raise TooMuch
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Bounded:
    """What a connection of ours has besides redis-py's."""

    def __init__(self, **options: Any) -> None:
        self.budget = Budget()
        super().__init__(**options)

    def _connect(self) -> Tap:
        try:
            return Tap(super()._connect(), self.budget)  # type: ignore[misc]
        except OSError as error:
            raise Unreachable(_in_words(error)) from error

    def send_command(self, *words: Any, **options: Any) -> None:
        if not allowed(words):
            raise NotOnTheList(str(words[0]))
        if not self.is_connected:  # type: ignore[attr-defined]
            raise redis.ConnectionError("closed")  # redis-py would connect anew by itself
        super().send_command(*words, **options)  # type: ignore[misc]

    def allow(self, until: float) -> None:
        """Begin a new reply, or several, to be there by `until` (time.monotonic())."""
        self.budget.until, self.budget.bytes_left = until, MOST_BYTES

    def open(self) -> None:
        """Connect and, where there is a password, show it."""
        self.connect()  # type: ignore[attr-defined]

    def close(self) -> None:
        """Leave. Nothing is waited for."""
        self.disconnect()  # type: ignore[attr-defined]


class Wire(Bounded, redis.Connection):
    """A connection in the clear."""


class SecureWire(Bounded, redis.SSLConnection):
    """A connection under TLS; the server's certificate is checked against its name."""


def wire_to(system: System, member: Member, password: str, connect_s: float) -> Wire | SecureWire:
    """A connection that is not open yet."""
    options: dict[str, Any] = {
        "host": member.host,
        "port": member.port,
        "username": system.user or None,
        "password": password or None,
        "socket_connect_timeout": min(connect_s, CONNECT_S),
        "socket_timeout": min(connect_s, CONNECT_S),
        "decode_responses": True,
        "encoding_errors": "replace",
        "protocol": 2,  # with 3 it asks for notices of maintenance
        "parser_class": _RESP2Parser,  # where hiredis is there, it makes room for as many items as a server announces
        "driver_info": None,  # so that it does not introduce itself with CLIENT SETINFO
    }
    if system.options.get("tls"):
        return SecureWire(ssl_ca_certs=system.options.get("ca_file") or None, **options)
    return Wire(**options)


def _in_words(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, TimeoutError):
        return HANDSHAKE if "handshake" in str(error) else LATE
    if isinstance(error, socket.gaierror):
        return "no such name"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message or 'certificate not accepted'}"
    if isinstance(error, ssl.SSLError):
        return HANDSHAKE
    return (error.strerror or type(error).__name__).lower()
