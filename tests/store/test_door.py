"""The one door: what is promised of every transaction, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from bot.store import incidents, people
from bot.store.door import Door
from bot.store.migrate import migrate
from bot.store.tables import WorkspaceRow
from tests.conftest import Stage
from tests.store.conftest import NOW, at_once, incident, kept


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Door]:
    opened = Door(f"sqlite:///{tmp_path}/muster.db")
    migrate(opened)
    yield opened
    opened.close()


def test_every_connection_to_sqlite_writes_ahead_and_waits_for_the_disk(sqlite: Door):
    def pragmas(session, _number):
        connection = session.connection()
        names = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        return tuple(connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names)

    full = 2
    assert set(at_once(sqlite, 16, pragmas, threads=8)) == {("wal", full, 1, 30_000)}


def test_eight_writers_that_read_first_and_write_later_never_fail(door: Door):
    with door.writes() as session:
        people.meet(session, "T1", NOW)

    def count(session, _number):
        row = session.get(WorkspaceRow, "T1", with_for_update=True)
        row.next_number = row.next_number + 1
        session.add(row)

    at_once(door, 200, count, threads=8)
    with door.reads() as session:
        assert session.get_one(WorkspaceRow, "T1").next_number == 201


def test_a_reader_does_not_wait_for_a_writer(door: Door):
    kept(door)
    with door.writes() as writing:
        incidents.save(writing, incident(title="changed"))
        with door.reads() as reading:
            found = incidents.load(reading, "i1")
            assert found is not None
            assert found.title == "checkout is failing"


def test_an_error_takes_everything_of_the_transaction_back(door: Door):
    with pytest.raises(RuntimeError, match="half way"), door.writes() as session:
        incidents.add(session, incident())
        raise RuntimeError("half way")
    with door.reads() as session:
        assert incidents.load(session, "i1") is None


def test_a_datetime_without_a_zone_is_refused(door: Door):
    with pytest.raises(sa.exc.StatementError, match="without a zone"):
        kept(door, declared_at=datetime(2026, 3, 14, 12, 0))  # noqa: DTZ001  # that is what is tested


def test_a_datetime_of_any_zone_comes_back_as_the_same_moment_in_utc(door: Door):
    said = datetime(2026, 3, 14, 1, 30, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    kept(door, declared_at=said)
    with door.reads() as session:
        found = incidents.load(session, "i1")
    assert found is not None
    assert found.declared_at == said
    assert found.declared_at.tzinfo is UTC
    assert found.declared_at.isoformat() == "2026-03-13T23:30:00.123456+00:00"


def test_rows_that_point_nowhere_are_refused(door: Door):
    from bot.store import timeline
    from tests.store.conftest import entry

    with pytest.raises(sa.exc.IntegrityError), door.writes() as session:
        timeline.add(session, entry("e1"), origin="e1")


async def test_a_full_disk_is_no_lie_and_no_end(stage: Stage):
    await stage.opened()
    engine = stage.muster.deps.door.engine
    limit = {"pages": 0}

    def set_limit(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count = {limit['pages'] or 4294967294}")

    sa.event.listen(engine, "checkout", set_limit)
    with engine.connect() as connection:
        limit["pages"] = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    answers = [await stage.say("ada", f"/incident note INC-1 {number} {'x' * 2900}") for number in range(20)]
    refused = [answer for answer in answers if "I failed" in answer]
    assert refused
    assert all("x" * 2900 in answer for answer in refused)  # nothing typed is lost
    assert sum(entry.kind == "note" for entry in await stage.entries()) == len(answers) - len(refused)
    limit["pages"] = 0
    assert "there is room again" in await stage.say("ada", "/incident note INC-1 there is room again")
    await stage.settled()
    assert (await stage.entries())[-1].text == "there is room again"


def test_the_url_people_copy_from_their_host_is_understood(postgres_url: str):
    door = Door(postgres_url.replace("postgresql://", "postgres://", 1))
    assert migrate(door)
    with door.reads() as session:
        assert session.connection().execute(sa.select(sa.func.count(col(WorkspaceRow.team_id)))).scalar() == 0
    door.close()
