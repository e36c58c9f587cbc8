"""The stories played over real HTTP, with a small stand-in for the app on the other side."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.rehearsal import replay, wire
from bot.rehearsal.app import AppConfig, CommandSpec
from bot.rehearsal.clock import Clock
from bot.rehearsal.replay import ReplayError
from bot.rehearsal.replay.story import Story, moments
from bot.rehearsal.server import Rehearsal

NOW = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
ALL = ("havoc", "muut", "small-giant", "universe")
TOKEN = "xoxb-stand-in"

SMALL = """
id = "small"
title = "Checkout is slow"
severity = "sev2"
date = ""
clock = "24h"
zone = "GMT"
remarks = []
fact = []
[source]
name = "Nobody"
kind = "made up for a test"
[[person]]
handle = "ada"
name = "Ada Marsh"
title = "Engineer"
tz = "Europe/London"
[[act]]
at = "07:00"
who = "ada"
do = "types"
channel = "#shop"
line = "/incident open sev2 Checkout is slow"
[[act]]
at = "07:01"
who = "ada"
do = "types"
channel = "incident"
line = "/incident note it is slow"
"""
CLICK = '\n[[act]]\nat = "07:02"\nwho = "ada"\ndo = "clicks"\nchannel = "incident"\nbutton = "done"\n'


@dataclass
class StandIn:
    """An app that makes a channel, walks a playbook without end, and remembers what people did."""

    typed: list[str] = field(default_factory=list)
    pinned: list[str] = field(default_factory=list)
    presses: list[str] = field(default_factory=list)
    may_open: asyncio.Event = field(default_factory=asyncio.Event)
    refuses: str = "/incident nonsense"
    api_url: str = ""
    room: str = ""
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)
    http: httpx.AsyncClient = field(
        default_factory=lambda: httpx.AsyncClient(
            trust_env=False, verify=False, headers={"authorization": f"Bearer {TOKEN}"}
        )
    )

    async def answer(self, request: Request) -> Response:
        if request.headers["content-type"] == "application/json":
            event = (await request.json())["event"]
            if event["type"] == "reaction_added" and event["reaction"] == "pushpin":
                self.pinned.append(event["item"]["ts"])
            return Response()
        form = dict(parse_qsl((await request.body()).decode()))
        return self.pressed(json.loads(form["payload"])) if "payload" in form else self.asked(form)

    def asked(self, form: dict[str, Any]) -> Response:
        line = f"{form['command']} {form['text']}"
        self.typed.append(line)
        if line.startswith("/incident open"):
            self.later(self.open_room(form["user_id"]))
        if line.startswith("/runbook"):
            walk = {"type": "button", "text": {"type": "plain_text", "text": "Walk"}, "action_id": "walk_start"}
            blocks = [{"type": "actions", "elements": [walk]}]
            return JSONResponse({"response_type": "in_channel", "text": "found", "blocks": blocks})
        return JSONResponse({"text": ":warning: I do not know that." if line.startswith(self.refuses) else "noted"})

    async def open_room(self, user_id: str) -> None:
        await self.may_open.wait()
        made = await self.call("conversations.create", name="inc-1-room")
        self.room = made["channel"]["id"]
        await self.call("conversations.invite", channel=self.room, users=user_id)
        await self.call("chat.postMessage", channel=self.room, text="the card")

    def pressed(self, payload: dict[str, Any]) -> Response:
        if payload["type"] == "view_submission":
            self.presses.append(payload["view"]["state"]["values"]["reason"]["reason"]["value"])
            self.later(self.call("chat.update", **json.loads(payload["view"]["private_metadata"])))
            return Response()
        action, seen = payload["actions"][0], payload["message"]
        self.presses.append(action["action_id"])
        step = int(action.get("value", 0)) + (-1 if action["action_id"] == "step_back" else 1)
        next_look = {"channel": self.room, "text": f"step {step}", "blocks": step_blocks(step)}
        if action["action_id"] == "walk_start":
            self.later(self.call("chat.postMessage", **next_look))
        elif action["action_id"] == "step_skip":
            view = reason_form(next_look | {"ts": seen["ts"]})
            self.later(self.call("views.open", trigger_id=payload["trigger_id"], view=view))
        else:
            self.later(self.call("chat.update", ts=seen["ts"], **next_look))
        return Response()

    def later(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def call(self, method: str, **args: Any) -> dict[str, Any]:
        answer = (await self.http.post(self.api_url + method, json=args)).json()
        assert answer["ok"], (method, answer)
        return answer


def step_blocks(step: int) -> list[dict[str, Any]]:
    names = ["step_done", "step_skip", "step_back"]
    buttons = [
        {"type": "button", "text": {"type": "plain_text", "text": name}, "action_id": name, "value": str(step)}
        for name in names
    ]
    return [{"type": "actions", "elements": buttons}]


def reason_form(then: dict[str, Any]) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "reason"}
    label = {"type": "plain_text", "text": "Why?"}
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Skip"},
        "submit": {"type": "plain_text", "text": "Skip"},
        "private_metadata": json.dumps(then),
        "blocks": [{"type": "input", "block_id": "reason", "label": label, "element": element}],
    }


@pytest.fixture
async def app() -> AsyncIterator[tuple[StandIn, str]]:
    stand_in = StandIn()
    stand_in.may_open.set()
    sock = wire.bind("127.0.0.1", 0)
    url = f"http://127.0.0.1:{sock.getsockname()[1]}/"
    server, serving = await wire.run(Starlette(routes=[Route("/", stand_in.answer, methods=["POST"])]), sock)
    yield stand_in, url
    await stand_in.http.aclose()
    server.should_exit = True
    await serving


@pytest.fixture
async def stage(app):
    """Return a function that starts a workspace for a story."""
    stand_in, url = app
    running: list[Rehearsal] = []

    async def start(story: Story, **changes: Any) -> Rehearsal:
        commands = (CommandSpec("/incident"), CommandSpec("/runbook"))
        scopes = ("commands", "chat:write", "channels:manage", "channels:read", "reactions:read")
        config = AppConfig(
            name="Stand-in", bot_user_name="stand-in", bot_token=TOKEN, app_token="xapp-1", signing_secret="s",
            scopes=frozenset(scopes), commands=commands, events=frozenset({"reaction_added"}), request_url=url,
        )  # fmt: skip
        clock = Clock(replay.starts_at(story, now=NOW))
        rehearsal = Rehearsal(config, **{"clock": clock, "people": replay.people(story), **changes})
        await rehearsal.start()
        running.append(rehearsal)
        stand_in.api_url = rehearsal.api_url
        return rehearsal

    yield start
    for task in stand_in.tasks:
        task.cancel()
    await asyncio.gather(*stand_in.tasks, return_exceptions=True)
    for rehearsal in running:
        await rehearsal.stop()


@pytest.fixture
def small(tmp_path):
    """Return a function that loads the small story with changes."""

    def read(before: str = "", after: str = "", more: str = "") -> Story:
        assert before in SMALL
        (tmp_path / "small.toml").write_text(SMALL.replace(before, after) + more, encoding="utf-8")
        return replay.load("small", tmp_path)

    return read


@pytest.mark.parametrize("name", ALL)
async def test_a_story_is_played_from_end_to_end(name, app, stage):
    stand_in, _ = app
    story = replay.load(name)
    rehearsal = await stage(story)
    told: list[replay.Progress] = []
    played = await replay.play(story, rehearsal, seconds=0, on_progress=told.append, now=NOW)

    lines = [act.text for act in story.acts if act.do == "types" and not act.system]
    assert [re.sub(r"<@\w+\|(\w+)>", r"@\1", line) for line in stand_in.typed] == [escaped(line) for line in lines]
    pins = [act.of for act in story.acts if act.do == "reacts" and act.emoji == "pushpin"]
    in_the_room = [key for key in pins if played.messages[key][0] == played.channel_id]
    assert pins and stand_in.pinned == [played.messages[key][1] for key in in_the_room]
    assert [text for text in stand_in.presses if " " in text] == [
        act.text for act in story.acts if act.button == "skip"
    ]
    assert len(stand_in.presses) == sum(1 + (act.button == "skip") for act in story.acts if act.do == "clicks")

    assert played.channel_name == "inc-1-room" and played.refused == ()
    assert [progress.number for progress in told] == list(range(1, len(story.acts) + 1))
    assert rehearsal.progress_text == told[-1].line
    assert rehearsal.clock.factor == 1.0
    assert played.ended_at <= rehearsal.clock.now() < played.ended_at + timedelta(minutes=5)


def escaped(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@pytest.mark.parametrize("name", ALL)
async def test_messages_carry_the_minutes_of_the_source(name, stage):
    story = replay.load(name)
    played = await replay.play(story, await stage(story), seconds=0, now=NOW)
    start = replay.begins(story, now=NOW)
    for act, moment in zip(story.acts, moments(story), strict=True):
        if act.key:
            said_at = datetime.fromtimestamp(float(played.messages[act.key][1]), UTC)
            assert timedelta(0) <= said_at - (start + moment) < timedelta(minutes=1), story.where(act)


async def test_the_progress_line_says_where_the_replay_is(stage):
    universe = replay.load("universe")
    lines: list[str] = []
    await replay.play(universe, await stage(universe), seconds=0, now=NOW, on_progress=lambda p: lines.append(p.line))
    assert lines[0] == "12:00 GMT · the sale opens · 1 of 93"
    assert any(line.startswith("12:45 GMT · logs read over SSH, a segfault is found · ") for line in lines)
    assert any(line.startswith("13:40 GMT · a new primary is elected · ") for line in lines)


async def test_a_later_day_is_named_in_the_progress_line(stage):
    muut = replay.load("muut")
    lines: list[str] = []
    await replay.play(muut, await stage(muut), seconds=0, now=NOW, on_progress=lambda p: lines.append(p.line))
    assert lines[-1] == "April 30, 12:20 GMT+2 · closed; the draft is being written · 73 of 73"


async def test_an_act_waits_for_the_incidents_channel(app, stage, small):
    stand_in, _ = app
    stand_in.may_open.clear()
    story = small()
    playing = asyncio.create_task(replay.play(story, await stage(story), seconds=0, now=NOW))
    while not stand_in.typed:
        await asyncio.sleep(0.01)
    assert not playing.done()
    stand_in.may_open.set()
    assert (await playing).acts == 2
    assert stand_in.typed[-1] == "/incident note it is slow"


async def test_a_channel_that_never_comes_is_an_error_that_names_the_act(app, stage, small):
    stand_in, _ = app
    stand_in.may_open.clear()
    story = small()
    with pytest.raises(
        ReplayError, match=r"^small.toml:24, act 2: waited 0.1 s for the incident's channel and the app's"
    ):
        await replay.play(story, await stage(story), seconds=0, now=NOW, deadline_s=0.1)


async def test_a_button_that_never_comes_is_an_error_that_names_the_act(stage, small):
    story = small(more=CLICK)
    with pytest.raises(ReplayError, match=r"^small.toml:31, act 3: waited 0.1 s for a `done` button"):
        await replay.play(story, await stage(story), seconds=0, now=NOW, deadline_s=0.1)


async def test_a_refused_command_stops_the_replay_with_its_place_and_the_answer(app, stage, small):
    app[0].refuses = "/incident note"
    story = small(more=CLICK)
    with pytest.raises(
        ReplayError, match=r"act 2: `/incident note it is slow` was answered with: :warning: I do not know"
    ):
        await replay.play(story, await stage(story), seconds=0, now=NOW)


async def test_a_command_may_be_expected_to_fail(app, stage, small):
    app[0].refuses = "/incident note"
    line = 'line = "/incident note it is slow"'
    failing = small(line, f'{line}\nexpect = "error"')
    assert (await replay.play(failing, await stage(failing), seconds=0, now=NOW)).acts == 2


async def test_a_failure_that_was_expected_and_did_not_come_is_an_error(stage, small):
    line = 'line = "/incident note it is slow"'
    story = small(line, f'{line}\nexpect = "error"')
    with pytest.raises(ReplayError, match="was answered with: no complaint"):
        await replay.play(story, await stage(story), seconds=0, now=NOW)


async def test_an_app_that_is_not_there_is_an_error(stage, small):
    story = small('"/incident open', '"/pager open')
    with pytest.raises(
        ReplayError, match=r"act 1: .* was answered with: invalid_command this workspace does not know /pager"
    ):
        await replay.play(story, await stage(story), seconds=0, now=NOW)


async def test_a_workspace_without_the_storys_people_is_refused(stage, small):
    with pytest.raises(ReplayError, match="`ada` is not in this workspace"):
        await replay.play(small(), await stage(small(), people=()), seconds=0, now=NOW)


async def test_a_workspace_that_has_seen_a_later_time_is_refused(stage, small):
    story = small()
    rehearsal = await stage(story)
    await replay.play(story, rehearsal, seconds=0, now=NOW)
    with pytest.raises(
        ReplayError, match="small begins at 2026-03-05 07:00 UTC, and this workspace has seen a later time"
    ):
        await replay.play(story, rehearsal, seconds=0, now=NOW)


async def test_settle_is_awaited_after_each_act(stage, small):
    story, seen = small(), []

    async def settle() -> None:
        seen.append(len(seen) + 1)

    await replay.play(story, await stage(story), seconds=0, now=NOW, settle=settle)
    assert seen == [1, 2]


async def test_the_clock_hurries_between_acts_and_then_goes_at_the_pace_of_life(stage, small):
    story = small()
    rehearsal = await stage(story)
    speeds: list[float] = []
    rehearsal.clock.on_change.append(lambda: speeds.append(rehearsal.clock.factor))
    await replay.play(story, rehearsal, seconds=0.3, now=NOW)
    assert max(speeds) > 100  # a minute in 0.3 s, a little slower so that the clock never has to be put back
    assert speeds[-1] == 1.0
