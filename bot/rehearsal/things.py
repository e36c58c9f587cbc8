"""The things a workspace holds, and how each looks in Slack's answers and on the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.rehearsal.mrkdwn import NO_MENTIONS, Mentions

Json = dict[str, Any]


@dataclass
class Person:
    """A member of the workspace, a bot included."""

    id: str
    name: str
    real_name: str
    title: str = ""
    tz: str = "Etc/UTC"
    colour: str = "#5b7f95"
    email: str = ""
    is_bot: bool = False
    deleted: bool = False

    def page_shape(self) -> Json:
        """Return the person as the page shows them."""
        shape = {key: getattr(self, key) for key in ("id", "name", "real_name", "title", "colour", "is_bot", "deleted")}
        return shape | {"tz": self.tz}

    def slack_shape(self, team_id: str, *, with_email: bool = False) -> Json:
        """The person as users.info shows them; the e-mail needs a scope of its own."""
        zone = ZoneInfo(self.tz)
        offset = datetime.now(zone).utcoffset()
        profile: Json = {
            "title": self.title,
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "team": team_id,
        }
        if with_email and self.email:
            profile["email"] = self.email
        return {
            "id": self.id,
            "team_id": team_id,
            "name": self.name,
            "deleted": self.deleted,
            "color": self.colour.lstrip("#"),
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": zone.tzname(datetime.now(UTC)) or self.tz,
            "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": 0,
        }


@dataclass
class Message:
    """One message. `only_for` names the one person who sees it, when it is ephemeral."""

    ts: str
    channel: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    bot_id: str = ""
    app_id: str = ""
    username: str = ""
    icon_emoji: str = ""
    thread_ts: str = ""
    subtype: str = ""
    only_for: str = ""
    metadata: Json | None = None
    files: list[Json] = field(default_factory=list)
    edited: Json | None = None
    extra: Json = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)
    reply_users: list[str] = field(default_factory=list)
    reactions: dict[str, list[str]] = field(default_factory=dict)
    mentions: Mentions = NO_MENTIONS
    state: dict[str, Json] = field(default_factory=dict)  # per person: what they chose in its menus

    def slack_shape(self, team_id: str, *, with_metadata: bool = False) -> Json:
        """Return the message as Slack's history and events give it."""
        shape: Json = {"type": "message", "user": self.user, "ts": self.ts, "text": self.text, "team": team_id}
        optional: Json = {
            "subtype": self.subtype,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "username": self.username,
            "blocks": self.blocks,
            "attachments": self.attachments,
            "thread_ts": self.thread_ts,
            "files": self.files,
            "edited": self.edited,
            "reactions": self.reaction_shapes(),
        }
        shape |= {key: value for key, value in optional.items() if value}
        shape |= self.extra
        if self.icon_emoji:
            shape["icons"] = {"emoji": self.icon_emoji}
        if self.replies:
            shape |= {
                "reply_count": len(self.replies),
                "reply_users": list(self.reply_users),
                "reply_users_count": len(self.reply_users),
                "latest_reply": self.replies[-1],
            }
        if with_metadata and self.metadata:
            shape["metadata"] = self.metadata
        return shape

    def page_shape(self, team_id: str, *, pinned: bool) -> Json:
        """Return the message as the page shows it."""
        shape = self.slack_shape(team_id) | {"channel": self.channel, "pinned": pinned}
        shape["reactions"] = self.reaction_shapes()
        if self.only_for:
            shape |= {"ephemeral": True, "only_for": self.only_for}
        return shape

    def reaction_shapes(self) -> list[Json]:
        """Return the reactions in the order they came."""
        return [{"name": n, "count": len(users), "users": list(users)} for n, users in self.reactions.items()]


@dataclass
class Channel:
    """A conversation: `kind` is public, private, im or mpim."""

    id: str
    name: str
    kind: str
    creator: str
    created_s: int
    members: list[str] = field(default_factory=list)
    topic: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    purpose: Json = field(default_factory=lambda: {"value": "", "creator": "", "last_set": 0})
    is_archived: bool = False
    is_general: bool = False
    is_ext_shared: bool = False  # set where people of another organisation are to read along
    previous_names: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    pins: dict[str, Json] = field(default_factory=dict)  # message ts -> who pinned it, and when
    bookmarks: dict[str, Json] = field(default_factory=dict)
    canvas: Json = field(default_factory=dict)  # empty while it has none
    last_read: dict[str, str] = field(default_factory=dict)  # person -> ts

    @property
    def is_private(self) -> bool:
        """Whether outsiders cannot see it."""
        return self.kind != "public"

    def slack_shape(self, viewer: str, *, with_num_members: bool = False) -> Json:
        """The channel as conversations.info shows it to `viewer`."""
        if self.kind == "im":
            other = next((m for m in self.members if m != viewer), viewer)
            return {"id": self.id, "created": self.created_s, "is_im": True, "is_archived": False, "user": other}
        shape: Json = {
            "id": self.id,
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "public",
            "is_group": self.kind == "private",
            "is_im": False,
            "is_mpim": self.kind == "mpim",
            "is_private": self.is_private,
            "is_archived": self.is_archived,
            "is_general": self.is_general,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "is_member": viewer in self.members,
            "created": self.created_s,
            "creator": self.creator,
            "topic": dict(self.topic),
            "purpose": dict(self.purpose),
            "previous_names": list(self.previous_names),
        }
        if self.canvas:
            shape["properties"] = {"canvas": {"file_id": self.canvas["id"], "is_empty": not self.canvas["markdown"]}}
        return shape | ({"num_members": len(self.members)} if with_num_members else {})

    def page_shape(self, viewer: str) -> Json:
        """The channel as the page shows it to `viewer`, with how many messages they have not seen."""
        unread_after = self.last_read.get(viewer, "0")
        unread = 0
        for message in reversed(self.messages.values()):
            if message.ts <= unread_after:
                break
            unread += message.user != viewer and not message.only_for and not message.subtype
        return {
            "id": self.id,
            "name": self.name,
            "topic": self.topic["value"],
            "purpose": self.purpose["value"],
            "is_archived": self.is_archived,
            "is_private": self.is_private,
            "kind": self.kind,
            "members": list(self.members),
            "is_member": viewer in self.members,
            "created": self.created_s,
            "creator": self.creator,
            "unread": unread,
        }


@dataclass
class View:
    """One modal (or Home tab) of one person."""

    id: str
    user: str
    type: str
    body: Json  # title, submit, close, blocks, private_metadata, callback_id and the flags, as the app sent them
    hash: str
    root_view_id: str
    previous_view_id: str = ""
    values: Json = field(default_factory=dict)
    errors: Json = field(default_factory=dict)
    response_urls: list[Json] = field(default_factory=list)

    @property
    def external_id(self) -> str:
        """The id the app chose for it, or ""."""
        return str(self.body.get("external_id", ""))
