"""The answer to a preflight: looked at anew, decided by the rules, written down, each line with its playbook."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.domain.check import Check, Why, written
from bot.domain.choice import objections
from bot.domain.finding import Finding
from bot.domain.inventory import System, SystemKind
from bot.domain.preflight.deciding import decide
from bot.domain.preflight.values import Answer, Before, Case, Decision, Line, Looked, Snapshot
from bot.domain.timeline import Kind
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.systems import checks as looks
from bot.services.systems.looker import Looker, Taken
from bot.services.systems.preflight import Plan
from bot.store import checks, incidents, snapshots

MOST_SAID = 3  # lines named in a timeline entry


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """The answer as the channel shows it.

    `titles` are those of all playbooks, by name; `forbidden` holds what was found that speaks against one.
    """

    plan: Plan
    decision: Decision
    took_s: float
    age_s: float  # of the oldest answer that was shared with somebody who looked a moment before
    titles: Mapping[str, str]
    forbidden: Mapping[str, tuple[Finding, ...]]
    page_url: str
    in_incident: bool
    findings: tuple[Finding, ...]


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One system as it was looked at for a plan, and when by the machine's clock."""

    system: System
    taken: Taken
    at: datetime

    def as_looked(self) -> Looked:
        """As the rules read it."""
        result = self.taken.result
        return Looked(system=self.system, at=self.at, findings=result.findings, evidence=result.evidence)


async def look(
    looker: Looker,
    made: Plan,
    before: Mapping[str, tuple[Mapping[str, Any], datetime | None]],
    *,
    at: datetime,
    wall: Callable[[], datetime],
) -> tuple[Seen, ...]:
    """Look at all systems of a plan side by side. `before` holds, by system, what an earlier look kept and when."""

    async def one(system: System) -> Seen:
        kept, kept_at = before.get(system.name, ({}, None))
        taken = await looker.look(
            system,
            made.change.probes[system.kind],
            at=at,
            before=kept,
            before_at=kept_at,
            deadline_s=made.change.deadline_s,
        )
        return Seen(system=system, taken=taken, at=wall() - timedelta(seconds=taken.age_s + taken.result.took_s))

    return tuple(await asyncio.gather(*(one(system) for system in made.systems)))


def earlier(desk: Desk, made: Plan) -> tuple[dict[str, tuple[Mapping[str, Any], datetime | None]], Before | None]:
    """What is known from before: what looks kept of each system, and the newest preflight look at the main one."""
    kept = {system.name: looks.before_of(desk, system.name) for system in made.systems}
    last = checks.newest_for(desk.session, desk.team_id, made.system.name, Why.PREFLIGHT)
    if last is None or last.taken_at is None:
        return kept, None
    said = Looked(system=made.system, at=last.taken_at, findings=(), evidence=checks.evidence(desk.session, last.id))
    return kept, Before(looked=said, since_s=(desk.now - last.taken_at).total_seconds())


def decided(desk: Desk, made: Plan, seen: Sequence[Seen], before: Before | None, *, in_incident: bool) -> Preflight:
    """The answer to what was seen, each line with the playbook that goes with it."""
    looked = tuple(one.as_looked() for one in seen)
    case = Case(details=made.details, looks=looked, before=before, snapshot=_kept_list(desk, made))
    decision = decide(made.change, case, desk.wall)
    books = desk.shelf.current().playbooks
    findings = tuple(finding for one in looked for finding in one.findings)
    forbidden = {one.playbook: one.against for one in objections(books, findings)}
    open_books = {book.name: book.called_by for book in books if book.name not in forbidden}
    lines = tuple(replace(line, playbook=_playbook(line, open_books)) for line in decision.lines)
    return Preflight(
        plan=made,
        decision=replace(decision, lines=lines),
        took_s=max((one.taken.result.took_s for one in seen), default=0.0),
        age_s=max((one.taken.age_s for one in seen), default=0.0),
        titles={book.name: book.title for book in books},
        forbidden=forbidden,
        page_url=desk.pages_url,
        in_incident=in_incident,
        findings=findings,
    )


def keep(desk: Desk, check: Check, seen: Sequence[Seen]) -> None:
    """Write down the looks that an answer rests on. One that was taken before a crash stays beside the new one."""
    for at, one in enumerate(seen):
        result, row = one.taken.result, check
        if at or check.taken_at is not None:
            row = replace(check, id=desk.new_id(), system=one.system.name, probes=(), taken_at=None)
            checks.add(desk.session, row)
        checks.settle(
            desk.session,
            row.id,
            taken_at=desk.now,
            took_s=result.took_s,
            age_s=one.taken.age_s,
            findings=result.findings,
            kept=result.kept,
            evidence=result.evidence,
        )


def record(desk: Desk, check: Check, told: Preflight) -> None:
    """Put the answer into the timeline of its incident, as it was told there; once."""
    incident = incidents.load(desk.session, check.incident_id) if check.incident_id else None
    if incident is None:
        return
    timeline.record(
        desk,
        incident,
        Kind.FINDING,
        sentence(told),
        by=check.asked_by,
        data={
            "check": check.id,
            "system": check.system,
            "why": check.why.value,
            "findings": written(told.findings),
            "change": told.plan.line,
            "answer": told.decision.answer.value,
        },
        origin=f"preflight:{check.id}",
    )


def channel_of(session: Session, check: Check) -> str:
    """Where the answer is told; "" while the incident's channel is not there yet."""
    incident = incidents.load(session, check.incident_id) if check.incident_id else None
    return incident.channel_id if incident else check.channel_id


def sentence(told: Preflight) -> str:
    """`Preflight drop-index orders-db shop.orders status_1: stop. …`, with what speaks against it, and what to do."""
    against = [one.says for one in told.decision.lines if not one.told and one.answer is not Answer.GO]
    said = "".join(f" {one}" for one in against[:MOST_SAID])
    return f"Preflight {told.plan.line}: {told.decision.answer}.{said} Next: {told.decision.next}"


def _kept_list(desk: Desk, made: Plan) -> Snapshot | None:
    """The newest snapshot that holds indexes and counts, of the first of the plan's MongoDB systems that has one."""
    for system in made.systems:
        if system.kind is not SystemKind.MONGODB:
            continue
        if kept := snapshots.newest(desk.session, desk.team_id, system.name, "indexes", "counts"):
            age_s = (desk.now - kept.taken_at).total_seconds()
            return Snapshot(system=system.name, age_s=age_s, collections=len(kept.body["counts"]))
    return None


def _playbook(line: Line, books: Mapping[str, Sequence[str]]) -> str:
    """The playbook of a line: the one its rule names, else the first that its finding calls for. None is forbidden."""
    if line.playbook in books:
        return line.playbook
    finding = line.finding
    if line.answer is Answer.GO or finding is None or not finding.speaks:
        return ""
    return next((name for name, called_by in books.items() if finding.signal in called_by), "")
