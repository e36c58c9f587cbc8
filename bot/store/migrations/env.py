"""How Alembic reaches our tables; those of the durable engine beside them are none of its business."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlmodel import SQLModel

from bot.store import check_table, review_tables, snapshot_table, tables  # noqa: F401  # fill the metadata


def ours(name: str | None, type_: str, _parents: Any) -> bool:
    """Whether a table found in the database is one of ours."""
    return type_ != "table" or name in SQLModel.metadata.tables


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    include_name=ours,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
