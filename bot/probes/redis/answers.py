"""What several judges read from the same answers: who is master, whom a replica follows, how many keys there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import inf
from typing import Any

from bot.domain.finding import Finding
from bot.probes import values
from bot.probes.seen import Look, Seen

FULL = "max number of clients reached"  # how Redis says it, networking.c; the connection is closed after it
BIGGEST = 2**63  # counters of Redis are 64 bits wide; more is no number of a server


def is_sentinel(look: Look) -> bool:
    """Whether it watches a master and holds no data."""
    modes = (look.get("info", name) for name in ("redis_mode", "server_mode"))  # the second is Valkey's
    return look.member.part == "sentinel" or "sentinel" in modes


def data_members(seen: Seen) -> tuple[Look, ...]:
    """The members that hold data, or may: whoever has not told counts as one."""
    return tuple(look for look in seen if not is_sentinel(look))


def in_parts(seen: Seen) -> dict[str, tuple[Look, ...]]:
    """The members that hold data by the part they belong to: "" for the one set, else a shard."""
    parts: dict[str, list[Look]] = {}
    for look in data_members(seen):
        parts.setdefault(look.member.part, []).append(look)
    return {part: tuple(looks) for part, looks in parts.items()}


def role(look: Look) -> str:
    """`master`, `replica`, or "" when it has not told."""
    said = look.get("info", "role")
    if said not in ("master", "slave"):
        listed = look["role"].value
        said = listed[0] if isinstance(listed, list) and listed else None
    return {"master": "master", "slave": "replica"}.get(said if isinstance(said, str) else "", "")


def who(look: Look) -> str:
    """`10.0.0.1:6379, master,`, to begin a sentence with."""
    return f"{look.member.name}, {role(look) or 'role unknown'},"


def number(value: Any) -> float | None:
    """A number that a server can mean: finite, no more than 64 bits; texts and booleans are none."""
    found = values.number(value)
    return found if found is not None and abs(found) < BIGGEST else None


def of(look: Look, field: str) -> float | None:
    """A number of INFO."""
    return number(look.get("info", field))


def text(look: Look, field: str) -> str:
    """A text of INFO, "" when it is not there."""
    return values.text(look.get("info", field))


def keys(look: Look) -> int | None:
    """How many keys it holds in all databases. None while it loads, or when neither INFO nor DBSIZE tells.

    INFO has no line for an empty database, so that no line at all is only believed with a DBSIZE beside it.
    """
    if of(look, "loading") != 0:
        return None
    counts = [number(one.get("keys")) for one in group(look, "db").values()]
    if not counts:
        return 0 if number(look["dbsize"].value) == 0 else None
    found = [count for count in counts if count is not None and count >= 0]
    return int(sum(found)) if len(found) == len(counts) else None


def group(look: Look, name: str) -> dict[str, Mapping[str, Any]]:
    """The numbered lines of INFO: `db0`, `db1`, or `slave0`, `slave1`. What is no mapping is an empty one."""
    info = values.mapping(look["info"].value)
    return {
        key: values.mapping(value) for key, value in info.items() if key.startswith(name) and key[len(name) :].isdigit()
    }


def offset(look: Look) -> int | None:
    """How far it is in its stream of replication, in bytes."""
    value = of(look, "slave_repl_offset" if role(look) == "replica" else "master_repl_offset")
    return int(value) if value is not None and value >= 0 else None


def followed(look: Look) -> str:
    """The master that a replica follows, as `host:port`; "" when it has not told."""
    host, port = text(look, "master_host"), of(look, "master_port")
    return (f"[{host}]:{port:.0f}" if ":" in host else f"{host}:{port:.0f}") if host and port is not None else ""


def histories(look: Look) -> set[str]:
    """The replication ids that its data comes from: its own, and the one before it was promoted or restarted."""
    return {one for name in ("master_replid", "master_replid2") if (one := text(look, name)).strip("0")}


def clock(seen: Seen, look: Look) -> float | None:
    """What the server's own clock said (from 6.2), else ours; seconds since 1970. None when it is out of reason."""
    told = look.get("info", "server_time_usec")
    now = seen.at.timestamp() if told is None else (number(told) or 0.0) / 1e6
    return now if now > 0 else None


def version(look: Look) -> tuple[int, int] | None:
    """`(7, 0)`, or None when it has not told."""
    parts = text(look, "redis_version").split(".")
    numeric = len(parts) > 1 and all(part.isdecimal() and len(part) < 4 for part in parts[:2])
    return (int(parts[0]), int(parts[1])) if numeric else None


def kept(seen: Seen, probe: str, look: Look) -> Mapping[str, Any]:
    """What an earlier look kept of this member for this probe; empty when there is nothing."""
    return values.mapping(values.mapping(seen.before.get(probe)).get(look.member.name))


def compared(seen: Seen, probe: str, look: Look, least_s: float, most_s: float = inf) -> Mapping[str, Any]:
    """What an earlier look kept of this member to compare its counters with; empty when there is nothing.

    That of the newest look at least `least_s` ago, else of the oldest no more than `most_s` ago: a look that follows
    within seconds counts from where the one before it did, and does not forget what that one saw. Where the process is
    another since, or all are older, what the newest look kept.
    """
    return next(iter(marks(seen, probe, look, least_s, most_s)), kept(seen, probe, look))


def marks(seen: Seen, probe: str, look: Look, least_s: float, most_s: float = inf) -> list[dict[str, Any]]:
    """What earlier looks kept, oldest first, no two within `least_s`: the one that is `compared`, and those after it.

    To be kept as `marks` beside `at`, seconds since 1970, and `run_id`.
    """
    before, now = dict(kept(seen, probe, look)), seen.at.timestamp()
    found: list[tuple[float, dict[str, Any]]] = []
    for one in (*values.rows(before.pop("marks", None)), before):
        at, same = number(one.get("at")), one.get("run_id") == text(look, "run_id")
        if same and at is not None and 0 < now - at <= most_s and (not found or at - found[-1][0] >= least_s):
            found.append((at, dict(one)))
    old = sum(1 for at, _ in found if now - at >= least_s)
    return [one for _, one in found[max(old - 1, 0) :]]


def carried(seen: Seen, probe: str, now: Mapping[str, Any]) -> dict[str, Any]:
    """What to keep of every member: what is known now, else what an earlier look kept."""
    old = {look.member.name: dict(kept(seen, probe, look)) for look in data_members(seen)}
    return {name: value for name, value in {**old, **now}.items() if value}


def told(found: Iterable[Finding]) -> list[Finding]:
    """The findings with nothing in them that cannot be printed, and each sentence of the length that it may have."""
    return [replace(one, says=values.sentence(_plain(one.says)), value=values.text(_plain(one.value))) for one in found]


def _plain(line: str) -> str:
    return "".join(char if char.isprintable() else " " for char in line)


def size(count: float) -> str:
    """Bytes as Redis means them in its configuration and tells them: `512 B`, `8.0 MB` for 8,388,608 (1 MB is 1024 kB,
    1 kB is 1024 B)."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TB"


def lasting(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h`, `26 d`."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def ago(seconds: float) -> str:
    """`40 s ago`, `12 min ago`; `a moment ago` for less than a second, or what a server counts in whole ones as 0."""
    return f"{lasting(seconds)} ago" if seconds >= 1 else "a moment ago"
