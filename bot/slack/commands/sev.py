"""/incident sev <sev1|sev2|sev3>"""

from __future__ import annotations

import re

from bot.domain.arguments import find_severity, unescape
from bot.domain.incident import Severity
from bot.errors import UserError
from bot.services import incidents
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked, as_typed
from bot.slack.blocks.card import severity_words
from bot.slack.blocks.pieces import words
from bot.slack.commands.reading import as_of, at_words, incident_of, time_of
from bot.slack.text import mention

NAMES = ("sev", "severity", "priority")
USAGE = "sev sev1"
ABOUT = "change the severity; a reason may follow"


def run(desk: Desk, asked: Asked) -> Answer:
    """Set the severity; without one, say which there are."""
    incident, text = incident_of(desk, asked)
    at, text, note = time_of(desk, text, incident)
    word = re.sub(r"^to\s+", "", text.strip(), flags=re.IGNORECASE)
    severity, why = find_severity(f"sev {word}" if word[:1].isdecimal() else word)
    why = unescape(why).strip(" \t–—-:,")
    if severity is None:
        choices = "\n".join(f"`/incident sev {each}`  {severity_words(each)}" for each in Severity)
        if word:
            raise UserError(
                f"`{as_typed(word)[:60]}` is not a severity.", hint="Use sev1, sev2 or sev3.", typed=asked.text
            )
        return Answer(text=f"{incident.label} is {incident.severity}.\n{choices}")
    before = incident.severity
    incident = incidents.set_severity(desk, incident, severity, by=asked.user_id, at=at, why=why)
    because = f" Why: {words(why, {}, 500)}" if why else ""
    says = f"{incident.label}: {before} → {severity_words(severity)}{as_of(desk, at)}, says {mention(asked.user_id)}."
    return Answer(text=f"{says}{because}{at_words(desk, None, note)}", in_channel=True)
