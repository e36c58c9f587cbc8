"""A workspace, a database, and a bot in its own process that is killed at a chosen call."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bot.domain.incident import Incident
from bot.rehearsal.knobs import Fault
from bot.rehearsal.server import Rehearsal
from bot.store import incidents, work
from bot.store.door import Door
from tests.conftest import soon
from tests.flows.processes import Bots, killed

SETTLES_WITHIN_S = 30.0

Point = Literal["before the effect", "after the effect", "after the answer"]


@dataclass
class Scene:
    """A workspace, a database, and a bot that is killed and started again."""

    rehearsal: Rehearsal
    door: Door
    bots: Bots
    bot: asyncio.subprocess.Process

    async def types(self, who: str, line: str, channel: str = "#general") -> None:
        """Type a command as soon as the bot is connected."""

        async def taken() -> bool:
            return bool((await self.rehearsal.person(who).types(channel, line))["ok"])

        await soon(taken, SETTLES_WITHIN_S)

    async def dies_at(self, call: tuple[str, int], point: Point, cause: Callable[[], Any]) -> None:
        """Kill the bot at one of the calls that `cause` brings about, and start it again."""
        await self.dies_for_good_at(call, point, cause)
        self.bot = await self.bots.serve()
        await self.settled()

    async def dies_for_good_at(self, call: tuple[str, int], point: Point, cause: Callable[[], Any]) -> None:
        """Kill the bot at one of the calls that `cause` brings about."""
        method, nth = call
        if point == "before the effect":
            self.rehearsal.knobs.faults.append(Fault(method, lose="request", skip=nth - 1))
        note, pid, seen, hit = self.rehearsal.ledger.note, self.bot.pid, 0, asyncio.Event()

        def die() -> None:
            os.kill(pid, signal.SIGKILL)
            hit.set()

        def watch(direction: Any, name: str, **more: Any) -> Any:
            nonlocal seen
            entry = note(direction, name, **more)
            seen += (direction, name) == ("to_slack", method)
            if seen == nth and not hit.is_set() and name == method:
                if point == "after the answer":
                    asyncio.get_running_loop().call_later(0.003, die)
                else:
                    die()
            return entry

        self.rehearsal.ledger.note = watch  # type: ignore[method-assign]
        try:
            await cause()
            async with asyncio.timeout(SETTLES_WITHIN_S):
                await hit.wait()
        finally:
            self.rehearsal.ledger.note = note  # type: ignore[method-assign]
        await killed(self.bot)

    async def settled(self) -> None:
        """All promised work is done and every event was delivered."""
        await self.rehearsal.settle()
        await soon(lambda: not self._unfinished(), SETTLES_WITHIN_S)

    def _unfinished(self) -> list[Any]:
        with self.door.reads() as session:
            return work.unfinished(session)

    def newest(self) -> Incident:
        """The incident opened last."""
        with self.door.reads() as session:
            return incidents.newest(session, None, limit=1)[0]


@asynccontextmanager
async def scene(rehearsal: Rehearsal, database_url: str, folder: Path) -> AsyncIterator[Scene]:
    """A scene with a bot that is ready; nothing of it is left afterwards."""
    door = Door(database_url)
    async with Bots(rehearsal, database_url, folder) as bots:
        yield Scene(rehearsal, door, bots, await bots.serve())
    door.close()


def whats_wrong(on: Scene, incident: Incident) -> str:
    """What is missing or there twice, "" when the room is as it should be."""
    workspace = on.rehearsal.workspace
    rooms = [c for c in workspace.channels.values() if c.name.startswith(f"inc-{incident.number}-")]
    if len(rooms) != 1 or rooms[0].id != incident.channel_id:
        return f"{len(rooms)} channels"
    room = rooms[0]
    inside = {workspace.people[user].name for user in room.members}
    posts = ours(on, room.id)
    announced = [post for post in ours(on, "#incidents") if f"{incident.label} " in post.text]
    wrong = {
        "people": not {"ada", "ben"} <= inside,
        "topic": not room.topic["value"].startswith("SEV1 · open"),
        "posts": len(posts) != 1,
        "announcement": len(announced) != 1,
        "announcement's link": room.id not in str([post.blocks for post in announced]),
        "pins": list(room.pins) != [post.ts for post in posts],
        "bookmarks": len(room.bookmarks) != 1,
        "trouble on the card": "warning" in str([post.blocks for post in posts]),
    }
    return ", ".join(name for name, is_wrong in wrong.items() if is_wrong)


def ours(on: Scene, channel: str) -> list[Any]:
    """The bot's own posts in a channel, without Slack's lines about who joined."""
    messages = on.rehearsal.workspace.find_channel(channel).messages.values()
    return [m for m in messages if m.bot_id and not m.only_for and not m.subtype.startswith("channel_")]
