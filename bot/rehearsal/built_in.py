"""The workspace's own commands, whatever app is installed: /invite, /remove, /topic.

Without them an app that may not join channels by itself could never be brought into one by a person.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.rehearsal import channels
from bot.rehearsal.app import CommandSpec
from bot.rehearsal.refusals import Refusal, RehearsalError
from bot.rehearsal.things import Channel, Person
from bot.rehearsal.workspace import Workspace

COMMANDS = (
    CommandSpec("/invite", "Bring people or an app into this channel", "@name …"),
    CommandSpec("/remove", "Take somebody, or an app, out of this channel", "@name"),
    CommandSpec("/topic", "Set what this channel says it is about", "words…"),
)

WHY_NOT = {
    "already_in_channel": "they are in it already",
    "cant_invite_self": "you are in it already",
    "user_not_found": "they have left the workspace",
    "not_in_channel": "they are not in it",
    "cant_kick_self": "to leave it yourself, open the list of its members",
    "cant_kick_from_general": "everyone stays in that channel",
    "method_not_supported_for_channel_type": "a direct conversation keeps its people",
    "too_long": f"a topic has at most {channels.MAX_TOPIC_CHARS} characters",
}


def run(ws: Workspace, channel: Channel, by: str, command: str, text: str) -> str:
    """Do one of COMMANDS as `by`, a member of the channel; return why it was not done, "" when it was."""
    try:
        DO[command](ws, channel, by, text)
    except Refusal as refusal:
        where = f"#{channel.name}" if channel.name else "this conversation"
        return f"{command} changed nothing in {where}: {WHY_NOT.get(refusal.code, refusal.code)}"
    except RehearsalError as exc:
        return f"{command} changed nothing: {exc}"
    return ""


def _invite(ws: Workspace, channel: Channel, by: str, text: str) -> None:
    channels.invite(ws, channel, by, [person.id for person in _named(ws, text, "/invite @ben")])


def _remove(ws: Workspace, channel: Channel, by: str, text: str) -> None:
    who = _named(ws, text, "/remove @ben")
    if len(who) > 1:
        raise RehearsalError("name one at a time, such as `/remove @ben`")
    channels.kick(ws, channel, by, who[0].id)


def _topic(ws: Workspace, channel: Channel, by: str, text: str) -> None:
    channels.describe(ws, channel, by, "topic", text)


def _named(ws: Workspace, text: str, example: str) -> list[Person]:
    names = text.replace(",", " ").split()
    if not names:
        raise RehearsalError(f"name somebody, such as `{example}`")
    return [ws.find_person(name) for name in names]


DO: dict[str, Callable[[Workspace, Channel, str, str], None]] = {
    "/invite": _invite,
    "/remove": _remove,
    "/topic": _topic,
}
