"""A promised look at a system: taken once, written down, then told in the channel."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from bot.domain.check import Check
from bot.errors import NotFound
from bot.flows.hands import Hands, StopHere
from bot.services.systems import checks as services
from bot.services.systems import step_looks
from bot.store import checks


async def take(hands: Hands) -> None:
    """Look, write down what was found, and tell it in the channel unless it is nothing new there."""
    check = await hands.read(lambda session: checks.load(session, hands.work.subject))
    if check is None:
        raise StopHere("the look is gone")
    await look(hands, check)
    await _tell(hands, check.id)


async def look(hands: Hands, check: Check) -> None:
    """Look and write down what was found. A look that was taken before a crash is not taken again."""
    if check.taken_at is not None:
        return
    deps, team_id = hands.deps, check.team_id
    try:
        system = deps.inventory.current().inventory.get(check.system)
    except NotFound:
        raise StopHere("the system is not in the inventory any more") from None
    before, before_at = await hands.read(lambda session: services.before_of(deps.desk(session, team_id), system.name))
    taken = await deps.looker.look(system, check.probes, at=deps.now(), before=before, before_at=before_at)

    def keep(session: Session) -> None:
        desk = deps.desk(session, team_id)
        step_looks.told(desk, services.settle(desk, check.id, taken))

    await hands.write(keep)


async def _tell(hands: Hands, check_id: str) -> None:
    deps, team_id = hands.deps, hands.work.team_id

    def to_tell(session: Session) -> tuple[services.Checked, str] | None:
        desk = deps.desk(session, team_id)
        found = services.shown(desk, check_id)
        return None if found is None or step_looks.says_nothing_new(desk, found[0]) else found

    found = await hands.read(to_tell)
    if found is None:
        return
    checked, channel = found
    if not channel:
        hands.wait(trouble="The channel is not there yet.")
        return

    async def post(before: bool) -> dict[str, Any]:
        op = f"{check_id}:look"
        ts = await deps.chat.find_post(channel, op) if before else None
        return {"ts": ts or await deps.chat.post(channel, checked, op)}

    await hands.step(check_id, "look", post)
