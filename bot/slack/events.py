"""What Slack tells us unasked: pushpins put on and taken off, people coming in, channels renamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.services import timeline
from bot.services.desk import Desk
from bot.store import incidents as stored
from bot.store import people

PUSHPIN = "pushpin"

Event = Mapping[str, Any]


def reaction_added(desk: Desk, event: Event) -> None:
    """A pushpin in an incident's channel: fetch the message and write it down."""
    item = _pinned(desk, event)
    if item:
        channel, ts = item["channel"], item["ts"]
        by = str(event.get("user") or "")
        desk.promise("pin", f"{channel}:{ts}", once=True, channel=channel, ts=ts, by=by)


def reaction_removed(desk: Desk, event: Event) -> None:
    """A pushpin is off again: unless it was one of several, the entry leaves the timeline (not the database)."""
    reaction_added(desk, event)


def member_joined_channel(desk: Desk, event: Event) -> None:
    """Someone came into an incident's channel."""
    incident = stored.by_channel(desk.session, desk.team_id, str(event.get("channel") or ""))
    user = str(event.get("user") or "")
    me = people.workspace(desk.session, desk.team_id)
    if incident and user and not (me and user == me.bot_user_id):
        timeline.joined(desk, incident, user)


def channel_rename(desk: Desk, event: Event) -> None:
    """Somebody renamed an incident's channel."""
    channel = event.get("channel")
    if isinstance(channel, Mapping):
        incident = stored.by_channel(desk.session, desk.team_id, str(channel.get("id") or ""))
        if incident:
            stored.set_channel(desk.session, incident.id, incident.channel_id, str(channel.get("name") or ""))


EVENTS: dict[str, Callable[[Desk, Event], None]] = {
    handler.__name__: handler for handler in (reaction_added, reaction_removed, member_joined_channel, channel_rename)
}


def _pinned(desk: Desk, event: Event) -> dict[str, str] | None:
    item = event.get("item") or {}
    channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
    if event.get("reaction") != PUSHPIN or item.get("type") != "message" or not ts:
        return None
    if stored.by_channel(desk.session, desk.team_id, channel) is None:
        return None
    return {"channel": channel, "ts": ts}
