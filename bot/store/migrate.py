"""Bringing the tables up to date with Alembic."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.errors import UserError
from bot.store.door import Door

HEAD = "0006"  # the newest revision under migrations/versions; a test keeps it true
LOCK = 0x6D757374  # any number of our own; it names the lock to PostgreSQL


def pending(door: Door) -> bool:
    """Whether the tables lack a migration."""
    return _revision(door) != HEAD


def migrate(door: Door) -> bool:
    """Apply what is missing, in one transaction on each database. True when there was something to do.

    Raises UserError when the database was made by a newer version; nothing is written then.
    """
    found = _revision(door)
    if found == HEAD:
        return False
    # Alembic takes 50 ms to import; most starts have nothing to migrate.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise UserError(
            f"The database was made by a newer version of Muster (its tables are at {found}, mine at {HEAD}).",
            hint="Run that version, or point DATABASE_URL at another database. Nothing was changed.",
        )
    with door.engine.begin() as connection:
        if not door.is_sqlite:  # two processes that start together take turns; SQLite's writers do so anyway
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


def _revision(door: Door) -> str | None:
    with door.reads() as session:
        if not sa.inspect(session.connection()).has_table("alembic_version"):
            return None
        found = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        return None if found is None else str(found)
