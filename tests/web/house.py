"""The bot without Slack: a real database, the real playbooks, and a browser's way in."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from bot.domain import access
from bot.services.deps import Deps
from bot.services.desk import Desk
from bot.services.systems.looker import Looker
from bot.settings import Settings
from bot.store import people
from bot.store.door import Door
from bot.store.inventory import InventoryFile
from bot.store.migrate import migrate
from bot.store.playbooks import Shelf
from bot.web.app import build

T = TypeVar("T")
TEAM = "T0SHOP"
SECRET = "0123456789abcdef0123456789abcdef"


@dataclass
class House:
    """Services to make data with, and a clock that the test sets."""

    folder: Path
    settings: Settings = field(default_factory=Settings)
    now: datetime = datetime(2014, 3, 13, 12, 0, tzinfo=UTC)
    deps: Deps = field(init=False)

    def __post_init__(self) -> None:
        ids = itertools.count(1)
        self.deps = Deps(
            settings=self.settings,
            door=Door(f"sqlite:///{self.folder / 'muster.db'}"),
            shelf=Shelf(*self.settings.muster_playbooks),
            inventory=InventoryFile(None),
            looker=Looker(self.settings.credential),
            chat=None,  # type: ignore[arg-type]  # the pages never call it
            now=lambda: self.now,
            wall=lambda: self.now,
            new_id=lambda: f"id{next(ids):06d}",
            wake=lambda: None,
            begun=None,
        )
        migrate(self.deps.door)

    def at(self, clock: str) -> House:
        """Set the time of day."""
        hour, minute = map(int, clock.split(":"))
        self.now = self.now.replace(hour=hour, minute=minute)
        return self

    def do(self, job: Callable[[Desk], T], team_id: str = TEAM) -> T:
        """Carry out one wish."""
        with self.deps.door.writes() as session:
            return job(self.deps.desk(session, team_id))

    def meet(self, team_id: str = TEAM, name: str = "The Shop") -> None:
        """Let Slack tell us the workspace."""
        with self.deps.door.writes() as session:
            people.meet(session, team_id, self.now, name=name, url="https://shop.slack.test/")

    def own(self, user: str) -> str:
        """The key that lets somebody write under their name, as the browser keeps it."""
        return access.personal(access.page_secret(self.settings), TEAM, user, self.now.date())

    def browser(
        self, host: str = "127.0.0.1:3000", cookies: dict[str, str] | None = None, **more: Any
    ) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        """A browser that asks for `host`."""
        transport = httpx.ASGITransport(build(self.deps, **more))
        return httpx.AsyncClient(transport=transport, base_url=f"http://{host}", cookies=cookies)
