"""The payloads Slack brings to an app when a person does something."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import views
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Channel, Json, Message, Person, View

VERIFICATION_TOKEN = "rehearsal-verification"


def slash_command(stage: Stage, person: Person, channel: Channel, command: str, text: str) -> Json:
    """Return the form fields of a slash command."""
    ws = stage.ws
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": ws.team_id,
        "team_domain": ws.team_domain,
        "channel_id": channel.id,
        "channel_name": {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name),
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": ws.app_id,
        "is_enterprise_install": "false",
        "response_url": f"{stage.url}/hooks/{stage.handles.new_hook(person.id, channel.id)}",
        "trigger_id": stage.handles.new_trigger(person.id),
    }


def _common(stage: Stage, person: Person, kind: str) -> Json:
    ws = stage.ws
    user = {"id": person.id, "username": person.name, "name": person.name, "team_id": ws.team_id}
    return {
        "type": kind,
        "user": user,
        "api_app_id": ws.app_id,
        "token": VERIFICATION_TOKEN,
        "team": {"id": ws.team_id, "domain": ws.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def message_actions(stage: Stage, person: Person, channel: Channel, message: Message, action: Json) -> Json:
    """Return the block_actions payload of a click in a message. An ephemeral message's content is not in it."""
    ephemeral = bool(message.only_for)
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    hook = stage.handles.new_hook(person.id, channel.id, message.ts)
    payload = _common(stage, person, "block_actions") | {
        "container": container,
        "trigger_id": stage.handles.new_trigger(person.id),
        "channel": {"id": channel.id, "name": channel.name or "directmessage"},
        "state": {"values": message.state.get(person.id, {})},
        "response_url": f"{stage.url}/hooks/{hook}",
        "actions": [action],
    }
    return payload if ephemeral else payload | {"message": message.slack_shape(stage.ws.team_id)}


def view_actions(stage: Stage, person: Person, view: View, action: Json) -> Json:
    """Return the block_actions payload of a choice in a modal or Home tab."""
    return _common(stage, person, "block_actions") | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": stage.handles.new_trigger(person.id, view.id),
        "view": views.slack_shape(stage.ws, view),
        "actions": [action],
    }


def view_submission(stage: Stage, person: Person, view: View) -> Json:
    """Return the payload of a submitted modal."""
    return _common(stage, person, "view_submission") | {
        "trigger_id": stage.handles.new_trigger(person.id, view.id),
        "view": views.slack_shape(stage.ws, view),
        "response_urls": view.response_urls,
    }


def view_closed(stage: Stage, person: Person, view: View, *, is_cleared: bool) -> Json:
    """Return the payload of a modal that was closed without being submitted."""
    return _common(stage, person, "view_closed") | {
        "view": views.slack_shape(stage.ws, view),
        "is_cleared": is_cleared,
    }


def event_callback(stage: Stage, event: Json) -> Json:
    """Return the envelope of one event."""
    ws = stage.ws
    authorization: dict[str, Any] = {
        "enterprise_id": None,
        "team_id": ws.team_id,
        "user_id": ws.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": ws.team_id,
        "context_team_id": ws.team_id,
        "context_enterprise_id": None,
        "api_app_id": ws.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": ws.new_id("Ev"),
        "event_time": ws.now_s(),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{ws.new_id('e')}",
    }
