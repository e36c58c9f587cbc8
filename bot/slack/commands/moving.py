"""What mitigate, resolve and close have in common: a status, reached now or at the time said, for a reason."""

from __future__ import annotations

from bot.domain.arguments import unescape
from bot.domain.incident import Status
from bot.services import incidents
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks.pieces import STATUS_SIGN, words
from bot.slack.commands.reading import as_of, at_words, clash_words, incident_of, time_of
from bot.slack.text import mention


def move(desk: Desk, asked: Asked, status: Status, then: str) -> Answer:
    """Move the incident to `status`; what else was typed is kept as the reason."""
    incident, text = incident_of(desk, asked)
    at, text, note = time_of(desk, text, incident)
    why = unescape(text).strip(" \t–—-:")
    incidents.reach(desk, incident, status, by=asked.user_id, at=at, why=why)
    because = f": {words(why, {}, 500)}" if why else ""
    says = (
        f"{STATUS_SIGN[status]} {incident.label} is {status}{as_of(desk, at)}{because}, says {mention(asked.user_id)}"
    )
    clashes = clash_words(desk, incident) if status is Status.MITIGATED else []
    return Answer(text="\n".join([f"{says}{at_words(desk, None, note)}", *clashes, then]), in_channel=True)
