"""A draft made anew after late changes: kept quietly, and told in one line that later ones bring up to date."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from bot.errors import ChatRefused
from bot.flows import draft
from bot.flows.hands import Hands
from bot.flows.room import GONE
from bot.flows.saying import about, say
from bot.services.postmortem import redrafting
from bot.services.postmortem.late import under_signature
from bot.store import incidents
from bot.store import work as stored

LINE = "late"


async def make(hands: Hands) -> None:
    """Draft anew where the record tells something else, and show what changed."""
    if await hands.read(lambda session: incidents.load(session, hands.work.subject)) is None:
        return
    await hands.step(hands.work.id, "names", lambda _: draft.learn_names(hands))
    await hands.write(lambda session: _redraft(hands, session))
    late = await hands.read(
        lambda session: redrafting.late(hands.deps.desk(session, hands.work.team_id), hands.work.subject)
    )
    if late is not None:
        await _tell(hands, late)


async def _tell(hands: Hands, late: redrafting.Late) -> None:
    subject, channel = about(late.incident.id), late.incident.channel_id
    sent = await hands.read(lambda session: stored.outbound(session, subject, LINE))
    if sent is None or sent.state != "done":
        await say(hands, subject, LINE, channel, late)
        return

    async def edit(_: bool) -> dict[str, Any]:
        try:
            await hands.deps.chat.edit(channel, str(sent.result["ts"]), late)
        except ChatRefused as refused:
            if refused.code not in GONE:
                raise
        return {}

    await hands.step(subject, f"{LINE}-edit", edit, again=True)


def _redraft(hands: Hands, session: Session) -> None:
    desk = hands.deps.desk(session, hands.work.team_id)
    redrafting.redraft(desk, hands.work.subject, made_for=hands.work.id)
    if incident := incidents.load(session, hands.work.subject):
        under_signature(desk, incident)
