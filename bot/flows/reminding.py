"""Reminders: of a postmortem that nobody has reviewed, and of follow-ups on their day and each week past it.

Each reminder is a step with a name of its own, so that a crash in between repeats none.
"""

from __future__ import annotations

import asyncio
import logging

from sqlmodel import Session

from bot.flows.hands import Hands
from bot.flows.saying import about, say, whisper
from bot.services.deps import Deps
from bot.services.desk import Desk
from bot.services.postmortem import reminders, reviews
from bot.services.postmortem.reminders import ReviewDue
from bot.services.postmortem.reviews import Asking
from bot.store import people
from bot.store import reminders as stored

log = logging.getLogger(__name__)

PROMISE_EVERY_S = 60.0  # how soon the first morning is promised once a workspace is met


async def review(hands: Hands) -> None:
    """Remind the channel and those who were asked, then promise the next reminder. Nothing once it is reviewed."""
    number, incident_id = int(hands.work.detail["number"]), hands.work.subject
    due = await hands.read(lambda session: reminders.review_due(_desk(hands, session), incident_id, number))
    if due is None:
        return
    subject = about(incident_id)
    await say(hands, subject, f"due:{number}", due.incident.channel_id, due)
    for asking in await hands.read(lambda session: _asked(hands, session, due)):
        user = asking.review.user_id
        await whisper(hands, subject, f"due:{number}:{user}", user, asking)
    if hands.wait_s is None:
        await hands.write(lambda session: reminders.promise_review(_desk(hands, session), incident_id, number + 1))


async def morning(hands: Hands) -> None:
    """Remind owners of what is due, then promise the next morning."""
    for due in await hands.read(lambda session: reminders.follow_ups_due(_desk(hands, session))):
        # With its day in the name: one that was put off is reminded of anew.
        await whisper(hands, f"follow-up:{due.task.id}", f"{due.task.due}:{due.weeks}", due.task.owner, due)
    if hands.wait_s is None:
        await hands.write(lambda session: reminders.promise_morning(_desk(hands, session)))


async def keep_promising(deps: Deps) -> None:
    """Promise the first morning, as soon as there is a workspace, for as long as the worker runs."""
    while True:
        try:
            if await deps.door.read(_lacks_morning):
                await deps.door.write(lambda session: _promise(deps, session))
        except Exception:  # the database may be away for a while; this loop must outlive that
            log.exception("could not promise the next morning; it tries again")
        await asyncio.sleep(PROMISE_EVERY_S)


def _asked(hands: Hands, session: Session, due: ReviewDue) -> list[Asking]:
    desk = _desk(hands, session)
    found = (reviews.asking(desk, due.incident.id, user, again=True) for user in due.awaited)
    return [asking for asking in found if asking]


def _lacks_morning(session: Session) -> bool:
    met = people.workspace(session)
    return met is not None and not stored.is_promised(session, reminders.MORNING_WORK, met.team_id)


def _promise(deps: Deps, session: Session) -> None:
    met = people.workspace(session)
    if met is not None:
        reminders.promise_morning(deps.desk(session, met.team_id))


def _desk(hands: Hands, session: Session) -> Desk:
    return hands.deps.desk(session, hands.work.team_id)
