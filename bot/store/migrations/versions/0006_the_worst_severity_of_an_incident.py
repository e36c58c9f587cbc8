"""The worst severity that an incident ever had, of old ones read from their changes of severity"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_INCIDENT = sa.table("incident", sa.column("id", sa.String), sa.column("worst", sa.String))
_ENTRY = sa.table(
    "entry", sa.column("incident_id", sa.String), sa.column("kind", sa.String), sa.column("data", sa.JSON)
)


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.add_column(sa.Column("worst", sa.String(), nullable=True))
    changes = sa.select(_ENTRY.c.incident_id, _ENTRY.c.data).where(_ENTRY.c.kind == "severity")
    had: dict[str, set[str]] = {}
    for row in op.get_bind().execute(changes):
        had.setdefault(row.incident_id, set()).update(row.data[side] for side in ("from", "to") if row.data.get(side))
    worst = [{"key": key, "value": min(some)} for key, some in had.items() if some]  # sev1 sorts before sev2
    if worst:
        filled = sa.update(_INCIDENT).where(_INCIDENT.c.id == sa.bindparam("key")).values(worst=sa.bindparam("value"))
        op.get_bind().execute(filled, worst)


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("incident", schema=None) as batch_op:
        batch_op.drop_column("worst")
