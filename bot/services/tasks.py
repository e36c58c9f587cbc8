"""Things somebody should do, during the incident and after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.domain.incident import Incident
from bot.domain.redaction import redact
from bot.domain.roles import Task
from bot.domain.timeline import Kind
from bot.errors import NotAllowed, NotFound, UserError
from bot.services import incidents, timeline
from bot.services.desk import Desk
from bot.store import incidents as stored

MAX_TASK_CHARS = 500


def add(desk: Desk, incident: Incident, text: str, *, owner: str, by: str, at: datetime | None = None) -> Task:
    """Write down a task. `owner` may be "" until somebody takes it. Raises UserError when it says nothing."""
    text = redact(" ".join(text.split()))
    if not text:
        raise UserError("A task needs a few words.", hint="Try `/incident task @ada raise the file handle limit`.")
    if len(text) > MAX_TASK_CHARS:
        raise UserError(
            f"That task has {len(text):,} characters; {MAX_TASK_CHARS} is the most.",
            hint="Say it in one line and put the rest in with `/incident note`.",
            typed=text,
        )
    stored.hold(desk.session, incident.id)
    if owner:
        incidents.still_here(desk, owner)
    task = Task(
        id=desk.new_id(),
        number=len(stored.tasks(desk.session, incident.id)) + 1,
        text=text,
        owner=owner,
        made_by=by,
        made_at=at or desk.now,
    )
    stored.add_task(desk.session, incident, task)
    whom = f" for <@{owner}>" if owner else ""
    timeline.record(
        desk,
        incident,
        Kind.TASK,
        f"Task {task.number}{whom}: {text}",
        by=by,
        at=at,
        data={"task": task.number, "owner": owner, "done": False},
    )
    return task


def finish(desk: Desk, incident: Incident, number: int, *, by: str) -> Task:
    """Mark a task as done. Raises NotFound, or NotAllowed when it was done before."""
    task = next((t for t in stored.tasks(desk.session, incident.id) if t.number == number), None)
    if task is None:
        raise NotFound(f"{incident.label} has no task {number}.", hint="List them with `/incident task`.")
    if task.done_at:
        raise NotAllowed(f"Task {number} was done before.", hint="List them with `/incident task`.")
    task = replace(task, done_at=desk.now)
    stored.save_task(desk.session, incident, task)
    timeline.record(
        desk,
        incident,
        Kind.TASK,
        f"Task {number} done: {task.text}",
        by=by,
        data={"task": number, "owner": task.owner, "done": True},
    )
    return task


def all(desk: Desk, incident: Incident) -> tuple[Task, ...]:
    """The incident's tasks, in the order of their numbers."""
    return stored.tasks(desk.session, incident.id)
