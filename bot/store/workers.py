"""The processes that do promised work, and their signs of life by the database's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col, select

from bot.store.tables import WorkerRow


def beat(session: Session, executor_id: str, team_id: str = "") -> None:
    """Say that this process lives, by the database's own clock."""
    session.merge(WorkerRow(executor_id=executor_id, team_id=team_id, beat_at=database_now(session)))


def silent(session: Session, for_s: float) -> list[str]:
    """The processes that gave no sign of life for `for_s` seconds."""
    before = database_now(session) - timedelta(seconds=for_s)
    return list(session.exec(select(WorkerRow.executor_id).where(col(WorkerRow.beat_at) < before)))


def claim(session: Session, executor_id: str, for_s: float) -> bool:
    """Whether it falls to us to hand over this silent process's work; others leave it alone for `for_s` seconds."""
    now = database_now(session)
    claimed = session.connection().execute(
        sa.update(WorkerRow)
        .where(col(WorkerRow.executor_id) == executor_id, col(WorkerRow.beat_at) < now - timedelta(seconds=for_s))
        .values(beat_at=now)
    )
    return claimed.rowcount == 1


def bury(session: Session, executor_id: str) -> None:
    """Forget a dead process after its work was handed over."""
    session.connection().execute(sa.delete(WorkerRow).where(col(WorkerRow.executor_id) == executor_id))


def database_now(session: Session) -> datetime:
    """The database's own time in UTC: the clocks of two workers may differ."""
    if session.get_bind().dialect.name == "sqlite":
        said = session.connection().exec_driver_sql("SELECT strftime('%Y-%m-%dT%H:%M:%f', 'now')").scalar_one()
        return datetime.fromisoformat(str(said)).replace(tzinfo=UTC)
    return session.exec(sa.select(sa.func.now())).scalar_one().astimezone(UTC)  # type: ignore[call-overload,no-any-return]
