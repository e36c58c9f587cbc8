"""The app that these tests install in their workspace."""

from __future__ import annotations

from bot.rehearsal import AppConfig, CommandSpec

BOT_TOKEN, APP_TOKEN = "xoxb-rehearsal", "xapp-rehearsal"
SCOPES = frozenset(
    ("commands", "chat:write", "channels:manage", "channels:read", "channels:history", "channels:join")
    + ("groups:read", "groups:write", "groups:history", "im:read", "im:write", "im:history", "mpim:read")
    + ("reactions:read", "reactions:write", "pins:read", "pins:write", "bookmarks:read", "bookmarks:write")
    + ("users:read", "users:read.email", "team:read", "files:read", "files:write", "app_mentions:read")
)
EVENTS = frozenset(
    ("message.channels", "message.groups", "reaction_added", "reaction_removed", "app_mention")
    + ("member_joined_channel", "member_left_channel", "channel_archive", "channel_rename")
)


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
