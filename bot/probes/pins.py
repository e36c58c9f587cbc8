"""The addresses of hosts, resolved once and then the only ones there are: a name that later leads elsewhere, a member
that a server makes up, or a redirect to another host finds nothing.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.addresses import canonical, refusal

MAX_ADDRESSES = 16  # of one host; a load balancer has a handful

_SENDS = {"socket.connect", "socket.sendto", "socket.sendmsg"}  # audit events: (socket, address)
_ASKS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}  # (host, …)
_INTERNET = (socket.AF_INET, socket.AF_INET6)


@dataclass(frozen=True)
class Pins:
    """The addresses that each host has, for good. `refused` says of the others why they have none that may be used."""

    by_host: Mapping[str, Sequence[str]]
    refused: Mapping[str, str] = field(default_factory=dict)

    def install(self) -> None:
        """From now on this process reaches the pinned addresses and no other. There is no way back.

        `socket.getaddrinfo` knows the pinned hosts only. What gets around it (a connection to a number, another
        function that looks names up) is stopped by an audit hook, which Python cannot take out again.
        """
        resolve_literal = socket.getaddrinfo
        known = {canonical(host): tuple(addresses) for host, addresses in self.by_host.items()}
        pinned = frozenset(canonical(address) for addresses in known.values() for address in addresses)
        known |= {address: (address,) for address in pinned}

        def getaddrinfo(
            host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
        ) -> list[tuple[Any, ...]]:
            addresses = known.get(canonical(_text(host)), ())
            fitting = [one for one in addresses if family in (socket.AF_UNSPEC, _family(one))]
            if not fitting:
                raise _unknown(host)
            flags = socket.AI_NUMERICHOST | (flags & socket.AI_NUMERICSERV)
            return [found for one in fitting for found in resolve_literal(one, port, _family(one), type, proto, flags)]

        def hook(event: str, given: tuple[Any, ...]) -> None:
            if event in _SENDS and given[1] is not None:
                _stop_unless(given[0].family in _INTERNET and canonical(_text(given[1][0])) in pinned, given[1])
            elif event in _ASKS:
                _stop_unless(canonical(_text(given[0])) in pinned, given[0])

        socket.getaddrinfo = getaddrinfo
        sys.addaudithook(hook)


def resolve(hosts: Iterable[str], deadline_s: float) -> Pins:
    """Look every host up once, side by side, and keep the addresses that may be looked at. Never raises.

    A resolver that hangs cannot be interrupted, so it is left behind in its thread when the deadline comes.
    """
    wanted = list(dict.fromkeys(canonical(host) for host in hosts))
    answers: dict[str, list[str] | str] = {}

    def look_up(host: str) -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answers[host] = list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))
        except (OSError, UnicodeError) as error:
            answers[host] = f"has no address ({getattr(error, 'strerror', None) or 'not a name'})"

    until = time.monotonic() + deadline_s
    threads = [threading.Thread(target=look_up, args=(host,), daemon=True) for host in wanted]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    by_host: dict[str, tuple[str, ...]] = {}
    refused: dict[str, str] = {}
    for host in wanted:
        addresses = answers.get(host, f"was not resolved in {deadline_s:.1f} s")
        allowed = () if isinstance(addresses, str) else tuple(one for one in addresses if not refusal(one))
        if allowed:
            by_host[host] = allowed[:MAX_ADDRESSES]
        else:
            refused[host] = addresses if isinstance(addresses, str) else _why_none(addresses)
    return Pins(by_host, refused)


def _why_none(addresses: Sequence[str]) -> str:
    if not addresses:
        return "has no address"
    return f"leads to {refusal(addresses[0])} ({addresses[0]}), which is never looked at"


def _family(address: str) -> int:
    return _INTERNET[ipaddress.ip_address(address).version == 6]


def _text(host: Any) -> str:
    """A host as clients hand it over; "" for none, which would be this machine."""
    return host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host or "")


def _stop_unless(allowed: bool, place: Any) -> None:
    if not allowed:
        raise _unknown(place[0] if isinstance(place, tuple) else place)


def _unknown(host: Any) -> socket.gaierror:
    shown = "".join(letter if letter.isprintable() else "?" for letter in _text(host)[:80])
    return socket.gaierror(socket.EAI_NONAME, f"{shown} is not in the inventory")
