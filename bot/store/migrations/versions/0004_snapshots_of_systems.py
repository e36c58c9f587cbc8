"""Snapshots of systems"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEXED = ("team_id", "system", "taken_at")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "system_snapshot",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("taken_at", Utc(), nullable=False),
        sa.Column("took_s", sa.Float(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "system", "number"),
    )
    with op.batch_alter_table("system_snapshot", schema=None) as batch_op:
        for name in INDEXED:
            batch_op.create_index(batch_op.f(f"ix_system_snapshot_{name}"), [name], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("system_snapshot", schema=None) as batch_op:
        for name in reversed(INDEXED):
            batch_op.drop_index(batch_op.f(f"ix_system_snapshot_{name}"))
    op.drop_table("system_snapshot")
