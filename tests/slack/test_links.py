"""A link to a page lets its reader in."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from bot.wiring import Muster
from tests.conftest import Stage, settings_for


@pytest.fixture
async def outside(rehearsal, tmp_path):
    """The bot where others can reach the pages, so that these want a key."""
    url = f"sqlite:///{tmp_path}/muster.db"
    muster = Muster(settings_for(rehearsal, url, muster_url="http://muster.example"), now=rehearsal.clock.now)
    await muster.start()
    await muster.ready()
    yield Stage(rehearsal, muster)
    await muster.stop()


async def looked_at(stage: Stage, address: str) -> httpx.Response:
    """What a browser gets that came by this link through a proxy."""
    path = address.removeprefix("http://muster.example")
    async with httpx.AsyncClient(base_url=stage.muster.url, trust_env=False, follow_redirects=True) as browser:
        return await browser.get(path)


async def test_without_a_link_from_slack_nobody_reads_a_page(outside):
    await outside.opened()
    assert (await looked_at(outside, "/incidents/1")).status_code == 403


async def test_every_link_in_the_channel_leads_in(outside):
    incident = await outside.opened()
    await outside.say("ada", "/incident note the calendar is empty", incident.channel_name)
    shown = [await outside.say("ada", "/incident note", incident.channel_name)]
    shown.append(await outside.say("ada", "/postmortem", incident.channel_name))
    await outside.say("ada", "/incident close now", incident.channel_name)
    await outside.settled()
    channel = outside.rehearsal.workspace.find_channel(incident.channel_name)
    shown += [json.dumps(message.blocks) for message in channel.messages.values()]
    shown += [mark["link"] for mark in channel.bookmarks.values()]
    found = set(re.findall(r"http://muster\.example/[^|>\"\s)]*", "\n".join(shown)))
    assert {re.sub(r"^.*?/enter/[^/]+", "", link) for link in found} == {"/incidents/1", "/incidents/1/postmortem"}
    for link in found:
        page = await looked_at(outside, link)
        assert (page.status_code, "INC-1" in page.text) == (200, True)


async def test_on_this_machine_alone_a_link_is_plain(stage):
    await stage.opened()
    answer = await stage.say("ada", "/incident note", "inc-1-checkout-is-failing")
    assert f"<{stage.muster.settings.pages_url}/incidents/1|" in answer
