"""A person's acts and what their page is told, over the addresses the page uses."""

from __future__ import annotations

import asyncio

import aiohttp
import httpx
import pytest

from bot.rehearsal import RehearsalError
from bot.rehearsal.app import AppConfig, CommandSpec
from tests.rehearsal.apps import app_config, refused


@pytest.fixture
async def page(rehearsal):
    async with httpx.AsyncClient(base_url=rehearsal.url) as client:
        yield client


@pytest.fixture
async def told(rehearsal):
    """Open pages of several people; `told(name)` returns the next push to that page."""
    session = aiohttp.ClientSession()
    pages = {name: await session.ws_connect(f"{rehearsal.url}/page/live?as={name}") for name in ("ada", "ben")}
    yield lambda name: asyncio.wait_for(pages[name].receive_json(), 5)
    for ws in pages.values():
        await ws.close()
    await session.close()


async def test_whoever_waits_for_a_page_to_be_open_is_told_and_waits_no_longer_than_they_said(rehearsal):
    assert not await rehearsal.watched(within_s=0.01)
    waiting = asyncio.create_task(rehearsal.watched(within_s=3600))
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{rehearsal.url}/page/live?as=ada"):
        assert await waiting
    assert await rehearsal.watched(within_s=0)


async def test_the_state_says_who_where_and_what_can_be_typed(rehearsal, page):
    state = (await page.get("/page/state?as=ada")).json()
    assert state["me"]["real_name"] == "Ada Okafor"
    assert [channel["name"] for channel in state["channels"]] == ["general", "incidents", "engineering"]
    assert state["app"]["commands"][0]["command"] == "/incident"
    assert state["clock"]["speed"] == 1.0
    assert [person["name"] for person in state["people"] if person["is_bot"]] == ["muster"]


async def test_the_page_acts_and_reads_back(rehearsal, page):
    said = await page.post("/page/act", json={"as": "ada", "do": "says", "channel": "#general", "text": "hi @ben"})
    ts = said.json()["ts"]
    await page.post("/page/act", json={"as": "ben", "do": "reacts", "channel": "general", "ts": ts, "emoji": "eyes"})
    (message,) = (await page.get("/page/messages?as=ben&channel=general")).json()["messages"]
    assert message["text"] == f"hi <@{rehearsal.person('ben').user_id}>"
    assert message["reactions"][0]["users"] == [rehearsal.person("ben").user_id]
    undone = await page.post(
        "/page/act", json={"as": "ben", "do": "unreacts", "channel": "general", "ts": ts, "emoji": "eyes"}
    )
    assert undone.json()["reactions"] == []


@pytest.mark.parametrize(
    ("act", "says"),
    [
        ({"as": "zoe", "do": "says"}, "nobody here is called `zoe`"),
        ({"as": "hugo", "do": "says"}, "`hugo` cannot act: deactivated"),
        ({"as": "muster", "do": "says"}, "`muster` cannot act: a bot"),
        ({"as": "ada", "do": "explodes"}, "`explodes` is not something a person does here"),
        ({"as": "ada", "do": "says", "channel": "#nowhere", "text": "x"}, "there is no channel `#nowhere`"),
        ({"as": "ada", "do": "says", "channel": "#general", "text": " "}, "cannot say that: no_text"),
        ({"as": "ada", "do": "says", "channel": "#general", "words": "x"}, "unexpected keyword argument 'words'"),
        ({"as": "ada", "do": "clicks", "channel": "general", "ts": "1.0", "action_id": "x"}, "ada sees no message 1.0"),
    ],
)
async def test_an_impossible_act_is_refused_with_a_sentence(page, act, says):
    answer = await page.post("/page/act", json=act)
    assert answer.status_code == 400
    assert says in answer.json()["error"]


async def test_another_site_in_the_same_browser_may_not_act(page):
    act = {"as": "ada", "do": "says", "channel": "general", "text": "x"}
    answer = await page.post("/page/act", json=act, headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["error"]) == (400, "only this page may act here")


async def test_messages_of_a_private_channel_are_for_its_members(rehearsal, page):
    room = await rehearsal.person("ada").creates_channel("hush", private=True)
    answer = await page.get(f"/page/messages?as=ben&channel={room['id']}")
    assert answer.json()["error"] == f"there is no channel `{room['id']}`"
    assert "hush" not in [c["name"] for c in (await page.get("/page/state?as=ben")).json()["channels"]]


