"""The announcement of an incident: posted once, and edited as the incident moves on."""

from __future__ import annotations

from typing import Any

from bot.flows.hands import Hands
from bot.services.rooms import Room


async def announce(hands: Hands, room: Room) -> None:
    """Post it, unless it is posted or nobody wants one."""
    where = hands.deps.settings.muster_announce_channel
    if where == "none":
        return
    op = f"{room.incident.id}:announcement"

    async def do(before: bool) -> dict[str, Any]:
        if before and (ts := await hands.deps.chat.find_post(where, op)):
            return {"channel": where, "ts": ts, "shows": ""}  # what it shows is not known, so it is edited
        channel, ts = await hands.deps.chat.announce(where, room, op)
        return {"channel": channel, "ts": ts, "shows": room.headline}

    await hands.step(room.incident.id, "announcement", do)


async def keep_up(hands: Hands, room: Room) -> None:
    """Edit it when the incident's headline has changed."""
    posted = room.sent.get("announcement")
    shown = room.shown("announcement-edit") or room.shown("announcement")
    if posted is None or posted.state != "done" or shown == room.headline:
        return

    async def do(_: bool) -> dict[str, Any]:
        await hands.deps.chat.edit_announcement(posted.result["channel"], posted.result["ts"], room)
        return {"shows": room.headline}

    await hands.step(room.incident.id, "announcement-edit", do, again=True)
