"""A pushpin on a message, put on and taken off in every way."""

from __future__ import annotations

from bot.domain.timeline import Entry
from bot.rehearsal.knobs import Fault
from tests.conftest import Stage

PIN = "pushpin"


async def test_a_pinned_message_is_an_entry_with_its_own_time_author_and_link(stage: Stage):
    incident = await stage.opened()
    ada, ben = stage.person("ada"), stage.person("ben")
    await ben.joins(incident.channel_name)
    said = await ben.says(incident.channel_name, "db2 does not answer #hypothesis")
    await ada.reacts(incident.channel_name, said["ts"], PIN)
    await stage.settled()
    [entry] = await pinned(stage)
    assert (entry.author, entry.text) == (ben.user_id, "db2 does not answer")
    assert [tag.value for tag in entry.tags] == ["hypothesis"]
    assert f"{entry.at.timestamp():.6f}" == said["ts"]
    assert entry.permalink.endswith(said["ts"].replace(".", ""))
    assert entry.data == {"pinned_by": ada.user_id}


async def test_a_pinned_message_inside_a_thread_is_an_entry(stage: Stage):
    incident = await stage.opened()
    ada = stage.person("ada")
    first = await ada.says(incident.channel_name, "what do we see")
    reply = await ada.says(incident.channel_name, "queue length 40,000", thread_ts=first["ts"])
    await ada.reacts(incident.channel_name, reply["ts"], PIN)
    await stage.settled()
    assert [entry.text for entry in await pinned(stage)] == ["queue length 40,000"]


async def test_the_same_message_pinned_by_many_is_one_entry_until_the_last_pin_is_off(stage: Stage):
    incident = await stage.opened()
    ada, ben = stage.person("ada"), stage.person("ben")
    await ben.joins(incident.channel_name)
    said = await ada.says(incident.channel_name, "failing over")
    for who in (ada, ben):
        await who.reacts(incident.channel_name, said["ts"], PIN)
    await stage.settled()
    [entry] = await pinned(stage)
    await ada.reacts(incident.channel_name, said["ts"], PIN, remove=True)
    await stage.settled()
    assert await pinned(stage) == [entry]
    await ben.reacts(incident.channel_name, said["ts"], PIN, remove=True)
    await stage.settled()
    assert await pinned(stage) == []


async def test_a_pin_taken_off_and_put_on_again_brings_the_same_entry_back(stage: Stage):
    incident = await stage.opened()
    ada = stage.person("ada")
    said = await ada.says(incident.channel_name, "failing over")
    for remove in (False, True, False):
        await ada.reacts(incident.channel_name, said["ts"], PIN, remove=remove)
        await stage.settled()
    [entry] = await pinned(stage)
    assert entry.text == "failing over"


async def test_a_pin_taken_off_before_the_message_was_looked_at_leaves_no_entry(stage: Stage):
    incident = await stage.opened()
    ada = stage.person("ada")
    said = await ada.says(incident.channel_name, "never mind")
    stage.rehearsal.knobs.faults.append(Fault("conversations.history", status=429, retry_after=1))
    await ada.reacts(incident.channel_name, said["ts"], PIN)
    await ada.reacts(incident.channel_name, said["ts"], PIN, remove=True)
    await stage.settled()
    assert await pinned(stage) == []


async def test_a_pinned_message_that_is_gone_before_we_look_makes_no_entry_and_no_trouble(stage: Stage):
    incident = await stage.opened()
    ada = stage.person("ada")
    said = await ada.says(incident.channel_name, "oops")
    stage.rehearsal.knobs.faults.append(Fault("conversations.history", status=429, retry_after=1))
    await ada.reacts(incident.channel_name, said["ts"], PIN)
    await ada.deletes(incident.channel_name, said["ts"])
    await stage.settled()
    assert await pinned(stage) == []


async def test_another_emoji_or_a_pin_elsewhere_is_no_entry(stage: Stage):
    incident = await stage.opened()
    ada = stage.person("ada")
    here = await ada.says(incident.channel_name, "hello")
    there = await ada.says("#general", "hello")
    await ada.reacts(incident.channel_name, here["ts"], "eyes")
    await ada.reacts("#general", there["ts"], PIN)
    await stage.settled()
    assert await pinned(stage) == []


async def pinned(stage: Stage) -> list[Entry]:
    """The entries that are messages."""
    return [entry for entry in await stage.entries() if entry.kind == "message"]