async def test_unread_counts_what_others_said_until_it_is_read(rehearsal, page):
    await rehearsal.person("ada").says("general", "one")
    await rehearsal.person("ada").says("general", "two")

    async def unread(who):
        state = (await page.get(f"/page/state?as={who}")).json()
        return next(channel["unread"] for channel in state["channels"] if channel["name"] == "general")

    assert (await unread("ben"), await unread("ada")) == (2, 0)
    await page.get("/page/messages?as=ben&channel=general")
    assert await unread("ben") == 0
    await rehearsal.person("ada").says("general", "three")
    assert await unread("ben") == 1
    await page.post("/page/act", json={"as": "ben", "do": "reads", "channel": "general"})
    assert await unread("ben") == 0


async def test_a_private_channel_cannot_be_read_from_outside(rehearsal):
    await rehearsal.person("ada").creates_channel("hush", private=True)
    with pytest.raises(RehearsalError, match="there is no channel `hush`"):
        await rehearsal.person("ben").reads("hush")


async def test_a_page_is_told_at_once_and_only_what_its_person_may_see(rehearsal, slack, told):
    ada, ben = rehearsal.person("ada"), rehearsal.person("ben")
    await ada.creates_channel("hush", private=True)
    await ada.says("hush", "secret")
    await ada.says("general", "public")
    kinds = [(await told("ada"))["type"] for _ in range(4)]
    assert kinds == ["channel", "message", "message", "message"]
    assert (await told("ben"))["message"]["text"] == "public"
    rehearsal.progress("act 1 of 3")
    assert await told("ben") == {"type": "progress", "text": "act 1 of 3"}
    await ada.invites("general", "muster")
    await slack.chat_postEphemeral(
        channel=rehearsal.workspace.find_channel("general").id, user=ben.user_id, text="psst"
    )
    pushes = [await told("ben") for _ in range(3)]
    assert [push["type"] for push in pushes] == ["channel", "message", "ephemeral"]
    assert pushes[-1]["message"]["ephemeral"]


async def test_marks_clock_and_modals_are_told(rehearsal, slack, told):
    ada = rehearsal.person("ada")
    said = await ada.says("general", "x")
    await ada.reacts("general", said["ts"], "eyes")
    await ada.pins("general", said["ts"])
    await ada.deletes("general", said["ts"])
    rehearsal.clock.speed(60)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [{"type": "divider"}]}
    opened = await slack.views_open(trigger_id=rehearsal._stage.handles.new_trigger(ada.user_id), view=view)
    await ada.dismisses(opened["view"]["id"])
    pushes = [await told("ada") for _ in range(7)]
    kinds = ["message", "reaction", "pins", "message_deleted", "clock", "view", "view_closed"]
    assert [push["type"] for push in pushes] == kinds
    assert pushes[1]["reactions"] == [{"name": "eyes", "count": 1, "users": [ada.user_id]}]
    assert pushes[2]["pins"] == [said["ts"]]
    assert pushes[4]["speed"] == 60


async def test_knobs_and_record_are_on_the_page(rehearsal, slack, page):
    await page.post("/page/knobs", json={"latency_ms": 1, "faults": [{"method": "auth.test", "error": "fatal_error"}]})
    knobs = (await page.get("/page/knobs")).json()
    assert (knobs["latency_ms"], knobs["faults"][0]["error"]) == (1, "fatal_error")
    assert (await page.post("/page/knobs", json={"volume": 11})).status_code == 400
    await slack.api_test()
    record = (await page.get("/page/ledger?since=0")).json()
    assert [call["name"] for call in record["calls"]] == ["api.test"]
    assert (await page.get(f"/page/ledger?since={record['next']}")).json()["calls"] == []


async def test_a_permalink_leads_into_the_page(rehearsal, page):
    said = await rehearsal.person("ada").says("general", "x")
    answer = await page.get(f"/archives/{said['channel']}/p{said['ts'].replace('.', '')}")
    assert answer.headers["location"] == f"/?channel={said['channel']}&ts={said['ts']}"


async def test_files_beside_the_page_are_not_served(page):
    assert (await page.get("/page/static/..%2Fserver.py")).status_code == 404
    assert (await page.get("/page/static/nothing.js")).status_code == 404


