"""Handing the document over in the incident's channel: as its canvas where the plan has them, else as a file."""

from __future__ import annotations

from typing import Any

from bot.flows.hands import Hands
from bot.services.postmortem import document
from bot.services.postmortem.drafting import Summary


async def hand_over(hands: Hands, summary: Summary) -> None:
    """Make the canvas once, or upload the file. A later draft never touches a canvas: people may have written in it."""
    room, title = summary.incident, f"{summary.incident.label} postmortem draft"
    text = document.canvas(summary.markdown, room.label)

    async def put(before: bool) -> dict[str, Any]:
        return {"canvas": await hands.deps.chat.canvas(room.channel_id, title, text, look_first=before) if text else ""}

    async def upload(_: bool) -> dict[str, Any]:
        chat = hands.deps.chat
        return {
            "file": await chat.upload(room.channel_id, filename=summary.filename, title=title, content=summary.markdown)
        }

    made = await hands.step(room.id, f"canvas:{summary.version}", put)
    if made is None and hands.wait_s is not None:
        return  # not known yet whether there is one
    if made is None or not made["canvas"]:
        await hands.step(room.id, f"file:{summary.version}", upload)
