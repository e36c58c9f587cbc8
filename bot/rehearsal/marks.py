"""The marks people leave: reactions, pins and bookmarks."""

from __future__ import annotations

import re

from bot.rehearsal.messages import ts_key
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json, Message
from bot.rehearsal.workspace import Workspace

EMOJI = re.compile(r"^[a-z0-9_+'-]{1,100}(::skin-tone-[2-6])?$")
MAX_REACTIONS_ON_A_MESSAGE = 50
MAX_REACTIONS_BY_ONE = 23
MAX_PINS = 100
MAX_BOOKMARKS = 100
MAX_BOOKMARK_TITLE_CHARS = 255
LINK = re.compile(r"^https?://[^\s/]+\S*$")


def react(ws: Workspace, channel: Channel, message: Message, by: str, name: str) -> None:
    """Put an emoji under a message. Raises Refusal."""
    if not EMOJI.match(name):
        raise Refusal("invalid_name")
    if channel.is_archived:
        raise Refusal("is_archived")
    users = message.reactions.get(name, [])
    if by in users:
        raise Refusal("already_reacted")
    if name not in message.reactions and len(message.reactions) >= MAX_REACTIONS_ON_A_MESSAGE:
        raise Refusal("too_many_emoji")
    if sum(by in each for each in message.reactions.values()) >= MAX_REACTIONS_BY_ONE:
        raise Refusal("too_many_reactions")
    message.reactions.setdefault(name, []).append(by)
    ws.tell("reaction_added", channel=channel, message=message, user=by, detail={"reaction": name})


def unreact(ws: Workspace, channel: Channel, message: Message, by: str, name: str) -> None:
    """Take an emoji back. Raises Refusal."""
    if by not in message.reactions.get(name, []):
        raise Refusal("no_reaction")
    message.reactions[name].remove(by)
    if not message.reactions[name]:
        del message.reactions[name]
    ws.tell("reaction_removed", channel=channel, message=message, user=by, detail={"reaction": name})


def pin(ws: Workspace, channel: Channel, message: Message, by: str) -> None:
    """Pin a message. Raises Refusal."""
    if message.ts in channel.pins:
        raise Refusal("already_pinned")
    if len(channel.pins) >= MAX_PINS:
        raise Refusal("too_many_pins")
    channel.pins[message.ts] = {"created": ws.now_s(), "created_by": by}
    ws.tell("pins", channel=channel, message=message, user=by)


def unpin(ws: Workspace, channel: Channel, message: Message, by: str) -> None:
    """Take a pin off. Raises Refusal."""
    if channel.pins.pop(message.ts, None) is None:
        raise Refusal("no_pin")
    ws.tell("pins", channel=channel, message=message, user=by)


def pinned(channel: Channel) -> list[str]:
    """Return the ts of every pinned message, newest first."""
    return sorted(channel.pins, key=ts_key, reverse=True)


def add_bookmark(ws: Workspace, channel: Channel, by: str, *, title: str, link: str, emoji: str = "") -> Json:
    """Put a link into the channel's bar. Raises Refusal."""
    _check_bookmark(title, link, emoji)
    if len(channel.bookmarks) >= MAX_BOOKMARKS:
        raise Refusal("too_many_bookmarks")
    now_s = ws.now_s()
    bookmark: Json = {
        "id": ws.new_id("Bk"),
        "channel_id": channel.id,
        "title": title,
        "link": link,
        "emoji": emoji,
        "icon_url": None,
        "type": "link",
        "entity_id": None,
        "date_created": now_s,
        "date_updated": 0,
        "rank": chr(ord("a") + len(channel.bookmarks) % 26),
        "last_updated_by_user_id": by,
        "last_updated_by_team_id": ws.team_id,
        "shortcut_id": None,
        "app_id": ws.app_id if by == ws.bot.id else None,
    }
    channel.bookmarks[bookmark["id"]] = bookmark
    ws.tell("bookmarks", channel=channel, user=by)
    return bookmark


def edit_bookmark(ws: Workspace, channel: Channel, by: str, id_: str, changes: dict[str, str]) -> Json:
    """Change a bookmark's title, link or emoji. Raises Refusal."""
    bookmark = channel.bookmarks.get(id_)
    if bookmark is None:
        raise Refusal("not_found")
    wanted = bookmark | changes
    _check_bookmark(wanted["title"], wanted["link"], wanted["emoji"])
    bookmark.update(changes, date_updated=ws.now_s(), last_updated_by_user_id=by)
    ws.tell("bookmarks", channel=channel, user=by)
    return bookmark


def remove_bookmark(ws: Workspace, channel: Channel, by: str, id_: str) -> None:
    """Take a bookmark away. Raises Refusal."""
    if channel.bookmarks.pop(id_, None) is None:
        raise Refusal("not_found")
    ws.tell("bookmarks", channel=channel, user=by)


def _check_bookmark(title: str, link: str, emoji: str) -> None:
    if not LINK.match(link):
        raise Refusal("invalid_link")
    if not title.strip() or len(title) > MAX_BOOKMARK_TITLE_CHARS:
        where = f"title must have 1 to {MAX_BOOKMARK_TITLE_CHARS} characters"
        raise Refusal("invalid_arguments", messages=[f"[ERROR] {where} [json-pointer:/title]"])
    if emoji and not re.match(r"^:[a-z0-9_+'-]+:$", emoji):
        raise Refusal("invalid_emoji")
