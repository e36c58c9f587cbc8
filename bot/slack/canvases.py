"""A channel's canvas: Slack has one for each channel, on the plans that have them."""

from __future__ import annotations

import logging

from bot.errors import ChatRefused
from bot.slack.caller import Caller

log = logging.getLogger(__name__)

TAKEN = "channel_canvas_already_exists"
# Not on this plan, not allowed, or the channel has one that is not ours.
NONE_FOR_US = frozenset(
    {
        TAKEN,
        "team_tier_cannot_create_channel_canvases",
        "free_team_canvas_tab_already_exists",
        "canvas_disabled_user_team",
        "canvas_creation_failed",
        "canvas_tab_creation_failed",
        "channel_canvas_creation_failed",
        "missing_scope",
        "restricted_action",
        "unknown_method",
    }
)


async def create(call: Caller, channel: str, title: str, markdown: str, *, look_first: bool) -> str:
    """Return the id of the canvas made, "" when there can be none. With `look_first` one that is there is ours."""
    content = {"type": "markdown", "markdown": markdown}
    try:
        made = await call("conversations.canvases.create", channel_id=channel, title=title, document_content=content)
    except ChatRefused as refused:
        if refused.code == TAKEN and look_first:
            return await _standing(call, channel)
        if refused.code not in NONE_FOR_US:
            raise
        log.info("no canvas in %s (%s): the document goes there as a file", channel, refused.code)
        return ""
    return str(made.get("canvas_id") or "")


async def _standing(call: Caller, channel: str) -> str:
    found = (await call("conversations.info", channel=channel)).get("channel") or {}
    return str(((found.get("properties") or {}).get("canvas") or {}).get("file_id") or "")
