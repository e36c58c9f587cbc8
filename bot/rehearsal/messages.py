"""The rules of messages: posting, editing, deleting, reading back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.rehearsal import blockkit
from bot.rehearsal.mrkdwn import Mentions, mentions_in, mentions_of
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json, Message
from bot.rehearsal.workspace import Workspace

MAX_TEXT_CHARS = 40_000
MAX_EDITED_TEXT_CHARS = 4_000  # an edit takes less than a post does: slackapi's own advice, and msg_too_long above it
MAX_ATTACHMENTS = 100
# Slack's own count is not published: refusals were seen at 11,341 and at 13,297 characters
# (slackapi/bolt-js issues 2867 and 2509). Staying under this was never refused.
MAX_BLOCK_TEXT_CHARS = 10_000
MAX_METADATA_BYTES = 16_000
TS = re.compile(r"^\d{1,12}\.\d{6}$")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What somebody wants to say, as given."""

    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    parse: str = ""
    link_names: bool = False

    def mentions(self) -> Mentions:
        """Return what this would ping and link, in every part of it."""
        how: dict[str, Any] = {"parse": self.parse, "link_names": self.link_names}
        parts = mentions_of(self.blocks, **how) + mentions_of(self.attachments, **how)
        return mentions_in(self.text, **how) + parts

    def check(self, *, most_chars: int = MAX_TEXT_CHARS, blocks_too_long: str = "msg_too_long") -> None:
        """Raise Refusal where Slack would not take it; `most_chars` is for the text alone."""
        if not (self.text.strip() or self.blocks or self.attachments):
            raise Refusal("no_text")
        if len(self.text) > most_chars:
            raise Refusal("msg_too_long")
        if len(self.attachments) > MAX_ATTACHMENTS:
            raise Refusal("too_many_attachments")
        if not all(isinstance(attachment, dict) for attachment in self.attachments):
            raise Refusal("invalid_arguments", messages=["[ERROR] must be objects [json-pointer:/attachments]"])
        refuse_blocks(blockkit.check_blocks(self.blocks, "message"))
        for attachment in self.attachments:
            refuse_blocks(blockkit.check_blocks(attachment.get("blocks", []), "message"))
        if blockkit.text_chars(self.blocks) > MAX_BLOCK_TEXT_CHARS:
            raise Refusal(blocks_too_long)
        _check_metadata(self.metadata)


def refuse_blocks(problems: list[str]) -> None:
    """Raise Refusal `invalid_blocks` if there is any problem."""
    if problems:
        raise Refusal("invalid_blocks", messages=[f"[ERROR] {problem}" for problem in problems])


def _check_metadata(metadata: Json | None) -> None:
    if metadata is None:
        return
    shape = (set(metadata), type(metadata.get("event_type")), type(metadata.get("event_payload")))
    if shape != ({"event_type", "event_payload"}, str, dict) or not metadata["event_type"]:
        raise Refusal("invalid_metadata_format")
    if len(str(metadata)) > MAX_METADATA_BYTES:
        raise Refusal("metadata_too_large")


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who speaks: a person, or the app with the names it chose."""

    user: str
    bot_id: str = ""
    app_id: str = ""
    username: str = ""
    icon_emoji: str = ""


def post(
    ws: Workspace,
    channel: Channel,
    author: Author,
    content: Content,
    *,
    thread_ts: str = "",
    broadcast: bool = False,
    only_for: str = "",
    files: list[Json] | None = None,
) -> Message:
    """Put a message into the channel and tell everyone; the content must have been checked. Raises Refusal."""
    parent = _parent(channel, thread_ts, only_for) if thread_ts else None
    message = Message(
        ts=ws.new_ts(),
        channel=channel.id,
        user=author.user,
        text=content.text,
        blocks=blockkit.with_ids(content.blocks, lambda: ws.new_id("b")[2:7]),
        attachments=content.attachments,
        bot_id=author.bot_id,
        app_id=author.app_id,
        username=author.username,
        icon_emoji=author.icon_emoji,
        thread_ts=thread_ts,
        subtype="thread_broadcast" if parent and broadcast else "",
        only_for=only_for,
        metadata=content.metadata,
        files=files or [],
        mentions=content.mentions(),
    )
    channel.messages[message.ts] = message
    if parent is not None:
        parent.thread_ts = parent.ts
        parent.replies.append(message.ts)
        if author.user not in parent.reply_users:
            parent.reply_users.append(author.user)
    ws.tell("ephemeral" if only_for else "message", channel=channel, message=message, user=author.user)
    if parent is not None:
        ws.tell("replied", channel=channel, message=parent, user=author.user)
    return message


def _parent(channel: Channel, thread_ts: str, only_for: str) -> Message | None:
    if not can_be_replied_to(channel, thread_ts):
        raise Refusal("cannot_reply_to_message")
    return None if only_for else channel.messages[thread_ts]


def can_be_replied_to(channel: Channel, ts: str) -> bool:
    """Say whether this is a message that may be a thread's parent: one everyone sees, and not itself a reply."""
    parent = channel.messages.get(ts)
    return parent is not None and not parent.only_for and parent.thread_ts in ("", parent.ts)


