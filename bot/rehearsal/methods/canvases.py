"""conversations.canvases.create. The workspace has canvases once `Workspace.has_canvases` is set."""

from __future__ import annotations

from bot.rehearsal import channels
from bot.rehearsal.calls import Call, wrong
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Json

MAX_CANVAS_CHARS = 1_048_576
MAX_TITLE_CHARS = 255


def create(call: Call) -> Json:
    """Answer conversations.canvases.create: one for each channel, and no second."""
    channel = call.channel("channel_id")
    content = call.parsed("document_content", dict, "invalid_arguments")
    if not call.ws.has_canvases:
        raise Refusal("team_tier_cannot_create_channel_canvases")
    channels.must_be_open(channel)
    if call.bot not in channel.members:
        raise Refusal("restricted_action")
    if channel.canvas:
        raise Refusal("channel_canvas_already_exists")
    markdown = content.get("markdown", "")
    if content and (content.get("type") != "markdown" or not isinstance(markdown, str)):
        raise wrong("document_content", "must be Markdown")
    title = call.text("title")
    if len(title) > MAX_TITLE_CHARS or len(markdown) > MAX_CANVAS_CHARS:
        raise Refusal("canvas_creation_failed")
    channel.canvas = {"id": call.ws.new_id("F"), "title": title, "markdown": markdown}
    return {"canvas_id": channel.canvas["id"]}


METHODS = {"conversations.canvases.create": create}
