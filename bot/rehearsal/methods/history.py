"""conversations.history and conversations.replies."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.rehearsal import messages
from bot.rehearsal.calls import Call
from bot.rehearsal.pages import page_by_ts
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json, Message

MAX_LIMIT = 999
TIME = re.compile(r"^\d{1,12}(\.\d{1,6})?$")


def history(call: Call) -> Json:
    """Answer conversations.history: newest first, without replies."""
    channel = call.channel(member="not_in_channel")
    answer = _piece(call, channel, messages.top_level(channel))
    return answer | {"pin_count": len(channel.pins)}


def replies(call: Call) -> Json:
    """Answer conversations.replies: the parent, then its replies, oldest first."""
    channel = call.channel(member="channel_not_found")
    return _piece(call, channel, messages.thread(channel, call.text("ts")))


def _piece(call: Call, channel: Channel, found: Iterator[Message]) -> Json:
    kept = messages.within(
        found, oldest=_time(call, "oldest"), latest=_time(call, "latest"), inclusive=call.flag("inclusive")
    )
    limit = call.number("limit", 100, most=MAX_LIMIT, code="invalid_arguments")
    some, more = page_by_ts(list(kept), call.text("cursor"), limit)
    metadata = call.flag("include_all_metadata")
    shapes = [_shape(call, channel, message, metadata) for message in some]
    return {"messages": shapes, "has_more": bool(more["next_cursor"]), "response_metadata": more}


def _shape(call: Call, channel: Channel, message: Message, metadata: bool) -> Json:
    shape = message.slack_shape(call.ws.team_id, with_metadata=metadata)
    return shape | ({"pinned_to": [channel.id]} if message.ts in channel.pins else {})


def _time(call: Call, name: str) -> str:
    value = call.text(name)
    if value in ("", "0", "now"):
        return ""
    if not TIME.match(value):
        raise Refusal(f"invalid_ts_{name}")
    return value


METHODS = {"conversations.history": history, "conversations.replies": replies}
