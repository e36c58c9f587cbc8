"""Handing a postmortem over in another channel: looked at first, since others may read there."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from bot.errors import ChatRefused
from bot.flows.hands import Hands, StopHere
from bot.flows.saying import about, say, whisper
from bot.services.desk import Desk
from bot.services.postmortem import sharing
from bot.services.postmortem.sharing import NotShared, Place, Shared
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
        told = NotShared(incident=incident, channel_id=channel, hitch=why or sharing.Hitch.UNSEEN, note=_note(hands))
        await whisper(hands, subject, f"not-shared:{hands.work.id}", by, told)
        return
    shared = await _put(hands, place)
    if shared is None:
        return

    async def upload(_: bool) -> dict[str, Any]:
        title = f"{incident.label} postmortem"
        return {
            "file": await hands.deps.chat.upload(
                channel, filename=shared.filename, title=title, content=shared.markdown
            )
        }

    await hands.step(subject, f"share-file:{hands.work.id}", upload)


async def _put(hands: Hands, place: Place) -> Shared | None:
    """Bring the message up to date by which the channel has it, or post one; None when Slack refused or is away."""
    subject = about(hands.work.subject)
    shared = await hands.read(lambda session: _shared(hands, session, place))
    if ts := shared.ts:

        async def edit(_: bool) -> dict[str, Any]:
            try:
                await hands.deps.chat.edit(place.id, ts, shared)
            except ChatRefused:
                return {"gone": True}  # taken away by somebody, or too old to be edited
            return {"gone": False}

        edited = await hands.step(subject, f"share-edit:{hands.work.id}", edit)
        if edited is None:
            return None
        if edited["gone"]:
            shared = await hands.read(lambda session: _shared(hands, session, place, anew=True))
            ts = ""
    if not ts:
        posted = await say(hands, subject, f"share:{hands.work.id}", place.id, shared)
        if posted is None:
            return None
        ts = str(posted["ts"])
    await hands.write(lambda session: sharing.keep(_desk(hands, session), shared, place.id, ts))
    return shared


def _shared(hands: Hands, session: Session, place: Place, *, anew: bool = False) -> Shared:
    by = str(hands.work.detail["by"])
    return sharing.shared(_desk(hands, session), hands.work.subject, place, by=by, note=_note(hands), anew=anew)


def _desk(hands: Hands, session: Session) -> Desk:
    return hands.deps.desk(session, hands.work.team_id)


def _note(hands: Hands) -> str:
    return str(hands.work.detail.get("note", ""))


async def _look(hands: Hands, channel: str) -> dict[str, Any]:
    try:
        return {"place": vars(await hands.deps.chat.place(channel))}
    except ChatRefused as refused:
        if refused.code not in UNSEEN:
            raise
        return {"place": None}