def system(ws: Workspace, channel: Channel, user: str, subtype: str, text: str, **extra: Any) -> Message:
    """Post one of Slack's own lines, such as "joined the channel"."""
    message = Message(ts=ws.new_ts(), channel=channel.id, user=user, text=text, subtype=subtype)
    message.extra = {key: value for key, value in extra.items() if value}
    channel.messages[message.ts] = message
    ws.tell("message", channel=channel, message=message, user=user)
    return message


def edit(
    ws: Workspace, channel: Channel, message: Message, by: str, content: Content, *, keep: frozenset[str] = frozenset()
) -> None:
    """Replace what a message says; the ts stays. The parts in `keep` (blocks, attachments) stay as they were."""
    before = message.slack_shape(ws.team_id)
    message.text = content.text
    if "blocks" not in keep:
        message.blocks = blockkit.with_ids(content.blocks, lambda: ws.new_id("b")[2:7])
        message.state.clear()
    if "attachments" not in keep:
        message.attachments = content.attachments
    if content.metadata is not None:
        message.metadata = content.metadata
    message.edited = {"user": by, "ts": ws.new_ts()}
    message.mentions = content.mentions()
    kind = "ephemeral_changed" if message.only_for else "message_changed"
    ws.tell(kind, channel=channel, message=message, user=by, detail={"previous": before})


def delete(ws: Workspace, channel: Channel, message: Message, by: str) -> None:
    """Take a message away. A thread's parent leaves a tombstone, as in Slack."""
    before = message.slack_shape(ws.team_id)
    channel.pins.pop(message.ts, None)
    if message.replies:
        message.text, message.blocks, message.subtype = "This message was deleted.", [], "tombstone"
        message.attachments, message.metadata = [], None
    else:
        del channel.messages[message.ts]
    parent = channel.messages.get(message.thread_ts)
    if parent is not None and message.ts in parent.replies:
        parent.replies.remove(message.ts)
    kind = "ephemeral_deleted" if message.only_for else "message_deleted"
    ws.tell(kind, channel=channel, message=message, user=by, detail={"previous": before})


def find(channel: Channel, ts: str, *, code: str = "message_not_found") -> Message:
    """Return the message with this ts that everyone in the channel can see. Raises Refusal."""
    message = channel.messages.get(ts)
    if message is None or message.only_for or message.subtype == "tombstone":
        raise Refusal(code)
    return message


def ts_key(ts: str) -> tuple[int, int]:
    """Return a ts as numbers that sort, exact to the microsecond (a float is not)."""
    seconds, _, rest = ts.partition(".")
    return int(seconds or 0), int((rest + "000000")[:6])


def within(found: Iterator[Message], *, oldest: str, latest: str, inclusive: bool) -> Iterator[Message]:
    """Keep the messages between two times; the ends count only if `inclusive`."""
    low = ts_key(oldest) if oldest else None
    high = ts_key(latest) if latest else None
    for message in found:
        key = ts_key(message.ts)
        if low is not None and (key < low or (key == low and not inclusive)):
            continue
        if high is not None and (key > high or (key == high and not inclusive)):
            continue
        yield message


def top_level(channel: Channel) -> Iterator[Message]:
    """Yield what the channel itself shows, newest first: parents, plain messages, replies sent to the channel too."""
    for message in reversed(channel.messages.values()):
        in_thread_only = message.thread_ts and message.thread_ts != message.ts and message.subtype != "thread_broadcast"
        if not in_thread_only and not message.only_for:
            yield message


def thread(channel: Channel, ts: str) -> Iterator[Message]:
    """Yield a parent and its replies, oldest first. Raises Refusal `thread_not_found`."""
    parent = channel.messages.get(ts)
    if parent is None or parent.only_for:
        raise Refusal("thread_not_found")
    if parent.thread_ts and parent.thread_ts != parent.ts:
        parent = channel.messages[parent.thread_ts]
    yield parent
    for reply in parent.replies:
        yield channel.messages[reply]
