"""Which steps helped, to and from their table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.lookup import Helped
from bot.store.tables import StepVerdictRow


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What somebody said of one step of one walk."""

    walk_id: str
    step: int
    helped: bool
    said_by: str


def keep(
    session: Session, verdict: Verdict, *, team_id: str, incident_id: str, playbook: str, title: str, now: datetime
) -> None:
    """Write what somebody said of a step; the last word counts."""
    session.merge(
        StepVerdictRow(
            walk_id=verdict.walk_id,
            step=verdict.step,
            team_id=team_id,
            incident_id=incident_id,
            playbook=playbook,
            title=title,
            helped=verdict.helped,
            said_by=verdict.said_by,
            said_at=now,
        )
    )
    session.flush()


def of_incident(session: Session, incident_id: str) -> dict[tuple[str, int], Verdict]:
    """The verdicts of an incident, by walk and step."""
    rows = session.exec(select(StepVerdictRow).where(col(StepVerdictRow.incident_id) == incident_id))
    return {
        (row.walk_id, row.step): Verdict(walk_id=row.walk_id, step=row.step, helped=row.helped, said_by=row.said_by)
        for row in rows
    }


def by_step(session: Session, team_id: str) -> dict[str, dict[str, Helped]]:
    """How often each step helped, by playbook and by the step's title, in the order of their numbers."""
    rows: dict[str, list[StepVerdictRow]] = {}
    for row in session.exec(_answers(team_id)):
        rows.setdefault(row.playbook, []).append(row)
    return {playbook: _by_title(answers) for playbook, answers in rows.items()}


def helped(session: Session, team_id: str | None, playbook: str) -> dict[str, Helped]:
    """How often each step of a playbook helped, by the step's title; of one workspace, or of all."""
    return _by_title(session.exec(_answers(team_id).where(col(StepVerdictRow.playbook) == playbook)))


def _answers(team_id: str | None) -> SelectOfScalar[StepVerdictRow]:
    wanted = select(StepVerdictRow).order_by(col(StepVerdictRow.step))
    return wanted if team_id is None else wanted.where(col(StepVerdictRow.team_id) == team_id)


def _by_title(rows: Iterable[StepVerdictRow]) -> dict[str, Helped]:
    found: dict[str, Helped] = {}
    for row in rows:
        was = found.get(row.title, Helped(times=0, of=0))
        last = max(filter(None, (was.last, row.said_at if row.helped else None)), default=None)
        found[row.title] = Helped(times=was.times + row.helped, of=was.of + 1, last=last)
    return found
