"""What many incidents of one stretch of time left behind, read lightly: their entries, walks, verdicts, reviews."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from bot.domain.playbook import Playbook
from bot.domain.timeline import Entry, Kind, Source, Tag
from bot.domain.walk import Did, Mark, Walk
from bot.store import playbooks
from bot.store.review_tables import ReviewRow
from bot.store.tables import EntryRow, IncidentRow, LookupRow, PostmortemRow, StepVerdictRow, WalkRow

AT_ONCE = 500  # ids in one question; databases bound how many parameters it may have
_TELLING = (Kind.DECLARED.value, Kind.STATUS.value, Kind.FINDING.value)
_UNTAGGED = sa.cast(EntryRow.tags, sa.String) == "[]"
_SHAPE = ("id", "incident_id", "seq", "at", "kind", "author", "tags", "data")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Whether a step helped, as somebody said."""

    playbook: str
    helped: bool


@dataclass(frozen=True, kw_only=True)
class Reviews:
    """How far the postmortems of some incidents are, by the incident's id."""

    drafted: frozenset[str]
    asked: frozenset[str]
    reviewed: frozenset[str]  # signed by everyone who was asked
    changes: frozenset[str]  # at least one wants changes


def telling(session: Session, ids: Sequence[str]) -> dict[str, list[Entry]]:
    """The entries of these incidents that tell a moment, a cause or a finding, in the order of recording, wordless."""
    columns = [getattr(EntryRow, name) for name in _SHAPE]
    told = sa.or_(col(EntryRow.kind).in_(_TELLING), ~_UNTAGGED)
    found: dict[str, list[Entry]] = {}
    for some in _portions(ids):
        query = sa.select(*columns).where(
            col(EntryRow.incident_id).in_(some), told, col(EntryRow.withdrawn_at).is_(None)
        )
        for row in session.connection().execute(query.order_by(col(EntryRow.seq))):
            found.setdefault(row.incident_id, []).append(_entry(row))
    return found


def deeds(session: Session, ids: Sequence[str]) -> dict[str, list[Entry]]:
    """Who did something when in these incidents, and who took a role, in the order of time, wordless."""
    columns = [getattr(EntryRow, name) for name in _SHAPE]
    found: dict[str, list[Entry]] = {}
    for some in _portions(ids):
        query = sa.select(*columns).where(
            col(EntryRow.incident_id).in_(some), col(EntryRow.author) != "", col(EntryRow.withdrawn_at).is_(None)
        )
        for row in session.connection().execute(query.order_by(col(EntryRow.at), col(EntryRow.seq))):
            found.setdefault(row.incident_id, []).append(_entry(row))
    return found


def walks(session: Session, ids: Sequence[str]) -> list[Walk]:
    """Every walk of these incidents. A playbook's text is read once, however often it was walked."""

    @cache
    def read(text: str, name: str) -> Playbook:
        return playbooks.parse(text, name)

    found = []
    for some in _portions(ids):
        query = sa.select(*WalkRow.__table__.columns).where(col(WalkRow.incident_id).in_(some))  # type: ignore[attr-defined]
        for row in session.connection().execute(query.order_by(col(WalkRow.begun_at))):
            found.append(
                Walk(
                    id=row.id,
                    incident_id=row.incident_id,
                    playbook=read(row.text, row.playbook),
                    marks=tuple(_mark(mark) for mark in row.marks),
                    begun_by=row.begun_by,
                    begun_at=row.begun_at,
                    ended_at=row.ended_at,
                )
            )
    return found


def judged(session: Session, ids: Sequence[str]) -> list[Judged]:
    """What was said of the steps of these incidents."""
    found = []
    for some in _portions(ids):
        query = sa.select(col(StepVerdictRow.playbook), col(StepVerdictRow.helped))
        rows = session.connection().execute(query.where(col(StepVerdictRow.incident_id).in_(some)))
        found += [Judged(playbook=row.playbook, helped=row.helped) for row in rows]
    return found


def lookups(
    session: Session, team_id: str, since: datetime | None, until: datetime | None
) -> dict[tuple[str, str], int]:
    """How often each playbook was offered in a stretch of time, by its name and what was said of it."""
    query = sa.select(col(LookupRow.playbook), col(LookupRow.said), sa.func.count().label("many")).where(
        col(LookupRow.team_id) == team_id
    )
    if since:
        query = query.where(col(LookupRow.made_at) >= since)
    if until:
        query = query.where(col(LookupRow.made_at) < until)
    rows = session.connection().execute(query.group_by(col(LookupRow.playbook), col(LookupRow.said)))
    return {(row.playbook, row.said): row.many for row in rows}


def in_vain(session: Session, team_id: str, since: datetime | None, until: datetime | None, limit: int) -> list[str]:
    """The words for which no playbook was found in a stretch of time, each once, those asked last first."""
    query = sa.select(col(LookupRow.words)).where(col(LookupRow.team_id) == team_id, col(LookupRow.playbook) == "")
    if since:
        query = query.where(col(LookupRow.made_at) >= since)
    if until:
        query = query.where(col(LookupRow.made_at) < until)
    newest = query.group_by(col(LookupRow.words)).order_by(sa.func.max(LookupRow.made_at).desc(), col(LookupRow.words))
    return list(session.connection().execute(newest.limit(limit)).scalars())


def reviews(session: Session, ids: Sequence[str]) -> Reviews:
    """How far the postmortems of these incidents are."""
    drafted: set[str] = set()
    said: dict[str, set[str]] = {}
    for some in _portions(ids):
        drafts = sa.select(col(PostmortemRow.incident_id)).where(col(PostmortemRow.incident_id).in_(some)).distinct()
        drafted |= {row.incident_id for row in session.connection().execute(drafts)}
        asked = sa.select(col(ReviewRow.incident_id), col(ReviewRow.said)).where(col(ReviewRow.incident_id).in_(some))
        for row in session.connection().execute(asked):
            said.setdefault(row.incident_id, set()).add(row.said)
    return Reviews(
        drafted=frozenset(drafted),
        asked=frozenset(said),
        reviewed=frozenset(key for key, words in said.items() if words == {"signed"}),
        changes=frozenset(key for key, words in said.items() if "changes" in words),
    )


def years(session: Session, team_id: str) -> tuple[int, ...]:
    """The years, by UTC, from the first incident to the last, newest first."""
    at = col(IncidentRow.declared_at)
    ends = sa.select(sa.func.min(at), sa.func.max(at)).where(col(IncidentRow.team_id) == team_id)
    first, last = session.connection().execute(ends).one()
    return tuple(range(last.year, first.year - 1, -1)) if first else ()


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for begin in range(0, len(ids), AT_ONCE):
        yield ids[begin : begin + AT_ONCE]


def _entry(row: sa.Row[Any]) -> Entry:
    return Entry(
        id=row.id,
        team_id="",
        incident_id=row.incident_id,
        seq=row.seq,
        at=row.at,
        recorded_at=row.at,
        kind=Kind(row.kind),
        text="",
        author=row.author,
        source=Source.SLACK,
        tags=tuple(Tag(tag) for tag in row.tags),
        data=row.data,
    )


def _mark(mark: dict[str, Any]) -> Mark:
    return Mark(**mark | {"did": Did(mark["did"]), "at": datetime.fromisoformat(mark["at"])})
