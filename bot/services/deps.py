"""What the edges and the flows are handed: built once in wiring, never changed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from sqlmodel import Session

from bot.domain.access import signed
from bot.services.chat import Chat
from bot.services.desk import Desk
from bot.services.systems.looker import Looker
from bot.settings import Settings
from bot.store.door import Door
from bot.store.playbooks import Shelf
from bot.store.work import Work

if TYPE_CHECKING:
    from bot.store.inventory import InventoryFile

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Deps:
    """Real things, joined. `now` is the story's time, `wall` the machine's; both UTC."""

    settings: Settings
    door: Door
    shelf: Shelf
    inventory: InventoryFile
    looker: Looker
    chat: Chat
    now: Callable[[], datetime]
    wall: Callable[[], datetime]
    new_id: Callable[[], str]
    wake: Callable[[], None]  # work was promised: start it now rather than at the next look
    begun: deque[Work] | None  # what this process marked as started, for its worker; None where it has none

    def desk(self, session: Session, team_id: str) -> Desk:
        """A desk in an open transaction."""
        return Desk(
            session=session,
            team_id=team_id,
            now=self.now(),
            wall=self.wall(),
            zone=self.settings.zone,
            new_id=self.new_id,
            shelf=self.shelf,
            inventory=self.inventory.current().inventory,
            pages_url=self.pages_url(team_id),
            personal_url=partial(self._personal_url, team_id),
        )

    def pages_url(self, team_id: str) -> str:
        """What a link to a page begins with today: it lets its reader in, where the pages need a key."""
        return signed(self.settings, team_id, "", self.wall())

    def _personal_url(self, team_id: str, user_id: str) -> str:
        return signed(self.settings, team_id, "", self.wall(), user_id=user_id)

    async def at_desk(self, team_id: str, job: Callable[[Desk], T]) -> T:
        """Carry out one wish in one transaction, then have promised work started. UserErrors pass through."""
        urgent: list[str] = []
        begun: list[Work] = []

        def run(session: Session) -> T:
            desk = replace(self.desk(session, team_id), begun=None if self.begun is None else begun)
            done = job(desk)
            urgent.extend(desk.urgent)
            return done

        done = await self.door.write(run)
        if self.begun is not None:
            self.begun.extend(begun)
        if urgent or begun:
            self.wake()
        return done
