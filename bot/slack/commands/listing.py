"""/incident list [all]"""

from __future__ import annotations

from bot.services import incidents
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks.pieces import SEVERITY_SIGN
from bot.slack.text import date, plain

NAMES = ("list", "ls", "all")
USAGE = "list"
ABOUT = "incidents that are not closed; `list all` for the last ones of all"


def run(desk: Desk, asked: Asked) -> Answer:
    """List the newest incidents."""
    everything = asked.text.strip().lower() in ("all", "closed", "everything")
    found = incidents.newest(desk, everything=everything)
    lines = [
        f"{SEVERITY_SIGN[i.severity]} *{i.label}* {i.status} {date(i.declared_at, '{date_short_pretty} {time}')} "
        + (f"<#{i.channel_id}> " if i.channel_id else "")
        + plain(i.title)
        for i in found
    ]
    if not lines:
        lines = ["No incidents." if everything else "No open incidents. `/incident list all` shows the closed ones."]
    return Answer(text="\n".join([*lines, "Open one with `/incident open sev2 checkout is failing`."]))
