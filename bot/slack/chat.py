"""Slack as the flows see it: plain values in, plain values out, blocks made here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from bot.domain.roles import Person
from bot.errors import ChatRefused
from bot.services.chat import Identity, Message, Shown
from bot.services.postmortem.sharing import Place
from bot.services.rooms import Room
from bot.services.timeline import at_ts
from bot.slack import canvases
from bot.slack.blocks import card as cards
from bot.slack.blocks.drawn import drawn
from bot.slack.caller import QUIET, Caller
from bot.slack.events import PUSHPIN
from bot.slack.said import one_of, part_of, text_in

OP = "muster_op"  # the type of the metadata by which a post is found again; it holds an opaque id only
LOOK_BACK = 200  # messages searched for a post that may have happened
MOST_ALT = 1000  # characters of a picture's description, says Slack
FINE = frozenset({"already_in_channel", "already_pinned", "already_archived", "cant_invite_self"})


class SlackChat:
    """Fulfils `bot.services.chat.Chat`."""

    def __init__(self, caller: Caller) -> None:
        self._call = caller

    async def who_am_i(self) -> Identity:
        """Who the token belongs to, and what it may do."""
        said = await self._call("auth.test")
        scopes = next((v for k, v in said["_headers"].items() if k.lower() == "x-oauth-scopes"), None)
        return Identity(
            team_id=text_in(said, "team_id"),
            team=text_in(said, "team"),
            url=text_in(said, "url"),
            bot_user_id=text_in(said, "user_id"),
            bot_id=text_in(said, "bot_id"),
            scopes=None if scopes is None else frozenset(str(scopes).replace(" ", "").split(",")),
        )

    async def create_channel(self, name: str) -> tuple[str, str]:
        """Make a public channel; Slack may change its name."""
        made = part_of(await self._call("conversations.create", name=name), "channel")
        return text_in(made, "id"), text_in(made, "name")

    async def own_channel(self, name: str, since: datetime) -> tuple[str, str] | None:
        """Look among the channels the bot is in: it is a member of each that it made."""
        me = (await self.who_am_i()).bot_user_id
        cursor = ""
        while True:
            page = await self._call(
                "users.conversations", types="public_channel", exclude_archived=True, limit=200, cursor=cursor
            )
            for channel in page.get("channels") or []:
                made = datetime.fromtimestamp(int(channel.get("created") or 0), UTC)
                if channel.get("name") == name and channel.get("creator") == me and made >= since:
                    return text_in(channel, "id"), name
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return None

    async def invite(self, channel: str, users: Sequence[str]) -> tuple[str, ...]:
        """Invite all at once; Slack names those it could not, each with its code."""
        try:
            said = await self._call("conversations.invite", channel=channel, users=",".join(users), force=True)
        except ChatRefused as refused:
            if refused.code in FINE:
                return ()
            raise
        errors = [one for one in said.get("errors") or [] if one.get("error") not in FINE]
        return tuple(str(one.get("error")) for one in errors)

    async def direct(self, user: str) -> str:
        return text_in(part_of(await self._call("conversations.open", users=user), "channel"), "id")

    async def place(self, channel: str) -> Place:
        said = part_of(await self._call("conversations.info", channel=channel), "channel")
        return Place(
            id=text_in(said, "id"),
            name=str(said.get("name") or ""),
            member=bool(said.get("is_member")),
            shared=bool(said.get("is_ext_shared") or said.get("is_pending_ext_shared")),
            archived=bool(said.get("is_archived")),
        )

    async def set_topic(self, channel: str, room: Room) -> None:
        await self._call("conversations.setTopic", channel=channel, topic=cards.topic(room))

    async def post(self, channel: str, what: Shown, op: str, *, thread: str = "") -> str:
        text, blocks = drawn(what)
        said = await self._call(
            "chat.postMessage",
            channel=channel,
            text=text,
            metadata={"event_type": OP, "event_payload": {"op": op}},
            **({"blocks": blocks} if blocks else {}),
            **({"thread_ts": thread} if thread else {}),
            **QUIET,
        )
        return text_in(said, "ts")

    async def edit(self, channel: str, ts: str, what: Shown) -> None:
        text, blocks = drawn(what)
        await self._call("chat.update", channel=channel, ts=ts, text=text, blocks=blocks)

    async def pin(self, channel: str, ts: str) -> None:
        try:
            await self._call("pins.add", channel=channel, timestamp=ts)
        except ChatRefused as refused:
            if refused.code not in FINE:
                raise

    async def bookmark(self, channel: str, title: str, link: str, *, look_first: bool = False) -> None:
        """Add the bookmark. Two of the same are possible in Slack, so a repeat looks first."""
        if look_first:
            there = await self._call("bookmarks.list", channel_id=channel)
            # By its title: the address of our pages may have changed with the restart.
            if any(mark.get("title") == title for mark in there.get("bookmarks") or []):
                return
        await self._call("bookmarks.add", channel_id=channel, title=title, type="link", link=link)

    async def announce(self, channel: str, room: Room, op: str) -> tuple[str, str]:
        where = channel if channel[:1] in "#C" else f"#{channel}"
        said = await self._call(
            "chat.postMessage",
            channel=where,
            text=cards.fallback(room.incident),
            blocks=cards.announcement(room),
            metadata={"event_type": OP, "event_payload": {"op": op}},
            **QUIET,
        )
        return text_in(said, "channel"), text_in(said, "ts")

    async def edit_announcement(self, channel: str, ts: str, room: Room) -> None:
        where = channel if channel[:1] == "C" else await self._channel_id(channel.lstrip("#"))
        text, blocks = cards.fallback(room.incident), cards.announcement(room)
        await self._call("chat.update", channel=where, ts=ts, text=text, blocks=blocks)

    async def upload(self, channel: str, *, filename: str, title: str, content: str | bytes, says: str = "") -> str:
        history = await self._inside("conversations.history", channel=channel, limit=LOOK_BACK)
        for message in history.get("messages") or []:
            for file in message.get("files") or []:
                if file.get("name") == filename:
                    return text_in(file, "id")
        said = await self._call(
            "files.upload_v2",
            channel=channel,
            filename=filename,
            title=title,
            content=content,
            request_file_info=False,
            **({"alt_txt": says[:MOST_ALT]} if says else {}),
        )
        return text_in((said.get("files") or [{}])[0], "id")

    async def canvas(self, channel: str, title: str, markdown: str, *, look_first: bool) -> str:
        return await canvases.create(self._call, channel, title, markdown, look_first=look_first)

    async def find_post(self, channel: str, op: str, *, thread: str = "") -> str | None:
        where = channel if channel[:1] in "CDG" else await self._channel_id(channel.lstrip("#"))
        look = {"channel": where, "limit": LOOK_BACK, "include_all_metadata": True} | ({"ts": thread} if thread else {})
        method = "conversations.replies" if thread else "conversations.history"
        try:
            found = await self._inside(method, **look)
        except ChatRefused as refused:
            if refused.code == "thread_not_found":
                return None
            raise
        for message in found.get("messages") or []:
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == OP and (metadata.get("event_payload") or {}).get("op") == op:
                return text_in(message, "ts")
        return None

    async def message(self, channel: str, ts: str) -> Message | None:
        just_it = {"channel": channel, "latest": ts, "oldest": ts, "inclusive": True, "limit": 1}
        found = one_of(await self._call("conversations.history", **just_it), ts)
        found = found or one_of(await self._replies(channel, ts), ts)
        if found is None:
            return None
        author = str(found.get("user") or found.get("username") or found.get("bot_id") or "")
        return Message(
            author=author,
            text=str(found.get("text") or ""),
            at=at_ts(ts),
            permalink=await self.permalink(channel, ts),
            pinned=any(reaction.get("name") == PUSHPIN for reaction in found.get("reactions") or []),
        )

    async def permalink(self, channel: str, ts: str) -> str:
        return text_in(await self._call("chat.getPermalink", channel=channel, message_ts=ts), "permalink")

    async def person(self, user_id: str) -> Person:
        user = part_of(await self._call("users.info", user=user_id), "user")
        profile = user.get("profile") or {}
        names = (
            profile.get("real_name"),
            profile.get("display_name"),
            user.get("real_name"),
            user.get("name"),
            user_id,
        )
        return Person(
            user_id=user_id,
            name=next(str(name) for name in names if name),
            timezone=str(user.get("tz") or ""),
            is_bot=bool(user.get("is_bot")),
            gone=bool(user.get("deleted")),
        )

    async def _inside(self, method: str, **look: Any) -> Mapping[str, Any]:
        """Read in a channel. We may post in a public one without being in it, but not read or hand files over."""
        try:
            return await self._call(method, **look)
        except ChatRefused as refused:
            if refused.code != "not_in_channel":
                raise
            await self._call("conversations.join", channel=look["channel"])
            return await self._call(method, **look)

    async def _replies(self, channel: str, ts: str) -> Mapping[str, Any]:
        try:
            # Slack puts the thread's first message before those asked for, so one is not enough.
            return await self._call(
                "conversations.replies", channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=10
            )
        except ChatRefused as refused:
            if refused.code in ("thread_not_found", "message_not_found"):
                return {}
            raise

    async def _channel_id(self, name: str) -> str:
        """The id of a public channel, also of one we are not in. Raises ChatRefused when we see none of this name."""
        cursor = ""
        while True:
            page = await self._call("conversations.list", types="public_channel", limit=999, cursor=cursor)
            for channel in page.get("channels") or []:
                if channel.get("name") == name:
                    return text_in(channel, "id")
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                raise ChatRefused("conversations.list", "channel_not_found")