async def test_a_response_url_replaces_deletes_and_runs_out(rehearsal, page):
    ada = rehearsal.person("ada")
    room = rehearsal.workspace.find_channel("general")
    hook = f"/hooks/{rehearsal._stage.handles.new_hook(ada.user_id, room.id)}"
    assert (await page.post(hook, json={"text": "for ada"})).text == "ok"
    assert (await page.post(hook, json={"text": "for all", "response_type": "in_channel"})).text == "ok"
    assert (await page.post(hook, content=b"text=x")).json()["error"] == "invalid_payload"
    assert (await page.post(hook, json={"text": "x", "blocks": [{"type": "call"}]})).json()["error"] == "invalid_blocks"
    assert [m["text"] for m in await rehearsal.person("ben").sees("general")] == ["for all"]
    for _ in range(2):
        await page.post(hook, json={"text": "again"})
    gone = await page.post(hook, json={"text": "once too often"})
    assert (gone.status_code, gone.json()["error"]) == (404, "used_url")


async def test_a_command_that_is_not_installed_is_said_so(rehearsal):
    told = await rehearsal.person("ada").types("general", "/pager now")
    assert (told["error"], told["says"]) == ("invalid_command", "this workspace does not know /pager")


async def test_a_person_invites_the_app_where_it_may_not_join_by_itself(rehearsal, slack):
    ada, general = rehearsal.person("ada"), rehearsal.workspace.find_channel("general")
    assert await refused(slack.chat_postMessage(channel=general.id, text="x")) == "not_in_channel"
    assert (await ada.types("general", "/invite @muster"))["ok"]
    assert (await slack.chat_postMessage(channel=general.id, text="x"))["ok"]
    assert rehearsal.ledger.deliveries("slash_commands") == []


async def test_the_workspaces_own_commands_come_before_the_apps(rehearsal, ear):
    await rehearsal.person("ada").creates_channel("inc-1")
    rehearsal.workspace.app = app_config(commands=(CommandSpec("/topic"),))
    await rehearsal.person("ada").types("inc-1", "/topic ask @ben, *not* me")
    room = rehearsal.workspace.find_channel("inc-1")
    assert room.topic["value"] == f"ask <@{rehearsal.person('ben').user_id}>, *not* me"
    await rehearsal.person("ada").types("inc-1", "/invite ben, @chidi")
    await rehearsal.person("ben").types("inc-1", "/remove @chidi")
    assert room.members == [rehearsal.person(name).user_id for name in ("ada", "ben")]
    assert ear.got == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("/invite", "/invite changed nothing: name somebody, such as `/invite @ben`"),
        ("/invite @zoe", "/invite changed nothing: nobody here is called `@zoe`"),
        ("/invite @ben", "/invite changed nothing in #general: they are in it already"),
        ("/invite @hugo", "/invite changed nothing in #general: they have left the workspace"),
        ("/remove @ben", "/remove changed nothing in #general: everyone stays in that channel"),
        ("/remove @ben @chidi", "/remove changed nothing: name one at a time"),
        (f"/topic {'x' * 251}", "/topic changed nothing in #general: a topic has at most 250 characters"),
    ],
)
async def test_an_own_command_that_cannot_be_done_says_why(rehearsal, line, says):
    told = await rehearsal.person("ada").types("general", line)
    assert (told["ok"], told["error"]) == (False, "not_done")
    assert told["says"].startswith(says)


async def test_an_outsider_cannot_write_in_a_channel(rehearsal):
    await rehearsal.person("ada").creates_channel("inc-1")
    with pytest.raises(RehearsalError, match="ben is not in `inc-1`; join first"):
        await rehearsal.person("ben").says("inc-1", "x")


def test_a_manifest_is_read_as_slack_writes_it():
    manifest = {
        "display_information": {"name": "Muster"},
        "features": {
            "bot_user": {"display_name": "muster"},
            "slash_commands": [{"command": "/incident", "description": "d", "usage_hint": "u", "should_escape": True}],
        },
        "oauth_config": {"scopes": {"bot": ["commands", "chat:write"]}},
        "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
    }
    tokens = {"bot_token": "xoxb-1", "app_token": "xapp-1", "signing_secret": "s"}
    app = AppConfig.from_manifest(manifest, **tokens)
    assert (app.name, app.bot_user_name, app.commands[0].should_escape) == ("Muster", "muster", True)
    assert (app.scopes, app.events) == ({"commands", "chat:write"}, {"app_mention"})
    long = {**manifest, "features": {"slash_commands": [{"command": "/" + "x" * 32}]}}
    with pytest.raises(RehearsalError, match="is not a slash command of at most 32 characters"):
        AppConfig.from_manifest(long, **tokens)
