"""The conversations.* methods but for reading messages, which are in history."""

from __future__ import annotations

from bot.rehearsal import channels
from bot.rehearsal.calls import SCOPE_PREFIX, Call
from bot.rehearsal.pages import page
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.things import Channel, Json

MAX_LIMIT = 999
TYPES = {"public_channel": "public", "private_channel": "private", "mpim": "mpim", "im": "im"}


def create(call: Call) -> Json:
    """Answer conversations.create."""
    private = call.flag("is_private")
    call.need_for("private" if private else "public")
    channel = channels.create(call.ws, call.bot, call.text("name"), private=private)
    return {"channel": channel.slack_shape(call.bot)}


def invite(call: Call) -> Json:
    """Answer conversations.invite, with the errors of a forced one."""
    channel = call.channel()
    users = [user.strip() for user in call.text("users").split(",") if user.strip()]
    errors = channels.invite(call.ws, channel, call.bot, users, force=call.flag("force"))
    shape: Json = {"channel": channel.slack_shape(call.bot)}
    return shape | ({"errors": errors} if errors else {})


def info(call: Call) -> Json:
    """Answer conversations.info."""
    channel = call.channel()
    return {"channel": channel.slack_shape(call.bot, with_num_members=call.flag("include_num_members"))}


def members(call: Call) -> Json:
    """Answer conversations.members, in pages."""
    channel = call.channel()
    some, more = page(channel.members, call.text("cursor"), call.number("limit", 100, most=MAX_LIMIT))
    return {"members": list(some), "response_metadata": more}


def list_(call: Call) -> Json:
    """Answer conversations.list, in pages: what the app can see."""
    return _listed(call, list(call.ws.channels.values()), with_num_members=True)


def users_conversations(call: Call) -> Json:
    """Answer users.conversations, in pages: where a user is, the app itself if none is named."""
    user = call.text("user", call.bot) or call.bot
    if user not in call.ws.people:
        raise Refusal("invalid_arguments", messages=["[ERROR] no such user [json-pointer:/user]"])
    return _listed(call, [c for c in call.ws.channels.values() if user in c.members], with_num_members=False)


def _listed(call: Call, found: list[Channel], *, with_num_members: bool) -> Json:
    kinds = []
    for name in call.text("types", "public_channel").split(","):
        kind = TYPES.get(name.strip())
        if kind is None:
            raise Refusal("invalid_types")
        if f"{SCOPE_PREFIX[kind]}:read" not in call.ws.app.scopes:
            raise call.missing([f"{SCOPE_PREFIX[kind]}:read"])
        kinds.append(kind)
    seen = [c for c in found if c.kind in kinds and call.ws.can_see(call.bot, c)]
    if call.flag("exclude_archived"):
        seen = [c for c in seen if not c.is_archived]
    some, more = page(seen, call.text("cursor"), call.number("limit", 100, most=MAX_LIMIT))
    shapes = [c.slack_shape(call.bot, with_num_members=with_num_members) for c in some]
    return {"channels": shapes, "response_metadata": more}


def join(call: Call) -> Json:
    """Answer conversations.join."""
    channel = call.channel()
    new = channels.join(call.ws, channel, call.bot)
    shape: Json = {"channel": channel.slack_shape(call.bot)}
    return shape if new else shape | {"warning": "already_in_channel"}


def leave(call: Call) -> Json:
    """Answer conversations.leave."""
    return {} if channels.leave(call.ws, call.channel(), call.bot) else {"not_in_channel": True}


def kick(call: Call) -> Json:
    """Answer conversations.kick."""
    channels.kick(call.ws, call.channel(), call.bot, call.text("user"))
    return {"errors": {}}


def set_topic(call: Call) -> Json:
    """Answer conversations.setTopic."""
    channel = call.channel()
    channels.describe(call.ws, channel, call.bot, "topic", call.text("topic"))
    return {"channel": channel.slack_shape(call.bot)}


def set_purpose(call: Call) -> Json:
    """Answer conversations.setPurpose."""
    channel = call.channel()
    channels.describe(call.ws, channel, call.bot, "purpose", call.text("purpose"))
    return {"channel": channel.slack_shape(call.bot), "purpose": channel.purpose["value"]}


def rename(call: Call) -> Json:
    """Answer conversations.rename."""
    channel = call.channel()
    channels.rename(call.ws, channel, call.bot, call.text("name"))
    return {"channel": channel.slack_shape(call.bot)}


def archive(call: Call) -> Json:
    """Answer conversations.archive."""
    channels.archive(call.ws, call.channel(), call.bot)
    return {}


def unarchive(call: Call) -> Json:
    """Answer conversations.unarchive."""
    channels.unarchive(call.ws, call.channel(), call.bot)
    return {}


def open_(call: Call) -> Json:
    """Answer conversations.open: the direct conversation with one person or several."""
    if wanted := call.text("channel"):
        channel = call.ws.channels.get(wanted)
        if channel is None or channel.kind not in ("im", "mpim") or call.bot not in channel.members:
            raise Refusal("channel_not_found")
        already = True
    else:
        channel, already = _open_with(call)
    shape: Json = channel.slack_shape(call.bot) if call.flag("return_im") else {"id": channel.id}
    return {"channel": shape, "no_op": already, "already_open": already}


def _open_with(call: Call) -> tuple[Channel, bool]:
    users = [user.strip() for user in call.text("users").split(",") if user.strip()]
    if not users:
        raise Refusal("users_list_not_supplied")
    if len(users) > 8:
        raise Refusal("too_many_users")
    for user in users:
        if user not in call.ws.people:
            raise Refusal("user_not_found")
        if call.ws.people[user].deleted:
            raise Refusal("user_disabled")
    call.need_for("im" if len(users) == 1 else "mpim")
    return channels.open_direct(call.ws, call.bot, users)


METHODS = {
    "conversations.create": create,
    "conversations.invite": invite,
    "conversations.info": info,
    "conversations.members": members,
    "conversations.list": list_,
    "conversations.join": join,
    "conversations.leave": leave,
    "conversations.kick": kick,
    "conversations.setTopic": set_topic,
    "conversations.setPurpose": set_purpose,
    "conversations.rename": rename,
    "conversations.archive": archive,
    "conversations.unarchive": unarchive,
    "conversations.open": open_,
    "users.conversations": users_conversations,
}
