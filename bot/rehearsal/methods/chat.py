"""chat.postMessage, chat.postEphemeral, chat.update, chat.delete, chat.getPermalink."""

from __future__ import annotations

from bot.rehearsal import channels, messages
from bot.rehearsal.calls import Call, wrong
from bot.rehearsal.messages import Author, Content
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json, Message

MAX_MARKDOWN_CHARS = 12_000


def content_of(call: Call) -> Content:
    """Read text, blocks, attachments and metadata. Raises Refusal."""
    text, blocks = call.text("text"), call.parsed("blocks", list, "invalid_blocks_format")
    if markdown := call.text("markdown_text"):
        if text or blocks:
            raise Refusal("markdown_text_conflict")
        if len(markdown) > MAX_MARKDOWN_CHARS:
            raise Refusal("msg_too_long")
        text = markdown
    if call.text("parse") not in ("", "none", "full", "client"):
        raise wrong("parse", "must be none or full")
    return Content(
        text=text,
        blocks=blocks,
        attachments=call.parsed("attachments", list, "invalid_arguments"),
        metadata=call.parsed("metadata", dict, "invalid_metadata_format") or None,
        parse=call.text("parse"),
        link_names=call.flag("link_names"),
    )


def author_of(call: Call) -> Author:
    """Return the app, under the name it chose if it may choose. Raises Refusal."""
    if call.flag("as_user"):
        raise Refusal("as_user_not_supported")
    if any(call.text(name) for name in ("username", "icon_emoji", "icon_url")):
        call.need("chat:write.customize")
    return call.stage.app_author(call.text("username"), call.text("icon_emoji"))


def post_message(call: Call) -> Json:
    """Answer chat.postMessage."""
    for name in ("unfurl_links", "unfurl_media", "mrkdwn"):
        call.flag(name)
    channel = _postable(call)
    content = content_of(call)
    content.check(blocks_too_long="msg_blocks_too_long")
    author = author_of(call)
    thread_ts = call.text("thread_ts")
    broadcast = call.flag("reply_broadcast")
    message = messages.post(call.ws, channel, author, content, thread_ts=thread_ts, broadcast=broadcast)
    call.stage.note_post("message", message)
    shape = message.slack_shape(call.ws.team_id, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shape}


def _postable(call: Call) -> Channel:
    ws, wanted = call.ws, call.text("channel")
    if wanted in ws.people:
        person = ws.people[wanted]
        if person.deleted or person.is_bot:
            raise Refusal("channel_not_found")
        return channels.open_direct(ws, call.bot, [wanted])[0]
    named = next((c for c in ws.channels.values() if c.name and c.name == wanted.removeprefix("#")), None)
    channel = named if named and ws.can_see(call.bot, named) else call.channel()  # a name will do here, and only here
    if call.bot not in channel.members and not (channel.kind == "public" and "chat:write.public" in ws.app.scopes):
        raise Refusal("not_in_channel")
    channels.must_be_open(channel)
    return channel


def post_ephemeral(call: Call) -> Json:
    """Answer chat.postEphemeral."""
    channel = call.channel(member="not_in_channel")
    channels.must_be_open(channel)
    user = call.text("user")
    if user not in channel.members or call.ws.people[user].deleted:
        raise Refusal("user_not_in_channel")
    content = content_of(call)
    content.check()
    thread_ts = call.text("thread_ts")
    message = messages.post(call.ws, channel, author_of(call), content, thread_ts=thread_ts, only_for=user)
    call.stage.note_post("ephemeral", message)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """Answer chat.update, for the app's own messages."""
    channel = call.channel()
    message = _own(call, channel, "cant_update_message")
    if channel.is_archived:
        raise Refusal("is_inactive")
    if call.flag("as_user"):
        raise Refusal("as_user_not_supported")
    content = content_of(call)
    keep = frozenset(name for name in ("blocks", "attachments") if name not in call.args)
    if not content.text and "blocks" in keep and "attachments" in keep:
        raise Refusal("no_text")
    content.check(most_chars=messages.MAX_EDITED_TEXT_CHARS)
    messages.edit(call.ws, channel, message, call.bot, content, keep=keep)
    call.stage.note_post("update", message)
    shape = message.slack_shape(call.ws.team_id, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


def delete(call: Call) -> Json:
    """Answer chat.delete, for the app's own messages."""
    channel = call.channel()
    message = _own(call, channel, "cant_delete_message")
    if channel.is_archived:
        raise Refusal("cant_delete_message")
    messages.delete(call.ws, channel, message, call.bot)
    return {"channel": channel.id, "ts": message.ts}


def _own(call: Call, channel: Channel, code: str) -> Message:
    message = messages.find(channel, call.text("ts"))
    if message.bot_id != call.ws.bot_id:
        raise Refusal(code)
    return message


def get_permalink(call: Call) -> Json:
    """Answer chat.getPermalink."""
    channel = call.channel()
    message = messages.find(channel, call.text("message_ts"))
    return {"channel": channel.id, "permalink": call.stage.permalink(message)}


METHODS = {
    "chat.postMessage": post_message,
    "chat.postEphemeral": post_ephemeral,
    "chat.update": update,
    "chat.delete": delete,
    "chat.getPermalink": get_permalink,
}
