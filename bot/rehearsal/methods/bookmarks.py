"""bookmarks.add, bookmarks.edit, bookmarks.remove, bookmarks.list."""

from __future__ import annotations

from bot.rehearsal import marks
from bot.rehearsal.calls import Call
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json


def _channel(call: Call) -> Channel:
    channel = call.channel("channel_id", member="permission_denied")
    if channel.is_archived:
        raise Refusal("permission_denied")
    return channel


def add(call: Call) -> Json:
    """Answer bookmarks.add, for links only."""
    channel = _channel(call)
    if call.text("type") != "link":
        raise Refusal("invalid_bookmark_type")
    if call.text("parent_id"):
        raise Refusal("parent_bookmark_disabled")
    bookmark = marks.add_bookmark(
        call.ws,
        channel,
        call.bot,
        title=call.text("title"),
        link=call.text("link"),
        emoji=call.text("emoji"),
    )
    return {"bookmark": bookmark}


def edit(call: Call) -> Json:
    """Answer bookmarks.edit."""
    channel = _channel(call)
    changes: dict[str, str] = {name: call.text(name) for name in ("title", "link", "emoji") if name in call.args}
    return {"bookmark": marks.edit_bookmark(call.ws, channel, call.bot, call.text("bookmark_id"), changes)}


def remove(call: Call) -> Json:
    """Answer bookmarks.remove."""
    marks.remove_bookmark(call.ws, _channel(call), call.bot, call.text("bookmark_id"))
    return {}


def list_(call: Call) -> Json:
    """Answer bookmarks.list."""
    channel = call.channel("channel_id", member="channel_not_found")
    return {"bookmarks": list(channel.bookmarks.values())}


METHODS = {"bookmarks.add": add, "bookmarks.edit": edit, "bookmarks.remove": remove, "bookmarks.list": list_}
