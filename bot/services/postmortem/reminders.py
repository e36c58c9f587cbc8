"""What people are reminded of after the close: a postmortem nobody has reviewed, follow-ups on and past their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.domain.incident import Incident
from bot.domain.postmortem.written import State
from bot.domain.roles import Task
from bot.errors import NotFound
from bot.services.desk import Desk
from bot.services.postmortem import living
from bot.services.postmortem.sections import name, reachable
from bot.store import incidents, reminders

REVIEW_WORK = "review-due"
MORNING_WORK = "morning"

# PagerDuty's public incident-response guide has the postmortem of a major incident done within five business days: two
# reminders fall within them, at 3 and at 5 days, and three after them.
FIRST_AFTER = timedelta(days=3)
AGAIN_AFTER = timedelta(days=2)
MOST_OF_REVIEW = 5

AT_NINE = time(9, 0)  # in the team's zone
MOST_OVERDUE = 4  # once a week; whoever did not move after a month is not moved by a fifth


@dataclass(frozen=True, kw_only=True)
class ReviewDue:
    """A postmortem that waits for its review. `awaited` are those who were asked and have not signed, and are here."""

    incident: Incident
    awaited: tuple[str, ...]
    names: tuple[str, ...]  # of the same
    page_url: str
    last: bool  # the last reminder of its kind


@dataclass(frozen=True, kw_only=True)
class FollowUpDue:
    """A follow-up on its day (`weeks` 0), or so many weeks past it."""

    incident: Incident
    task: Task
    weeks: int
    late_days: int
    page_url: str


def begin(desk: Desk, incident: Incident) -> None:
    """Promise the first reminder of an incident that was closed now."""
    promise_review(desk, incident.id, 1)


def promise_review(desk: Desk, incident_id: str, number: int) -> None:
    """Promise the reminder of this number, once; none after MOST_OF_REVIEW."""
    if number <= MOST_OF_REVIEW:
        after = FIRST_AFTER if number == 1 else AGAIN_AFTER
        desk.promise(REVIEW_WORK, incident_id, once=True, after_s=after.total_seconds(), number=number)


def next_review(desk: Desk, incident_id: str) -> datetime | None:
    """When the next reminder goes out, in the story's time, in which everything beside it is told; None without one."""
    due = reminders.due(desk.session, REVIEW_WORK, incident_id)
    return desk.in_story(due).replace(second=0, microsecond=0) if due else None


def review_due(desk: Desk, incident_id: str, number: int) -> ReviewDue | None:
    """What to remind of; None when there is nothing to review, or it was reviewed."""
    incident = incidents.load(desk.session, incident_id)
    if incident is None:
        return None
    try:
        document = living.document(desk, incident)
    except NotFound:
        return None
    if document.state is State.REVIEWED:
        return None
    awaited = reachable(desk, document.awaited)
    return ReviewDue(
        incident=incident,
        awaited=awaited,
        names=tuple(name(desk, user) for user in awaited),
        page_url=f"{desk.pages_url}/incidents/{incident.number}/postmortem",
        last=number >= MOST_OF_REVIEW,
    )


def promise_morning(desk: Desk) -> None:
    """Promise to look at the follow-ups at the next nine o'clock, once."""
    after = next_morning(desk) - desk.wall
    desk.promise(MORNING_WORK, desk.team_id, once=True, after_s=after.total_seconds())


def next_morning(desk: Desk) -> datetime:
    """The next nine o'clock in the team's zone."""
    today = desk.wall.astimezone(desk.zone).date()
    mornings = (datetime.combine(today + timedelta(days=days), AT_NINE, desk.zone) for days in range(3))
    return next(at for at in mornings if at > desk.wall)


def follow_ups_due(desk: Desk) -> tuple[FollowUpDue, ...]:
    """What owners are reminded of today. Each reminder is due from its day on, so a night without the bot loses none.

    Nothing for a follow-up that is done, that nobody owns, or whose owner has left.
    """
    today = desk.now.astimezone(desk.zone).date()
    found = reminders.open_until(desk.session, desk.team_id, today)
    here = set(reachable(desk, tuple(task.owner for _, task in found)))
    return tuple(
        FollowUpDue(
            incident=incident,
            task=task,
            weeks=min((today - task.due).days // 7, MOST_OVERDUE),
            late_days=(today - task.due).days,
            page_url=f"{desk.pages_url}/incidents/{incident.number}/postmortem",
        )
        for incident, task in found
        if task.due and task.owner in here and not _long_over(task.due, today)
    )


def _long_over(due: date, today: date) -> bool:
    """Whether even the last reminder was due a week ago: one that was missed so long is not made up for."""
    return (today - due).days >= 7 * (MOST_OVERDUE + 1)
