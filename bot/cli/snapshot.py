"""`muster snapshot TARGET`: take a snapshot of a system now, as is done each night, read-only."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from bot import settings
from bot.cli import record
from bot.cli.progress import telling
from bot.cli.talk import as_json, wrapped
from bot.domain.snapshot import Snapshot, Why
from bot.errors import NotFound
from bot.services.systems import nights
from bot.services.systems.looker import Looker
from bot.services.terminal import me
from bot.store.inventory import InventoryFile
from bot.wiring import new_id, wall


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", help="a system of the inventory")
    parser.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Look, keep, say what is kept, and exit with 0, or 3 when something or everything could not be read."""
    found = settings.read()
    system = InventoryFile(found.muster_inventory).current().inventory.get(arguments.target)
    if not nights.has_snapshots(system):
        raise NotFound(f"There is nothing to keep of `{system.name}`: it is a {system.kind} system.")
    with record.write(found) as desk:
        team_id = desk.team_id
    at = wall()
    looking = Looker(found.credential).snapshot(system, at=at)
    result = asyncio.run(telling(looking, (system,), quiet=arguments.json))
    taken = nights.made(system, result, Why.ASKED, at=at, id=new_id(), team_id=team_id, by=me())
    if taken.sections:
        with record.write(found) as desk:
            taken = nights.keep(desk, taken)
    print(as_json(_data(taken)) if arguments.json else wrapped(_shown(taken)))
    return 3 if taken.gaps or not taken.sections else 0


def _shown(taken: Snapshot) -> str:
    lacks = "".join(f"\n  not read: {gap}" for gap in taken.gaps)
    if not taken.sections:
        return f"{taken.system}: nothing could be read, so nothing is kept.{lacks}"
    return f"{taken.system}: snapshot {taken.number} holds {taken.summary}; took {taken.took_s:.1f} s.{lacks}"


def _data(taken: Snapshot) -> dict[str, Any]:
    """`snapshot` is its number, 0 where nothing was read and so nothing is kept."""
    return {
        "system": taken.system,
        "at": taken.taken_at,
        "snapshot": taken.number,
        "took_s": round(taken.took_s, 3),
        "holds": {name: taken.body[name] for name in taken.sections},
        "gaps": taken.gaps,
    }
