"""Nightly snapshots: taken when they are due, and promised for every system of the inventory."""

from __future__ import annotations

import asyncio
import logging

from sqlmodel import Session

from bot.domain.inventory import System
from bot.domain.snapshot import Snapshot, Why
from bot.errors import NotFound
from bot.flows.hands import Hands, StopHere
from bot.services.deps import Deps
from bot.services.systems import nights
from bot.store import people, snapshots

log = logging.getLogger(__name__)

PROMISE_EVERY_S = 60.0  # how soon a system that was written into the inventory is taken up


async def take(hands: Hands) -> None:
    """Take a night's snapshot and promise the next. One that was kept before a crash is not taken again."""
    try:
        system = hands.deps.inventory.current().inventory.get(hands.work.subject)
    except NotFound:
        raise StopHere("the system is not in the inventory any more") from None
    snapshot = await hands.read(lambda session: snapshots.load(session, hands.work.id))
    if snapshot is None:
        snapshot = await _taken(hands, system)
    settled = await hands.write(lambda session: _settle(hands, session, system, snapshot))
    if not settled:
        hands.wait(nights.AGAIN_AFTER_S, trouble="; ".join(snapshot.gaps)[:300] or "nothing was read")


async def keep_promising(deps: Deps) -> None:
    """Promise the nights of all systems, at once and every minute, for as long as the worker runs."""
    while True:
        try:
            if deps.inventory.current().inventory.systems:
                await deps.door.write(lambda session: _promise(deps, session))
        except Exception:  # the database may be away for a while; this loop must outlive that
            log.exception("could not promise the nightly snapshots; it tries again")
        await asyncio.sleep(PROMISE_EVERY_S)


async def _taken(hands: Hands, system: System) -> Snapshot:
    deps, at = hands.deps, hands.deps.now()
    result = await deps.looker.snapshot(system, at=at)
    return nights.made(system, result, Why.NIGHT, at=at, id=hands.work.id, team_id=hands.work.team_id)


def _settle(hands: Hands, session: Session, system: System, snapshot: Snapshot) -> bool:
    return nights.settle(hands.deps.desk(session, hands.work.team_id), system, snapshot, hands.work.tries)


def _promise(deps: Deps, session: Session) -> None:
    met = people.workspace(session)
    if met is not None:  # whose they are is known once Slack has told us
        nights.promise_nights(deps.desk(session, met.team_id))
