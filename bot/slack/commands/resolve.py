"""/incident resolve [at 14:20] [how]"""

from __future__ import annotations

from bot.domain.incident import Status
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.commands.moving import move

NAMES = ("resolve", "resolved", "fixed")
USAGE = "resolve at 14:20 the old primary is back as a secondary"
ABOUT = "back to a steady state"


def run(desk: Desk, asked: Asked) -> Answer:
    """Mark the incident as resolved."""
    return move(desk, asked, Status.RESOLVED, "Next, when nothing more will happen here: `/incident close`.")
