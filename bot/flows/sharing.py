"""Handing a postmortem over in another channel: looked at first, since others may read there."""

from __future__ import annotations

from typing import Any

from bot.errors import ChatRefused
from bot.flows.hands import Hands, StopHere
from bot.flows.saying import about, say, whisper
from bot.services.postmortem import sharing
from bot.services.postmortem.sharing import NotShared, Place
from bot.store import incidents

UNSEEN = frozenset({"channel_not_found", "invalid_channel", "missing_scope", "method_not_supported_for_channel_type"})


async def share(hands: Hands) -> None:
    """Post summary and document, or tell the person who asked what is in the way."""
    incident = await hands.read(lambda session: incidents.load(session, hands.work.subject))
    if incident is None:
        raise StopHere("the incident is gone")
    detail, subject = hands.work.detail, about(hands.work.subject)
    channel, by = str(detail["channel"]), str(detail["by"])
    looked = await hands.step(subject, f"look:{hands.work.id}", lambda _: _look(hands, channel))
    if looked is None:
        return
    place = Place(**looked["place"]) if looked["place"] else None
    why = sharing.hitch(place, sure=bool(detail.get("sure")))
    if place is None or why is not None:
        told = NotShared(incident=incident, channel_id=channel, hitch=why or sharing.Hitch.UNSEEN)
        await whisper(hands, subject, f"not-shared:{hands.work.id}", by, told)
        return
    shared = await hands.read(
        lambda session: sharing.shared(hands.deps.desk(session, hands.work.team_id), incident.id, place, by=by)
    )

    async def upload(_: bool) -> dict[str, Any]:
        title = f"{incident.label} postmortem"
        return {
            "file": await hands.deps.chat.upload(
                channel, filename=shared.filename, title=title, content=shared.markdown
            )
        }

    if await say(hands, subject, f"share:{hands.work.id}", channel, shared):
        await hands.step(subject, f"share-file:{hands.work.id}", upload)


async def _look(hands: Hands, channel: str) -> dict[str, Any]:
    try:
        return {"place": vars(await hands.deps.chat.place(channel))}
    except ChatRefused as refused:
        if refused.code not in UNSEEN:
            raise
        return {"place": None}
