"""The channel of an incident: made under the first free name, or found where a crash hid that we had made it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.domain.incident import Incident
from bot.domain.naming import channel_name
from bot.errors import ChatRefused
from bot.flows.hands import Hands

MAX_NAMES = 6
CLOCK_TOLERANCE = timedelta(minutes=2)


async def create(hands: Hands, incident: Incident, before: bool) -> dict[str, Any]:
    """Return its id and name. With `before`, it may have been made already. Raises ChatRefused."""
    chat = hands.deps.chat
    since = incident.declared_at - CLOCK_TOLERANCE
    for attempt in range(MAX_NAMES):
        name = channel_name(incident.number, incident.title, attempt)
        if before and (own := await chat.own_channel(name, since)):
            return {"id": own[0], "name": own[1]}
        try:
            channel_id, made = await chat.create_channel(name)
        except ChatRefused as refused:
            if refused.code != "name_taken":
                raise
            # Ours, when we were killed between Slack's answer and our own note of it; else somebody else's.
            if own := await chat.own_channel(name, since):
                return {"id": own[0], "name": own[1]}
            continue
        return {"id": channel_id, "name": made}
    raise ChatRefused("conversations.create", "name_taken")
