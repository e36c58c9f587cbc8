"""Promised work and the steps it takes in Slack."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.store.tables import OutboundRow, WorkRow

# Promised a day ahead or more: that it waits is its ordinary state.
AHEAD = ("snapshot", "review-due", "morning")
LOOKING = 0x6C6F6F6B  # any number of our own; it names the lock to PostgreSQL
# A room ends with its card: they take turns, so that an older card never overwrites a newer one.
TURNS = {"card": "room"}
COVERED = {"card": ("card", "room")}


@dataclass(frozen=True, kw_only=True)
class Work:
    """One piece of promised work."""

    id: str
    team_id: str
    kind: str
    subject: str
    detail: dict[str, Any] = field(default_factory=dict)
    tries: int = 0


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """One step in Slack as we know it: trying, done, waiting or failed."""

    step: str
    state: str
    tries: int
    trouble: str
    result: dict[str, Any]


# Put together once: they are part of what an acknowledgement waits for.
_WAITING = (
    sa.select(col(WorkRow.id))
    .where(
        col(WorkRow.subject) == sa.bindparam("subject"),
        col(WorkRow.kind).in_(sa.bindparam("kinds", expanding=True)),
        col(WorkRow.started).is_(False),
    )
    .with_for_update()
)
_PROMISE = sa.insert(WorkRow)
_UNSTARTED = {"tries": 0, "rescues": 0, "started": False, "done_at": None, "trouble": ""}
_BEGUN = _UNSTARTED | {"tries": 1, "started": True}


def promise(
    session: Session,
    *,
    id: str,
    team_id: str,
    kind: str,
    subject: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
    once: bool = False,
    at_once: bool = False,
    after_s: float = 0.0,
    begun: bool = False,
) -> None:
    """Promise work in the caller's transaction. With `once`, work not yet started that does this is enough.

    With `at_once`, that work does not wait until it would have been tried again; it falls due in `after_s` seconds.
    With `begun` it is marked as started: the caller starts it as soon as this is committed. Nothing else has its turn.
    """
    if once:
        # Held until we commit: started before that, it would not see what it was promised for.
        asked = {"subject": subject, "kinds": COVERED.get(kind, (kind,))}
        waiting = session.connection().execute(_WAITING, asked).first()
        if waiting:
            if at_once and (row := session.get(WorkRow, waiting.id)):
                row.due_at = min(row.due_at, now)
            return
    turn, due_at = f"{TURNS.get(kind, kind)}:{subject}", now + timedelta(seconds=after_s)
    whose = {"id": id, "team_id": team_id, "kind": kind, "subject": subject, "detail": detail or {}}
    when = {"turn": turn, "made_at": now, "due_at": due_at}
    session.connection().execute(_PROMISE, (_BEGUN if begun else _UNSTARTED) | whose | when)


def anything_due(session: Session, now: datetime) -> bool:
    """Whether promised work waits to be started."""
    query = select(WorkRow.id).where(col(WorkRow.started).is_(False), col(WorkRow.due_at) <= now)
    return session.exec(query.limit(1)).first() is not None


def take_due(session: Session, now: datetime, limit: int = 50) -> list[Work]:
    """Mark due work as started and return it. Two workers never get the same row, and a turn goes to one row."""
    if session.get_bind().dialect.name == "postgresql":
        # Two who look at once would not see each other's turns; SQLite's writers come one after the other anyway.
        session.connection().execute(sa.select(sa.func.pg_advisory_xact_lock(LOOKING)))
    running = aliased(WorkRow)
    taken = (
        select(running.id)
        .where(col(running.turn) == WorkRow.turn, col(running.started).is_(True), col(running.done_at).is_(None))
        .exists()
    )
    query = (
        select(WorkRow)
        .where(col(WorkRow.started).is_(False), col(WorkRow.due_at) <= now, ~taken)
        .order_by(col(WorkRow.due_at), col(WorkRow.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    first: dict[str, WorkRow] = {}
    for row in session.exec(query):
        first.setdefault(row.turn, row)
    for row in first.values():
        row.started = True
        row.tries += 1
    return [_work(row) for row in first.values()]


def lost(session: Session, before: datetime) -> list[Work]:
    """Work marked as started before `before` and not finished: its start may have been lost in a crash."""
    query = select(WorkRow).where(
        col(WorkRow.started).is_(True), col(WorkRow.done_at).is_(None), col(WorkRow.due_at) < before
    )
    return [_work(row) for row in session.exec(query)]


def load(session: Session, work_id: str) -> Work | None:
    """The work with this id, or None when it is finished."""
    row = session.get(WorkRow, work_id)
    return _work(row) if row and row.done_at is None else None


def finish(session: Session, work_id: str, now: datetime, trouble: str = "") -> None:
    """The work is done, or given up for the reason in `trouble`."""
    row = session.get(WorkRow, work_id)
    if row:
        row.done_at, row.started, row.trouble = now, True, trouble


def postpone(session: Session, work_id: str, now: datetime, delay_s: float, trouble: str) -> None:
    """Try the work again after `delay_s` seconds."""
    row = session.get(WorkRow, work_id)
    if row:
        row.started, row.due_at, row.trouble = False, now + timedelta(seconds=delay_s), trouble


def try_anew(session: Session, work: Work, now: datetime) -> None:
    """Have work started once more whose run came to an end without a word. Nothing if it was taken up meanwhile."""
    session.connection().execute(
        sa.update(WorkRow)
        .where(
            col(WorkRow.id) == work.id,
            col(WorkRow.tries) == work.tries,
            col(WorkRow.started).is_(True),
            col(WorkRow.done_at).is_(None),
        )
        .values(started=False, due_at=now)
    )


def unfinished(session: Session) -> list[Work]:
    """All work not yet done, oldest first, but for what waits for its day."""
    query = select(WorkRow).where(col(WorkRow.done_at).is_(None), col(WorkRow.kind).not_in(AHEAD))
    return [_work(row) for row in session.exec(query.order_by(col(WorkRow.made_at)))]


def given_up(session: Session) -> int:
    """How much of the work that is still remembered was given up."""
    return len(session.exec(select(WorkRow.id).where(col(WorkRow.trouble).startswith("given up"))).all())


def forget_before(session: Session, before: datetime) -> None:
    """Drop finished work older than `before`."""
    session.connection().execute(sa.delete(WorkRow).where(col(WorkRow.done_at) < before))


def outbound(session: Session, subject: str, step: str) -> Outbound | None:
    """What is known of one step in Slack."""
    row = session.get(OutboundRow, (subject, step))
    return _outbound(row) if row else None


def outbounds(session: Session, subject: str) -> tuple[Outbound, ...]:
    """All steps taken for a subject."""
    rows = session.exec(select(OutboundRow).where(col(OutboundRow.subject) == subject).order_by(col(OutboundRow.step)))
    return tuple(_outbound(row) for row in rows)


def note_outbound(
    session: Session,
    *,
    team_id: str,
    subject: str,
    step: str,
    state: str,
    now: datetime,
    trouble: str = "",
    result: dict[str, Any] | None = None,
) -> None:
    """Write down where a step in Slack stands. `trying` raises its count."""
    row = session.get(OutboundRow, (subject, step))
    if row is None:
        row = OutboundRow(team_id=team_id, subject=subject, step=step, state=state, updated_at=now)
        session.add(row)
    row.state, row.trouble, row.updated_at = state, trouble, now
    row.tries += state == "trying"
    if result is not None:
        row.result = result


def _work(row: WorkRow) -> Work:
    return Work(
        id=row.id, team_id=row.team_id, kind=row.kind, subject=row.subject, detail=dict(row.detail), tries=row.tries
    )


def _outbound(row: OutboundRow) -> Outbound:
    return Outbound(step=row.step, state=row.state, tries=row.tries, trouble=row.trouble, result=dict(row.result))


def clear_failed(session: Session, subject: str) -> tuple[str, ...]:
    """Call back the steps that Slack refused, so that they are taken again, and return their names.

    That they were tried stays known: an earlier try may have had its effect, and a repeat looks first.
    """
    rows = session.exec(
        select(OutboundRow).where(col(OutboundRow.subject) == subject, col(OutboundRow.state) == "failed")
    ).all()
    for row in rows:
        row.state = "again"
    return tuple(row.step for row in rows)


def rescue(session: Session, work_id: str) -> int:
    """Count that the work was handed over from a dead worker, and return how often it has been."""
    row = session.get(WorkRow, work_id)
    if row is None:
        return 0
    row.rescues += 1
    return row.rescues
