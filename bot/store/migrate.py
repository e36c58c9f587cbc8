"""Bringing the tables up to date with Alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.store.door import Door

HEAD = "0001"  # the newest revision under migrations/versions; a test keeps it true


def pending(door: Door) -> bool:
    """Whether the tables lack a migration."""
    return _revision(door) != HEAD


def migrate(door: Door) -> bool:
    """Apply what is missing, in one transaction on each database. True when there was something to do."""
    if not pending(door):
        return False
    # Alembic takes 50 ms to import; most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with door.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def _revision(door: Door) -> str | None:
    with door.reads() as session:
        if not sa.inspect(session.connection()).has_table("alembic_version"):
            return None
        found = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return None if found is None else str(found)
