"""The short-lived handles Slack gives out: triggers that open a modal, and response addresses."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.rehearsal.refusals import Refusal

MAX_POSTS_PER_HOOK = 5
HOOK_LIFE_S = 30 * 60.0


@dataclass
class Trigger:
    """The right to open one modal for one person. `view_id` is the modal it was made in, if any."""

    user: str
    made_s: float
    view_id: str = ""
    used: bool = False


@dataclass
class Hook:
    """One response_url: who and where it answers, and the message it may replace."""

    user: str
    channel: str
    made_s: float
    message_ts: str = ""
    posts: int = 0


class Handles:
    """Gives out triggers and hooks and takes them back. Times are real, never the rehearsal clock's."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._triggers: dict[str, Trigger] = {}
        self._hooks: dict[str, Hook] = {}

    def new_trigger(self, user: str, view_id: str = "") -> str:
        """Return a trigger_id in Slack's form."""
        id_ = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self._triggers[id_] = Trigger(user, self._monotonic(), view_id)
        return id_

    def use_trigger(self, id_: str, life_s: float) -> Trigger:
        """Spend a trigger. Raises Refusal when it is unknown, spent or older than `life_s` seconds."""
        trigger = self._triggers.get(id_)
        if trigger is None:
            raise Refusal("invalid_trigger_id")
        if trigger.used:
            raise Refusal("exchanged_trigger_id")
        if self._monotonic() - trigger.made_s > life_s:
            raise Refusal("expired_trigger_id")
        trigger.used = True
        return trigger

    def new_hook(self, user: str, channel: str, message_ts: str = "") -> str:
        """Return the token of a new response_url."""
        token = secrets.token_urlsafe(24)
        self._hooks[token] = Hook(user, channel, self._monotonic(), message_ts)
        return token

    def use_hook(self, token: str) -> Hook:
        """Count one post. Raises Refusal when it is unknown, used five times or older than 30 minutes."""
        hook = self._hooks.get(token)
        if hook is None:
            raise Refusal("invalid_token")
        if self._monotonic() - hook.made_s > HOOK_LIFE_S:
            raise Refusal("expired_url")
        if hook.posts >= MAX_POSTS_PER_HOOK:
            raise Refusal("used_url")
        hook.posts += 1
        return hook
