"""What follows an acknowledgement at once: a form, or a few words. If it fails, nothing recorded is lost."""

from __future__ import annotations

import json
import logging
from typing import Any

from bot.errors import ChatDown, ChatRefused, ChatUnknown
from bot.slack.asked import Answer, View
from bot.slack.caller import Caller
from bot.slack.text import fence

log = logging.getLogger(__name__)


class Aftercare:
    """Calls made for one person right after their command or press."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller

    async def open_view(self, channel: str, user: str, trigger: str, view: View | None, typed: str) -> None:
        """Open a form. Slack's handle for that lives three seconds; when it is gone, hand back what was typed."""
        if view is None:
            return
        if '"channel"' not in view["private_metadata"] and channel:
            view = view | {"private_metadata": _with_channel(view["private_metadata"], channel)}
        try:
            await self._caller("views.open", trigger_id=trigger, view=view)
        except (ChatRefused, ChatDown, ChatUnknown) as error:
            log.warning("a form could not be opened: %s", error)
            back = f"\nYou typed:\n{fence(typed, 9000)}" if typed else ""
            says = "The form did not open in time. Type it in one line instead, for example"
            example = "`/incident open sev2 checkout is failing` or `/incident close now`"
            await self.tell(channel, user, Answer(text=f"{says} {example}.{back}"))

    async def tell(self, channel: str, user: str, answer: Answer) -> None:
        """Say it to the channel, or to one person only; a direct message where there is no channel."""
        method = "chat.postMessage" if answer.in_channel or not channel else "chat.postEphemeral"
        said: dict[str, Any] = {"channel": channel or user, "text": answer.text, "unfurl_links": False}
        if method == "chat.postEphemeral":
            said = {"channel": channel, "user": user, "text": answer.text}
        if answer.blocks:
            said["blocks"] = list(answer.blocks)
        try:
            await self._caller(method, **said)
        except (ChatRefused, ChatDown, ChatUnknown) as error:
            log.warning("an answer did not reach %s: %s", user, error)


def _with_channel(metadata: str, channel: str) -> str:
    return json.dumps(json.loads(metadata) | {"channel": channel})
