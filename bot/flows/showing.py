"""The course of an incident as a picture in its channel."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from bot.domain.course import CHANNEL, draw
from bot.flows.hands import Hands
from bot.services import picture
from bot.services.postmortem.drafting import Summary

log = logging.getLogger(__name__)


async def show(hands: Hands, summary: Summary) -> None:
    """Hand the picture over after the document. Whatever becomes of it, the document is there."""
    room = summary.incident
    drawing = draw(summary.course, CHANNEL) if summary.course else None
    if drawing is None:
        return
    try:
        content = await asyncio.to_thread(picture.png, drawing)
    except Exception:  # a library's own reasons; a picture is none to have the work fail, and the log keeps them
        log.exception("the picture of %s could not be painted", room.label)
        return

    async def upload(_: bool) -> dict[str, Any]:
        file_id = await hands.deps.chat.upload(
            room.channel_id,
            filename=f"{room.label.lower()}-course-{summary.version}.png",
            title=drawing.title,
            content=content,
            says=drawing.says,
        )
        return {"file": file_id}

    await hands.step(room.id, f"picture:{summary.version}", upload)
