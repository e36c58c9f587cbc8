"""Postmortems kept by people: sections, locks, offers, comments, reviews; follow-ups with aim, due date and link"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from bot.store.tables import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _of_incident(name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    op.create_table(
        name,
        sa.Column("incident_id", sa.String(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["incident_id"], ["incident.id"]),
        sa.PrimaryKeyConstraint(*key),
    )
    with op.batch_alter_table(name, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{name}_team_id"), ["team_id"], unique=False)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=False)


def upgrade() -> None:
    """Apply."""
    _of_incident(
        "postmortem_section",
        _text("part"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("restores", sa.Integer(), nullable=True),
        _text("written_by"),
        sa.Column("written_at", Utc(), nullable=False),
        key=("incident_id", "part", "revision"),
    )
    _of_incident(
        "postmortem_lock",
        _text("part"),
        _text("held_by"),
        sa.Column("until", Utc(), nullable=False),
        key=("incident_id", "part"),
    )
    _of_incident(
        "postmortem_offer",
        _text("part"),
        _text("digest"),
        _text("said"),
        _text("said_by"),
        sa.Column("said_at", Utc(), nullable=False),
        key=("incident_id", "part", "digest"),
    )
    _of_incident(
        "postmortem_comment",
        _text("id"),
        _text("part"),
        _text("text"),
        _text("made_by"),
        sa.Column("made_at", Utc(), nullable=False),
        _text("settled_by"),
        sa.Column("settled_at", Utc(), nullable=True),
        key=("id",),
    )
    with op.batch_alter_table("postmortem_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_postmortem_comment_incident_id"), ["incident_id"], unique=False)
    _of_incident(
        "postmortem_review",
        _text("user_id"),
        _text("asked_by"),
        sa.Column("asked_at", Utc(), nullable=False),
        _text("said"),
        _text("note"),
        _text("digest"),
        sa.Column("said_at", Utc(), nullable=True),
        key=("incident_id", "user_id"),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("aim", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("due", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("link", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("task", schema=None) as batch_op:
        for name in ("link", "due", "aim"):
            batch_op.drop_column(name)
    with op.batch_alter_table("postmortem_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_postmortem_comment_incident_id"))
    for name in ("review", "comment", "offer", "lock", "section"):
        with op.batch_alter_table(f"postmortem_{name}", schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_postmortem_{name}_team_id"))
        op.drop_table(f"postmortem_{name}")
