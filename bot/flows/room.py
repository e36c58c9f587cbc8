"""The room of an incident: its channel, the people in it, and a card that always tells how things stand.

Every step bears a repeat. The person who asked comes first; the rest follows side by side, and none of it can
block the incident.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from bot.domain.incident import Incident
from bot.domain.naming import channel_name
from bot.errors import ChatRefused
from bot.flows.hands import Hands, StopHere
from bot.services import rooms
from bot.services.rooms import Room
from bot.store import incidents

MAX_NAMES = 6
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})
CLOCK_TOLERANCE = timedelta(minutes=2)


async def open_room(hands: Hands) -> None:
    """Make the channel, bring the declarer in, and set the rest up beside that."""
    room = await now(hands)
    incident = room.incident
    made = await hands.step(
        incident.id,
        "channel",
        lambda before: _create(hands, incident, before),
        keep=lambda session, got: incidents.set_channel(session, incident.id, got["id"], got["name"]),
    )
    if made is None:
        if hands.wait_s is None:  # refused for good: people hear of the incident all the same
            await _announce(hands, incident.id)
        return
    channel = made["id"]
    # The declarer's invitation goes out first, the card right behind it.
    await _together(_invite(hands, incident.id, channel, incident.declared_by), _furnish(hands, room, channel))
    await refresh_card(hands)


async def _furnish(hands: Hands, room: Room, channel: str) -> None:
    incident = room.incident
    card = await _post_card(hands, incident.id, channel)
    await _together(
        _topic(hands, incident.id, channel),
        _announce(hands, incident.id),
        _bookmark(hands, channel, incident),
        *([hands.step(incident.id, "pin", _effect(lambda: hands.deps.chat.pin(channel, card)))] if card else []),
        *(_invite(hands, incident.id, channel, held.user_id) for held in room.assignments),
    )


async def refresh_card(hands: Hands) -> None:
    """Edit the card, and where the incident itself changed the topic and the announcement, to how things stand."""
    room = await now(hands)
    channel, card = room.incident.channel_id, _card(room)
    if not channel or "ts" not in card:
        return  # the room is still being made, and looks once more when it is
    if card["shows"] != room.fingerprint:
        edited = await hands.step(room.incident.id, "card-edit", lambda _: _edit_card(hands, channel, card), again=True)
        if edited and edited.get("gone"):
            await _post_card(hands, room.incident.id, channel, again=hands.work.id)
    await _together(_topic(hands, room.incident.id, channel), _edit_announcement(hands))


async def invite(hands: Hands) -> None:
    """Bring one person into the incident's channel."""
    room = await now(hands)
    if not room.incident.channel_id:
        return  # the room invites everyone with a role when it is made
    await _invite(hands, room.incident.id, room.incident.channel_id, hands.work.detail["user"])


async def now(hands: Hands) -> Room:
    """The room as it stands now."""
    url = hands.deps.pages_url(hands.work.team_id)
    room = await hands.read(lambda session: rooms.view(session, hands.work.subject, url))
    if room is None:
        raise StopHere("the incident is gone")
    return room


async def _create(hands: Hands, incident: Incident, before: bool) -> dict[str, Any]:
    chat = hands.deps.chat
    since = incident.declared_at - CLOCK_TOLERANCE
    for attempt in range(MAX_NAMES):
        name = channel_name(incident.number, incident.title, attempt)
        if before and (own := await chat.own_channel(name, since)):
            return {"id": own[0], "name": own[1]}
        try:
            channel_id, made = await chat.create_channel(name)
        except ChatRefused as refused:
            if refused.code != "name_taken":
                raise
            # Ours, when we were killed between Slack's answer and our own note of it; else somebody else's.
            if own := await chat.own_channel(name, since):
                return {"id": own[0], "name": own[1]}
            continue
        return {"id": channel_id, "name": made}
    raise ChatRefused("conversations.create", "name_taken")


