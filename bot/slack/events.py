"""What Slack tells us unasked: pushpins put on and taken off, people coming in, channels renamed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.domain.arguments import unescape
from bot.services import timeline
from bot.services.desk import Desk
from bot.services.playbooks import runbooks
from bot.store import incidents as stored
from bot.store import people

PUSHPIN = "pushpin"
NEW_WORDS = (None, "", "bot_message", "file_share", "thread_broadcast")  # not edits, joins, topics and the like
TEXT_NAMES = ("blocks", "elements", "fields", "value", "text", "title", "fallback", "pretext")
MAX_TEXTS = 100

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


def message(desk: Desk, event: Event) -> None:
    """A message, of a person or of an alert: when it holds a known error line, put the playbook beside it."""
    if event.get("subtype") not in NEW_WORDS:
        return
    incident = stored.by_channel(desk.session, desk.team_id, str(event.get("channel") or ""))
    me = people.workspace(desk.session, desk.team_id)
    if incident is None or (me and me.bot_user_id and event.get("user") == me.bot_user_id):
        return
    if me and me.bot_id and event.get("bot_id") == me.bot_id:
        return
    said = unescape("\n".join(_texts(event)))
    runbooks.notice(desk, incident, said, ts=str(event.get("thread_ts") or event.get("ts") or ""))


def channel_rename(desk: Desk, event: Event) -> None:
    """Somebody renamed an incident's channel."""
    channel = event.get("channel")
    if isinstance(channel, Mapping):
        incident = stored.by_channel(desk.session, desk.team_id, str(channel.get("id") or ""))
        if incident:
            stored.set_channel(desk.session, incident.id, incident.channel_id, str(channel.get("name") or ""))


EVENTS: dict[str, Callable[[Desk, Event], None]] = {
    handler.__name__: handler
    for handler in (reaction_added, reaction_removed, member_joined_channel, channel_rename, message)
}


def _texts(event: Event) -> list[str]:
    """All that a message says: its text, and what an alert keeps in attachments and blocks."""
    found: list[str] = []
    waiting: list[Any] = [event.get("blocks"), event.get("attachments"), event.get("text")]
    while waiting and len(found) < MAX_TEXTS:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, Mapping):
            waiting += [one[name] for name in TEXT_NAMES if name in one]
        elif isinstance(one, list):
            waiting += reversed(one)
    return found


def _pinned(desk: Desk, event: Event) -> dict[str, str] | None:
    item = event.get("item") or {}
    channel, ts = str(item.get("channel") or ""), str(item.get("ts") or "")
    if event.get("reaction") != PUSHPIN or item.get("type") != "message" or not ts:
        return None
    if stored.by_channel(desk.session, desk.team_id, channel) is None:
        return None
    return {"channel": channel, "ts": ts}
