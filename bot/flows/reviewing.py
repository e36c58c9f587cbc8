"""The sign-off: who is asked, what they say, what others remark, and a text that changed under a signature."""

from __future__ import annotations

from bot.flows.hands import Hands
from bot.flows.saying import about, say, whisper
from bot.services.postmortem import remarks, reviews, signatures


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


async def remark(hands: Hands) -> None:
    """Put a remark before those whom it is for."""
    incident_id, comment = hands.work.subject, str(hands.work.detail["comment"])
    told = await hands.read(
        lambda session: remarks.remarked(hands.deps.desk(session, hands.work.team_id), incident_id, comment)
    )
    for one in told:
        await whisper(hands, about(incident_id), f"remark:{comment}:{one.user}", one.user, one)


async def changed(hands: Hands) -> None:
    """Tell those who signed that the text is another now: once for each signature."""
    incident_id = hands.work.subject
    told = await hands.read(
        lambda session: signatures.outdated(hands.deps.desk(session, hands.work.team_id), incident_id)
    )
    for one in told:
        user = one.review.user_id
        await whisper(hands, about(incident_id), f"changed:{user}:{one.review.said_at}", user, one)
