"""A pushpin makes a message an entry, with the message's own time, author and link."""

from __future__ import annotations

from bot.domain.arguments import find_tags, unescape
from bot.flows.hands import Hands
from bot.services import timeline


async def record_message(hands: Hands) -> None:
    """Fetch the pinned message, also one inside a thread, and write it down."""
    detail = hands.work.detail
    channel, ts = detail["channel"], detail["ts"]

    async def fetch(_: bool) -> dict[str, str]:
        message = await hands.deps.chat.message(channel, ts)
        if message is None:
            return {}
        return {"author": message.author, "text": message.text, "permalink": message.permalink}

    got = await hands.step(hands.work.id, "message", fetch)
    if not got:
        return
    tags, text = find_tags(unescape(got["text"]))
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
