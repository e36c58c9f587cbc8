"""Which incident's postmortem is meant."""

from __future__ import annotations

from bot.domain.arguments import find_incident
from bot.domain.incident import Incident
from bot.errors import NotFound
from bot.services import incidents
from bot.services.desk import Desk
from bot.services.postmortem import drafting
from bot.slack.asked import Asked
from bot.slack.commands.reading import incident_of
from bot.slack.text import shorten

NAMED = 3  # incidents offered by name
MAX_TITLE_CHARS = 60


def drafted_of(desk: Desk, asked: Asked) -> tuple[Incident, str]:
    """The incident named wherever it stands, else the channel's, and the rest. Raises NotFound naming some."""
    try:
        return incident_of(desk, asked, anywhere=True)
    except NotFound as none:
        if find_incident(asked.text)[0] is not None:
            raise
        raise NotFound(none.message, hint=_which(desk, asked.verb), typed=none.typed) from None


def _which(desk: Desk, verb: str) -> str:
    """What to type, with the newest incidents that have a draft."""
    found = drafting.drafted(desk, limit=NAMED)
    some = found or incidents.newest(desk, everything=True)[:NAMED]
    if not some:
        return "No incident is recorded yet. Open one with `/incident open sev2 checkout is failing`."
    words = " ".join(filter(None, ("/postmortem", verb if found else "", some[0].label)))
    named = ", ".join(f"{one.label} ({shorten(one.title, MAX_TITLE_CHARS)})" for one in some)
    if found:
        return f"Name the incident: `{words}`. The newest with a draft: {named}."
    return f"No incident has a draft yet; `{words}` makes one. The newest: {named}."
