"""Nightly snapshots: promised for the next night of each system, kept, and promised again in the same transaction."""

from __future__ import annotations

from datetime import datetime

from bot.domain.inventory import System
from bot.domain.snapshot import Snapshot, Why, next_night
from bot.probes import catalog
from bot.probes.looking import Result
from bot.services.desk import Desk
from bot.services.systems import watches
from bot.store import snapshots

NIGHT_WORK = "snapshot"
MOST_TRIES = 8
AGAIN_AFTER_S = 900.0  # with MOST_TRIES, for two hours of a night


def promise_nights(desk: Desk) -> None:
    """Promise the next night's snapshot of each system that has none promised, so also of one that was just added."""
    systems = [system for system in desk.inventory.systems if has_snapshots(system)]
    if systems:
        snapshots.take_turns(desk.session)
    for system in systems:
        promise_night(desk, system)


def promise_night(desk: Desk, system: System) -> None:
    """Promise the next night's snapshot of one system, once."""
    due = next_night(system.name, desk.wall, desk.zone)
    desk.promise(NIGHT_WORK, system.name, once=True, after_s=(due - desk.wall).total_seconds())


def has_snapshots(system: System) -> bool:
    """Whether there is something to keep of this kind of system."""
    return system.kind in catalog.SNAPSHOTS


def made(
    system: System, result: Result, why: Why, *, at: datetime, id: str = "", team_id: str = "", by: str = ""
) -> Snapshot:
    """What a look brought back as a snapshot, not stored. A look that failed is one gap and nothing else."""
    return Snapshot(
        id=id,
        team_id=team_id,
        system=system.name,
        why=why,
        taken_at=at,
        asked_by=by,
        took_s=result.took_s,
        body={"gaps": [result.trouble]} if result.trouble else result.snapshot,
    )


def keep(desk: Desk, snapshot: Snapshot) -> Snapshot:
    """Keep a snapshot, and drop those of its system that are too old."""
    kept = snapshots.add(desk.session, snapshot)
    snapshots.forget_old(desk.session, desk.team_id, snapshot.system, desk.now)
    return kept


def settle(desk: Desk, system: System, snapshot: Snapshot, tries: int) -> bool:
    """Keep a night's snapshot, thin out old watches, and promise the next night.

    False when nothing was read and it is worth another try.
    """
    if not snapshot.sections and tries < MOST_TRIES:
        return False
    if snapshot.sections:
        keep(desk, snapshot)
    watches.thin(desk)
    promise_night(desk, system)
    return True
