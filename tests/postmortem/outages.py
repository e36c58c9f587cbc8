"""The four outages played to their end on the real bot, and what their sources say, fact by fact."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from bot.cli import demo
from bot.domain.postmortem import Draft, Facts, Part, draft
from bot.rehearsal import replay
from bot.rehearsal.clock import Clock
from bot.rehearsal.replay import clocks
from bot.services.postmortem import drafting
from bot.store import incidents, work
from bot.store.postmortems import Kept, newest
from tests.conftest import soon

TABLES = Path(__file__).parent / "facts"
NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Fact:
    """One thing that a source says. `at` is "" where the source gives no time, `utc` then None."""

    id: str
    says: str
    part: Part
    any: tuple[re.Pattern[str], ...]
    mark: str
    at: str
    utc: datetime | None
    derived: str

    def is_told_by(self, text: str) -> bool:
        """Whether the text says it, in one of the ways that count."""
        return any(pattern.search(text) for pattern in self.any)


@dataclass(frozen=True)
class Outage:
    """What is left of an outage that was played: all that was recorded, the draft of it, and the one that was kept."""

    story: replay.Story
    given: Facts
    draft: Draft
    kept: Kept


async def play(name: str, folder: Path) -> Outage:
    """Play a story as fast as the bot answers, without the systems that fall ill in it: no source looked at any."""
    story = replay.load(name)
    async with demo.stage(
        database=lambda _: folder / f"{name}.db",
        port=0,
        pages_port=0,
        people=replay.people(story),
        clock=Clock(replay.starts_at(story, now=NOW)),
    ) as (rehearsal, muster):
        played = await replay.play(story, rehearsal, seconds=0, now=NOW)
        assert played.refused == ()

        def read(session: Any) -> Outage | None:
            (incident,) = incidents.newest(session, None, limit=1)
            kept = newest(session, incident.id)
            if kept is None or work.unfinished(session):
                return None
            given = drafting.facts(muster.deps.desk(session, incident.team_id), incident)
            return Outage(story, given, draft(given), kept)

        return await soon(lambda: muster.deps.door.read(read), within_s=60)


def facts(name: str) -> list[Fact]:
    """The table of what a source says, with its times in UTC on the day of the replay."""
    table = tomllib.loads((TABLES / f"{name}.toml").read_text(encoding="utf-8"))
    return [_fact(row, first_day(name)) for row in table["fact"]]


def first_day(name: str) -> datetime:
    """Midnight, in UTC, of the date on which a story begins in its own zone."""
    story = replay.load(name)
    local = replay.begins(story, now=NOW).astimezone(clocks.zone_of(story.zone))
    return datetime.combine(local.date(), time(), UTC)


def _fact(row: dict[str, Any], midnight: datetime) -> Fact:
    known = {"id", "is", "part", "any", "mark", "at", "utc", "day", "derived"}
    assert set(row) <= known and 1 <= len(row["any"]) <= 3, row
    assert ("at" in row) == ("utc" in row), row
    hour, minute = map(int, row.get("utc", "0:0").split(":"))
    moment = midnight + timedelta(days=row.get("day", 0), hours=hour, minutes=minute)
    return Fact(
        id=row["id"],
        says=row["is"],
        part=Part(row["part"]),
        any=tuple(re.compile(pattern) for pattern in row["any"]),
        mark=row.get("mark", ""),
        at=row.get("at", ""),
        utc=moment if "utc" in row else None,
        derived=row.get("derived", ""),
    )
