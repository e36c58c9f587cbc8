"""A pushpin makes a message an entry, with the message's own time, author and link.

Slack may bring the events of putting it on and taking it off in any order, and one person may take theirs off while
another's stays. So both only make us look, and the message itself says whether it is pinned.
"""

from __future__ import annotations

from typing import Any

from bot.domain.arguments import find_tags, unescape
from bot.domain.redaction import redact
from bot.flows.hands import Hands
from bot.services import timeline


async def record_message(hands: Hands) -> None:
    """Fetch the message, also one inside a thread; write it down, or take it out when no pushpin is left on it."""
    detail = hands.work.detail
    channel, ts = detail["channel"], detail["ts"]

    async def fetch(_: bool) -> dict[str, Any]:
        message = await hands.deps.chat.message(channel, ts)
        if message is None:
            return {}
        return {
            "author": message.author,
            "text": redact(unescape(message.text)),  # this is kept, too
            "permalink": message.permalink,
            "pinned": message.pinned,
        }

    got = await hands.step(hands.work.id, "message", fetch)
    if not got:
        return
    if not got["pinned"]:
        await hands.write(
            lambda session: bool(
                timeline.unpin(hands.deps.desk(session, hands.work.team_id), channel_id=channel, ts=ts)
            )
        )
        return
    tags, text = find_tags(got["text"])
    await hands.write(
        lambda session: bool(
            timeline.pin(
                hands.deps.desk(session, hands.work.team_id),
                channel_id=channel,
                ts=ts,
                author=got["author"],
                text=text or "(a message without text)",
                at=timeline.at_ts(ts),
                permalink=got["permalink"],
                pinned_by=detail["by"],
                tags=tags,
            )
        ),
    )
