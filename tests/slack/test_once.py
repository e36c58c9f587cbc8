"""The same delivery many times, in any order and at once: one effect, and everyone reads the same."""

import asyncio

import pytest

from bot.domain.timeline import Kind
from bot.rehearsal import payloads
from tests.conftest import Stage
from tests.slack.rooms import Room, form_of, newest

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def deliver(stage: Stage, kind: str, payload: dict, retry: int = 0):
    """Bring a payload to the bot once more, as Slack's machines would."""
    return await stage.rehearsal._stage.delivery.ask(kind, payload, retry=retry, reason="http_timeout" if retry else "")


def command(stage: Stage, text: str, who: str = "ada", channel: str = "general") -> dict:
    workspace = stage.rehearsal.workspace
    person, room = workspace.find_person(who), workspace.find_channel(channel)
    return payloads.slash_command(stage.rehearsal._stage, person, room, "/incident", text)


async def pinned_in_silence(inc: Room, text: str) -> str:
    """A message with a pushpin on it, of which Slack told nobody."""
    said = await inc.stage.person("ben").says(inc.channel, text)
    message = inc.stage.rehearsal.workspace.channels[inc.channel].messages[said["ts"]]
    message.reactions["pushpin"] = [inc.stage.person("ben").user_id]
    return said["ts"]


def reaction(stage: Stage, channel: str, ts: str, kind: str = "reaction_added") -> dict:
    item = {"type": "message", "channel": channel, "ts": ts}
    user = stage.rehearsal.workspace.find_person("ben").id
    event = {"type": kind, "user": user, "reaction": "pushpin", "item": item, "event_ts": ts}
    return payloads.event_callback(stage.rehearsal._stage, event)


async def test_one_command_delivered_a_hundred_times_at_once_opens_one_incident(shared: Stage):
    before = await newest(shared)
    payload = command(shared, "open sev1 delivered often")
    took = await asyncio.gather(*(deliver(shared, "slash_commands", payload) for _ in range(100)))
    await shared.settled()
    assert await newest(shared) == before + 1
    assert {one.body["text"] for one in took if one.ok} == {took[0].body["text"]}
    assert all(one.ok for one in took)
    incident = await shared.incident(before + 1)
    created = [
        c for c in shared.rehearsal.ledger.done("conversations.create") if c.args["name"] == incident.channel_name
    ]
    assert len(created) == 1
    assert len([m for m in shared.messages("#incidents") if f"INC-{before + 1}*" in repr(m.blocks)]) == 1


async def test_one_event_delivered_often_is_one_entry(inc: Room):
    payload = reaction(inc.stage, inc.channel, await pinned_in_silence(inc, "db1 has no primary"))
    retries = [n % 4 for n in range(100)]
    took = await asyncio.gather(*(deliver(inc.stage, "events_api", payload, retry=n) for n in retries))
    assert all(one.ok for one in took)
    await inc.stage.settled()
    assert [e.text for e in await inc.entries(Kind.MESSAGE)] == ["db1 has no primary"]


async def test_a_repeat_whose_first_delivery_was_lost_is_not_dropped(inc: Room):
    payload = reaction(inc.stage, inc.channel, await pinned_in_silence(inc, "only the repeat arrived"))
    assert (await deliver(inc.stage, "events_api", payload, retry=2)).ok
    await inc.stage.settled()
    assert len(await inc.entries(Kind.MESSAGE)) == 1


async def test_two_people_pinning_the_same_message_make_one_entry(inc: Room):
    said = await inc.stage.person("ben").says(inc.channel, "seen by two")
    await inc.stage.person("ben").reacts(inc.channel, said["ts"], "pushpin")
    await inc.stage.person("ada").reacts(inc.channel, said["ts"], "pushpin")
    await inc.stage.settled()
    assert len(await inc.entries(Kind.MESSAGE)) == 1


async def test_the_same_words_typed_again_after_a_failure_do_not_open_a_second(shared: Stage):
    before = await newest(shared)
    first, second = command(shared, "open sev1 typed again"), command(shared, "open sev1 typed again")
    assert first["trigger_id"] != second["trigger_id"]
    took = await asyncio.gather(deliver(shared, "slash_commands", first), deliver(shared, "slash_commands", second))
    assert await newest(shared) == before + 1
    texts = sorted(one.body["text"] for one in took)
    assert f"You opened INC-{before + 1} with this title a moment ago" in "".join(texts)


async def test_a_press_delivered_often_is_one_mark(inc: Room):
    await inc.say("runbook walk stop-respawn")
    await inc.stage.settled()
    await inc.stage.person("ben").clicks(inc.channel, inc.with_button("step_done").ts, "step_done")
    payload = inc.stage.rehearsal.ledger.deliveries("interactive")[-1].args
    took = await asyncio.gather(*(deliver(inc.stage, "interactive", payload) for _ in range(50)))
    assert all(one.ok for one in took)
    await inc.stage.settled()
    assert len(await inc.entries(Kind.STEP)) == 1


async def test_a_form_submitted_twice_opens_one_incident(shared: Stage):
    before = await newest(shared)
    await shared.say("ada", "/incident open")
    view = await form_of(shared)
    values = {"title": {"title": "submitted twice"}}
    await shared.person("ada").submits(view["id"], values)
    payload = shared.rehearsal.ledger.deliveries("interactive")[-1].args
    assert payload["type"] == "view_submission"
    took = await asyncio.gather(*(deliver(shared, "interactive", payload) for _ in range(20)))
    assert all(one.ok and not one.body for one in took)
    assert await newest(shared) == before + 1


async def test_a_form_with_a_mistake_can_be_submitted_again(shared: Stage):
    before = await newest(shared)
    await shared.say("ada", "/incident open")
    view = await form_of(shared)
    wrong = await shared.person("ada").submits(view["id"], {"title": {"title": "\u200b"}})
    assert not wrong["ok"]
    right = await shared.person("ada").submits(view["id"], {"title": {"title": "right the second time"}})
    assert right["ok"]
    assert await newest(shared) == before + 1


@pytest.mark.parametrize("pinned_last", [True, False])
async def test_pins_whose_events_come_in_any_order_end_as_the_message_is(inc: Room, pinned_last):
    ts = await pinned_in_silence(inc, "to and fro")
    if not pinned_last:
        inc.stage.rehearsal.workspace.channels[inc.channel].messages[ts].reactions.clear()
    for kind in ("reaction_removed", "reaction_added", "reaction_removed", "reaction_added", "reaction_removed"):
        await deliver(inc.stage, "events_api", reaction(inc.stage, inc.channel, ts, kind))
        await inc.stage.settled()
    assert len(await inc.entries(Kind.MESSAGE)) == int(pinned_last)
