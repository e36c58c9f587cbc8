"""What may be looked at: systems and their members, as a team wrote them down. Nothing else is ever probed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from bot.errors import NotFound


class SystemKind(StrEnum):
    """What sort of system it is, and so which probes it has."""

    MONGODB = "mongodb"
    REDIS = "redis"
    ATLAS = "atlas"
    HTTP = "http"
    STATUS_PAGE = "status-page"
    BACKUP = "backup"
    HOST = "host"


@dataclass(frozen=True, kw_only=True)
class Member:
    """One process of a system. `part` is "" for a member of the one set, else `mongos`, `config`, `sentinel`, `watch`
    or a shard's name."""

    host: str  # a name or an address, without brackets
    port: int
    part: str = ""

    @property
    def name(self) -> str:
        """`db1.internal:27017`, how it is shown and named in findings."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class System:
    """One system of the inventory.

    `password_env` names the environment variable that holds the password or key; the value never stands here.
    `options` hold what its kind knows besides (docs/inventory.md), already of the right type.
    `may_look` are Slack user ids; empty means everyone in the workspace.
    """

    name: str
    kind: SystemKind
    about: str = ""
    members: tuple[Member, ...] = ()
    user: str = ""
    password_env: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    may_look: tuple[str, ...] = ()

    def lets_look(self, user_id: str) -> bool:
        """Whether this person may look; "" is nobody in particular, as when the bot looks unasked."""
        return not self.may_look or user_id in self.may_look


def no_inventory(typed: str = "") -> NotFound:
    """What is said wherever somebody wants to look and no inventory is there."""
    return NotFound(
        "There is no inventory, so nothing may be looked at.",
        hint="Write `inventory.yaml` in the folder Muster is started in (docs/inventory.md shows one), or set "
        "`MUSTER_INVENTORY` to its path. Then type `muster inventory lint`.",
        typed=typed,
    )


@dataclass(frozen=True)
class Inventory:
    """All systems, in the order of the file, and what is wrong with those that were left out."""

    systems: tuple[System, ...] = ()
    faults: tuple[str, ...] = ()  # each with file, line and remedy

    def get(self, name: str) -> System:
        """Return one system. Raises NotFound, naming the nearest ones, and a fault if some were left out."""
        wanted = name.strip().lower()[:80]
        for system in self.systems:
            if system.name == wanted:
                return system
        names = [system.name for system in self.systems]
        if not names and not self.faults:
            raise no_inventory(name)
        near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5) or names[:5]
        hints = [f"It has {', '.join(f'`{one}`' for one in near)}."] if near else []
        if self.faults:
            hints.append(f"A system with a fault is left out. The first fault: {self.faults[0]}")
        raise NotFound(f"The inventory has no system `{wanted}`.", hint=" ".join(hints), typed=name)
