"""/postmortem [INC-3]"""

from __future__ import annotations

from bot.errors import NotFound
from bot.services import postmortems, timeline
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.commands.reading import incident_of
from bot.slack.text import link

NAMES = ("postmortem", "pm", "retro")
USAGE = "postmortem INC-3"
ABOUT = "the postmortem draft"


def run(desk: Desk, asked: Asked) -> Answer:
    """Where the draft is; when something was recorded since it was made, or there is none, it is made anew."""
    incident, _ = incident_of(desk, asked, anywhere=True)
    page = f"{desk.pages_url}/incidents/{incident.number}/postmortem"
    try:
        kept = postmortems.newest(desk, incident)
    except NotFound:
        kept = None
    newest = max((entry.recorded_at for entry in timeline.entries(desk, incident)), default=incident.declared_at)
    if kept and kept.drafted_at >= newest:
        says = f"Draft {kept.version} of {incident.label}: {link(page, 'read it')}. Nothing was recorded since."
        return Answer(text=says)
    desk.promise("draft", incident.id, once=True)
    where = f"<#{incident.channel_id}>" if incident.channel_id else "its channel"
    return Answer(text=f"I draft {incident.label} from what is recorded now, and post it in {where}. Page: {page}")
