"""`muster migrate`: the release step of a deployment."""

from __future__ import annotations

import argparse
import sys

from bot import settings
from bot.store.door import Door, file_of
from bot.store.migrate import migrate


def add(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(arguments: argparse.Namespace) -> int:
    """Bring the tables up to date."""
    url = settings.read().database_url
    file = file_of(url)
    new = file is not None and not file.exists()
    door = Door(url)
    try:
        if file and new:
            print(f"New database {file.absolute()}", file=sys.stderr)
        print("The tables are up to date now." if migrate(door) else "The tables were up to date.")
    finally:
        door.close()
    return 0
