"""What the demo needs beside sick systems: the inventory that names them, looks by their clock, and how to look."""

from __future__ import annotations

import contextlib
import math
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.inventory import System
from bot.probes import looking
from bot.probes.looking import Request, Result
from bot.services.systems.looker import Looker, Taken
from bot.settings import Settings
from bot.wiring import wall

ENTRY = "  {name}:\n    kind: {kind}\n    about: {about}\n    members: [{members}]\n"


def inventory(systems: Sequence[tuple[str, str, str, Sequence[str]]]) -> str:
    """The inventory's text: of each system its name, kind, what it is about, and where its members answer."""
    entries = [
        ENTRY.format(name=name, kind=kind, about=about, members=", ".join(f'"{member}"' for member in members))
        for name, kind, about, members in systems
    ]
    return "systems:\n" + "".join(entries)


class StoryLooker(Looker):
    """Looks at systems that keep the machine's time, for a bot that keeps a story's.

    Hours of the story are seconds of theirs. So judges are told the machine's time, and once the systems have changed
    (`changes` counts that) no older answer is shared, and counters are read twice, as hours would have it.
    """

    def __init__(self, credential: Callable[[str], str], changes: Callable[[], int]) -> None:
        super().__init__(credential)
        self._changes = changes
        self._known = 0  # changes that all earlier answers are from after
        self._changed = False
        self._ended_at: dict[str, datetime] = {}

    async def look(
        self,
        system: System,
        names: tuple[str, ...] = (),
        *,
        at: datetime,
        before: Mapping[str, Any] | None = None,
        before_at: datetime | None = None,
        deadline_s: float = looking.LOOK_S,
    ) -> Taken:
        """As the bot's own, with the times of the machine."""
        self._changed = self._changes() != self._known
        if self._changed:
            self._known = self._changes()
            self._newest.clear()
        ended_at = self._ended_at.get(system.name) if before_at else None
        taken = await super().look(system, names, at=wall(), before=before, before_at=ended_at, deadline_s=deadline_s)
        self._ended_at[system.name] = wall()
        return taken

    async def _refreshed(self, request: Request, first: Result, since_s: float) -> Result:
        return await super()._refreshed(request, first, math.inf if self._changed else since_s)


def at_a_terminal(settings: Settings, words: str) -> str:
    """The line that runs `muster <words>` from another terminal against the same database and inventory."""
    program = Path(sys.executable).with_name("muster")
    with contextlib.suppress(ValueError):
        program = program.relative_to(Path.cwd())
    environment = {"DATABASE_URL": settings.database_url}
    if settings.muster_inventory:
        environment["MUSTER_INVENTORY"] = str(settings.muster_inventory)
    given = " ".join(f"{name}={shlex.quote(value)}" for name, value in environment.items())
    return f"{given} {shlex.quote(str(program))} {words}"
