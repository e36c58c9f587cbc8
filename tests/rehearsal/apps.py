"""The app that these tests install in their workspace."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from bot.rehearsal import AppConfig, CommandSpec

BOT_TOKEN, APP_TOKEN = "xoxb-rehearsal", "xapp-rehearsal"
CHANNEL_SCOPES = {"channels:manage", "channels:read", "channels:history", "channels:join", "groups:read"}
OTHER_ROOMS = {"groups:write", "groups:history", "im:read", "im:write", "im:history", "mpim:read"}
MARKS = {"reactions:read", "reactions:write", "pins:read", "pins:write", "bookmarks:read", "bookmarks:write"}
REST = {"users:read", "users:read.email", "team:read", "files:read", "files:write", "app_mentions:read"}
SCOPES = frozenset({"commands", "chat:write"} | CHANNEL_SCOPES | OTHER_ROOMS | MARKS | REST)
MEMBERSHIP = {"member_joined_channel", "member_left_channel", "channel_archive", "channel_rename"}
EVENTS = frozenset({"message.channels", "reaction_added", "reaction_removed", "app_mention"} | MEMBERSHIP)


def app_config(**changes: object) -> AppConfig:
    wanted = {
        "name": "Muster",
        "bot_user_name": "muster",
        "bot_token": BOT_TOKEN,
        "app_token": APP_TOKEN,
        "signing_secret": "a signing secret",
        "scopes": SCOPES,
        "commands": (CommandSpec("/incident", "Everything about incidents", "open sev2 checkout is failing"),),
        "events": EVENTS,
    }
    return AppConfig(**{**wanted, **changes})


async def refused(awaitable) -> str:
    """Return the code of a call that must be refused."""
    with pytest.raises(SlackApiError) as caught:
        await awaitable
    return caught.value.response["error"]
