"""pins.add, pins.remove, pins.list."""

from __future__ import annotations

from bot.rehearsal import marks, messages
from bot.rehearsal.calls import Call
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json, Message


def _message(call: Call, channel: Channel) -> Message:
    ts = call.ts("timestamp", "bad_timestamp")
    if not ts:
        raise Refusal("no_item_specified")
    return messages.find(channel, ts)


def add(call: Call) -> Json:
    """Answer pins.add."""
    channel = call.channel(member="not_in_channel")
    if channel.is_archived:
        raise Refusal("restricted_action")
    message = _message(call, channel)
    if message.subtype.startswith("channel_"):
        raise Refusal("not_pinnable")
    marks.pin(call.ws, channel, message, call.bot)
    return {}


def remove(call: Call) -> Json:
    """Answer pins.remove."""
    channel = call.channel(member="channel_not_found")
    if channel.is_archived:
        raise Refusal("restricted_action")
    marks.unpin(call.ws, channel, _message(call, channel), call.bot)
    return {}


def list_(call: Call) -> Json:
    """Answer pins.list, newest message first."""
    channel = call.channel(member="channel_not_found")
    items = [
        {
            "type": "message",
            "channel": channel.id,
            "message": channel.messages[ts].slack_shape(call.ws.team_id) | {"pinned_to": [channel.id]},
            **channel.pins[ts],
        }
        for ts in marks.pinned(channel)
    ]
    return {"items": items}


METHODS = {"pins.add": add, "pins.remove": remove, "pins.list": list_}
