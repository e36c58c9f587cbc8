"""The room of an incident, made in the rehearsal workspace."""

from __future__ import annotations

from tests.conftest import Stage


async def test_opening_makes_the_channel_and_everything_in_it(stage: Stage):
    answer = await stage.say("ada", "/incident open sev1 checkout is failing @ben")
    assert "INC-1" in answer
    await stage.settled()
    incident = await stage.incident()
    assert incident.channel_name == "inc-1-checkout-is-failing"
    channel = stage.rehearsal.workspace.find_channel("inc-1-checkout-is-failing")
    inside = {stage.rehearsal.workspace.people[user].name for user in channel.members}
    assert {"ada", "ben"} <= inside
    assert channel.topic["value"].startswith("SEV1 · open")
    assert [mark["title"] for mark in channel.bookmarks.values()] == ["INC-1 timeline"]
    assert len(channel.pins) == 1
    announced = stage.messages("#incidents")
    assert len(announced) == 1
    assert "INC-1" in announced[0].text


async def test_the_declarer_is_invited_right_after_the_channel_is_made(stage: Stage):
    await stage.opened()
    methods = [call.name for call in stage.rehearsal.ledger.calls() if call.name != "auth.test"]
    made = methods.index("conversations.create")
    assert methods[made + 1] == "conversations.invite"
