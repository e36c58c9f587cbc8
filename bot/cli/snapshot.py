"""`muster snapshot TARGET`: take a snapshot of a system now, as is done each night, read-only."""

from __future__ import annotations

import argparse
import asyncio

from bot import settings
from bot.cli.talk import me
from bot.domain.snapshot import Why
from bot.errors import NotFound
from bot.services import nights
from bot.services.looker import Looker
from bot.wiring import desk as open_desk
from bot.wiring import new_id, wall


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", help="a system of the inventory")


def run(arguments: argparse.Namespace) -> int:
    """Look, keep, say what is kept, and exit with 0, or 3 when something or everything could not be read."""
    found = settings.read()
    with open_desk(found) as desk:
        system, team_id = desk.inventory.get(arguments.target), desk.team_id
    if not nights.has_snapshots(system):
        raise NotFound(f"There is nothing to keep of `{system.name}`: it is a {system.kind} system.")
    at = wall()
    result = asyncio.run(Looker(found.credential).snapshot(system, at=at))
    taken = nights.made(system, result, Why.ASKED, at=at, id=new_id(), team_id=team_id, by=me())
    lacks = "".join(f"\n  not read: {gap}" for gap in taken.gaps)
    if not taken.sections:
        print(f"{system.name}: nothing could be read, so nothing is kept.{lacks}")
        return 3
    with open_desk(found) as desk:
        kept = nights.keep(desk, taken)
    print(f"{system.name}: snapshot {kept.number} holds {kept.summary}; took {kept.took_s:.1f} s.{lacks}")
    return 3 if kept.gaps else 0
