"""reactions.add, reactions.remove, reactions.get."""

from __future__ import annotations

from bot.rehearsal import marks, messages
from bot.rehearsal.calls import Call
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json, Message


def _message(call: Call, member: str) -> tuple[Channel, Message]:
    if call.text("file") or call.text("file_comment"):
        raise Refusal("file_not_found")
    ts = call.ts("timestamp", "bad_timestamp")
    if not ts or not call.text("channel"):
        raise Refusal("no_item_specified")
    channel = call.channel(member=member)
    return channel, messages.find(channel, ts)


def add(call: Call) -> Json:
    """Answer reactions.add."""
    channel, message = _message(call, "no_access")
    marks.react(call.ws, channel, message, call.bot, call.text("name"))
    return {}


def remove(call: Call) -> Json:
    """Answer reactions.remove."""
    channel, message = _message(call, "no_access")
    marks.unreact(call.ws, channel, message, call.bot, call.text("name"))
    return {}


def get(call: Call) -> Json:
    """Answer reactions.get."""
    channel, message = _message(call, "channel_not_found")
    shape = message.slack_shape(call.ws.team_id) | {"permalink": call.stage.permalink(message)}
    return {"type": "message", "channel": channel.id, "message": shape}


METHODS = {"reactions.add": add, "reactions.remove": remove, "reactions.get": get}
