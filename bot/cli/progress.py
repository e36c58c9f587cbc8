"""What a command is doing while somebody waits for it: one line on stderr, once a second has passed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Iterable
from typing import TypeVar

from bot.domain.inventory import System

AFTER_S = 1.0  # who waits no longer than that needs no word
MOST_NAMED = 6

T = TypeVar("T")


async def telling(work: Awaitable[T], systems: Iterable[System], *, quiet: bool) -> T:
    """Wait for a look at systems. At a terminal it is said, after a second, what is being looked at."""
    running = asyncio.ensure_future(work)
    try:
        await asyncio.wait((running,), timeout=AFTER_S)
        if not running.done() and not quiet and sys.stderr.isatty():
            print(looking_at(systems), file=sys.stderr, flush=True)
        return await running
    finally:
        running.cancel()


def looking_at(systems: Iterable[System]) -> str:
    """`looking at db1:27017, db2:27017 and 7 more …`; a system without members is said by its name."""
    names = [name for one in systems for name in [member.name for member in one.members] or [one.name]]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"looking at {', '.join(names[:MOST_NAMED])}{more} …"
