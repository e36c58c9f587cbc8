"""The document as the channel's canvas, where the plan has canvases; as a file everywhere else."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.knobs import Fault
from bot.services.postmortem import document
from bot.services.postmortem.document.in_canvas import MAX_CANVAS_CHARS
from tests.conftest import Stage


async def closed(stage: Stage) -> Any:
    """The channel of an incident that was closed."""
    incident = await stage.opened()
    await stage.say("ada", "/incident note 1 min ago #impact <b>calendars</b> are [empty](x)", incident.channel_id)
    await stage.say("ada", "/incident close now", incident.channel_id)
    await stage.settled()
    return stage.rehearsal.workspace.find_channel(incident.channel_id)


def files(channel: Any) -> list[str]:
    return [f["name"] for m in channel.messages.values() for f in m.files if f["name"].endswith(".md")]


async def test_where_the_plan_has_canvases_the_document_is_the_channels(stage: Stage):
    stage.rehearsal.workspace.has_canvases = True
    channel = await closed(stage)
    assert files(channel) == []
    text = channel.canvas["markdown"]
    assert channel.canvas["title"] == "INC-1 postmortem draft"
    assert "`/postmortem INC-1`" in text and "## Timeline" in text
    assert "(E2)" in text and "](#" not in text and "<a " not in text
    assert "\\<b\\>calendars" in text


@pytest.mark.parametrize(
    "error",
    ["team_tier_cannot_create_channel_canvases", "canvas_disabled_user_team", "missing_scope", "unknown_method"],
)
async def test_without_canvases_it_is_a_file(stage: Stage, error: str):
    stage.rehearsal.workspace.has_canvases = True
    stage.rehearsal.knobs.faults.append(Fault("conversations.canvases.create", error=error))
    channel = await closed(stage)
    assert files(channel) == ["inc-1-postmortem-1.md"]
    assert channel.canvas == {}


async def test_a_canvas_of_the_people_is_left_alone(stage: Stage):
    stage.rehearsal.workspace.has_canvases = True
    incident = await stage.opened()
    channel = stage.rehearsal.workspace.find_channel(incident.channel_id)
    channel.canvas = {"id": "F0THEIRS", "title": "Who is on call", "markdown": "ada"}
    await stage.say("ada", "/incident close now", incident.channel_id)
    await stage.settled()
    assert channel.canvas["markdown"] == "ada"
    assert files(channel) == ["inc-1-postmortem-1.md"]


async def test_when_the_answer_is_lost_the_canvas_that_was_made_is_found_again(stage: Stage):
    stage.rehearsal.workspace.has_canvases = True
    stage.rehearsal.knobs.faults.append(Fault("conversations.canvases.create", lose="answer"))
    channel = await closed(stage)
    assert "## Timeline" in channel.canvas["markdown"]
    assert files(channel) == []


def test_what_is_too_long_for_a_canvas_is_none():
    assert document.canvas("x" * MAX_CANVAS_CHARS, "INC-1") == ""
    assert document.canvas("x", "INC-1").endswith("\n\nx")
