"""`muster migrate`: the release step of a deployment."""

from __future__ import annotations

import argparse

from bot import settings
from bot.store.door import Door
from bot.store.migrate import migrate


def add(parser: argparse.ArgumentParser) -> None:
    """No options."""


def run(arguments: argparse.Namespace) -> int:
    """Bring the tables up to date."""
    door = Door(settings.read().database_url)
    try:
        print("The tables are up to date now." if migrate(door) else "The tables were up to date.")
    finally:
        door.close()
    return 0
