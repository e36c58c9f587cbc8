"""/incident strike <E7> [reason]"""

from __future__ import annotations

from bot.domain.arguments import unescape
from bot.domain.incident import Status
from bot.errors import UserError
from bot.services import striking
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.blocks.pieces import words
from bot.slack.commands.reading import clash_words, incident_of
from bot.store import people

NAMES = ("strike", "delete", "remove", "undo")
USAGE = "strike E7 it was another day"
ABOUT = "take a wrong entry out of the timeline; a reason may follow"


def run(desk: Desk, asked: Asked) -> Answer:
    """Strike the entries named; with none named, say how."""
    incident, text = incident_of(desk, asked)
    numbers, why = striking.read(unescape(text))
    if not numbers and why:
        raise UserError(
            f"`{as_typed(why.split()[0])[:40]}` is no entry's name.",
            hint=f"Try `/incident {USAGE}`. `/incident note` shows the newest entries.",
            typed=asked.text,
        )
    if not numbers:
        return Answer(
            text=f"Which entry of {incident.label}? `/incident note` shows the newest with their names, such as E7; "
            f"then `/incident {USAGE}`.\nWhat is struck leaves the timeline and the draft. What I saw myself stays."
        )
    names = people.names(desk.session, desk.team_id)
    struck = [striking.strike(desk, incident, number, by=asked.user_id, why=why) for number in numbers]
    lines = [f":memo: {entry.label} is struck: {words(entry.text, names, 300)}" for entry in struck]
    lines += clash_words(desk, incident)
    if incident.status is Status.CLOSED:
        lines.append("The incident is closed: its draft is made anew with this.")
    return Answer(text="\n".join(lines))
