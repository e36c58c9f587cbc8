"""The sign-off: those who are asked get a direct message, and what they say is told in the incident's channel."""

from __future__ import annotations

from bot.flows.hands import Hands
from bot.flows.saying import about, say, whisper
from bot.services.postmortem import reviews


async def ask(hands: Hands) -> None:
    """Put the postmortem before one reviewer."""
    incident_id, user = hands.work.subject, str(hands.work.detail["user"])
    asking = await hands.read(
        lambda session: reviews.asking(hands.deps.desk(session, hands.work.team_id), incident_id, user)
    )
    if asking is not None:
        await whisper(hands, about(incident_id), f"ask:{user}:{hands.work.detail['asked_at']}", user, asking)


async def tell(hands: Hands) -> None:
    """Tell the channel what a reviewer said."""
    incident_id, user = hands.work.subject, str(hands.work.detail["user"])
    said = await hands.read(
        lambda session: reviews.answered(hands.deps.desk(session, hands.work.team_id), incident_id, user)
    )
    if said is not None:
        step = f"said:{user}:{hands.work.detail['said_at']}"
        await say(hands, about(incident_id), step, said.incident.channel_id, said)
