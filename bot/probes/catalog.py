"""All probes. A new one is its file, one line here, its test, and the playbooks that name its signals."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from bot.domain.inventory import SystemKind
from bot.errors import NotFound
from bot.probes.backup import content, generations, newest, size
from bot.probes.host import ports
from bot.probes.mongodb import (
    cache,
    connections,
    disk,
    elections,
    flow_control,
    index_builds,
    index_count,
    index_everywhere,
    indexes,
    lag,
    majority,
    oplog,
    primary,
    rollback,
    scans,
    slow,
    tickets,
    zombie,
)
from bot.probes.probe import Probe
from bot.probes.redis import clients, memory, persistence, respawn, resync, roles, sentinel, stale
from bot.probes.web import atlas_backups, atlas_state, http, status_page

# In the order in which their findings are told, those of the same weight.
_MODULES = (
    zombie, primary, elections, tickets, majority, lag, oplog, rollback, flow_control, connections, scans, slow,
    index_builds, index_count, index_everywhere, indexes, cache, disk,
    stale, respawn, roles, sentinel, resync, persistence, clients, memory,
    newest, content, generations, size,
    http, status_page, atlas_state, atlas_backups, ports,
)  # fmt: skip

PROBES: tuple[Probe, ...] = tuple(module.PROBE for module in _MODULES)

# Where the questions of a kind are put; loaded only in the process that asks them.
ASKING = {
    SystemKind.MONGODB: "bot.probes.mongodb.asking",
    SystemKind.REDIS: "bot.probes.redis.asking",
    SystemKind.HTTP: "bot.probes.web.asking",
    SystemKind.STATUS_PAGE: "bot.probes.web.asking",
    SystemKind.ATLAS: "bot.probes.web.asking",
    SystemKind.BACKUP: "bot.probes.backup.asking",
    SystemKind.HOST: "bot.probes.host.asking",
}

# What of a kind is kept each night: modules with `ASKS` and a pure `take`; loaded only where they are needed.
SNAPSHOTS = {
    SystemKind.MONGODB: "bot.probes.mongodb.snapshot",
    SystemKind.REDIS: "bot.probes.redis.snapshot",
    SystemKind.BACKUP: "bot.probes.backup.snapshot",
}


def of_kind(kind: SystemKind) -> tuple[Probe, ...]:
    """The probes that a kind of system has."""
    return tuple(probe for probe in PROBES if probe.kind is kind)


def choose(kind: SystemKind, names: Sequence[str] = ()) -> tuple[Probe, ...]:
    """The probes of `names`, or all light ones. Raises NotFound, naming the nearest, for one that `kind` has not.

    The kind's own prefix may be left out: `zombie` for `mongodb.zombie`.
    """
    known = {probe.name: probe for probe in of_kind(kind)}
    if not names:
        return tuple(probe for probe in known.values() if probe.light)
    chosen: dict[str, Probe] = {}
    for typed in names:
        name = typed.strip().lower()
        name = name if name in known else f"{kind}.{name}"
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or list(known)
            raise NotFound(
                f"A {kind} system has no probe `{typed.strip()[:60]}`.",
                hint=f"It has {', '.join(f'`{one}`' for one in near)}.",
                typed=typed,
            )
        chosen[name] = known[name]
    return tuple(chosen.values())


def signals() -> frozenset[str]:
    """Every signal that a playbook may name."""
    return frozenset(signal for probe in PROBES for signal in probe.signals)
