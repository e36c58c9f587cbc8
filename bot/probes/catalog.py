"""All probes. A new one is its file, one line here, its test, and the playbooks that name its signals."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Sequence
from functools import cache

from bot.domain.inventory import SystemKind
from bot.errors import NotFound
from bot.probes.probe import Probe

# In the order in which their findings are told, those of the same weight. Loaded at the first look: most processes
# that know of looks never take one.
_MODULES = {
    "mongodb": (
        "reach zombie primary elections tickets majority lag oplog rollback flow_control connections scans slow"
        " index_builds index_count index_everywhere indexes cache disk rights"
    ),
    "redis": (
        "reach stale respawn roles sentinel resync persistence clients memory eviction slow answering stalls rights"
    ),
    "backup": "newest content generations size",
    "web": "http status_page atlas_state atlas_backups",
    "host": "ports",
}


@cache
def probes() -> tuple[Probe, ...]:
    """Every probe there is."""
    names = [f"bot.probes.{room}.{name}" for room, names in _MODULES.items() for name in names.split()]
    return tuple(importlib.import_module(name).PROBE for name in names)


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
    return tuple(probe for probe in probes() if probe.kind is kind)


def choose(kind: SystemKind, names: Sequence[str] = ()) -> tuple[Probe, ...]:
    """The probes of `names`, or all light ones. Raises NotFound, naming the nearest, for one that `kind` has not.

    The kind's own prefix may be left out: `zombie` for `mongodb.zombie`. A signal stands for the probe that tells it.
    """
    known = {probe.name: probe for probe in of_kind(kind)}
    tells = {signal: probe.name for probe in known.values() for signal in probe.signals}
    if not names:
        return tuple(probe for probe in known.values() if probe.light)
    chosen: dict[str, Probe] = {}
    for typed in names:
        name = typed.strip().lower()
        name = name if name in known else tells.get(name, f"{kind}.{name}")
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
    return frozenset(signal for probe in probes() for signal in probe.signals)
