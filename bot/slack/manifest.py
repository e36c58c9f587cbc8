"""The app's manifest, made from one table: what the code uses is what Slack is asked for."""

from __future__ import annotations

from typing import Any

from bot.slack.commands import COMMANDS
from bot.slack.doors import PATH
from bot.slack.events import EVENTS

SCOPES = {
    "bookmarks:read": "look whether the timeline's bookmark is there before adding it again",
    "bookmarks:write": "the bookmark to the timeline's page",
    "canvases:write": "the postmortem document as the channel's canvas, where the plan has canvases",
    "channels:history": "a message with a pushpin; known error lines; to find a post again after a crash",
    "channels:join": "look in the announcement channel whether a post that was cut off is there",
    "channels:manage": "make the incident's channel, set its topic, invite people",
    "channels:read": "see who joins; find our own channels again",
    "chat:write": "the card, the announcement, the steps, the draft",
    "chat:write.public": "announce in a channel the bot was not invited to",
    "commands": "the slash commands",
    "files:write": "the postmortem document",
    "im:history": "to find a direct message again after a crash",
    "im:write": "ask reviewers, remind owners of their follow-ups",
    "pins:write": "pin the card",
    "reactions:read": "the pushpin",
    "users:read": "names and time zones for the timeline",
}
SUBSCRIBED = {"message": "message.channels"}  # an event's name where it is subscribed to, if that is another
ABOUT = {
    "/incident": ("Open an incident and keep its timeline", "open sev2 checkout is failing"),
    "/runbook": ("Find the playbook that fits what you see", "primary answers heartbeats but no queries"),
    "/postmortem": ("The postmortem of an incident: read, write, review, share", "INC-3, review @ada, share #channel"),
}


def manifest(url: str = "") -> dict[str, Any]:
    """The manifest for Socket Mode, or with `url` (https://…) for HTTP."""
    address = f"{url.rstrip('/')}{PATH}" if url else ""
    where = {"url": address} if address else {}
    return {
        "display_information": {
            "name": "Muster",
            "description": "Incidents in Slack: a room, a timeline, the runbook step that fits, the postmortem draft.",
            "background_color": "#1f2933",
        },
        "features": {
            "bot_user": {"display_name": "muster", "always_online": True},
            "slash_commands": [
                {
                    "command": command,
                    **where,
                    "description": ABOUT[command][0],
                    "usage_hint": ABOUT[command][1],
                    "should_escape": True,
                }
                for command in COMMANDS
            ],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": ({"request_url": address} if address else {})
            | {"bot_events": sorted(SUBSCRIBED.get(event, event) for event in EVENTS)},
            "interactivity": {"is_enabled": True} | ({"request_url": address} if address else {}),
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }
