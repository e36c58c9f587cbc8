"""The rehearsal as a whole: it starts, answers, and refuses with a sentence."""

from __future__ import annotations

import pytest

from bot.rehearsal import Rehearsal
from tests.rehearsal.apps import app_config


async def test_the_real_sdk_can_open_a_channel_and_post_in_it(rehearsal, slack):
    created = await slack.conversations_create(name="inc-1-checkout")
    channel = created["channel"]["id"]
    posted = await slack.chat_postMessage(channel=channel, text="It is declared.")
    history = await slack.conversations_history(channel=channel)
    assert history["messages"][0]["ts"] == posted["ts"]
    assert [call.name for call in rehearsal.ledger.calls()] == [
        "conversations.create",
        "chat.postMessage",
        "conversations.history",
    ]


async def test_a_busy_port_is_refused_with_a_sentence(rehearsal):
    port = int(rehearsal.url.rpartition(":")[2])
    with pytest.raises(OSError, match=f"port {port} on 127.0.0.1 is taken"):
        await Rehearsal(app_config(), port=port).start()


async def test_it_stops_and_starts_again_on_the_same_port(rehearsal):
    port = int(rehearsal.url.rpartition(":")[2])
    await rehearsal.stop()
    again = Rehearsal(app_config(), port=port)
    await again.start()
    await again.stop()
    assert again.url.endswith(str(port))
