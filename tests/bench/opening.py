"""How long it takes from /incident open until the first look at a system stands in the incident's channel."""

from __future__ import annotations

import asyncio
import tempfile
import time
from pathlib import Path

from bot.rehearsal.clock import Clock
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.server import Rehearsal
from bot.wiring import Muster
from tests.conftest import Stage, app_config, settings_for, soon

WITHIN_S = 30.0
BUTTON = "look_watch"  # which a look's own message has, and the card has not


async def until_the_first_look(patient: ReplicaSet, proof: str, *, rounds: int) -> list[float]:
    """Open incidents one after the other with a real bot in a real workspace; `proof` stands in each first look."""
    with tempfile.TemporaryDirectory() as folder:
        inventory = Path(folder) / "inventory.yaml"
        members = ", ".join(f"'{address}'" for address in patient.addresses)
        inventory.write_text(f"systems:\n  orders-db: {{kind: mongodb, members: [{members}]}}\n", "utf-8")
        rehearsal = Rehearsal(app_config(), clock=Clock())
        await rehearsal.start()
        settings = settings_for(rehearsal, f"sqlite:///{folder}/muster.db", muster_inventory=inventory)
        muster = Muster(settings, now=rehearsal.clock.now)
        await muster.start()
        await muster.ready()
        stage = Stage(rehearsal, muster)
        took_s = []
        try:
            for number in range(1, rounds + 1):
                await asyncio.sleep(6)  # else the look of the incident before is shared
                took_s.append(await _one(stage, number, proof))
        finally:
            await muster.stop()
            await rehearsal.stop()
    return took_s


async def _one(stage: Stage, number: int, proof: str) -> float:
    began = time.perf_counter()
    await stage.say("ada", f"/incident open sev2 --force orders-db is slow, the {number}th time")

    def shown() -> bool:
        channels = stage.rehearsal.workspace.channels.values()
        room = next((one for one in channels if one.name.startswith(f"inc-{number}-")), None)
        return room is not None and any(
            BUTTON in f"{m.blocks}" and proof in f"{m.text}{m.blocks}" for m in room.messages.values()
        )

    await soon(shown, WITHIN_S)
    took = time.perf_counter() - began
    await stage.settled()
    return took
