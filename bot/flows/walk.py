"""The message that shows a playbook's step in hand; one message for each walk, edited in place."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from bot.errors import ChatRefused
from bot.flows.hands import Hands, StopHere
from bot.flows.room import GONE
from bot.services.playbooks import standing
from bot.services.playbooks.standing import Stand
from bot.store import incidents


async def show(hands: Hands) -> None:
    """Post the step in hand, or edit the message that shows it."""
    stand, channel = await _now(hands)
    walk = stand.walk
    if not channel:
        hands.wait(trouble="The channel is not there yet.")
        return
    ts = await hands.read(lambda session: standing.step_ts(session, walk.id))
    if not ts:
        await _show_anew(hands, stand, "step", "step")
        return
    edited = await hands.step(walk.id, "edit", lambda _: _edit(hands, ts), again=True)
    if edited and edited.get("gone") and walk.ended_at is None:
        await _show_anew(hands, stand, f"step:{hands.work.id}", hands.work.id)
    else:
        await _link(hands, stand, ts)


async def _show_anew(hands: Hands, stand: Stand, step: str, name: str) -> None:
    """Post the step, and have the card lead to the message."""
    posted = await hands.step(stand.walk.id, step, lambda before: _post(hands, before, name))
    if posted:
        await _link(hands, stand, posted["ts"])


async def _link(hands: Hands, stand: Stand, ts: str) -> None:
    walk = stand.walk
    _, channel = await _now(hands)

    async def ask(_: bool) -> dict[str, Any]:
        return {"url": await hands.deps.chat.permalink(channel, ts)}

    def on_card(session: Session, _: dict[str, Any]) -> None:
        hands.deps.desk(session, hands.work.team_id).promise("card", walk.incident_id, once=True)

    await hands.step(walk.id, f"link:{ts}", ask, keep=on_card)


async def _post(hands: Hands, before: bool, name: str) -> dict[str, Any]:
    stand, channel = await _now(hands)
    op = f"{stand.walk.id}:{name}"
    ts = await hands.deps.chat.find_post(channel, op) if before else None
    return {"ts": ts or await hands.deps.chat.post(channel, stand, op)}


async def _edit(hands: Hands, ts: str) -> dict[str, Any]:
    stand, channel = await _now(hands)
    try:
        await hands.deps.chat.edit(channel, ts, stand)
    except ChatRefused as refused:
        if refused.code not in GONE:
            raise
        return {"gone": True}
    return {}


async def _now(hands: Hands) -> tuple[Stand, str]:
    stand = await hands.read(
        lambda session: standing.stand(hands.deps.desk(session, hands.work.team_id), hands.work.subject)
    )
    incident = await hands.read(lambda session: incidents.load(session, stand.walk.incident_id)) if stand else None
    if stand is None or incident is None:
        raise StopHere("the walk is gone")
    return stand, incident.channel_id
