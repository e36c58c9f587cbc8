"""Things somebody should do, during the incident and after it. They may be changed after the close as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from bot.domain.due import spelt
from bot.domain.incident import Incident
from bot.domain.redaction import redact
from bot.domain.roles import Aim, Task
from bot.domain.timeline import Kind
from bot.errors import NotAllowed, NotFound, UserError
from bot.services import incidents, timeline
from bot.services.desk import Desk
from bot.services.postmortem.document.pieces import safe_link
from bot.store import incidents as stored

MAX_TASK_CHARS = 500
MAX_LINK_CHARS = 1000
LIST = "List them with `/incident task`."


def add(
    desk: Desk,
    incident: Incident,
    text: str,
    *,
    owner: str,
    by: str,
    at: datetime | None = None,
    aim: Aim | None = None,
    due: date | None = None,
    link: str = "",
) -> Task:
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
    _check_link(link)
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
        aim=aim,
        due=due,
        link=link,
    )
    stored.add_task(desk.session, incident, task)
    whom = f" for <@{owner}>" if owner else ""
    more = _told(aim, due, link)
    _record(desk, incident, task, f"Task {task.number}{whom}: {text}{f' ({more})' if more else ''}", by=by, at=at)
    return task


def change(
    desk: Desk,
    incident: Incident,
    number: int,
    *,
    by: str,
    owner: str = "",
    aim: Aim | None = None,
    due: date | None = None,
    link: str = "",
) -> Task:
    """Give a task another owner, aim, day or link; what is not given stays. Raises NotAllowed where nothing changes."""
    was = one(desk, incident, number)
    _check_link(link)
    if owner and owner != was.owner:
        incidents.still_here(desk, owner)
    task = replace(was, owner=owner or was.owner, aim=aim or was.aim, due=due or was.due, link=link or was.link)
    if task == was:
        raise NotAllowed(f"Task {number} is like that already.", hint=LIST)
    stored.save_task(desk.session, incident, task)
    whom = f"for <@{owner}>" if task.owner != was.owner else ""
    told = _told(
        task.aim if task.aim != was.aim else None,
        task.due if task.due != was.due else None,
        task.link if task.link != was.link else "",
    )
    _record(desk, incident, task, f"Task {number} is now {', '.join(filter(None, (whom, told)))}: {task.text}", by=by)
    return task


def finish(desk: Desk, incident: Incident, number: int, *, by: str) -> Task:
    """Mark a task as done. Raises NotFound, or NotAllowed when it was done before."""
    task = one(desk, incident, number)
    if task.done_at:
        raise NotAllowed(f"Task {number} was done before.", hint=LIST)
    task = replace(task, done_at=desk.now)
    stored.save_task(desk.session, incident, task)
    _record(desk, incident, task, f"Task {number} done: {task.text}", by=by)
    return task


def reopen(desk: Desk, incident: Incident, number: int, *, by: str) -> Task:
    """Mark a task as not done after all. Raises NotFound, or NotAllowed when it is open."""
    task = one(desk, incident, number)
    if not task.done_at:
        raise NotAllowed(f"Task {number} is open already.", hint=LIST)
    task = replace(task, done_at=None)
    stored.save_task(desk.session, incident, task)
    _record(desk, incident, task, f"Task {number} is not done: {task.text}", by=by)
    return task


def one(desk: Desk, incident: Incident, number: int) -> Task:
    """The task with this number. Raises NotFound."""
    task = next((t for t in stored.tasks(desk.session, incident.id) if t.number == number), None)
    if task is None:
        raise NotFound(f"{incident.label} has no task {number}.", hint=LIST)
    return task


def all(desk: Desk, incident: Incident) -> tuple[Task, ...]:
    """The incident's tasks, in the order of their numbers."""
    return stored.tasks(desk.session, incident.id)


def _told(aim: Aim | None, due: date | None, link: str) -> str:
    parts = (
        f"to {_VERB[aim]}" if aim else "",
        f"due {spelt(due)}" if due else "",
        f"tracked at {link}" if link else "",
    )
    return ", ".join(filter(None, parts))


_VERB = {Aim.PREVENT: "prevent", Aim.DETECT: "detect", Aim.MITIGATE: "mitigate", Aim.PROCESS: "improve the process"}


def _check_link(link: str) -> None:
    if not link:
        return
    if redact(link) != link:
        raise UserError("That link holds a secret, so I did not keep it.", hint="Use one without a password or token.")
    if len(link) > MAX_LINK_CHARS or not safe_link(link):
        raise UserError("I cannot keep that link.", hint="It begins with https:// and has no blanks in it.", typed=link)


def _record(desk: Desk, incident: Incident, task: Task, text: str, *, by: str, at: datetime | None = None) -> None:
    data = {"task": task.number, "owner": task.owner, "done": task.done_at is not None}
    timeline.record(desk, incident, Kind.TASK, text, by=by, at=at, data=data)
