"""A database with all its tables, and people who use it at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from sqlmodel import Session

from bot.domain.incident import Incident, Severity
from bot.domain.timeline import Entry, Kind
from bot.store import incidents
from bot.store.door import Door
from bot.store.migrate import migrate

T = TypeVar("T")

NOW = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


@pytest.fixture
def door(database_url: str) -> Iterator[Door]:
    """Once on SQLite and once on PostgreSQL."""
    opened = Door(database_url)
    migrate(opened)
    yield opened
    opened.close()


def at_once(door: Door, jobs: int, job: Callable[[Session, int], T], threads: int = 20) -> list[T]:
    """Run the job so many times, each in a transaction and a thread of its own; its results in order."""

    def run(number: int) -> T:
        with door.writes() as session:
            return job(session, number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(run, range(jobs)))


def incident(number: int = 1, **more: Any) -> Incident:
    """An incident of the workspace T1."""
    values: dict[str, Any] = {
        "id": f"i{number}",
        "team_id": "T1",
        "number": number,
        "title": "checkout is failing",
        "severity": Severity.SEV2,
        "declared_by": "U1",
        "declared_at": NOW,
    }
    return Incident(**values | more)


def kept(door: Door, number: int = 1, **more: Any) -> Incident:
    """The same, stored."""
    made = incident(number, **more)
    with door.writes() as session:
        incidents.add(session, made)
    return made


def entry(name: str, text: str = "db2 does not answer", **more: Any) -> Entry:
    """An entry of the first incident."""
    values: dict[str, Any] = {
        "id": name,
        "team_id": "T1",
        "incident_id": "i1",
        "seq": 0,
        "at": NOW,
        "recorded_at": NOW,
        "kind": Kind.NOTE,
        "text": text,
    }
    return Entry(**values | more)
