"""What people made of playbooks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "lookup",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("playbook", sa.String(), nullable=False),
        sa.Column("unasked", sa.Boolean(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "origin"),
    )
    with op.batch_alter_table("lookup", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lookup_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lookup_playbook"), ["playbook"], unique=False)
        batch_op.create_index(batch_op.f("ix_lookup_team_id"), ["team_id"], unique=False)

    op.create_table(
        "step_verdict",
        sa.Column("walk_id", sa.String(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("playbook", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("said_by", sa.String(), nullable=False),
        sa.Column("said_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"],
            ["incident.id"],
        ),
        sa.ForeignKeyConstraint(
            ["walk_id"],
            ["walk.id"],
        ),
        sa.PrimaryKeyConstraint("walk_id", "step"),
    )
    with op.batch_alter_table("step_verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_step_verdict_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_verdict_playbook"), ["playbook"], unique=False)
        batch_op.create_index(batch_op.f("ix_step_verdict_team_id"), ["team_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("step_verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_step_verdict_team_id"))
        batch_op.drop_index(batch_op.f("ix_step_verdict_playbook"))
        batch_op.drop_index(batch_op.f("ix_step_verdict_incident_id"))

    op.drop_table("step_verdict")
    with op.batch_alter_table("lookup", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lookup_team_id"))
        batch_op.drop_index(batch_op.f("ix_lookup_playbook"))
        batch_op.drop_index(batch_op.f("ix_lookup_incident_id"))

    op.drop_table("lookup")
