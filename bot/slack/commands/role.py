"""/incident lead @name, /incident role <role> @name"""

from __future__ import annotations

from bot.domain.arguments import find_people, nearest, split_verb
from bot.domain.roles import Role
from bot.errors import UserError
from bot.services import incidents
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.commands.reading import as_of, at_words, incident_of, person_of, time_of
from bot.slack.text import mention
from bot.store import incidents as stored

NAMES = ("lead", "role", "roles", "assign", "commander")
USAGE = "lead @ada"
ABOUT = "give a role: `lead @ada`, `role scribe @ben`, `role comms me`"

ALIASES = {
    "commander": Role.COMMANDER,
    "lead": Role.COMMANDER,
    "ic": Role.COMMANDER,
    "scribe": Role.SCRIBE,
    "notes": Role.SCRIBE,
    "communications": Role.COMMUNICATIONS,
    "comms": Role.COMMUNICATIONS,
    "communication": Role.COMMUNICATIONS,
    "operations": Role.OPERATIONS,
    "ops": Role.OPERATIONS,
}


def run(desk: Desk, asked: Asked) -> Answer:
    """Give the role; with nobody named, say who carries what."""
    incident, text = incident_of(desk, asked)
    at, text, note = time_of(desk, text, incident)
    who, text = person_of(text, "`/incident lead @ada`")
    if others := find_people(text)[0]:
        many = len(others) + 1
        raise UserError(f"You named {many} people; a role has one carrier.", "Name one, as in `/incident lead @ada`.")
    word, more = split_verb(text)
    if not who and "me" in (word, more.lower()):
        who, word = asked.user_id, more.lower() if word == "me" else word
    role = _role(word, asked.text)
    if not who:
        carried = stored.assignments(desk.session, incident.id)
        lines = [f"{held.role}: {mention(held.user_id)}" for held in carried] or ["Nobody carries a role yet."]
        return Answer(text="\n".join([*lines, "Give one with `/incident lead @ada` or `/incident role scribe @ben`."]))
    incidents.assign(desk, incident, role, who, by=asked.user_id, at=at)
    says = f"{mention(who)} is {role} of {incident.label}{as_of(desk, at)}{at_words(desk, None, note)}"
    return Answer(text=says, in_channel=True)


def _role(word: str, typed: str) -> Role:
    if not word:
        return Role.COMMANDER
    if word in ALIASES:
        return ALIASES[word]
    near = [f"`{name}`" for name in nearest(word, ALIASES)] or [f"`{role}`" for role in Role]
    raise UserError(
        f"`{as_typed(word)[:40]}` is not a role.",
        hint=f"Did you mean {', '.join(near)}? For example `/incident role scribe @ben`.",
        typed=typed,
    )
