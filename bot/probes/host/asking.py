"""Whether the ports of a host are open: a TCP connection to each, side by side, closed at once. Nothing is sent."""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import socket
import time
from collections.abc import Sequence
from typing import Any

from bot.domain.inventory import Member, System
from bot.probes.seen import Answer, Trouble

QUESTIONS = ("ports",)
MOST_PORTS = 100  # as many as the inventory takes
MOST_ADDRESSES = 2  # such as one of each family
BEST_FIRST = ("open", "refused", "silent")


def ask(
    system: System, member: Member | None, questions: Sequence[str], deadline_s: float, password: str
) -> dict[str, Answer]:
    """`ports`: `[{"port", "state", "took_s"}]`; the state is open, refused, silent, or why nothing could be sent."""
    if member is None:
        return dict.fromkeys(questions, Answer(trouble=Trouble.BROKEN, says="the system has no host"))
    began = time.monotonic()
    try:
        found = socket.getaddrinfo(member.host, None, type=socket.SOCK_STREAM)
    except OSError:
        return dict.fromkeys(questions, Answer(trouble=Trouble.UNREACHABLE, says="its name has no address"))
    addresses = list(dict.fromkeys((family, address) for family, *_, address in found))[:MOST_ADDRESSES]
    ports = list(dict.fromkeys(system.options.get("ports") or (member.port,)))[:MOST_PORTS]
    states = _states(addresses, ports, began, deadline_s)
    value = [{"port": port, "state": state, "took_s": took_s} for port, (state, took_s) in states.items()]
    return dict.fromkeys(questions, Answer(value=value, took_s=_since(began)))


def _states(
    addresses: Sequence[tuple[int, Any]], ports: Sequence[int], began: float, within_s: float
) -> dict[int, tuple[str, float]]:
    """The state of each port, and after how many seconds: the best that any address of the host gives."""
    states: dict[int, list[tuple[str, float]]] = {port: [] for port in ports}
    with selectors.DefaultSelector() as waiting, contextlib.ExitStack() as lines:
        for port in ports:
            for family, address in addresses:
                line = lines.enter_context(socket.socket(family, socket.SOCK_STREAM))
                line.setblocking(False)
                code = line.connect_ex((address[0], port, *address[2:]))
                if code == errno.EINPROGRESS:
                    waiting.register(line, selectors.EVENT_WRITE, (port, line))
                else:
                    states[port].append((_state(code), _since(began)))
        while waiting.get_map() and (left_s := began + within_s - time.monotonic()) > 0:
            for key, _ in waiting.select(left_s):
                port, line = key.data
                waiting.unregister(line)
                states[port].append((_state(line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)), _since(began)))
                line.close()
        for key in list(waiting.get_map().values()):
            states[key.data[0]].append(("silent", _since(began)))
    return {port: min(found, key=_rank) for port, found in states.items()}


def _since(began: float) -> float:
    return time.monotonic() - began


def _rank(told: tuple[str, float]) -> tuple[int, float]:
    return (BEST_FIRST.index(told[0]) if told[0] in BEST_FIRST else len(BEST_FIRST)), told[1]


def _state(code: int) -> str:
    if code == errno.ECONNREFUSED:
        return "refused"
    if code == errno.ETIMEDOUT:
        return "silent"
    return "open" if code == 0 else os.strerror(code).lower()
