"""/incident status"""

from __future__ import annotations

from bot.services import rooms
from bot.services.desk import Desk
from bot.slack.asked import Answer, Asked
from bot.slack.blocks import card
from bot.slack.blocks.pieces import context
from bot.slack.commands.reading import incident_of

NAMES = ("status", "show", "info")
USAGE = "status"
ABOUT = "how things stand, for you alone"


def run(desk: Desk, asked: Asked) -> Answer:
    """Show the card as it stands now."""
    incident, _ = incident_of(desk, asked, anywhere=True)
    room = rooms.view(desk.session, incident.id, desk.pages_url)
    assert room is not None
    where = f"<#{incident.channel_id}>" if incident.channel_id else ""
    blocks = card.card(room)
    if where and incident.channel_id != asked.channel_id:
        blocks.append(context(where))
    return Answer(text=card.fallback(incident), blocks=blocks)
