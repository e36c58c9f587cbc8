"""Where a story is played: its people, its channels, and the incident's channel once the bot has made it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from bot.rehearsal.people import PersonSpec
from bot.rehearsal.replay.story import INCIDENT, ReplayError, Story
from bot.rehearsal.things import Channel

if TYPE_CHECKING:
    from bot.rehearsal.server import Actor, Rehearsal

DEADLINE_S = 15.0  # how long the bot has to make a channel, show a button or open a modal
LOOK_EVERY_S = 0.02
MAX_AHEAD_S = 5.0  # later stamps would give the first messages a time that is not their own

COLOURS = ("#b5483a", "#2f6f9f", "#3f8f5f", "#8a5fa8", "#b07d2b", "#4a7a7a")
T = TypeVar("T")


def people(story: Story) -> tuple[PersonSpec, ...]:
    """Return the story's people, for the workspace it will be played in."""
    return tuple(
        PersonSpec(name=p.handle, real_name=p.name, title=p.title, tz=p.timezone, colour=COLOURS[n % len(COLOURS)])
        for n, p in enumerate(story.people)
    )


async def seen(look: Callable[[], Awaitable[T | None]], wanted: str, deadline_s: float) -> T:
    """Return what `look` sees as soon as it sees something. Raises ReplayError after `deadline_s` real seconds."""
    until = time.monotonic() + deadline_s
    while (found := await look()) is None:
        if time.monotonic() > until:
            raise ReplayError(f"waited {deadline_s:g} s for {wanted}, and it did not come.")
        await asyncio.sleep(LOOK_EVERY_S)
    return found


class Scene:
    """The workspace as one story uses it. A person comes into a channel the first time they have something to do."""

    def __init__(self, story: Story, rehearsal: Rehearsal, *, deadline_s: float = DEADLINE_S) -> None:
        self.deadline_s = deadline_s
        self._story = story
        self._rehearsal = rehearsal
        self._workspace = rehearsal.workspace
        self._before = set(self._workspace.channels)

    def check(self, first: datetime) -> None:
        """Refuse a workspace without the story's people, or one that has seen a later time than its clock's now."""
        for person in self._story.people:
            if person.handle not in self._workspace.handles():
                raise ReplayError(f"`{person.handle}` is not in this workspace. Start it with this story's people.")
        # A new stamp never lies before the last one, whatever the clock says.
        if float(self._workspace.new_ts()) - first.timestamp() > MAX_AHEAD_S:
            raise ReplayError(
                f"{self._story.id} begins at {first:%Y-%m-%d %H:%M} UTC, and this workspace has seen a later time. "
                "Start a new workspace to replay it."
            )

    def actor(self, handle: str) -> Actor:
        """Return the person who acts."""
        return self._rehearsal.person(handle)

    async def enter(self, actor: Actor, name_or_id: str) -> Channel:
        """Return the channel, made if it is missing, with the person in it."""
        if name_or_id == INCIDENT:
            channel = await seen(
                self._room, "the incident's channel and the app's first message in it", self.deadline_s
            )
        else:
            names = {key for c in self._workspace.channels.values() for key in (c.id, f"#{c.name}")}
            if name_or_id not in names:
                await actor.creates_channel(name_or_id.lstrip("#"))
            channel = self._workspace.find_channel(name_or_id)
        if actor.user_id not in channel.members:
            await actor.joins(channel.id)
        return channel

    async def _room(self) -> Channel | None:
        # An app answers commands in the channel once it knows the channel as its own; its first message there tells so.
        channel = self.made_by_the_app()
        said = [m for m in channel.messages.values() if not m.subtype and not m.only_for] if channel else []
        return channel if any(m.user == self._workspace.bot.id for m in said) else None

    def made_by_the_app(self) -> Channel | None:
        """Return the first channel that the app has made since the story began, None if it has made none."""
        for channel in self._workspace.channels.values():
            if channel.id not in self._before and channel.creator == self._workspace.bot.id and channel.name:
                return channel
        return None

    def whispered(self) -> list[str]:
        """Return the texts that the app has shown to one person only."""
        return [m.text for c in self._workspace.channels.values() for m in c.messages.values() if m.only_for]
