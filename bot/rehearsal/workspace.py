"""The workspace: who is there, what channels there are, and who wants to hear of changes. In memory, no sockets."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.rehearsal.app import AppConfig
from bot.rehearsal.clock import Clock
from bot.rehearsal.people import DEFAULT_PEOPLE, PersonSpec, stable_id
from bot.rehearsal.refusals import RehearsalError
from bot.rehearsal.things import Channel, Json, Message, Person, View

STARTING_CHANNELS = ("general", "incidents", "engineering")


@dataclass(frozen=True)
class Happening:
    """Something changed. `kind` is the past tense or the name of the thing; the fields that fit are filled."""

    kind: str
    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None
    user: str = ""
    detail: Json = field(default_factory=dict)


class Workspace:
    """One Slack workspace. The rules that change it live beside it: channels, messages, marks, views."""

    def __init__(self, app: AppConfig, *, clock: Clock, people: Sequence[PersonSpec] = DEFAULT_PEOPLE) -> None:
        self.app = app
        self.clock = clock
        self.team_id = stable_id("T", "rehearsal")
        self.team_name = "Rehearsal"
        self.team_domain = "rehearsal"
        self.app_id = stable_id("A", app.name)
        self.bot_id = stable_id("B", app.name)
        self.url = f"https://{self.team_domain}.slack.example/"
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.has_canvases = False  # whether its plan has them
        self.files: dict[str, Json] = {}
        self.views: dict[str, View] = {}
        self.stacks: dict[str, list[str]] = {}  # person -> the ids of the views open above each other
        self.homes: dict[str, str] = {}  # person -> the id of their Home view
        self.listeners: list[Callable[[Happening], None]] = []
        self._ids = itertools.count(1)
        self._last_us = 0
        self.bot = self._settle(people)

    def _settle(self, people: Sequence[PersonSpec]) -> Person:
        for spec in people:
            id_ = spec.id or stable_id("U", spec.name)
            self.people[id_] = Person(
                id=id_,
                name=spec.name,
                real_name=spec.real_name or spec.name,
                title=spec.title,
                tz=spec.tz,
                colour=spec.colour,
                email=spec.email or f"{spec.name}@rehearsal.example",
                deleted=spec.deleted,
            )
        handle = self.app.bot_user_name.lower().replace(" ", "_")
        bot = Person(id=stable_id("U", f"bot:{handle}"), name=handle, real_name=self.app.name, is_bot=True)
        self.people[bot.id] = bot
        everyone = [p.id for p in self.people.values() if not p.deleted and not p.is_bot]
        for name in STARTING_CHANNELS:
            channel = self.add_channel(name, "public", creator=everyone[0] if everyone else bot.id)
            channel.is_general = name == "general"
            channel.members = list(everyone)
        return bot

    def add_channel(self, name: str, kind: str, *, creator: str) -> Channel:
        """Put a new channel in place, without any rule and without members."""
        id_ = self.new_id("D" if kind == "im" else "C", seed=f"channel:{name}" if name else "")
        channel = Channel(id=id_, name=name, kind=kind, creator=creator, created_s=int(self.clock.now().timestamp()))
        self.channels[id_] = channel
        return channel

    def new_id(self, prefix: str, seed: str = "") -> str:
        """Return a fresh id; the same seeds and order give the same ids, so that runs can be compared."""
        return stable_id(prefix, f"{seed}:{next(self._ids)}")

    def new_ts(self) -> str:
        """Return the next message ts: the clock's time in microseconds, always later than the last."""
        now = self.clock.now()
        self._last_us = max(int(now.timestamp()) * 1_000_000 + now.microsecond, self._last_us + 1)
        return f"{self._last_us // 1_000_000}.{self._last_us % 1_000_000:06d}"

    def now(self) -> datetime:
        """Return the rehearsal's time."""
        return self.clock.now()

    def now_s(self) -> int:
        """Return the rehearsal's time in whole seconds, as Slack's fields have it."""
        return int(self.clock.now().timestamp())

    def tell(self, kind: str, **what: object) -> None:
        """Let every listener know."""
        happening = Happening(kind, **what)  # type: ignore[arg-type]
        for listener in self.listeners:
            listener(happening)

    def find_person(self, name_or_id: str) -> Person:
        """Return the person with this id or handle (with or without @). Raises RehearsalError."""
        if name_or_id in self.people:
            return self.people[name_or_id]
        handle = name_or_id.lstrip("@").lower()
        for person in self.people.values():
            if person.name.lower() == handle:
                return person
        raise RehearsalError(f"nobody here is called `{name_or_id}`; people: {', '.join(sorted(self.handles()))}")

    def find_channel(self, name_or_id: str) -> Channel:
        """Return the channel with this id or name (with or without #). Raises RehearsalError."""
        if name_or_id in self.channels:
            return self.channels[name_or_id]
        name = name_or_id.lstrip("#").lower()
        for channel in self.channels.values():
            if channel.name == name:
                return channel
        raise RehearsalError(f"there is no channel `{name_or_id}`")

    def handles(self) -> dict[str, str]:
        """Return lower-case handle -> person id."""
        return {person.name.lower(): person.id for person in self.people.values()}

    def channel_names(self, viewer: str) -> dict[str, str]:
        """Return name -> channel id of what this person can see."""
        return {c.name: c.id for c in self.channels.values() if c.name and self.can_see(viewer, c)}

    def can_see(self, viewer: str, channel: Channel) -> bool:
        """Say whether this viewer may know of the channel."""
        return channel.kind == "public" or viewer in channel.members
