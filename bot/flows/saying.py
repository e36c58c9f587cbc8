"""Something said once about a postmortem, in a channel or to one person, whatever crashes in between.

The steps are kept under a name beside the incident's own: that a reviewer left or the channel is archived is no
trouble of the incident's room, and the card does not show it.
"""

from __future__ import annotations

from typing import Any

from bot.flows.hands import Hands
from bot.services.chat import Shown


async def say(hands: Hands, subject: str, step: str, channel: str, what: Shown) -> dict[str, Any] | None:
    """Post in a channel once; None when Slack refused or is away."""

    async def once(before: bool) -> dict[str, Any]:
        op = f"{subject}:{step}"
        ts = await hands.deps.chat.find_post(channel, op) if before else None
        return {"channel": channel, "ts": ts or await hands.deps.chat.post(channel, what, op)}

    return await hands.step(subject, step, once) if channel else None


async def whisper(hands: Hands, subject: str, step: str, user: str, what: Shown) -> dict[str, Any] | None:
    """Post in one's direct conversation with a person once; None when Slack refused or is away."""

    async def once(before: bool) -> dict[str, Any]:
        op, channel = f"{subject}:{step}", await hands.deps.chat.direct(user)
        ts = await hands.deps.chat.find_post(channel, op) if before else None
        return {"channel": channel, "ts": ts or await hands.deps.chat.post(channel, what, op)}

    return await hands.step(subject, step, once)


def about(incident_id: str) -> str:
    """The name under which the steps about an incident's postmortem are kept."""
    return f"postmortem:{incident_id}"
