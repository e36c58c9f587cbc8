"""`muster diff TARGET`: what has changed in a system since a snapshot of it, looked at now, read-only."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import asdict

from bot import settings
from bot.cli import record
from bot.cli.progress import telling
from bot.cli.talk import as_json, table, wrapped
from bot.domain.snapshot import Snapshot, Why
from bot.services.desk import Desk
from bot.services.systems import nights, snapshots
from bot.services.systems.looker import COMPARE_S, Looker
from bot.services.systems.snapshots import Compared
from bot.store import snapshots as stored
from bot.wiring import wall


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", help="a system of the inventory")
    parser.add_argument("--since", default="", help="a day, as in 2026-11-20, or a snapshot's number; else the newest")
    parser.add_argument("--list", action="store_true", help="list the snapshots there are; nothing is reached")
    parser.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Look, compare, print, and exit with 0 nothing, 1 changed, 2 lost something, 3 not known."""
    found = settings.read()
    with record.read(found, begun_by=f"muster snapshot {arguments.target}") as desk:
        if arguments.list:
            print(_listing(desk, desk.inventory.get(arguments.target).name, in_json=arguments.json))
            return 0
        system, old = snapshots.base(desk, arguments.target, arguments.since)
    at = wall()
    looking = Looker(found.credential).snapshot(system, at=at, deadline_s=COMPARE_S)
    result = asyncio.run(telling(looking, (system,), quiet=arguments.json))
    new = nights.made(system, result, Why.DIFF, at=at)
    with record.read(found) as desk:
        told = snapshots.compared(desk, old, new)
    print(as_json(_data(told)) if arguments.json else wrapped(_shown(told)))
    return int(told.worst)


def _shown(told: Compared) -> str:
    rows = [(change.weight.name, change.says) for change in told.changes]
    return "\n".join([f"{told.new.system}: {told.headline}", table(rows)]).rstrip()


def _data(told: Compared) -> dict[str, object]:
    return {
        "system": told.new.system,
        "at": told.new.taken_at,
        "since": {"snapshot": told.old.number, "taken_at": told.old.taken_at, "gaps": told.old.gaps},
        "earlier": [{"snapshot": one.number, "taken_at": one.taken_at} for one in told.earlier],
        "worst": told.worst.name.lower(),
        "changes": [asdict(change) | {"weight": change.weight.name.lower()} for change in told.changes],
        "gaps": told.new.gaps,
    }


def _listing(desk: Desk, system: str, *, in_json: bool) -> str:
    held = stored.of_system(desk.session, desk.team_id, system)
    if in_json:
        return as_json([asdict(one) for one in held])
    rows = [("", "taken", "for", "holds", "lacks"), *(_row(one, desk) for one in held)]
    return table(rows) if held else f"There is no snapshot of {system} yet: `muster snapshot {system}` takes one."


def _row(one: Snapshot, desk: Desk) -> tuple[str, ...]:
    taken = f"{one.taken_at.astimezone(desk.zone):%Y-%m-%d %H:%M}"
    return f"{one.number}", taken, one.why.value, one.summary, "; ".join(one.gaps)[:120] or "nothing"
