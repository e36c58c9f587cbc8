"""`muster inventory` and `muster inventory lint [FILE]`: what may be looked at. Reads the file and reaches nothing."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from bot import settings
from bot.cli.talk import as_json, table, wrapped
from bot.domain.inventory import System, no_inventory
from bot.store.inventory import LoadedInventory, load


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb and the options."""
    parser.add_argument("--json", action="store_true", help="print data")
    verbs = parser.add_subparsers(dest="verb", metavar="verb")
    lint = verbs.add_parser("lint", help="what is wrong in the inventory, with its line")
    lint.add_argument("path", nargs="?", type=Path, metavar="FILE", help="a file (default MUSTER_INVENTORY)")
    lint.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Print the systems and their members, or what is wrong with the file. Exit status 1 when anything is."""
    lint = arguments.verb == "lint"
    path = (arguments.path if lint else None) or settings.read().muster_inventory
    if path is None:
        raise no_inventory()
    found = load(path)
    if arguments.json:
        listed = [one.data() for one in found.problems] if lint else [asdict(one) for one in found.inventory.systems]
        print(as_json(listed))
    elif lint:
        print(wrapped("\n".join(str(problem) for problem in found.problems) or _well(path, found), later="    "))
    else:
        print(_listing(path, found))
    return 1 if found.problems else 0


def _well(path: Path, found: LoadedInventory) -> str:
    count = len(found.inventory.systems)
    return f"{count} {'system' if count == 1 else 'systems'} in {path}: nothing wrong."


def _listing(path: Path, found: LoadedInventory) -> str:
    listed = table([row for system in found.inventory.systems for row in _rows(system)])
    if not found.problems:
        return listed
    count = "1 fault" if len(found.problems) == 1 else f"{len(found.problems)} faults"
    return f"{listed}\n{path}: {count}; a system with one is left out. See `muster inventory lint`.".lstrip()


def _rows(system: System) -> list[tuple[str, str, str, str]]:
    """One row for each member, or for the one address of a system that has none."""
    if "ports" in system.options:
        ports = ", ".join(str(port) for port in system.options["ports"])
        rows = [(member.host, f"ports {ports}") for member in system.members]
    elif system.members:
        rows = [(member.name, member.part) for member in system.members]
    else:
        cluster = f"{system.options.get('cluster')} of project {system.options.get('project')}"
        rows = [(system.options.get("url", cluster), "")]
    (place, says), *others = rows
    first = (system.name, system.kind.value, place, ", ".join(one for one in (says, system.about) if one))
    return [first, *(("", "", place, says) for place, says in others)]
