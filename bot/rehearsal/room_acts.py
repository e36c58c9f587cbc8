"""What a person does to channels and to their own messages."""

from __future__ import annotations

from typing import Any

from bot.rehearsal import channels, marks, messages
from bot.rehearsal.hands import Hands, impossible
from bot.rehearsal.messages import Content
from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.things import Channel, Json, Message


class RoomActs(Hands):
    """Joining, inviting, naming, archiving; pinning, editing, deleting."""

    async def joins(self, channel: str) -> Json:
        """Join a public channel."""
        return self._change("join", self._stage.ws.find_channel(channel), channels.join)

    async def leaves(self, channel: str) -> Json:
        """Leave a channel."""
        return self._change("leave", self._stage.ws.find_channel(channel), channels.leave)

    async def archives(self, channel: str) -> Json:
        """Archive a channel."""
        return self._change("archive", self._stage.ws.find_channel(channel), channels.archive)

    async def renames(self, channel: str, name: str) -> Json:
        """Rename a channel."""
        return self._change("rename", self._stage.ws.find_channel(channel), channels.rename, name)

    async def invites(self, channel: str, *people: str) -> Json:
        """Bring people, or the app, into a channel."""
        ids = [self._stage.ws.find_person(name).id for name in people]
        return self._change("invite", self._stage.ws.find_channel(channel), channels.invite, ids)

    async def kicks(self, channel: str, person: str) -> Json:
        """Take somebody, or the app, out of a channel."""
        id_ = self._stage.ws.find_person(person).id
        return self._change("kick", self._stage.ws.find_channel(channel), channels.kick, id_)

    async def creates_channel(self, name: str, *, private: bool = False) -> Json:
        """Make a channel with this person in it."""
        try:
            channel = channels.create(self._stage.ws, self.user_id, name.lstrip("#"), private=private)
        except Refusal as refusal:
            raise impossible(f"create `{name}`", refusal) from None
        return channel.page_shape(self.user_id)

    async def opens_direct(self, *people: str) -> Json:
        """Open the direct conversation with these people, or with the app."""
        ids = [self._stage.ws.find_person(name).id for name in people]
        channel, _ = channels.open_direct(self._stage.ws, self.user_id, ids)
        return channel.page_shape(self.user_id)

    async def reads(self, channel: str) -> Json:
        """Look at a channel up to its end."""
        room = self._stage.ws.find_channel(channel)
        if not self._stage.ws.can_see(self.user_id, room):
            raise RehearsalError(f"there is no channel `{channel}`")
        channels.mark_read(room, self.user_id)
        return room.page_shape(self.user_id)

    async def pins(self, channel: str, ts: str, *, remove: bool = False) -> Json:
        """Pin a message, or take the pin off."""
        room = self._room(channel)
        change = marks.unpin if remove else marks.pin
        try:
            message = messages.find(room, ts)
            change(self._stage.ws, room, message, self.user_id)
        except Refusal as refusal:
            raise impossible("pin", refusal) from None
        return self._shape(room, message)

    async def edits(self, channel: str, ts: str, text: str) -> Json:
        """Edit one's own message."""
        room, message = self._own(channel, ts)
        messages.edit(self._stage.ws, room, message, self.user_id, Content(text=self._typed(text)))
        return self._shape(room, message)

    async def deletes(self, channel: str, ts: str) -> Json:
        """Delete one's own message."""
        room, message = self._own(channel, ts)
        messages.delete(self._stage.ws, room, message, self.user_id)
        return {"channel": room.id, "ts": ts}

    def _own(self, channel: str, ts: str) -> tuple[Channel, Message]:
        room = self._room(channel)
        message = room.messages.get(ts)
        if message is None or message.user != self.user_id or message.subtype.startswith("channel_"):
            raise RehearsalError(f"{ts} is not a message of {self._person.name}")
        return room, message

    def _change(self, what: str, channel: Channel, change: Any, *args: Any) -> Json:
        try:
            change(self._stage.ws, channel, self.user_id, *args)
        except Refusal as refusal:
            raise impossible(f"{what} `#{channel.name}`", refusal) from None
        return channel.page_shape(self.user_id)
