"""The tables, the migrations that make them, and the tables of others beside them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from dbos import DBOS
from sqlmodel import SQLModel

import bot.store.migrate as migrations
from bot.errors import UserError
from bot.store import tables
from bot.store.door import Door
from bot.store.migrate import HEAD, migrate, pending

NOON = datetime(2014, 3, 13, 12, 0)  # noqa: DTZ001  # as the column holds it
assert tables  # fills the metadata


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(migrations.__file__).parent / "migrations"))
    return made


@pytest.fixture
def new(database_url: str) -> Iterator[Door]:
    """A door to a database without tables."""
    opened = Door(database_url)
    yield opened
    opened.close()


def test_the_head_that_the_code_names_is_the_newest_migration():
    assert ScriptDirectory.from_config(config()).get_heads() == [HEAD]


def test_every_table_carries_the_workspace():
    assert {name for name, table in SQLModel.metadata.tables.items() if "team_id" not in table.c} == set()


def test_migrating_twice_changes_nothing(new: Door):
    assert pending(new)
    assert migrate(new)
    assert not pending(new)
    assert not migrate(new)


def test_processes_that_start_together_migrate_once(database_url: str):
    doors = [Door(database_url) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(migrate, doors))
    assert any(done)
    assert not any(pending(door) for door in doors)
    for door in doors:
        door.close()


def test_the_migrated_tables_are_those_the_code_describes_beside_the_durable_engines(new: Door):
    migrate(new)
    DBOS(config={"name": "muster", "system_database_url": new.url, "log_level": "WARNING", "executor_id": "test"})
    DBOS.launch()
    DBOS.destroy(destroy_registry=True)
    checked = config()
    with new.engine.begin() as connection:
        names = sa.inspect(connection).get_table_names() + sa.inspect(connection).get_schema_names()
        assert "workflow_status" in names or "dbos" in names
        checked.attributes["connection"] = connection
        command.check(checked)  # raises when something differs


def test_the_worst_severity_of_old_incidents_is_read_from_their_changes(new: Door):
    with new.engine.begin() as connection:
        older = config()
        older.attributes["connection"] = connection
        command.upgrade(older, "0005")
        both = sa.MetaData()
        both.reflect(connection, only=["incident", "entry"])
        row = {"team_id": "T1", "title": "x", "status": "closed", "declared_by": "U1", "declared_at": NOON}
        row |= {"channel_id": "", "channel_name": "", "version": 0}
        severities = {"calmed": "sev2", "grown": "sev1", "steady": "sev3"}
        rows = [row | {"id": key, "number": n, "severity": sev} for n, (key, sev) in enumerate(severities.items(), 1)]
        connection.execute(both.tables["incident"].insert(), rows)
        said = {"team_id": "T1", "at": NOON, "recorded_at": NOON, "author": "U1", "source": "slack", "text": "x"}
        said |= {"permalink": "", "tags": [], "kind": "severity", "withdrawn_at": None}
        changes = [("calmed", "sev3", "sev1"), ("calmed", "sev1", "sev2"), ("grown", "sev2", "sev1")]
        for n, (key, before, after) in enumerate(changes):
            told = said | {
                "id": f"e{n}",
                "origin": f"o{n}",
                "incident_id": key,
                "seq": n,
                "data": {"from": before, "to": after},
            }
            connection.execute(both.tables["entry"].insert(), told)
    migrate(new)
    with new.engine.begin() as connection:
        found = dict(connection.exec_driver_sql("SELECT id, worst FROM incident").all())
    assert found == {"calmed": "sev1", "grown": "sev1", "steady": None}


def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(new: Door):
    migrate(new)
    with new.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(UserError, match="newer version of Muster") as refused:
        migrate(new)
    assert "DATABASE_URL" in refused.value.hint
    assert pending(new)
