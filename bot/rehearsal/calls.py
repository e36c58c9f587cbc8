"""One Web API call as a method sees it: who asks, with what arguments, in what workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bot.rehearsal.catalog import Spec
from bot.rehearsal.messages import TS
from bot.rehearsal.refusals import Refusal
from bot.rehearsal.stage import Stage
from bot.rehearsal.things import Channel, Json
from bot.rehearsal.workspace import Workspace

SCOPE_PREFIX = {"public": "channels", "private": "groups", "im": "im", "mpim": "mpim"}
TRUE = (True, 1, "1", "true", "True")
FALSE = (False, 0, "0", "false", "False", "")


@dataclass(frozen=True)
class Call:
    """The app's call. `accepted` are the scopes of which the method needs one."""

    stage: Stage
    method: str
    spec: Spec
    args: Json
    url: str

    @property
    def ws(self) -> Workspace:
        """The workspace the call acts on."""
        return self.stage.ws

    @property
    def bot(self) -> str:
        """The app's user id: who acts."""
        return self.ws.bot.id

    def text(self, name: str, default: str = "") -> str:
        """Return a text argument. Raises Refusal when it is something else."""
        value = self.args.get(name, default)
        if value is None:
            return default
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise wrong(name, "must be a string")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a yes or no argument. Raises Refusal when it is neither."""
        value = self.args.get(name, default)
        if value is None:
            return default
        if isinstance(value, str | int) and value in TRUE:
            return True
        if isinstance(value, str | int) and value in FALSE:
            return False
        raise wrong(name, "must be a boolean")

    def number(self, name: str, default: int, *, most: int, code: str = "invalid_limit") -> int:
        """Return a whole number from 1 to `most`. Raises Refusal with `code`."""
        value = self.args.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit():
            raise Refusal(code)
        if not 1 <= int(value) <= most:
            raise Refusal(code)
        return int(value)

    def parsed(self, name: str, kind: type, code: str) -> Any:
        """Return a JSON argument, sent as JSON or as a string of it; an empty `kind` when absent. Raises Refusal."""
        value = self.args.get(name)
        if value is None or value == "":
            return kind()
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise Refusal(code) from None
        if not isinstance(value, kind):
            raise Refusal(code)
        return value

    def ts(self, name: str, code: str) -> str:
        """Return a message ts argument, "" when absent. Raises Refusal when it is not written as one."""
        value = self.text(name)
        if value and not TS.match(value):
            raise Refusal(code)
        return value

    def channel(self, name: str = "channel", *, member: str = "") -> Channel:
        """Return the channel the app names by id and may see; `member` is the code when it is not in it."""
        channel = self.ws.channels.get(self.text(name))
        if channel is None or not self.ws.can_see(self.bot, channel):
            raise Refusal("channel_not_found")
        self.need_for(channel.kind)
        if member and self.bot not in channel.members:
            raise Refusal(member)
        return channel

    def need_for(self, kind: str) -> None:
        """Raise Refusal `missing_scope` unless one accepted scope is of this kind of conversation."""
        prefixes = tuple(f"{prefix}:" for prefix in SCOPE_PREFIX.values())
        kinds = [scope for scope in self.spec.scopes if scope.startswith(prefixes)]
        fitting = [scope for scope in kinds if scope.startswith(SCOPE_PREFIX[kind] + ":")]
        if kinds and not self.stage.ws.app.scopes.intersection(fitting):
            raise self.missing(fitting)

    def need(self, scope: str) -> None:
        """Raise Refusal `missing_scope` unless the app has exactly this scope."""
        if scope not in self.ws.app.scopes:
            raise self.missing([scope])

    def missing(self, needed: list[str]) -> Refusal:
        """Return the refusal that names what is needed and what the app has."""
        return Refusal("missing_scope", needed=",".join(needed), provided=",".join(sorted(self.ws.app.scopes)))


def wrong(name: str, what: str) -> Refusal:
    """Return `invalid_arguments` with the place."""
    return Refusal("invalid_arguments", messages=[f"[ERROR] {what} [json-pointer:/{name}]"])
