"""A promised preflight: the systems are looked at anew, the answer is told once, and written as it was told."""

from __future__ import annotations

from typing import Any

from bot.errors import NotFound
from bot.flows.hands import Hands, StopHere
from bot.services.systems import preflight, preflight_answer
from bot.store import checks


async def answer(hands: Hands) -> None:
    """Look, decide, tell. What was seen before a crash or a pause of Slack is too old, so each try looks again."""
    deps, team_id = hands.deps, hands.work.team_id
    check = await hands.read(lambda session: checks.load(session, hands.work.subject))
    if check is None:
        raise StopHere("the preflight is gone")
    channel = await hands.read(lambda session: preflight_answer.channel_of(session, check))
    if not channel:
        hands.wait(trouble="The channel is not there yet.")
        return
    try:
        plan = preflight.planned(deps.inventory.current().inventory, hands.work.detail)
    except NotFound:
        raise StopHere("the system is not in the inventory any more") from None
    kept, before = await hands.read(lambda session: preflight_answer.earlier(deps.desk(session, team_id), plan))
    seen = await preflight_answer.look(deps.looker, plan, kept, at=deps.now(), wall=deps.wall)
    told = await hands.read(
        lambda session: preflight_answer.decided(
            deps.desk(session, team_id), plan, seen, before, in_incident=bool(check.incident_id)
        )
    )
    await hands.write(lambda session: preflight_answer.keep(deps.desk(session, team_id), check, seen))

    async def post(tried: bool) -> dict[str, Any]:
        op = f"{check.id}:preflight"
        ts = await deps.chat.find_post(channel, op) if tried else None
        if ts:  # told by an earlier try, of what was seen then
            await deps.chat.edit(channel, ts, told)
        return {"ts": ts or await deps.chat.post(channel, told, op)}

    await hands.step(
        check.id,
        "preflight",
        post,
        keep=lambda session, _: preflight_answer.record(deps.desk(session, team_id), check, told),
    )
