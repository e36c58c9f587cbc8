"""A promised comparison: looked at once, kept, then told in the channel."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session

from bot.domain.inventory import System
from bot.domain.snapshot import Snapshot, Why
from bot.errors import NotFound
from bot.flows.hands import Hands, StopHere
from bot.services.desk import Desk
from bot.services.systems import nights
from bot.services.systems import snapshots as services
from bot.services.systems.looker import COMPARE_S
from bot.store import incidents, snapshots


async def tell(hands: Hands) -> None:
    """Look at the system as it is now, and tell what has changed since the snapshot that was meant."""
    if await hands.read(lambda session: snapshots.load(session, hands.work.subject)) is None:
        await _take(hands)
    told = await hands.read(
        lambda session: services.shown(_desk(hands, session), hands.work.subject, hands.work.detail["bases"])
    )
    if told is None:
        raise StopHere("the snapshot to compare with is gone")
    channel = await hands.read(lambda session: _channel(session, hands.work.detail))
    if not channel:
        hands.wait(trouble="The channel is not there yet.")
        return

    async def post(before: bool) -> dict[str, Any]:
        op = f"{hands.work.subject}:diff"
        ts = await hands.deps.chat.find_post(channel, op) if before else None
        return {"ts": ts or await hands.deps.chat.post(channel, told, op)}

    await hands.step(hands.work.subject, "diff", post)


async def _take(hands: Hands) -> None:
    detail, deps = hands.work.detail, hands.deps
    try:
        system: System = deps.inventory.current().inventory.get(detail["system"])
    except NotFound:
        raise StopHere("the system is not in the inventory any more") from None
    at = deps.now()
    result = await deps.looker.snapshot(system, at=at, deadline_s=COMPARE_S)
    new: Snapshot = nights.made(
        system, result, Why.DIFF, at=at, id=hands.work.subject, team_id=hands.work.team_id, by=detail["by"]
    )
    await hands.write(lambda session: services.settle(_desk(hands, session), new, detail["bases"], detail["incident"]))


def _desk(hands: Hands, session: Session) -> Desk:
    return hands.deps.desk(session, hands.work.team_id)


def _channel(session: Session, detail: dict[str, Any]) -> str:
    """Where it is told: where it was asked, or in the incident's own channel, "" while there is none."""
    incident = incidents.load(session, detail["incident"]) if detail["incident"] else None
    return incident.channel_id if incident else str(detail["channel"])
