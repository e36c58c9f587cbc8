"""What follows an acknowledgement at once: a form, or a few words. If it fails, nothing recorded is lost."""

from __future__ import annotations

import json
import logging
from typing import Any

from bot.errors import ChatDown, ChatRefused, ChatUnknown
from bot.slack.asked import MAX_TYPED_CHARS, Answer, View, as_typed
from bot.slack.caller import QUIET, Caller
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
            await self.tell(channel, user, Answer(text=_instead(typed)))

    async def tell(self, channel: str, user: str, answer: Answer) -> None:
        """Say it to the channel, or to one person only; in a direct message where the channel does not let us."""
        said: dict[str, Any] = {"text": answer.text} | ({"blocks": list(answer.blocks)} if answer.blocks else {})
        try:
            if channel and not answer.in_channel:
                try:
                    await self._caller("chat.postEphemeral", channel=channel, user=user, **said)
                    return
                except ChatRefused:  # most channels are not ours: an ephemeral message needs us to be a member
                    channel = ""
            await self._caller("chat.postMessage", channel=channel or user, **QUIET, **said)
        except (ChatRefused, ChatDown, ChatUnknown) as error:
            log.warning("an answer did not reach %s: %s", user, error)


def _instead(typed: str) -> str:
    if not typed:
        return "The form did not open in time. Press the button once more."
    example = "`/incident open sev2 checkout is failing` or `/incident close now`"
    return (
        f"The form did not open in time. Type it in one line instead, for example {example}.\n"
        f"You typed:\n{fence(as_typed(typed), MAX_TYPED_CHARS)}"
    )


def _with_channel(metadata: str, channel: str) -> str:
    return json.dumps(json.loads(metadata) | {"channel": channel})
