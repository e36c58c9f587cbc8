"""A bot that was stopped and started again on the same database goes on where people left it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.domain.incident import Status
from bot.domain.timeline import Kind
from bot.rehearsal.server import Rehearsal
from bot.wiring import Muster
from tests.conftest import Stage, settings_for
from tests.slack.rooms import Room, form_of


@asynccontextmanager
async def running(rehearsal: Rehearsal, folder: Path) -> AsyncIterator[Stage]:
    muster = Muster(settings_for(rehearsal, f"sqlite:///{folder}/muster.db"), now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    try:
        yield Stage(rehearsal, muster)
    finally:
        await muster.stop()


async def test_buttons_forms_and_deliveries_of_before_work_after_a_restart(rehearsal: Rehearsal, tmp_path: Path):
    async with running(rehearsal, tmp_path) as stage:
        incident = await stage.opened()
        inc = Room(stage, 1, incident.channel_id)
        await inc.say("runbook walk stop-respawn 4")
        await inc.say("close")
        await stage.settled()
        view = await form_of(stage)
        step, card = inc.with_button("step_done"), inc.with_button("card_mitigate")
        posted = len(stage.messages(inc.channel))
    delivery = rehearsal.ledger.deliveries("slash_commands")[0].args
    async with running(rehearsal, tmp_path) as stage:
        inc = Room(stage, 1, incident.channel_id)
        ada = stage.person("ada")
        repeated = await rehearsal._stage.delivery.ask("slash_commands", delivery)
        assert "*INC-1* sev2 is open" in repeated.body["text"]
        assert (await ada.clicks(inc.channel, step.ts, "step_done"))["ok"]
        assert (await ada.clicks(inc.channel, card.ts, "card_mitigate"))["ok"]
        await stage.settled()
        shown = repr(inc.with_button("step_done").blocks)
        assert "Step 5 of" in shown and "not walked: 1 to 3" in shown
        assert (await inc.incident()).status is Status.MITIGATED
        assert inc.with_button("card_resolve").ts == card.ts
        assert (await ada.submits(view["id"], {"started": {"started": "1 min ago"}}))["ok"]
        await stage.settled()
        assert (await inc.incident()).status is Status.CLOSED
        assert len(await inc.entries(Kind.DECLARED)) == 1
        new = [m.text for m in stage.messages(inc.channel)[posted:] if not m.subtype]
        assert len([text for text in new if "Postmortem draft" in text]) == 1
        assert len(rehearsal.ledger.done("conversations.create")) == 1


async def test_work_that_was_promised_before_the_stop_is_done_after_the_start(rehearsal: Rehearsal, tmp_path: Path):
    async with running(rehearsal, tmp_path) as stage:
        rehearsal.knobs.turn({"faults": [{"method": "conversations.create", "error": "fatal_error", "times": 1}]})
        await stage.say("ada", "/incident open sev1 checkout is failing")
    async with running(rehearsal, tmp_path) as stage:
        await stage.settled()
        assert (await stage.incident()).channel_name == "inc-1-checkout-is-failing"
        assert len(rehearsal.ledger.done("conversations.create")) == 1
