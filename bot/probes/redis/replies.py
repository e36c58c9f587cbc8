"""Reads what Redis replies: INFO, CLIENT LIST, ROLE, the lists of Sentinel. Bounded, whatever the other side sends."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bot.probes.redis.commands import COMMANDS

MOST_FIELDS = 4_000  # INFO all of a busy 7.x has some 700
MOST_CLIENTS = 2_000  # CLIENT LIST walks all connections while others wait; our own judgement of what is still light
MOST_NAMED = 20
MOST_MASTERS = 100
MOST_SLOW = 128  # entries of the slow log: all that it holds unless set (redis.conf, slowlog-max-len)
MOST_EVENTS = 50  # of the latency monitor; Redis has some twenty sorts
_TEXTS = frozenset(
    {"run_id", "master_replid", "master_replid2", "master_host", "redis_version", "valkey_version", "ip", "name"}
)
_GROUPS = re.compile(r"(db|slave|master)\d+|(cmdstat|errorstat|latency_percentiles_usec)_.+")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_EVENT = re.compile(r"[a-z]{1,20}(?:-[a-z]{1,20}){0,5}")
_BROKEN = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,9}")


def info_of(reply: Any) -> dict[str, Any]:
    """INFO as one flat dict: numbers are numbers, `db0`, `slave0` and `cmdstat_…` are dicts, the rest is text."""
    if not isinstance(reply, str):
        raise ValueError("INFO is no text")
    fields: dict[str, Any] = {}
    for line in reply.split("\n", MOST_FIELDS)[:MOST_FIELDS]:
        key, colon, text = line.rstrip("\r").partition(":")
        if colon and not key.startswith("#"):
            fields[key] = _group(text) if _GROUPS.fullmatch(key) and "=" in text else _value(key, text)
    if not fields:
        raise ValueError("INFO is empty")
    return fields


def _group(text: str) -> dict[str, Any]:
    pairs = (pair.partition("=") for pair in text.split(",", 50))
    return {key: _value(key, value) for key, _, value in pairs}


def _value(key: str, text: str) -> Any:
    if key in _TEXTS:
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _BROKEN.fullmatch(text) else text


def clients_of(reply: Any) -> dict[str, Any]:
    """CLIENT LIST in numbers: how many connections, and the names, addresses and commands that hold most of them."""
    if not isinstance(reply, str):
        raise ValueError("CLIENT LIST is no text")
    lines = [line for line in reply.split("\n", MOST_CLIENTS * 2)[: MOST_CLIENTS * 2] if line]
    clients = [dict(pair.partition("=")[::2] for pair in line.split(" ", 60)) for line in lines]
    return {
        "count": len(clients),
        "by_name": _most(client.get("name", "") for client in clients),
        "by_addr": _most(client.get("addr", "").rpartition(":")[0] for client in clients),
        "by_cmd": _most(client.get("cmd", "") for client in clients),
    }


def _most(names: Any) -> dict[str, int]:
    return dict(Counter(name[:80] for name in names).most_common(MOST_NAMED))


def slowlog_of(reply: Any) -> list[dict[str, Any]]:
    """SLOWLOG GET, newest first: when (seconds since 1970), how long, the command's name, and who sent it (from 4.0).

    A command under a name of somebody's own is told as `another`, since that name is a secret. The arguments are
    customers' data, and a script's text is one of them: they end here.
    """
    if not isinstance(reply, list):
        raise ValueError("SLOWLOG GET is no list")
    return [_slow(one) for one in reply[:MOST_SLOW]]


def _slow(entry: Any) -> dict[str, Any]:
    _, at, took_us, words, *sender = entry
    name = str(words[0]).upper()
    address = sender[0].rpartition(":")[0] if sender and isinstance(sender[0], str) else ""
    return {
        "at": number_of(at),
        "took_us": number_of(took_us),
        "command": name if name in COMMANDS else "another",
        "from": address[:45],
    }


def latency_of(reply: Any) -> list[dict[str, Any]]:
    """LATENCY LATEST: of each sort of event when it last was (seconds since 1970), and how long it took then."""
    if not isinstance(reply, list):
        raise ValueError("LATENCY LATEST is no list")
    return [
        {"event": str(event), "at": number_of(at), "took_ms": number_of(took_ms)}
        for event, at, took_ms, *_ in reply[:MOST_EVENTS]
        if _EVENT.fullmatch(str(event))
    ]


def role_of(reply: Any) -> list[Any]:
    """ROLE as it is: the role, then what belongs to it."""
    if not isinstance(reply, list) or not reply or not isinstance(reply[0], str):
        raise ValueError("ROLE is no list")
    return reply


def number_of(reply: Any) -> int:
    """A number, as DBSIZE and LASTSAVE give it."""
    if not isinstance(reply, int):
        raise ValueError("it is no number")
    return reply


def masters_of(reply: Any) -> list[dict[str, Any]]:
    """SENTINEL MASTERS: one dict for each master that is watched."""
    if not isinstance(reply, list):
        raise ValueError("SENTINEL MASTERS is no list")
    return [_pairs(one) for one in reply[:MOST_MASTERS] if isinstance(one, list)]


def setting_of(reply: Any) -> str | int | None:
    """The value in a reply to CONFIG GET of one name, None when this version does not know the name."""
    if not isinstance(reply, list) or len(reply) not in (0, 2):
        raise ValueError("CONFIG GET is no pair")
    if not reply:
        return None
    text = str(reply[1])
    return int(text) if _WHOLE.fullmatch(text) else text


def _pairs(flat: Sequence[Any]) -> dict[str, Any]:
    keys, values = flat[:120:2], flat[1:120:2]
    return {str(key): _value(str(key), str(value)) for key, value in zip(keys, values, strict=False)}
