"""/incident mitigate [at 13:50] [how]"""

from __future__ import annotations

from bot.domain.incident import Status
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.commands.moving import move

NAMES = ("mitigate", "mitigated")
USAGE = "mitigate at 13:50 traffic is back on db2"
ABOUT = "customers are no longer hurt"


def run(desk: Desk, asked: Asked) -> Answer:
    """Mark the incident as mitigated."""
    return move(desk, asked, Status.MITIGATED, "Next, when all is steady again: `/incident resolve`.")
