"""The bot is killed at every call it makes to Slack, and started again: all is there, and nothing twice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from bot.domain.incident import Incident
from bot.rehearsal.knobs import Fault
from bot.rehearsal.server import Rehearsal
from bot.store import incidents, postmortems, work
from bot.store.door import Door
from tests.conftest import soon
from tests.flows.processes import Bots, killed

# The calls of an opening, by method and which call of that method it is.
OPENING = (
    ("conversations.create", 1),
    ("conversations.invite", 1),
    ("chat.postMessage", 1),  # the card
    ("conversations.setTopic", 1),
    ("pins.add", 1),
    ("chat.postMessage", 2),  # the announcement
    ("bookmarks.add", 1),
    ("chat.update", 1),
)
CLOSING = (
    ("users.info", 1),
    ("chat.postMessage", 1),  # the summary
    ("files.getUploadURLExternal", 1),
    ("files.completeUploadExternal", 1),
)
EVERY_KILL = False  # True takes all calls at all three points: three times as many, about two minutes
AFTER_ANSWER = OPENING if EVERY_KILL else (OPENING[0], OPENING[2], OPENING[5])
BEFORE_EFFECT = OPENING if EVERY_KILL else (OPENING[0], OPENING[5])
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
        self.bot = await self.bots.serve()
        await self.settled()

    async def settled(self) -> None:
        await self.rehearsal.settle()
        await soon(lambda: not self._unfinished(), SETTLES_WITHIN_S)

    def _unfinished(self) -> list[Any]:
        with self.door.reads() as session:
            return work.unfinished(session)

    def newest(self) -> Incident:
        with self.door.reads() as session:
            return incidents.newest(session, None, limit=1)[0]


@asynccontextmanager
async def scene(rehearsal: Rehearsal, database_url: str, folder: Path) -> AsyncIterator[Scene]:
    door = Door(database_url)
    async with Bots(rehearsal, database_url, folder) as bots:
        yield Scene(rehearsal, door, bots, await bots.serve())
    door.close()


@pytest.mark.parametrize(
    ("point", "calls"),
    [("after the effect", OPENING), ("after the answer", AFTER_ANSWER), ("before the effect", BEFORE_EFFECT)],
    ids=["after-the-effect", "after-the-answer", "before-the-effect"],
)
async def test_killed_at_a_call_of_the_opening_all_is_done_once(
    rehearsal: Rehearsal, tmp_path: Path, point: Point, calls: tuple[tuple[str, int], ...]
):
    async with scene(rehearsal, f"sqlite:///{tmp_path}/muster.db", tmp_path) as on:
        for number, call in enumerate(calls, start=1):
            line = f"/incident open sev1 outage {number} @ben"
            await on.dies_at(call, point, lambda line=line: on.types("ada", line))  # type: ignore[misc]
            incident = on.newest()
            assert incident.number == number
            assert whats_wrong(on, incident) == "", (point, call)


async def test_killed_at_a_call_of_the_close_the_draft_is_posted_once(rehearsal: Rehearsal, tmp_path: Path):
    async with scene(rehearsal, f"sqlite:///{tmp_path}/muster.db", tmp_path) as on:
        for number, call in enumerate(CLOSING, start=1):
            await on.types("ada", f"/incident open sev1 outage {number}")
            await on.settled()
            incident = on.newest()
            where = incident.channel_id
            await on.dies_at(
                call, "after the effect", lambda where=where: on.types("ada", "/incident close now", where)
            )
            posts = ours(on, where)
            assert sum("Postmortem draft" in post.text for post in posts) == 1, call
            assert sum(len(post.files) for post in posts) == 1, call
            with on.door.reads() as session:
                kept = postmortems.newest(session, incident.id)
            assert kept is not None
            assert kept.version == 1, call


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
