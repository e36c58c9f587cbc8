"""What a person asked, and what we answer: plain values between Bolt's payloads and the commands."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.domain.arguments import unescape
from bot.errors import UserError
from bot.slack.text import escape, fence

Block = dict[str, Any]
View = dict[str, Any]

MAX_TYPED_CHARS = 30_000  # what Slack lets a person type is 12,000; escaped it is longer

_TOKEN = re.compile(r"<(?P<sign>[@#!]?)(?P<what>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_CHANNEL_LINK = re.compile(r"&lt;(#[CG][A-Z0-9]{1,30})&gt;")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One slash command. `key` is its natural key: the same delivery again has the same."""

    team_id: str
    user_id: str
    user_name: str
    channel_id: str
    command: str
    text: str
    key: str
    verb: str = ""  # what was typed before `text`

    @classmethod
    def by(cls, payload: Mapping[str, Any]) -> Asked:
        """Read a slash command's payload; anything absent is empty."""
        get = {name: str(payload.get(name) or "") for name in _FIELDS}
        return cls(
            team_id=get["team_id"],
            user_id=get["user_id"],
            user_name=get["user_name"],
            channel_id=get["channel_id"],
            command=get["command"],
            text=get["text"],
            key=f"command:{get['trigger_id']}",
        )

    def rest(self, text: str, verb: str = "") -> Asked:
        """The same with another text: what is left after `verb` was taken off."""
        return replace(self, text=text, verb=f"{self.verb} {verb}".strip())


_FIELDS = ("team_id", "user_id", "user_name", "channel_id", "command", "text", "trigger_id")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the person sees at once. `view` is a form to open after the acknowledgement."""

    text: str
    blocks: Sequence[Block] = ()
    in_channel: bool = False
    view: View | None = None

    def as_ack(self) -> dict[str, Any]:
        """The body of the acknowledgement; empty when there is nothing to say."""
        if not self.text and not self.blocks:
            return {}
        body: dict[str, Any] = {
            "response_type": "in_channel" if self.in_channel else "ephemeral",
            "text": self.text,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        return body | ({"blocks": list(self.blocks)} if self.blocks else {})


def problem(error: UserError, typed: str = "") -> Answer:
    """A mistake, explained: what is wrong, what to type instead, and what was typed, so that nothing is lost."""
    lines = [f":warning: {_harmless(error.message)}"]
    if error.hint:
        lines.append(_harmless(error.hint))
    back = typed or error.typed
    if back:
        lines.append(f"You typed:\n{fence(as_typed(back), MAX_TYPED_CHARS)}")
    return Answer(text="\n".join(lines))


def as_typed(text: str) -> str:
    """A command's text as the person saw it: `@ada` for `<@U1|ada>`, `@here` for `<!here>`, `<` for `&lt;`."""

    def token(found: re.Match[str]) -> str:
        sign, what, label = found["sign"], found["what"], found["label"]
        if sign == "!":
            return f"@{(label or what).lstrip('@')}"
        return sign + (label or what)

    return unescape(_TOKEN.sub(token, text))


def _harmless(words: str) -> str:
    # Our sentences repeat what was typed; of all that Slack acts on, only a link to a channel is ours.
    return _CHANNEL_LINK.sub(r"<\1>", escape(words))
