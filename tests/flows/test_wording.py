"""A model set up by the owner words the summary of the draft that the channel gets."""

import json
from pathlib import Path

from bot.rehearsal.server import Rehearsal
from bot.wiring import Muster
from tests.conftest import Stage, settings_for
from tests.services.postmortem.test_wording import model, says


async def test_the_channel_gets_the_summary_as_worded(rehearsal: Rehearsal, tmp_path: Path):
    worded = "The record does not say when the impact began and when it stopped."
    async with model(says("Nothing like it.", worded)) as (set_up, asked):
        settings = settings_for(
            rehearsal,
            f"sqlite:///{tmp_path}/muster.db",
            muster_wording_url=set_up.muster_wording_url,
            muster_wording_model="small",
        )
        muster = Muster(settings, now=rehearsal.clock.now)
        await muster.start()
        await muster.ready()
        stage = Stage(rehearsal, muster)
        incident = await stage.opened()
        await stage.say("ada", "/incident close now", incident.channel_id)
        await stage.settled()
        await muster.stop()
    summary = next(m for m in stage.messages(incident.channel_id) if worded in f"{m.text}{m.blocks}")
    assert "Nothing like it" not in f"{summary.text}{summary.blocks}"
    plain = json.loads(json.loads(asked[0].partition(b"\r\n\r\n")[2])["messages"][1]["content"])["sentences"]
    assert plain[1]["text"] == "When the impact began and when it stopped is not recorded."
    assert len(asked) == 1
