"""A desk on a real database, with a clock that moves only when told."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from bot.domain.incident import Incident, Severity
from bot.domain.inventory import Inventory
from bot.domain.timeline import Entry
from bot.services import incidents, timeline
from bot.services.desk import Desk
from bot.settings import HERE
from bot.store import incidents as stored
from bot.store import work
from bot.store.door import Door
from bot.store.migrate import migrate
from bot.store.playbooks import Shelf

T = TypeVar("T")

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
ADA, BEN = "U0ADA", "U0BEN"


@dataclass
class Office:
    """Carries out wishes, each in a transaction of its own, at the time its clock shows."""

    door: Door
    shelf: Shelf
    inventory: Inventory = field(default_factory=Inventory)
    now: datetime = NOON
    ids: Iterator[int] = field(default_factory=itertools.count)

    def do(self, job: Callable[[Desk], T], team_id: str = "T1") -> T:
        """One wish, one transaction."""
        with self.door.writes() as session:
            return job(
                Desk(
                    session=session,
                    team_id=team_id,
                    now=self.now,
                    wall=self.now,
                    zone=ZoneInfo("UTC"),
                    new_id=lambda: f"id{next(self.ids):04}",
                    shelf=self.shelf,
                    inventory=self.inventory,
                    pages_url="http://127.0.0.1:3000",
                )
            )

    def later(self, minutes: float) -> None:
        """Let time pass."""
        self.now += timedelta(minutes=minutes)

    def opened(self, title: str = "checkout is failing", **more: Any) -> Incident:
        """An incident that Ada opened."""
        return self.do(
            lambda desk: incidents.open(desk, **{"title": title, "severity": Severity.SEV2, "by": ADA} | more)
        )

    def as_it_is(self, incident: Incident) -> Incident:
        """The incident as it is stored now."""
        found = self.do(lambda desk: stored.load(desk.session, incident.id))
        assert found is not None
        return found

    def entries(self, incident: Incident) -> tuple[Entry, ...]:
        """Its timeline."""
        return self.do(lambda desk: timeline.entries(desk, incident))

    def promised(self) -> list[str]:
        """What is promised and not done, by kind."""
        return sorted(one.kind for one in self.do(lambda desk: work.unfinished(desk.session)))

    def all_done(self) -> None:
        """Forget what is promised, as if it had been done."""

        def finish(desk: Desk) -> None:
            for one in work.unfinished(desk.session):
                work.finish(desk.session, one.id, desk.wall)

        self.do(finish)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office on SQLite with the shipped playbooks."""
    door = Door(f"sqlite:///{tmp_path}/muster.db")
    migrate(door)
    yield Office(door, Shelf(HERE / "playbooks"))
    door.close()
