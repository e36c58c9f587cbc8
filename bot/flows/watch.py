"""A promised watch: one look each time it falls due, and beside it, at Slack's own pace, what the channel sees.

The looks go on while Slack is away; what changed meanwhile is told, in its order, when it is back.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

from bot.domain.chart import choose, draw
from bot.errors import NotFound
from bot.flows import asides
from bot.flows.hands import Hands, StopHere
from bot.services import picture
from bot.services.systems import watch_shown, watches
from bot.services.systems.watch_shown import Watched
from bot.store import work

SETTLED = frozenset({"done", "failed"})  # a post or a picture that Slack refused is not tried again


async def take(hands: Hands) -> None:
    """Look once, write it down, and come again when the next look is due."""
    deps, watch_id = hands.deps, hands.work.subject
    desk = partial(deps.desk, team_id=hands.work.team_id)
    if why := await hands.read(lambda session: watches.ended(desk(session), watch_id)):
        await hands.write(lambda session: watches.show(desk(session), watch_id, why))
        return
    coming = await hands.read(lambda session: watches.due(desk(session), watch_id))
    try:
        system = deps.inventory.current().inventory.get(coming.check.system)
    except NotFound:
        await hands.write(lambda session: watches.show(desk(session), watch_id, "gone"))
        raise StopHere("the system is not in the inventory any more") from None
    taken = await deps.looker.look(
        system, coming.check.probes, at=deps.now(), before=coming.before, before_at=coming.before_at
    )
    why = await hands.write(lambda session: watches.keep(desk(session), watch_id, coming.check, taken))
    deps.wake()
    if not why:
        hands.wait(watches.next_in_s(hands.work.detail, deps.wall()) or 0.0)


async def show(hands: Hands) -> None:
    """Say what changed, each once; bring the one message up to date; paint where a picture is due."""
    watched = await hands.read(
        lambda session: watch_shown.shown(hands.deps.desk(session, hands.work.team_id), hands.work.subject)
    )
    if watched is None:
        return
    steps = await hands.read(lambda session: work.outbounds(session, hands.work.subject))
    settled = {one.step for one in steps if one.state in SETTLED}
    await asides.post_or_edit(hands, watched.channel_id, "watch", watched)
    for told in watched.told:
        if f"said:{told.number}" not in settled and not hands.wait_s:
            await asides.post(hands, watched.channel_id, f"said:{told.number}", told)
    for number in watched.painted:
        if f"picture:{number}" not in settled and not hands.wait_s:
            await _paint(hands, watched, number)


async def _paint(hands: Hands, watched: Watched, number: int) -> None:
    """Hand over the picture of what was seen up to this look. Its name tells whether it is there already."""
    watch = replace(watched.watch, samples=watched.watch.samples[: number + 1])
    drawing = draw(watch.system, choose(watch.lines))
    if drawing is None:
        return
    content = await asyncio.to_thread(picture.png, drawing)

    async def upload(_: bool) -> dict[str, Any]:
        file_id = await hands.deps.chat.upload(
            watched.channel_id,
            filename=f"{watch.system}-{watch.newest.taken_at:%Y%m%d-%H%M%S}.png",
            title=drawing.title,
            content=content,
            says=drawing.says,
        )
        return {"file": file_id}

    await hands.step(hands.work.subject, f"picture:{number}", upload)
