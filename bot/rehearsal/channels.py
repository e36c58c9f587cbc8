"""The rules of channels: making, joining, inviting, naming, archiving. Everyone acts by the same rules."""

from __future__ import annotations

import re

from bot.rehearsal import messages
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json
from bot.rehearsal.workspace import Workspace

MAX_NAME_CHARS = 80
MAX_TOPIC_CHARS = 250
MAX_INVITES = 100
NAME = re.compile(r"^[a-z0-9_-]+$")


def checked_name(ws: Workspace, name: str, *, but: str = "") -> str:
    """Return the name if a channel may have it. Archived and invisible channels keep theirs. Raises Refusal."""
    if not name:
        raise Refusal("invalid_name_required")
    if len(name) > MAX_NAME_CHARS:
        raise Refusal("invalid_name_maxlength")
    if not NAME.match(name):
        raise Refusal("invalid_name_specials")
    if not re.search(r"[a-z0-9]", name):
        raise Refusal("invalid_name_punctuation")
    if any(c.name == name and c.id != but for c in ws.channels.values()):
        raise Refusal("name_taken")
    return name


def create(ws: Workspace, by: str, name: str, *, private: bool = False) -> Channel:
    """Make a channel with `by` as its first member. Raises Refusal."""
    channel = ws.add_channel(checked_name(ws, name), "private" if private else "public", creator=by)
    channel.last_read[by] = ws.new_ts()
    ws.tell("created", channel=channel, user=by)
    _add(ws, channel, by)
    return channel


def _add(ws: Workspace, channel: Channel, user: str, *, inviter: str = "") -> None:
    channel.members.append(user)
    ws.tell("joined", channel=channel, user=user, detail={"inviter": inviter} if inviter else {})
    messages.system(ws, channel, user, "channel_join", f"<@{user}> has joined the channel", inviter=inviter)


def _remove(ws: Workspace, channel: Channel, user: str) -> None:
    messages.system(ws, channel, user, "channel_leave", f"<@{user}> has left the channel")
    channel.members.remove(user)
    ws.tell("left", channel=channel, user=user)


def join(ws: Workspace, channel: Channel, by: str) -> bool:
    """Put `by` into a public channel; False if they were in already. Raises Refusal."""
    if channel.kind != "public":
        raise Refusal("method_not_supported_for_channel_type")
    must_be_open(channel)
    if by in channel.members:
        return False
    _add(ws, channel, by)
    return True


def leave(ws: Workspace, channel: Channel, by: str) -> bool:
    """Take `by` out; False if they were not in. Raises Refusal."""
    if channel.is_general:
        raise Refusal("cant_leave_general")
    must_be_open(channel)
    if by not in channel.members:
        return False
    if channel.kind == "private" and len(channel.members) == 1:
        raise Refusal("last_member")
    _remove(ws, channel, by)
    return True


def kick(ws: Workspace, channel: Channel, by: str, user: str) -> None:
    """Take somebody else out. Raises Refusal."""
    if user == by:
        raise Refusal("cant_kick_self")
    if channel.is_general:
        raise Refusal("cant_kick_from_general")
    if user not in ws.people:
        raise Refusal("user_not_found")
    must_be_member(channel, by)
    if user not in channel.members:
        raise Refusal("not_in_channel")
    _remove(ws, channel, user)


def invite(ws: Workspace, channel: Channel, by: str, users: list[str], *, force: bool = False) -> list[Json]:
    """Bring people in; with `force` the valid ones come in and the errors are returned, else one bad id refuses all."""
    must_be_open(channel)
    if channel.kind in ("im", "mpim"):
        raise Refusal("method_not_supported_for_channel_type")
    must_be_member(channel, by)
    if not users:
        raise Refusal("no_user")
    if len(users) > MAX_INVITES:
        raise Refusal("invalid_arguments", messages=[f"[ERROR] at most {MAX_INVITES} users per call"])
    errors = [{"user": u, "ok": False, "error": code} for u in users if (code := _why_not(ws, channel, by, u))]
    good = [u for u in dict.fromkeys(users) if not _why_not(ws, channel, by, u)]
    if errors and (not force or not good):
        raise Refusal(str(errors[0]["error"]), errors=errors)
    for user in good:
        _add(ws, channel, user, inviter=by)
    return errors


