"""Looks at systems"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXED = ("incident_id", "system", "taken_at", "team_id")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "system_check",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("probes", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("taken_at", Utc(), nullable=True),
        sa.Column("took_s", sa.Float(), nullable=False),
        sa.Column("age_s", sa.Float(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("kept", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("system_check", schema=None) as batch_op:
        for name in INDEXED:
            batch_op.create_index(batch_op.f(f"ix_system_check_{name}"), [name], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("system_check", schema=None) as batch_op:
        for name in reversed(INDEXED):
            batch_op.drop_index(batch_op.f(f"ix_system_check_{name}"))
    op.drop_table("system_check")
