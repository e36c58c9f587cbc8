"""Where one wish is carried out: an open transaction, the time, and what the rules need to know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.inventory import Inventory
from bot.store import work
from bot.store.playbooks import Shelf
from bot.store.work import Work

SAME_CLOCK = timedelta(minutes=1)  # closer than this, the story's clock is the machine's


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Handed to every service. All it does happens in one transaction, or not at all.

    `now` is the time of the story (in a rehearsal it may be another year); `wall` is the machine's own, by which
    promised work falls due.
    """

    session: Session
    team_id: str
    now: datetime
    wall: datetime
    zone: ZoneInfo
    new_id: Callable[[], str]
    shelf: Shelf
    inventory: Inventory
    pages_url: str
    personal_url: Callable[[str], str] | None = (
        None  # what a link for one person's eyes begins with; None: they are open
    )
    urgent: list[str] = field(default_factory=list)  # what was promised here to be started at once
    begun: list[Work] | None = None  # what this process starts itself once it is committed; None where it has no worker

    def promise(
        self, kind: str, subject: str, *, once: bool = False, after_s: float = 0.0, at_once: bool = False, **detail: Any
    ) -> None:
        """Promise later work, committed together with the record it belongs to, to be started in `after_s`."""
        work.promise(
            self.session,
            id=self.new_id(),
            team_id=self.team_id,
            kind=kind,
            subject=subject,
            now=self.wall,
            detail=detail,
            once=once,
            at_once=at_once,
            after_s=after_s,
        )
        if not after_s:
            self.urgent.append(kind)

    def own_url(self, user_id: str, path: str) -> str:
        """The address of a page for one person's eyes: whoever opens it may write there under that name."""
        return (self.personal_url(user_id) if self.personal_url else self.pages_url) + path

    def in_story(self, at: datetime) -> datetime:
        """A moment of the machine's time in the story's, in which everything beside it is told."""
        apart = self.now - self.wall
        return at if abs(apart) < SAME_CLOCK else at + apart

    def begin(self, kind: str, subject: str) -> None:
        """Promise work on a subject that nobody else knows yet. It need not wait for the next look at what is due."""
        if self.begun is None:
            self.promise(kind, subject)
            return
        mine = Work(id=self.new_id(), team_id=self.team_id, kind=kind, subject=subject, tries=1)
        work.promise(
            self.session, id=mine.id, team_id=self.team_id, kind=kind, subject=subject, now=self.wall, begun=True
        )
        self.begun.append(mine)
