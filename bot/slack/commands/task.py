"""/incident task [@name] <text>, /incident task done <number>"""

from __future__ import annotations

import re

from bot.domain.arguments import unescape
from bot.domain.roles import Task
from bot.errors import UserError
from bot.services import tasks
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks.pieces import words
from bot.slack.commands.reading import incident_of, person_of
from bot.slack.text import mention
from bot.store import people

NAMES = ("task", "tasks", "todo", "action", "followup", "follow-up", "followups")
USAGE = "task @ada raise the file handle limit"
ABOUT = "write down what somebody should do; `task done 2` when it is done; `task` lists them"

_DONE = re.compile(r"(?:done|finish(?:ed)?|close)\s+#?(\d{1,6})\s*|#?(\d{1,6})\s+(?:is\s+)?done\s*", re.IGNORECASE)
_DONE_ALONE = re.compile(r"done|finish(?:ed)?|close", re.IGNORECASE)


def run(desk: Desk, asked: Asked) -> Answer:
    """Add a task, finish one, or list them."""
    incident, text = incident_of(desk, asked)
    names = people.names(desk.session, desk.team_id)
    if done := _DONE.fullmatch(text.strip()):
        task = tasks.finish(desk, incident, int(done[1] or done[2]), by=asked.user_id)
        return Answer(text=f":white_check_mark: Task {task.number} is done: {words(task.text, names)}", in_channel=True)
    if _DONE_ALONE.fullmatch(text.strip()):
        raise UserError(
            "Which task is done?", hint="Give its number: `/incident task done 2`. `/incident task` lists them."
        )
    text = re.sub(r"^add\s+", "", text.strip(), flags=re.IGNORECASE)
    if not text:
        found = tasks.all(desk, incident)
        lines = [_line(task, names) for task in found] or ["No tasks yet."]
        return Answer(text="\n".join([f"*Tasks of {incident.label}*", *lines, f"Add one with `/incident {USAGE}`."]))
    owner, text = person_of(text, f"`/incident {USAGE}`")
    task = tasks.add(desk, incident, unescape(text), owner=owner, by=asked.user_id)
    return Answer(text=f":ballot_box_with_check: {_line(task, names)}", in_channel=True)


def _line(task: Task, names: dict[str, str]) -> str:
    sign = ":white_check_mark: " if task.done_at else ""
    return f"{sign}{task.number}. {words(task.text, names)} ({mention(task.owner) if task.owner else 'nobody yet'})"
