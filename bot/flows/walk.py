"""The message that shows a playbook's step in hand; one message for each walk, edited in place."""

from __future__ import annotations

from typing import Any

from bot.domain.playbook import Walk
from bot.errors import ChatRefused
from bot.flows.hands import Hands, StopHere
from bot.flows.room import GONE
from bot.store import incidents, walks, work


async def show(hands: Hands) -> None:
    """Post the step in hand, or edit the message that shows it."""
    walk, channel = await _now(hands)
    if not channel:
        hands.wait(trouble="The channel is not there yet.")
        return
    sent = await hands.read(lambda session: work.outbound(session, walk.id, "step"))
    if sent is None or sent.state != "done":
        await hands.step(walk.id, "step", lambda before: _post(hands, before, "step"))
        return
    edited = await hands.step(walk.id, "edit", lambda _: _edit(hands, sent.result["ts"]), again=True)
    if edited and edited.get("gone"):
        await hands.step(walk.id, f"step:{hands.work.id}", lambda before: _post(hands, before, hands.work.id))


async def _post(hands: Hands, before: bool, name: str) -> dict[str, Any]:
    walk, channel = await _now(hands)
    op = f"{walk.id}:{name}"
    ts = await hands.deps.chat.find_post(channel, op) if before else None
    return {"ts": ts or await hands.deps.chat.post_step(channel, walk, op)}


async def _edit(hands: Hands, ts: str) -> dict[str, Any]:
    walk, channel = await _now(hands)
    try:
        await hands.deps.chat.edit_step(channel, ts, walk)
    except ChatRefused as refused:
        if refused.code not in GONE:
            raise
        return {"gone": True}
    return {}


async def _now(hands: Hands) -> tuple[Walk, str]:
    walk = await hands.read(lambda session: walks.load(session, hands.work.subject))
    incident = await hands.read(lambda session: incidents.load(session, walk.incident_id)) if walk else None
    if walk is None or incident is None:
        raise StopHere("the walk is gone")
    return walk, incident.channel_id