async def _invite(hands: Hands, incident_id: str, channel: str, user_id: str) -> None:
    if not user_id or ":" in user_id:
        return  # someone at a terminal, whom Slack does not know

    async def do(_: bool) -> dict[str, Any]:
        problems = await hands.deps.chat.invite(channel, [user_id])
        if problems:
            raise ChatRefused("conversations.invite", problems[0])
        return {}

    await hands.step(incident_id, f"invite:{user_id}", do)


async def _post_card(hands: Hands, incident_id: str, channel: str, again: str = "") -> str:
    op = f"{incident_id}:card{again}"

    async def do(before: bool) -> dict[str, Any]:
        room = await now(hands)
        ts = await hands.deps.chat.find_post(channel, op) if before else None
        return {"ts": ts or await hands.deps.chat.post_card(channel, room, op), "shows": room.fingerprint}

    posted = await hands.step(incident_id, f"card:{again}" if again else "card", do)
    return posted["ts"] if posted else ""


async def _edit_card(hands: Hands, channel: str, card: dict[str, Any]) -> dict[str, Any]:
    room = await now(hands)
    try:
        await hands.deps.chat.edit_card(channel, card["ts"], room)
    except ChatRefused as refused:
        if refused.code not in GONE:
            raise
        return {"gone": True}
    return {"ts": card["ts"], "shows": room.fingerprint}


async def _topic(hands: Hands, incident_id: str, channel: str) -> None:
    room = await now(hands)
    if _version_shown(room, "topic") == room.incident.version:
        return

    async def do(_: bool) -> dict[str, Any]:
        await hands.deps.chat.set_topic(channel, room)
        return {"version": room.incident.version}

    await hands.step(incident_id, "topic", do, again=True)


async def _announce(hands: Hands, incident_id: str) -> None:
    where = hands.deps.settings.muster_announce_channel
    if where == "none":
        return
    op = f"{incident_id}:announcement"

    async def do(before: bool) -> dict[str, Any]:
        room = await now(hands)
        ts = await hands.deps.chat.find_post(where, op) if before else None
        channel, ts = (where, ts) if ts else await hands.deps.chat.announce(where, room, op)
        return {"channel": channel, "ts": ts, "version": room.incident.version}

    await hands.step(incident_id, "announcement", do)


async def _edit_announcement(hands: Hands) -> None:
    room = await now(hands)
    posted = room.sent.get("announcement")
    if (
        posted is None
        or posted.state != "done"
        or room.incident.version
        in (
            _version_shown(room, "announcement"),
            _version_shown(room, "announcement-edit"),
        )
    ):
        return

    async def do(_: bool) -> dict[str, Any]:
        await hands.deps.chat.edit_announcement(posted.result["channel"], posted.result["ts"], room)
        return {"version": room.incident.version}

    await hands.step(room.incident.id, "announcement-edit", do, again=True)


async def _bookmark(hands: Hands, channel: str, incident: Incident) -> None:
    async def do(before: bool) -> dict[str, Any]:
        link = f"{hands.deps.pages_url(incident.team_id)}/incidents/{incident.number}"
        await hands.deps.chat.bookmark(channel, f"{incident.label} timeline", link, look_first=before)
        return {}

    await hands.step(incident.id, "bookmark", do)


async def _together(*steps: Awaitable[object]) -> None:
    """Run side by side; what goes wrong in one is raised when all are through, so that none is left half done."""
    for outcome in await asyncio.gather(*steps, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


def _effect(do: Callable[[], Awaitable[None]]) -> Callable[[bool], Awaitable[dict[str, Any]]]:
    """A step that returns nothing and may be repeated as it is."""

    async def run(_: bool) -> dict[str, Any]:
        await do()
        return {}

    return run


def _card(room: Room) -> dict[str, Any]:
    """The card as it was last posted or edited: its ts and what it shows."""
    posts = [
        step.result
        for name, step in room.sent.items()
        if (name == "card" or name.startswith("card:")) and step.state == "done"
    ]
    newest = max(posts, key=lambda result: str(result["ts"]), default={})
    edit = room.sent.get("card-edit")
    return edit.result if edit and newest and edit.result.get("ts") == newest["ts"] else newest


def _version_shown(room: Room, step: str) -> int | None:
    return room.sent[step].result.get("version") if step in room.sent else None
