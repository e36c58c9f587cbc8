"""Workspaces, their people, and the processes that serve them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col, select

from bot.domain.roles import Person
from bot.store.tables import PersonRow, WorkspaceRow

LOOKED_AT = ("system_check", "system_snapshot")  # written at a terminal also where no incident was opened there
NOT_MET_YET = ""  # the workspace of what was recorded before Slack ever told us its id


def meet(
    session: Session,
    team_id: str,
    now: datetime,
    *,
    name: str = "",
    url: str = "",
    bot_user_id: str = "",
    bot_id: str = "",
) -> None:
    """Remember a workspace. What was recorded before we knew its id becomes its own."""
    row = session.get(WorkspaceRow, team_id)
    if row is None:
        first = _note_down(session, team_id, now)
        row = session.get_one(WorkspaceRow, team_id)
        if first:
            _adopt(session, row)
    row.name, row.url = name or row.name, url or row.url
    row.bot_user_id, row.bot_id = bot_user_id or row.bot_user_id, bot_id or row.bot_id


def workspace(session: Session, team_id: str | None = None) -> WorkspaceRow | None:
    """The workspace with this id, or the one met last."""
    if team_id is not None:
        return session.get(WorkspaceRow, team_id)
    query = select(WorkspaceRow).where(col(WorkspaceRow.team_id) != NOT_MET_YET)
    return session.exec(query.order_by(col(WorkspaceRow.met_at).desc())).first()


def next_number(session: Session, team_id: str, now: datetime) -> int:
    """Take the next incident number of the workspace: 1, 2, 3…, never the same twice."""
    _note_down(session, team_id, now)
    row = session.get_one(WorkspaceRow, team_id, with_for_update=True, populate_existing=True)
    number = row.next_number
    row.next_number = number + 1
    session.flush()
    return number


def remember(session: Session, team_id: str, person: Person, now: datetime) -> None:
    """Keep what Slack says about a person."""
    session.merge(
        PersonRow(
            team_id=team_id,
            user_id=person.user_id,
            name=person.name,
            timezone=person.timezone,
            is_bot=person.is_bot,
            gone=person.gone,
            seen_at=now,
        )
    )


def known(session: Session, team_id: str, user_ids: Iterable[str]) -> dict[str, Person]:
    """Those of `user_ids` whom we know, by id."""
    wanted = list(user_ids)
    rows = session.exec(select(PersonRow).where(col(PersonRow.team_id) == team_id, col(PersonRow.user_id).in_(wanted)))
    return {row.user_id: _person(row) for row in rows}


def everyone(session: Session, team_id: str) -> dict[str, Person]:
    """All whom we know in a workspace, by id, those too who left."""
    rows = session.exec(select(PersonRow).where(col(PersonRow.team_id) == team_id))
    return {row.user_id: _person(row) for row in rows}


def names(session: Session, team_id: str) -> dict[str, str]:
    """The names of everyone we know in a workspace, by id."""
    return dict(session.exec(select(PersonRow.user_id, PersonRow.name).where(col(PersonRow.team_id) == team_id)).all())


def heard_of(session: Session, team_id: str, user_id: str, name: str, now: datetime) -> None:
    """Keep a name that came along with something else, unless we know the person already."""
    if name and session.get(PersonRow, (team_id, user_id)) is None:
        person = {"team_id": team_id, "user_id": user_id, "name": name, "seen_at": now}
        _insert_new(session, PersonRow, person | {"timezone": "", "is_bot": False, "gone": False})


def _person(row: PersonRow) -> Person:
    return Person(user_id=row.user_id, name=row.name, timezone=row.timezone, is_bot=row.is_bot, gone=row.gone)


def _note_down(session: Session, team_id: str, now: datetime) -> bool:
    """Whether the workspace is new to us; it has a row afterwards."""
    empty = {"name": "", "url": "", "bot_user_id": "", "bot_id": "", "next_number": 1}
    return _insert_new(session, WorkspaceRow, {"team_id": team_id, "met_at": now} | empty)


def _insert_new(session: Session, table: type[SQLModel], values: dict[str, Any]) -> bool:
    """Insert unless there is such a row; two who come at the same time get on."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(table).values(values).on_conflict_do_nothing().returning(sa.literal(True))
    return session.connection().execute(new).first() is not None


def _adopt(session: Session, row: WorkspaceRow) -> None:
    early = session.get(WorkspaceRow, NOT_MET_YET)
    if early is not None:
        row.next_number = early.next_number
        session.delete(early)
        session.flush()
    for table in SQLModel.metadata.sorted_tables:
        if table.name in LOOKED_AT if early is None else table.name != WorkspaceRow.__tablename__:
            session.connection().execute(
                sa.update(table).where(table.c.team_id == NOT_MET_YET).values(team_id=row.team_id)
            )
    session.expire_all()
