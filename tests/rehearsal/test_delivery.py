"""Bringing things to the app: signatures, deadlines, retries, sockets."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import aiohttp
import pytest
from slack_sdk.signature import SignatureVerifier
from starlette.responses import Response

from bot.rehearsal import Rehearsal
from tests.rehearsal.apps import APP_TOKEN, EVENTS, SCOPES, app_config


@pytest.fixture
async def ada(rehearsal):
    ada = rehearsal.person("ada")
    await ada.invites("#general", "muster")
    await rehearsal.settle()
    return ada


async def test_every_delivery_carries_a_signature_the_sdk_accepts(rehearsal, ear, ada):
    await ada.types("#incidents", "/incident list")
    headers, body = ear.got[-1]
    assert SignatureVerifier(rehearsal.app.signing_secret).is_valid_request(body.decode(), headers)


async def test_a_command_carries_slacks_fields(rehearsal, ear, ada):
    await ada.types("#incidents", "/incident open sev2 x")
    fields = {"token", "team_id", "team_domain", "channel_id", "channel_name", "user_id", "user_name", "command"}
    fields |= {"text", "api_app_id", "is_enterprise_install", "response_url", "trigger_id"}
    form = dict(parse_qsl(ear.got[-1][1].decode()))
    assert set(form) == fields
    assert (form["command"], form["user_name"]) == ("/incident", "ada")


async def test_a_late_ack_is_an_operation_timeout(rehearsal, ear, ada):
    rehearsal.knobs.ack_limit_s, ear.slow_s = 0.05, 0.5
    told = await ada.types("#incidents", "/incident list")
    assert (told["ok"], told["error"]) == (False, "operation_timeout")
    assert "operation_timeout" in (await ada.sees("#incidents"))[-1]["text"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Response(status_code=404), "the app answered with status 404"),
        (Response(status_code=302, headers={"location": "/"}), "the app answered with status 302"),
        (Response("{bad", media_type="application/json"), "says it is JSON, and is not"),
        (Response('{"text": "x", "colour": "red"}', media_type="application/json"), "invalid_payload"),
        (Response('{"blocks": [{"type": "section"}]}', media_type="application/json"), "invalid_blocks"),
    ],
)
async def test_an_answer_slack_cannot_use_is_a_failed_dispatch(ear, ada, answer, says):
    ear.answers.append(answer)
    told = await ada.types("#incidents", "/incident list")
    assert told["error"] == "dispatch_failed"
    assert says in told["says"]


async def test_an_in_channel_answer_is_seen_by_all(rehearsal, ear, ada):
    ear.answers.append(Response('{"response_type": "in_channel", "text": "open"}', media_type="application/json"))
    await ada.types("#incidents", "/incident open")
    assert [m["text"] for m in await rehearsal.person("ben").sees("#incidents")] == ["open"]


async def test_an_event_that_fails_is_brought_again_three_times_with_the_reason(rehearsal, ear, ada):
    rehearsal.knobs.event_retry_delays_s = (0, 0, 0)
    ear.answers += [Response(status_code=500)] * 4
    await ada.says("#general", "hello")
    await asyncio.gather(*rehearsal._events._under_way)
    tries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in ear.got[-4:]]
    assert tries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in ear.got[-4:]}) == 1


async def test_an_app_can_ask_not_to_be_told_again(rehearsal, ear, ada):
    rehearsal.knobs.event_retry_delays_s = (0, 0, 0)
    ear.answers.append(Response(status_code=500, headers={"x-slack-no-retry": "1"}))
    before = len(ear.got)
    await ada.says("#general", "hello")
    await asyncio.gather(*rehearsal._events._under_way)
    assert len(ear.got) == before + 1


async def test_the_app_hears_only_where_it_is_and_what_it_asked_for(rehearsal, ear, ada):
    ear.got.clear()
    await ada.says("#engineering", "@muster psst")
    said = await ada.says("#general", "hello")
    await ada.reacts("#general", said["ts"], ":eyes:")
    await ada.reacts("#general", said["ts"], "eyes", remove=True)
    await ada.pins("#general", said["ts"])
    await rehearsal.settle()
    assert [event["type"] for event in ear.events()] == ["message", "reaction_added", "reaction_removed"]
    assert ear.events()[1]["item"] == {"type": "message", "channel": said["channel"], "ts": said["ts"]}


async def test_edits_and_deletions_are_events_of_their_own(rehearsal, ear, ada):
    said = await ada.says("#general", "hello")
    await ada.edits("#general", said["ts"], "goodbye")
    await ada.deletes("#general", said["ts"])
    await rehearsal.settle()
    changed, deleted = ear.events()[-2:]
    assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "goodbye")
    assert changed["previous_message"]["text"] == "hello"
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", said["ts"])


async def test_membership_names_and_archives_are_told(rehearsal, ear, ada):
    room = await ada.creates_channel("inc-1")
    await ada.invites("inc-1", "muster")
    await rehearsal.settle()
    ear.got.clear()
    await rehearsal.person("ben").joins("inc-1")
    await rehearsal.person("ben").leaves("inc-1")
    await ada.renames("inc-1", "inc-2")
    await ada.archives("inc-2")
    await rehearsal.settle()
    kinds = [event["type"] for event in ear.events() if event["type"] != "message"]
    assert kinds == ["member_joined_channel", "member_left_channel", "channel_rename", "channel_archive"]
    assert {
        event["channel"] if isinstance(event["channel"], str) else event["channel"]["id"] for event in ear.events()
    } == {room["id"]}


async def test_without_the_scope_an_event_is_not_told():
    running = Rehearsal(app_config(scopes=SCOPES - {"channels:history"}, events=EVENTS))
    await running.start()
    ada = running.person("ada")
    await ada.invites("#general", "muster")
    await ada.says("#general", "hello")
    await running.settle()
    kinds = {delivery.args["event"]["type"] for delivery in running.ledger.deliveries("events_api")}
    await running.stop()
    assert kinds == {"member_joined_channel"}


@asynccontextmanager
async def socket(rehearsal):
    """Open a Socket Mode connection by hand."""
    async with aiohttp.ClientSession() as session:
        headers = {"authorization": f"Bearer {APP_TOKEN}"}
        async with session.post(rehearsal.api_url + "apps.connections.open", headers=headers) as answer:
            url = (await answer.json())["url"]
        async with session.ws_connect(url) as ws:
            yield ws, url, session


async def test_a_socket_says_hello_and_its_ticket_opens_one(rehearsal):
    async with socket(rehearsal) as (ws, url, session):
        hello = await ws.receive_json()
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_open_socket_is_preferred_and_its_ack_is_the_answer(rehearsal, ear, ada):
    async with socket(rehearsal) as (ws, _, _):
        await ws.receive_json()
        typing = asyncio.create_task(ada.types("#incidents", "/incident list"))
        envelope = await ws.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        await ws.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "by socket"}})
        assert (await typing)["answer"] == {"text": "by socket"}
    assert [h for h, _ in ear.got if h["content-type"] != "application/json"] == []


async def test_an_event_without_ack_comes_again_by_socket_with_its_attempt(rehearsal, ada):
    rehearsal.knobs.ack_limit_s, rehearsal.knobs.event_retry_delays_s = 0.05, (0, 60, 300)
    async with socket(rehearsal) as (ws, _, _):
        await ws.receive_json()
        await ada.says("#general", "hello")
        first, second = await ws.receive_json(), await ws.receive_json()
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "http_timeout")
    assert first["payload"]["event_id"] == second["payload"]["event_id"]


async def test_a_socket_that_ends_before_the_ack_fails_the_dispatch(rehearsal, ada):
    async with socket(rehearsal) as (ws, _, _):
        await ws.receive_json()
        typing = asyncio.create_task(ada.types("#incidents", "/incident list"))
        await ws.receive_json()
        await ws.close()
        assert (await typing)["error"] == "dispatch_failed"


async def test_the_eleventh_socket_is_turned_away(rehearsal):
    opened = [socket(rehearsal) for _ in range(11)]
    firsts = []
    for each in opened:
        ws, _, _ = await each.__aenter__()
        firsts.append(await ws.receive_json())
    for each in opened:
        await each.__aexit__(None, None, None)
    assert [first["type"] for first in firsts] == ["hello"] * 10 + ["disconnect"]
    assert firsts[-1]["reason"] == "too_many_websockets"


async def test_a_refresh_warns_and_then_closes(rehearsal):
    async with socket(rehearsal) as (ws, _, _):
        await ws.receive_json()
        await rehearsal.refresh_sockets()
        reasons = [(await ws.receive_json())["reason"] for _ in range(2)]
        assert reasons == ["warning", "refresh_requested"]
        assert (await ws.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
