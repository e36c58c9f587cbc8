"""Short ways through the workspace, for tests that share one."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.domain.incident import Incident
from bot.domain.timeline import Entry, Kind
from tests.conftest import Stage

STORY = datetime(2026, 4, 23, 14, 0, tzinfo=UTC)  # the clock of a shared stage when it starts

_unique = itertools.count(1)


@dataclass
class Room:
    """One incident of a shared stage, and its channel."""

    stage: Stage
    number: int
    channel: str

    @property
    def label(self) -> str:
        return f"INC-{self.number}"

    async def say(self, line: str, who: str = "ada") -> str:
        """Type `/incident <line>` in the room and return what was read at once."""
        return await self.stage.say(who, f"/incident {line}", self.channel)

    async def incident(self) -> Incident:
        return await self.stage.incident(self.number)

    async def entries(self, kind: Kind | None = None) -> list[Entry]:
        """The entries, or those of one kind, in the order of recording."""
        found = await self.stage.entries(self.number)
        return sorted((e for e in found if kind in (None, e.kind)), key=lambda e: e.seq)

    async def last(self) -> Entry:
        """What was written last, people coming in left aside: they come when they come."""
        return [e for e in await self.entries() if e.kind is not Kind.JOINED][-1]

    async def form(self, who: str = "ada") -> dict[str, Any]:
        """The form that a person looks at."""
        return await form_of(self.stage, who)

    def texts(self) -> list[str]:
        """Every message of the channel, oldest first."""
        return [message.text for message in self.stage.messages(self.channel)]

    def with_button(self, action_id: str) -> Any:
        """The newest message that has this button."""
        return next(m for m in reversed(self.stage.messages(self.channel)) if f"'{action_id}'" in repr(m.blocks))


async def room(stage: Stage, title: str = "checkout is failing", sev: str = "sev2") -> Room:
    """Open an incident by ada, wait for its room, and bring ben in."""
    before = await newest(stage)
    await stage.say("ada", f"/incident open {sev} --force {title} {next(_unique)}")
    await stage.settled()
    number = await newest(stage)
    assert number == before + 1
    incident = await stage.incident(number)
    await stage.person("ben").joins(incident.channel_id)
    await stage.settled()
    return Room(stage, number, incident.channel_id)


async def newest(stage: Stage) -> int:
    """The highest incident number so far, 0 when there is none."""
    from bot.store import incidents

    found = await stage.muster.deps.door.read(lambda session: incidents.newest(session, None, limit=1))
    return found[0].number if found else 0


async def form_of(stage: Stage, who: str = "ada") -> dict[str, Any]:
    """The form that a person looks at, once it has opened."""
    from tests.conftest import soon

    view = await soon(stage.person(who).open_view, 3.0)
    assert view is not None
    return view


def field(view: dict[str, Any], name: str) -> dict[str, Any]:
    """One input element of a form."""
    return next(block["element"] for block in view["blocks"] if block.get("block_id") == name)
