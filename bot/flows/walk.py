"""The message that shows a playbook's step in hand; one message for each walk, edited in place."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from bot.domain.walk import Walk
from bot.errors import ChatRefused
from bot.flows.hands import Hands, StopHere
from bot.flows.room import GONE
from bot.services import runbooks
from bot.store import incidents, walks


async def show(hands: Hands) -> None:
    """Post the step in hand, or edit the message that shows it."""
    walk, channel = await _now(hands)
    if not channel:
        hands.wait(trouble="The channel is not there yet.")
        return
    ts = await hands.read(lambda session: runbooks.step_ts(session, walk.id))
    if not ts:
        await _show_anew(hands, walk, "step", "step")
        return
    edited = await hands.step(walk.id, "edit", lambda _: _edit(hands, ts), again=True)
    if edited and edited.get("gone") and walk.ended_at is None:
        await _show_anew(hands, walk, f"step:{hands.work.id}", hands.work.id)
    else:
        await _link(hands, walk, ts)


async def _show_anew(hands: Hands, walk: Walk, step: str, name: str) -> None:
    """Post the step, and have the card lead to the message."""
    posted = await hands.step(walk.id, step, lambda before: _post(hands, before, name))
    if posted:
        await _link(hands, walk, posted["ts"])


async def _link(hands: Hands, walk: Walk, ts: str) -> None:
    _, channel = await _now(hands)

    async def ask(_: bool) -> dict[str, Any]:
        return {"url": await hands.deps.chat.permalink(channel, ts)}

    def on_card(session: Session, _: dict[str, Any]) -> None:
        hands.deps.desk(session, hands.work.team_id).promise("card", walk.incident_id, once=True)

    await hands.step(walk.id, f"link:{ts}", ask, keep=on_card)


async def _post(hands: Hands, before: bool, name: str) -> dict[str, Any]:
    walk, channel = await _now(hands)
    op = f"{walk.id}:{name}"
    ts = await hands.deps.chat.find_post(channel, op) if before else None
    return {"ts": ts or await hands.deps.chat.post(channel, walk, op)}


async def _edit(hands: Hands, ts: str) -> dict[str, Any]:
    walk, channel = await _now(hands)
    try:
        await hands.deps.chat.edit(channel, ts, walk)
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
