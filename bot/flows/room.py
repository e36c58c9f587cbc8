"""The room of an incident: its channel, the people in it, and a card that always tells how things stand.

Every step bears a repeat. The person who asked comes first; the rest follows side by side, and none of it can
block the incident.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from bot.domain.incident import Incident
from bot.errors import ChatRefused
from bot.flows import announcement
from bot.flows.channel import create
from bot.flows.hands import CARD_EDIT, Hands, StopHere
from bot.services import rooms
from bot.services.playbooks import runbooks
from bot.services.rooms import Room
from bot.store import incidents

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "is_inactive"})


async def open_room(hands: Hands) -> None:
    """Make the channel, bring the declarer in, and set the rest up beside that."""
    subject = hands.work.subject
    incident, _ = await asyncio.gather(
        hands.read(lambda session: incidents.load(session, subject)), hands.begin(subject, "channel")
    )
    if incident is None:
        raise StopHere("the incident is gone")
    looking = asyncio.create_task(_ahead(hands))  # while the channel is being made
    filling: list[asyncio.Task[None]] = []

    def fill_now(got: dict[str, Any]) -> None:
        if not filling:
            filling.append(asyncio.create_task(_fill(hands, looking, got)))

    async def make(before: bool) -> dict[str, Any]:
        got = await create(hands, incident, before)
        fill_now(got)  # while we still write down which channel it is: all that follows bears a repeat
        return got

    try:
        made = await hands.step(
            incident.id,
            "channel",
            make,
            keep=lambda session, got: incidents.set_channel(session, incident.id, got["id"], got["name"]),
        )
        if made:
            fill_now(made)
    finally:
        await _together(looking, *filling)
    if made:
        await refresh_card(hands)
        await _suggest(hands, incident)
    elif hands.wait_s is None:  # refused for good: people hear of the incident all the same
        await announcement.announce(hands, await now(hands))


async def _suggest(hands: Hands, incident: Incident) -> None:
    """Have the playbook that the title speaks for suggested, if there is one. The room does not wait for it."""
    desk = hands.deps.desk
    made = await hands.read(lambda s: runbooks.for_title(desk(s, incident.team_id), incident))
    if made:
        await hands.write(lambda s: runbooks.suggest(desk(s, incident.team_id), made))


async def _ahead(hands: Hands) -> Room:
    room = await now(hands)
    await hands.begin(room.incident.id, "card", "bookmark")
    return room


async def _fill(hands: Hands, looking: asyncio.Task[Room], made: dict[str, Any]) -> None:
    room = await looking
    incident, channel = room.incident, made["id"]
    if not incident.channel_id:
        there = {"channel_id": channel, "channel_name": made["name"], "version": incident.version + 1}
        room = replace(room, incident=replace(incident, **there))
    # The declarer's invitation goes out first, the card right behind it, and what needs neither behind that.
    await _together(
        _invite(hands, room, channel, incident.declared_by),
        _pinned_card(hands, room, channel),
        _topic(hands, room, channel),
        announcement.announce(hands, room),
        _bookmark(hands, channel, incident),
        *(_invite(hands, room, channel, held.user_id) for held in room.assignments),
    )


async def _pinned_card(hands: Hands, room: Room, channel: str) -> None:
    early: list[asyncio.Task[None]] = []

    def pin_now(ts: str) -> None:
        early.append(asyncio.create_task(_pin(hands, room, channel, ts)))

    try:
        # The pin goes out as soon as Slack has named the card, while we still write that down.
        card = await _post_card(hands, room, channel, posted=pin_now)
    finally:
        await asyncio.gather(*early)
    if not early:
        await _pin(hands, room, channel, card)


async def _pin(hands: Hands, room: Room, channel: str, card: str) -> None:
    if card and not _is_done(room, "pin"):
        await hands.step(room.incident.id, "pin", _effect(lambda: hands.deps.chat.pin(channel, card)), again=True)


async def refresh_card(hands: Hands) -> None:
    """Edit the card, and where the incident itself changed the topic and the announcement, to how things stand."""
    room = await _drawn(hands)
    channel, card = room.incident.channel_id, _card(room)
    if not channel or "ts" not in card:
        return  # the room is still being made, and looks once more when it is
    if card["shows"] != room.fingerprint:
        edited = await hands.step(room.incident.id, CARD_EDIT, lambda _: _edit_card(hands, channel, card), again=True)
        if edited and edited.get("gone"):
            await _post_card(hands, room, channel, again=hands.work.id)
    await _together(_topic(hands, room, channel), announcement.keep_up(hands, room))


async def invite(hands: Hands) -> None:
    """Bring one person into the incident's channel."""
    room = await now(hands)
    if not room.incident.channel_id:
        return  # the room invites everyone with a role when it is made
    await _invite(hands, room, room.incident.channel_id, hands.work.detail["user"])
    if hands.trouble:  # shown on the card, which has its own turn
        desk = hands.deps.desk
        await hands.write(lambda s: desk(s, hands.work.team_id).promise("card", room.incident.id, once=True))


async def now(hands: Hands) -> Room:
    """The room as it stands now."""
    url = hands.deps.pages_url(hands.work.team_id)
    room = await hands.read(lambda session: rooms.view(session, hands.work.subject, url))
    if room is None:
        raise StopHere("the incident is gone")
    return room


async def _drawn(hands: Hands) -> Room:
    """The room as the card draws it: without the trouble of editing the card, which is over where it is read."""
    room = await now(hands)
    return replace(room, troubles=tuple(step for step in room.troubles if step.step != CARD_EDIT))


async def _invite(hands: Hands, room: Room, channel: str, user_id: str) -> None:
    step = f"invite:{user_id}"
    if not user_id or ":" in user_id or _is_done(room, step):
        return  # someone at a terminal, whom Slack does not know; or they were invited before

    async def do(_: bool) -> dict[str, Any]:
        problems = await hands.deps.chat.invite(channel, [user_id])
        if problems:
            raise ChatRefused("conversations.invite", problems[0])
        return {}

    await hands.step(room.incident.id, step, do, again=True)


async def _post_card(
    hands: Hands, room: Room, channel: str, again: str = "", posted: Callable[[str], None] | None = None
) -> str:
    op = f"{room.incident.id}:card{again}"

    async def do(before: bool) -> dict[str, Any]:
        if before and (ts := await hands.deps.chat.find_post(channel, op)):
            return {"ts": ts, "shows": "what it showed when it was posted"}
        ts = await hands.deps.chat.post(channel, room, op)
        if posted:
            posted(ts)
        return {"ts": ts, "shows": room.fingerprint}

    kept = await hands.step(room.incident.id, f"card:{again}" if again else "card", do)
    return kept["ts"] if kept else ""


async def _edit_card(hands: Hands, channel: str, card: dict[str, Any]) -> dict[str, Any]:
    room = await _drawn(hands)
    try:
        await hands.deps.chat.edit(channel, card["ts"], room)
    except ChatRefused as refused:
        if refused.code not in GONE:
            raise
        return {"gone": True}
    return {"ts": card["ts"], "shows": room.fingerprint}


async def _topic(hands: Hands, room: Room, channel: str) -> None:
    if room.shown("topic") == room.headline:
        return

    async def do(_: bool) -> dict[str, Any]:
        await hands.deps.chat.set_topic(channel, room)
        return {"shows": room.headline}

    await hands.step(room.incident.id, "topic", do, again=True)


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
    edit = room.sent.get(CARD_EDIT)
    return edit.result if edit and newest and edit.result.get("ts") == newest["ts"] else newest


def _is_done(room: Room, step: str) -> bool:
    return step in room.sent and room.sent[step].state == "done"
