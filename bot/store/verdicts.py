"""Which steps helped, to and from their table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

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


def counts(session: Session, team_id: str) -> dict[str, tuple[int, int]]:
    """How many answers about each playbook's steps said that they helped, of how many."""
    found: dict[str, tuple[int, int]] = {}
    for row in session.exec(select(StepVerdictRow).where(col(StepVerdictRow.team_id) == team_id)):
        yes, of = found.get(row.playbook, (0, 0))
        found[row.playbook] = (yes + row.helped, of + 1)
    return found


def helped(session: Session, team_id: str | None, playbook: str) -> dict[str, Helped]:
    """How often each step of a playbook helped, by the step's title; of one workspace, or of all."""
    wanted = select(StepVerdictRow).where(col(StepVerdictRow.playbook) == playbook)
    if team_id is not None:
        wanted = wanted.where(col(StepVerdictRow.team_id) == team_id)
    found: dict[str, Helped] = {}
    for row in session.exec(wanted):
        was = found.get(row.title, Helped(times=0, of=0))
        last = max(filter(None, (was.last, row.said_at if row.helped else None)), default=None)
        found[row.title] = Helped(times=was.times + row.helped, of=was.of + 1, last=last)
    return found
