"""What Slack would make of a text: whom it would ping, what it would link, and how typed words arrive."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

TOKEN = re.compile(r"<([^<>\n]+)>")
BARE_URL = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")
BARE_PING = re.compile(r"(?<![\w<!])@(here|channel|everyone)\b")
BARE_NAME = re.compile(r"(?<![\w<])@([a-z0-9][a-z0-9._-]*)", re.IGNORECASE)
BARE_CHANNEL = re.compile(r"(?<![\w<&])#([a-z0-9][a-z0-9_-]*)", re.IGNORECASE)
TYPED = re.compile(r"(https?://[^\s<>]+)|(?<![\w@.])@([a-z0-9][a-z0-9._-]*)|(?<![\w#&])#([a-z0-9][a-z0-9_-]*)", re.I)
BROADCASTS = ("here", "channel", "everyone")


@dataclass(frozen=True)
class Mentions:
    """What a message would ping or link: `links` are written `<url|label>`, `bare_links` Slack makes by itself."""

    users: tuple[str, ...] = ()
    broadcasts: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    bare_links: tuple[str, ...] = ()

    @property
    def pings(self) -> tuple[str, ...]:
        """Return everything that would notify somebody."""
        return self.users + self.broadcasts + self.groups

    def __add__(self, other: Mentions) -> Mentions:
        return Mentions(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


NO_MENTIONS = Mentions()


def mentions_in(text: str, *, parse: str = "", link_names: bool = False) -> Mentions:
    """Return what one mrkdwn text would ping and link; `parse="full"` and `link_names` revive bare @names."""
    found: dict[str, list[str]] = {f.name: [] for f in fields(Mentions)}
    for token in TOKEN.findall(text):
        _file(found, token)
    if parse == "full" or link_names:
        found["broadcasts"] += BARE_PING.findall(text)
        found["users"] += ["@" + name for name in BARE_NAME.findall(text) if name.lower() not in BROADCASTS]
        found["channels"] += ["#" + name for name in BARE_CHANNEL.findall(text)]
    if parse != "none":
        found["bare_links"] += BARE_URL.findall(text)
    return Mentions(**{key: tuple(value) for key, value in found.items()})


def _file(found: dict[str, list[str]], token: str) -> None:
    body = token.split("|", 1)[0]
    if body.startswith("@"):
        found["users"].append(body[1:])
    elif body.startswith("#"):
        found["channels"].append(body[1:])
    elif body.startswith("!subteam^"):
        found["groups"].append(body[len("!subteam^") :])
    elif body.startswith("!date^"):
        link = body.split("^")[3:]
        found["links"] += link
    elif body.startswith("!"):
        found["broadcasts"].append(body[1:].split("^", 1)[0])
    elif re.match(r"[a-z][a-z0-9+.-]*:", body, re.IGNORECASE):
        found["links"].append(body)


def mentions_of(content: Any, *, parse: str = "", link_names: bool = False) -> Mentions:
    """Return what blocks or attachments would ping and link: every string but plain_text and the machine's own ids."""
    if isinstance(content, str):
        return mentions_in(content, parse=parse, link_names=link_names)
    if isinstance(content, list):
        return sum((mentions_of(item, parse=parse, link_names=link_names) for item in content), NO_MENTIONS)
    if isinstance(content, Mapping):
        kind = content.get("type")
        if kind == "plain_text":
            return NO_MENTIONS
        if kind in RICH:
            return _rich(str(kind), content)
        shown = (value for key, value in content.items() if key not in UNSHOWN)
        return sum((mentions_of(value, parse=parse, link_names=link_names) for value in shown), NO_MENTIONS)
    return NO_MENTIONS


RICH = ("user", "broadcast", "usergroup", "channel", "link", "text", "emoji", "date")
UNSHOWN = (
    *("type", "action_id", "block_id", "value", "url", "image_url", "private_metadata", "callback_id", "style"),
    "initial_value",  # what a field begins with is plain text
)


def _rich(kind: str, element: Mapping[str, Any]) -> Mentions:
    # rich_text elements are structured: their text is never parsed, only the element's own kind counts
    if kind == "user":
        return Mentions(users=(str(element.get("user_id")),))
    if kind == "broadcast":
        return Mentions(broadcasts=(str(element.get("range")),))
    if kind == "usergroup":
        return Mentions(groups=(str(element.get("usergroup_id")),))
    if kind == "channel":
        return Mentions(channels=(str(element.get("channel_id")),))
    if kind == "link":
        return Mentions(links=(str(element.get("url")),))
    return NO_MENTIONS


def escape(text: str) -> str:
    """Return the text with the three characters Slack treats as its own written as entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape` once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def as_typed(line: str, people: Mapping[str, str], channels: Mapping[str, str], *, labelled: bool = False) -> str:
    """Return a person's typed line as Slack hands it on: escaped, with @names, #channels and addresses as tokens.

    `people` and `channels` map lower-case names to ids. `labelled` adds `|name`, as slash commands do.
    """

    def token(found: re.Match[str]) -> str:
        url, person, channel = found.groups()
        if url:
            return f"<{url}>"
        if channel:
            id_ = channels.get(channel.lower())
            return f"<#{id_}|{channel.lower()}>" if id_ else found.group(0)
        return _person_token(person, people, labelled) or found.group(0)

    return TYPED.sub(token, escape(line))


def _person_token(typed: str, people: Mapping[str, str], labelled: bool) -> str:
    for name in _without_tail(typed):
        tail = typed[len(name) :]
        if name.lower() in BROADCASTS:
            return f"<!{name.lower()}>{tail}"
        if id_ := people.get(name.lower()):
            return (f"<@{id_}|{name.lower()}>" if labelled else f"<@{id_}>") + tail
    return ""


def _without_tail(typed: str) -> Iterable[str]:
    yield typed
    while typed and typed[-1] in "._-":  # "thanks @ben." ends a sentence, not a name
        typed = typed[:-1]
        yield typed
