"""What several judges read from the same answers: roles, versions, members of the set."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.probes.seen import Look, Seen

PRIMARY, SECONDARY, ARBITER, ROLLBACK = 1, 2, 7, 9
STATES = {
    0: "starting up",
    1: "primary",
    2: "secondary",
    3: "recovering",
    5: "starting up",
    6: "unknown",
    7: "arbiter",
    8: "down",
    9: "rolling back",
    10: "removed",
}  # MongoDB manual, replica set member states
CLOSED = "it takes the connection and closes it"  # before hello: at its limit a server does so, or one that wants TLS
MOST_NAME_CHARS = 28
MOST_COUNTED = 2**64


def version(look: Look) -> tuple[int, int] | None:
    """`(7, 0)`, or None when the member has not told."""
    text = look.get("serverStatus", "version") or look.get("buildInfo", "version")
    parts = str(text or "")[:40].split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[0].isdecimal() and parts[1].isdecimal() else None


def is_primary(look: Look) -> bool:
    """Whether the member itself says that it takes writes for a set (`isWritablePrimary`, before 5.0 `ismaster`)."""
    writes = look.get("hello", "isWritablePrimary") or look.get("hello", "ismaster")
    return bool(look.get("hello", "setName") and writes)


def is_arbiter(look: Look) -> bool:
    """Whether it votes and holds no data."""
    return bool(look.get("hello", "arbiterOnly"))


def is_mongos(look: Look) -> bool:
    """Whether it is a router of a sharded cluster."""
    return bool(look.member.part == "mongos" or look.get("hello", "msg") == "isdbgrid")


def data_members(seen: Seen) -> tuple[Look, ...]:
    """The members that hold data, or may hold some: whoever has not told counts as one."""
    return tuple(look for look in seen if not is_arbiter(look) and not is_mongos(look))


def role(look: Look) -> str:
    """`primary`, `secondary`, `arbiter`, `router`, `single server`, else what it says of itself."""
    hello = look["hello"].value
    if not isinstance(hello, Mapping) or not hello:
        return "role unknown"
    if is_mongos(look):
        return "router"
    if not hello.get("setName"):
        return "single server"
    if is_primary(look):
        return "primary"
    if is_arbiter(look):
        return "arbiter"
    return "secondary" if hello.get("secondary") else STATES.get(my_state(look), "no member yet")


def my_state(look: Look) -> int:
    """The member's own state number, -1 when it has not told."""
    state = look.get("replSetGetStatus", "myState", default=-1)
    return state if isinstance(state, int) else -1


def in_parts(seen: Seen) -> dict[str, tuple[Look, ...]]:
    """The members by the replica set they belong to: "" for the one set, else the shard or `config`; no routers."""
    parts: dict[str, list[Look]] = {}
    for look in seen:
        if not is_mongos(look):
            parts.setdefault(look.member.part, []).append(look)
    return {part: tuple(looks) for part, looks in parts.items()}


def number(value: Any) -> float | None:
    """A finite number, else None: NaN, texts and booleans are none, nor is what no counter can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if -MOST_COUNTED <= value <= MOST_COUNTED else None


def moment(value: Any) -> datetime | None:
    """A time of an answer as UTC: a date, an optime (`{"ts", "t"}`) or a BSON timestamp, to the second."""
    if isinstance(value, Mapping):
        value = value.get("ts")
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    seconds = getattr(value, "time", None)  # bson.Timestamp, without importing it here
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def brief(name: str) -> str:
    """A member's name for a sentence: `shard0-data-2:27017` for a longer one; addresses stay as they are."""
    host, _, port = name.rpartition(":")
    first = host if host.startswith("[") or host.replace(".", "").isdigit() else host.partition(".")[0]
    first = (
        first if len(first) <= MOST_NAME_CHARS else f"{first[: MOST_NAME_CHARS // 2]}…{first[-MOST_NAME_CHARS // 2 :]}"
    )
    return f"{first}:{port}" if host else name[:MOST_NAME_CHARS]


def rise(now: float | None, then: Any) -> float | None:
    """How far a counter rose since an earlier look; None without both, or when it began anew with a restart."""
    before = number(then)
    return None if now is None or before is None or now < before else now - before


def kept(seen: Seen, probe: str, key: str) -> Mapping[str, Any]:
    """What the probe kept under `key` (a member's name, or a part) at the earlier look; {} when nothing."""
    before = seen.before.get(probe)
    value = before.get(key) if isinstance(before, Mapping) else None
    return value if isinstance(value, Mapping) else {}
