"""Unasked: a known error line or a telling title gets its playbook, once, and the bot takes no for an answer."""

from __future__ import annotations

import pytest

from bot.domain.incident import Severity
from bot.domain.timeline import Kind, Source
from bot.services import incidents
from bot.slack import events
from tests.conftest import Stage
from tests.slack.rooms import Room, room
from tests.slack.test_buttons import press

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINE = "MISCONF Redis is configured to save RDB snapshots, but it is currently unable to persist to disk"


def suggestions(inc: Room) -> list:
    return [m for m in inc.stage.messages(inc.channel) if m.text.startswith("This line is known")]


async def test_a_known_line_gets_its_playbook_in_the_thread_once(inc: Room):
    said = await inc.stage.person("ben").says(inc.channel, f"from the log: {LINE}")
    await inc.stage.settled()
    (made,) = suggestions(inc)
    assert made.thread_ts == said["ts"]
    assert "because of “MISCONF" in repr(made.blocks)
    for _ in range(3):
        await inc.stage.person("ada").says(inc.channel, LINE)
    await inc.stage.settled()
    assert len(suggestions(inc)) == 1


async def test_prose_and_other_channels_are_left_alone(inc: Room):
    for text in ("redis is slow again", "the disk is full", "<@U1> look at the dashboard"):
        await inc.stage.person("ben").says(inc.channel, text)
    await inc.stage.person("ben").says("#general", LINE)
    await inc.stage.settled()
    assert suggestions(inc) == []


async def test_not_this_takes_the_buttons_away_and_says_who_said_so(inc: Room):
    await inc.stage.person("ben").says(inc.channel, LINE)
    await inc.stage.settled()
    (made,) = suggestions(inc)
    await press(inc, made, "not_this", "ada")
    (made,) = suggestions(inc)
    assert "not this, says" in repr(made.blocks) and "'actions'" not in repr(made.blocks)
    await inc.stage.person("ben").says(inc.channel, LINE)
    await inc.stage.settled()
    assert len(suggestions(inc)) == 1


async def test_it_can_be_walked_from_there(inc: Room):
    await inc.stage.person("ben").says(inc.channel, LINE)
    await inc.stage.settled()
    (made,) = suggestions(inc)
    await press(inc, made, "walk_start", "ada")
    (entry,) = await inc.entries(Kind.PLAYBOOK)
    assert entry.author == inc.stage.person("ada").user_id
    (made,) = suggestions(inc)
    assert "opened by" in repr(made.blocks)


def of_title(inc: Room) -> list:
    return [m for m in inc.stage.messages(inc.channel) if "the title: " in m.text]


async def test_a_telling_title_gets_its_playbook_when_the_room_is_ready(shared: Stage):
    telling = await room(shared, "redis is empty since")
    (made,) = of_title(telling)
    assert made.text.startswith("May fit the title: ") and "`stop-respawn`" in made.text
    assert "because of: redis, empty" in repr(made.blocks) and not made.thread_ts
    posts = [m for m in shared.messages(telling.channel) if m.bot_id and not m.subtype]
    assert [m.ts for m in posts].index(made.ts) == 1  # right after the card, and nothing besides
    await press(telling, made, "not_this", "ada")
    (made,) = of_title(telling)
    assert "not this, says" in repr(made.blocks) and "'actions'" not in repr(made.blocks)
    await telling.say("note looking into it")
    await shared.settled()
    assert len(of_title(telling)) == 1


async def test_a_sure_one_says_so_and_can_be_walked_from_there(shared: Stage):
    telling = await room(shared, "shop down, mongo primary hangs")
    (made,) = of_title(telling)
    assert made.text.startswith("Fits the title: ")
    await press(telling, made, "walk_start", "ada")
    (entry,) = await telling.entries(Kind.PLAYBOOK)
    assert entry.data["playbook"] == "force-failover-via-firewall"
    assert "opened by" in repr(of_title(telling)[0].blocks)


async def test_an_incident_that_was_opened_at_a_terminal_gets_it_too(inc: Room):
    title, by = "redis is empty after its restart", "terminal:ada"
    opened = await inc.stage.muster.deps.at_desk(
        (await inc.incident()).team_id,
        lambda desk: incidents.open(desk, title=title, severity=Severity.SEV1, by=by, source=Source.TERMINAL),
    )
    await inc.stage.settled()
    there = Room(inc.stage, opened.number, (await inc.stage.incident(opened.number)).channel_id)
    (made,) = of_title(there)
    assert "`stop-respawn`" in made.text


async def test_an_ordinary_title_gets_none(inc: Room):
    assert of_title(inc) == []


async def test_the_title_of_an_incident_counts_as_well(inc: Room):
    other = await room(inc.stage, LINE, "sev1")
    await inc.stage.settled()
    (made,) = suggestions(other)
    assert not made.thread_ts


@pytest.mark.parametrize(
    "alert",
    [
        {"text": "", "attachments": [{"title": "redis-1", "text": LINE}]},
        {"text": "alert", "attachments": [{"fallback": "x", "fields": [{"title": "log", "value": LINE}]}]},
        {"text": "", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": LINE.replace(">", "&gt;")}}]},
    ],
)
async def test_an_alert_says_it_in_attachments_or_blocks(inc: Room, alert: dict):
    incident = await inc.incident()
    event = {"type": "message", "subtype": "bot_message", "bot_id": "B0ALERTS", "channel": inc.channel, "ts": "1.2"}
    told = await inc.stage.muster.deps.at_desk(
        incident.team_id, lambda desk: events.message(desk, event | alert) or desk.urgent.copy()
    )
    assert told == ["suggest"]


@pytest.mark.parametrize("more", [{"subtype": "message_changed"}, {"subtype": "channel_topic"}, {"bot_id": "OURS"}])
async def test_edits_topics_and_our_own_words_are_not_read(inc: Room, more: dict):
    incident = await inc.incident()
    me = inc.stage.rehearsal.workspace.bot_id
    event = {"type": "message", "channel": inc.channel, "ts": "1.2", "text": LINE} | more
    event = {key: me if value == "OURS" else value for key, value in event.items()}
    told = await inc.stage.muster.deps.at_desk(
        incident.team_id, lambda desk: events.message(desk, event) or desk.urgent.copy()
    )
    assert told == []
