"""/incident task [@name] <text> [by <day>] [#aim] [link], task <number> …, task done <number>"""

from __future__ import annotations

import re
from datetime import date

from bot.domain.arguments import unescape
from bot.domain.due import HOW_TO_TYPE
from bot.domain.follow_up import check_aim, read, when
from bot.domain.incident import Incident
from bot.domain.roles import Task
from bot.errors import NotAllowed, UserError
from bot.services import tasks
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks.pieces import words
from bot.slack.commands.reading import incident_of, person_of
from bot.slack.text import link, mention
from bot.store import people

NAMES = ("task", "tasks", "todo", "action", "followup", "follow-up", "followups")
USAGE = "task @ada raise the file handle limit"
ABOUT = (
    "write down what somebody should do, with `by friday`, `#prevent` and a link in any order; "
    "`task 2 by 1 Dec` changes one, `task done 2` when it is done; `task` lists them"
)

_NUMBER = r"#?(\d{1,6})"
_DONE = re.compile(rf"(?:done|finish(?:ed)?|close)\s+{_NUMBER}\s*|{_NUMBER}\s+(?:is\s+)?done\s*", re.IGNORECASE)
_UNDONE = re.compile(
    rf"(?:not\s+done|undone|reopen)\s+{_NUMBER}\s*|{_NUMBER}\s+(?:is\s+)?(?:not\s+done|undone|open)\s*", re.IGNORECASE
)
_DONE_ALONE = re.compile(r"(?:done|finish(?:ed)?|close)|(?P<un>not\s+done|undone|reopen)", re.IGNORECASE)
_NEARLY_DONE = re.compile(r"(?:done|finished)\s+(\S+)|(-\S+)\s+done", re.IGNORECASE)
_ONE = re.compile(rf"{_NUMBER}(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_MEANT_AS_CHANGE = re.compile(r"(?:by|due|until|next|in)\b|[@#<]|https?:", re.IGNORECASE)


def run(desk: Desk, asked: Asked) -> Answer:
    """Add a task, change or finish one, or list them."""
    incident, text = incident_of(desk, asked)
    text = text.strip()
    names, today = people.names(desk.session, desk.team_id), desk.now.astimezone(desk.zone).date()
    if done := _DONE.fullmatch(text) or _UNDONE.fullmatch(text):
        return _ticked(desk, asked, incident, int(done[1] or done[2]), names, done=done.re is _DONE)
    if alone := _DONE_ALONE.fullmatch(text):
        asks = "Which task is not done?" if alone["un"] else "Which task is done?"
        raise UserError(asks, hint="Give its number: `/incident task done 2`. `/incident task` lists them.")
    if near := _NEARLY_DONE.fullmatch(text):
        word = near[1] or near[2]
        raise UserError(
            f"`{word}` is no task's number.", hint="Try `/incident task done 2`; `/incident task` lists them."
        )
    text = re.sub(r"^add\s+", "", text, flags=re.IGNORECASE)
    if not text:
        return _listed(tasks.all(desk, incident), incident, names, today)
    if (numbered := _ONE.fullmatch(text)) and (answer := _changed(desk, asked, incident, numbered, names)):
        return answer
    owner, rest = person_of(text, f"`/incident {USAGE}`")
    said = read(rest, today=today)
    task = tasks.add(
        desk,
        incident,
        unescape(said.words),
        owner=owner,
        by=asked.user_id,
        aim=said.aim,
        due=said.due,
        link=unescape(said.link),
    )
    note = f"\n_{said.note}_ Change it with `/incident task {task.number} …`." if said.note else ""
    return Answer(text=f":ballot_box_with_check: {_line(task, names, today)}{note}", in_channel=True)


def _ticked(desk: Desk, asked: Asked, incident: Incident, number: int, names: dict[str, str], *, done: bool) -> Answer:
    """Mark the task as done, or as not done after all; where it is like that already, say so to the person alone."""
    task = tasks.one(desk, incident, number)
    today = desk.now.astimezone(desk.zone).date()
    try:
        task = (tasks.finish if done else tasks.reopen)(desk, incident, number, by=asked.user_id)
    except NotAllowed as already:
        return Answer(text=f"{already.message}\n{_line(task, names, today)}")
    if done:
        return Answer(text=f":white_check_mark: Task {number} is done: {words(task.text, names)}", in_channel=True)
    return Answer(text=f":ballot_box_with_check: {_line(task, names, today)}", in_channel=True)


def _changed(
    desk: Desk, asked: Asked, incident: Incident, numbered: re.Match[str], names: dict[str, str]
) -> Answer | None:
    """Change the task that the number names; None where more words follow, so that it is a new task."""
    number, rest = int(numbered[1]), (numbered[2] or "").strip()
    today = desk.now.astimezone(desk.zone).date()
    if not rest:
        line = _line(tasks.one(desk, incident, number), names, today)
        return Answer(text=f"{line}\nChange it with `/incident task {number} by friday @ada #prevent`.")
    owner, rest = person_of(rest, f"`/incident task {number} @ada`")
    said = read(rest, today=today)
    if said.words:
        check_aim(said.words)
        if not _MEANT_AS_CHANGE.match(rest):
            return None
        raise UserError(
            f"I cannot tell what to change of task {number}.",
            hint=f"{HOW_TO_TYPE} A person is `@ada`, an aim `#prevent`, a link begins with https://.",
            typed=asked.text,
        )
    task = tasks.change(
        desk,
        incident,
        number,
        by=asked.user_id,
        owner=owner,
        aim=said.aim,
        due=said.due,
        link=unescape(said.link),
    )
    return Answer(text=f":ballot_box_with_check: {_line(task, names, today)}", in_channel=True)


def _listed(found: tuple[Task, ...], incident: Incident, names: dict[str, str], today: date) -> Answer:
    lines = [_line(task, names, today) for task in found] or ["No tasks yet."]
    return Answer(text="\n".join([f"*Tasks of {incident.label}*", *lines, f"Add one with `/incident {USAGE}`."]))


def _line(task: Task, names: dict[str, str], today: date) -> str:
    sign = ":white_check_mark: " if task.done_at else ""
    parts = [
        mention(task.owner) if task.owner else "nobody yet",
        str(task.aim or ""),
        when(task, today),
        link(task.link, "tracked here") if task.link else "",
    ]
    return f"{sign}{task.number}. {words(task.text, names)} ({', '.join(filter(None, parts))})"
