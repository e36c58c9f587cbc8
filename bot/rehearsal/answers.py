"""What the app says back: in its acknowledgement, and later through a response_url."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import messages, views
from bot.rehearsal.messages import Content
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Channel, Json, Message, View
from bot.rehearsal.triggers import Hook

SAYS = frozenset({"text", "blocks", "attachments", "response_type", "replace_original", "delete_original"})
KNOWN = SAYS | {"thread_ts", "mrkdwn", "unfurl_links", "unfurl_media", "link_names", "parse", "metadata"}


def say(stage: Stage, channel: Channel, user: str, body: Any, *, replaces: Message | None = None) -> Message | None:
    """Show what the app answered, to the person alone unless it says `in_channel`. Raises Refusal."""
    if body in (None, "", {}):
        return None
    if isinstance(body, str):
        body = {"text": body}
    if not isinstance(body, dict) or set(body) - KNOWN:
        raise Refusal("invalid_payload")
    if body.get("delete_original"):
        if replaces is not None:
            messages.delete(stage.ws, channel, replaces, stage.ws.bot.id)
        return None
    content = _content(body)
    content.check()
    if body.get("replace_original") and replaces is not None:
        messages.edit(stage.ws, channel, replaces, stage.ws.bot.id, content)
        stage.note_post("update", replaces)
        return replaces
    return _post(stage, channel, user, body, content)


def _post(stage: Stage, channel: Channel, user: str, body: Json, content: Content) -> Message:
    kind = body.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise Refusal("invalid_payload")
    if channel.is_archived:
        raise Refusal("is_archived")
    only_for = user if kind == "ephemeral" else ""
    thread_ts = str(body.get("thread_ts") or "")
    author = stage.app_author()
    message = messages.post(stage.ws, channel, author, content, thread_ts=thread_ts, only_for=only_for)
    stage.note_post("ephemeral" if only_for else "message", message)
    return message


def _content(body: Json) -> Content:
    text, blocks, attachments = body.get("text") or "", body.get("blocks") or [], body.get("attachments") or []
    if not isinstance(text, str) or not isinstance(blocks, list) or not isinstance(attachments, list):
        raise Refusal("invalid_payload")
    parse, link_names = str(body.get("parse", "")), bool(body.get("link_names"))
    return Content(text=text, blocks=blocks, attachments=attachments, parse=parse, link_names=link_names)


def through_hook(stage: Stage, hook: Hook, body: Any) -> None:
    """Do what a post to a response_url asks. Raises Refusal."""
    if not isinstance(body, dict) or not body:
        raise Refusal("invalid_payload")
    channel = stage.ws.channels[hook.channel]
    say(stage, channel, hook.user, body, replaces=channel.messages.get(hook.message_ts))


def after_submission(stage: Stage, view: View, body: Any) -> dict[str, str]:
    """Do what the app answered to a submitted modal; return the errors it put under fields. Raises Refusal."""
    if body in (None, "", {}):
        _close_if_open(stage, view)
        return {}
    action = body.get("response_action") if isinstance(body, dict) else None
    if action == "errors":
        return _errors(stage, view, body.get("errors"))
    if action == "clear":
        _close_if_open(stage, view, whole_stack=True)
        return {}
    if action not in ("update", "push"):
        raise Refusal("invalid_payload")
    views.check(body.get("view"))
    if view.id not in stage.ws.views:
        return {}
    if action == "update":
        views.update(stage.ws, view, body["view"])
        stage.note_view(view)
    else:
        stage.note_view(views.push_for(stage.ws, view.user, body["view"]))
    return {}


def _errors(stage: Stage, view: View, errors: Any) -> dict[str, str]:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or set(errors) - inputs:
        raise Refusal("invalid_payload")  # Slack shows nothing under a field it does not know
    if any(not isinstance(words, str) or not words for words in errors.values()):
        raise Refusal("invalid_payload")
    view.errors = dict(errors)
    stage.ws.tell("view", view=view, user=view.user)
    return view.errors


def _close_if_open(stage: Stage, view: View, *, whole_stack: bool = False) -> None:
    if view.id in stage.ws.views:
        views.close(stage.ws, view, whole_stack=whole_stack)