def _why_not(ws: Workspace, channel: Channel, by: str, user: str) -> str:
    person = ws.people.get(user)
    if user == by:
        return "cant_invite_self"
    if person is None or person.deleted:
        return "user_not_found"
    return "already_in_channel" if user in channel.members else ""


def archive(ws: Workspace, channel: Channel, by: str) -> None:
    """Archive a channel. Raises Refusal."""
    if channel.is_general:
        raise Refusal("cant_archive_general")
    if channel.is_archived:
        raise Refusal("already_archived")
    must_be_member(channel, by)
    messages.system(ws, channel, by, "channel_archive", f"<@{by}> archived the channel")
    channel.is_archived = True
    ws.tell("archived", channel=channel, user=by)


def unarchive(ws: Workspace, channel: Channel, by: str) -> None:
    """Bring an archived channel back, with `by` in it. Raises Refusal."""
    if not channel.is_archived:
        raise Refusal("not_archived")
    channel.is_archived = False
    ws.tell("unarchived", channel=channel, user=by)
    messages.system(ws, channel, by, "channel_unarchive", f"<@{by}> un-archived the channel")
    if by not in channel.members:
        _add(ws, channel, by)


def rename(ws: Workspace, channel: Channel, by: str, name: str) -> None:
    """Give a channel another name. Raises Refusal."""
    must_be_open(channel)
    must_be_member(channel, by)
    if by != channel.creator:
        raise Refusal("not_authorized")
    old, channel.name = channel.name, checked_name(ws, name, but=channel.id)
    channel.previous_names.append(old)
    text = f'<@{by}> has renamed the channel from "{old}" to "{name}"'
    messages.system(ws, channel, by, "channel_name", text, old_name=old, name=name)
    ws.tell("renamed", channel=channel, user=by)


def describe(ws: Workspace, channel: Channel, by: str, what: str, text: str) -> None:
    """Set the `topic` or the `purpose`, at most 250 characters. Raises Refusal."""
    must_be_open(channel)
    must_be_member(channel, by)
    if len(text) > MAX_TOPIC_CHARS:
        raise Refusal("too_long")
    setattr(channel, what, {"value": text, "creator": by, "last_set": ws.now_s()})
    words = f"<@{by}> set the channel {what}: {text}"
    messages.system(ws, channel, by, f"channel_{what}", words, **{what: text})
    ws.tell("channel", channel=channel, user=by)


def mark_read(channel: Channel, by: str) -> None:
    """Count everything in the channel as read by this person."""
    if channel.messages:
        channel.last_read[by] = max(channel.messages, key=messages.ts_key)


def open_direct(ws: Workspace, by: str, users: list[str]) -> tuple[Channel, bool]:
    """Return the direct conversation between `by` and these people, and whether it was there already."""
    members = [by, *dict.fromkeys(u for u in users if u != by)]
    for channel in ws.channels.values():
        if channel.kind in ("im", "mpim") and set(channel.members) == set(members):
            return channel, True
    channel = ws.add_channel("", "im" if len(members) <= 2 else "mpim", creator=by)
    channel.members = members
    ws.tell("channel", channel=channel, user=by)
    return channel, False


def must_be_open(channel: Channel) -> None:
    """Raise Refusal `is_archived` if it is."""
    if channel.is_archived:
        raise Refusal("is_archived")


def must_be_member(channel: Channel, user: str) -> None:
    """Raise Refusal `not_in_channel` unless the user is in it."""
    if user not in channel.members:
        raise Refusal("not_in_channel")
