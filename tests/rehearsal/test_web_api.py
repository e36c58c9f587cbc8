"""The Web API's door: tokens, scopes, arguments, faults, rates."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import httpx
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.rehearsal import Fault, Rehearsal, RehearsalError, methods
from bot.rehearsal.catalog import load
from bot.rehearsal.rates import Rates
from tests.rehearsal.apps import APP_TOKEN, BOT_TOKEN, SCOPES, app_config, refused

SOURCE = Path(methods.__file__).parent.parent


@pytest.fixture
async def http(rehearsal):
    headers = {"authorization": f"Bearer {BOT_TOKEN}"}
    async with httpx.AsyncClient(base_url=rehearsal.api_url, headers=headers) as client:
        yield client


def client(rehearsal, token) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=rehearsal.api_url, retry_handlers=[])


def test_every_method_in_the_catalog_is_served_and_no_other():
    assert set(methods.all_methods()) == set(load())


def test_every_code_in_the_source_is_documented_for_some_method_or_address():
    documented = set().union(*(spec.errors for spec in load().values()))
    hooks = {"invalid_token", "expired_url", "used_url", "invalid_payload"}
    written = set()
    for path in [*SOURCE.glob("*.py"), *SOURCE.glob("methods/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
                written |= {node.args[0].value} if isinstance(node.args[0], ast.Constant) else set()
    assert len(written) > 50
    assert written - documented - hooks == set()


@pytest.mark.parametrize(
    ("token", "method", "code"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-somebody-else", "auth.test", "invalid_auth"),
        (APP_TOKEN, "auth.test", "not_allowed_token_type"),
        (BOT_TOKEN, "apps.connections.open", "not_allowed_token_type"),
        (BOT_TOKEN, "admin.users.list", "unknown_method"),
    ],
)
async def test_a_wrong_token_or_method_is_refused(rehearsal, token, method, code):
    async with httpx.AsyncClient(base_url=rehearsal.api_url) as http:
        answer = await http.post(method, data={"token": token})
    assert (answer.status_code, answer.json()["error"]) == (200, code)


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{bad", "invalid_json"),
        ("application/json", b"[1]", "json_not_object"),
        ("text/xml", b"<a/>", "invalid_post_type"),
        ("application/json", b'{"channel": "C1", "token": "' + BOT_TOKEN.encode() + b'"}', "channel_not_found"),
        ("application/json", b"{}", "invalid_arguments"),
        ("application/json", b'{"channel": "C1", "colour": "red"}', "invalid_arguments"),
        ("application/json", b'{"channel": ["C1"]}', "invalid_arguments"),
        ("application/json", b'{"channel": "C1", "team_id": "T0OTHER"}', "invalid_arguments"),
    ],
)
async def test_a_body_slack_would_refuse_is_refused(http, kind, body, code):
    answer = await http.post("conversations.info", content=body, headers={"content-type": kind})
    assert answer.json()["error"] == code


async def test_a_token_in_a_json_body_does_not_count(rehearsal):
    async with httpx.AsyncClient(base_url=rehearsal.api_url) as http:
        answer = await http.post("auth.test", json={"token": BOT_TOKEN})
    assert answer.json()["error"] == "not_authed"


async def test_a_missing_scope_names_what_is_needed_and_what_there_is():
    running = Rehearsal(app_config(scopes=SCOPES - {"pins:write", "groups:write"}))
    await running.start()
    async with httpx.AsyncClient(base_url=running.api_url, headers={"authorization": f"Bearer {BOT_TOKEN}"}) as http:
        pinned = await http.post("pins.add", data={"channel": "C1", "timestamp": "1.000000"})
        made = await http.post("conversations.create", data={"name": "a", "is_private": "true"})
    await running.stop()
    assert (pinned.json()["error"], pinned.json()["needed"]) == ("missing_scope", "pins:write")
    assert "chat:write" in pinned.json()["provided"].split(",")
    assert pinned.headers["x-accepted-oauth-scopes"] == "pins:write"
    assert "pins:write" not in pinned.headers["x-oauth-scopes"].split(",")
    assert made.json()["needed"] == "groups:write"


async def test_an_injected_error_happens_as_often_as_asked_and_has_no_effect(rehearsal, slack):
    rehearsal.knobs.faults.append(Fault("conversations.create", error="fatal_error", times=2, skip=1))
    assert (await slack.conversations_create(name="a"))["ok"]
    assert await refused(slack.conversations_create(name="b")) == "fatal_error"
    assert await refused(slack.conversations_create(name="b")) == "fatal_error"
    assert (await slack.conversations_create(name="b"))["ok"]
    assert len(rehearsal.ledger.done("conversations.create")) == 2


async def test_an_error_can_come_although_the_thing_was_done(rehearsal, slack):
    rehearsal.knobs.faults.append(Fault("conversations.create", error="internal_error", effect=True))
    assert await refused(slack.conversations_create(name="a")) == "internal_error"
    assert await refused(slack.conversations_create(name="a")) == "name_taken"
    assert len(rehearsal.ledger.done("conversations.create")) == 1


@pytest.mark.parametrize(("lose", "made"), [("request", 0), ("answer", 1)])
async def test_a_lost_request_has_no_effect_and_a_lost_answer_has(rehearsal, http, lose, made):
    rehearsal.knobs.faults.append(Fault("conversations.create", lose=lose))
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post("conversations.create", data={"name": "a"})
    assert sum(channel.name == "a" for channel in rehearsal.workspace.channels.values()) == made
    assert [call.error for call in rehearsal.ledger.calls()] == [f"lost {lose}"]
    assert len(rehearsal.ledger.done("conversations.create")) == made


async def test_a_429_says_when_to_come_back(rehearsal, http):
    rehearsal.knobs.faults.append(Fault("auth.test", error="ratelimited", status=429, retry_after=30))
    answer = await http.post("auth.test")
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["error"]) == (429, "30", "ratelimited")
    assert (await http.post("auth.test")).json()["ok"]


async def test_an_answer_can_be_no_json_at_all(rehearsal, http):
    rehearsal.knobs.faults.append(Fault("*", status=502, body="<html>bad gateway</html>"))
    answer = await http.post("auth.test")
    assert (answer.status_code, answer.text) == (502, "<html>bad gateway</html>")


async def test_while_slack_is_down_every_connection_is_cut(rehearsal, http):
    rehearsal.knobs.turn({"down": True})
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post("auth.test")
    rehearsal.knobs.turn({"down": False})
    assert (await http.post("auth.test")).json()["ok"]


async def test_a_knob_that_is_not_there_is_named(rehearsal):
    with pytest.raises(RehearsalError, match="`lattency_ms` is not a knob"):
        rehearsal.knobs.turn({"lattency_ms": 100})
    with pytest.raises(RehearsalError, match="that is not a fault"):
        rehearsal.knobs.turn({"faults": [{"methode": "chat.update"}]})


async def test_rates_are_kept_when_asked_for(rehearsal, http):
    rehearsal.knobs.enforce_rates = True
    answers = [await http.post("conversations.create", data={"name": f"inc-{n}"}) for n in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 60
    assert "inc-20" not in [channel.name for channel in rehearsal.workspace.channels.values()]


def test_a_tier_counts_a_sliding_minute_and_posts_a_second_per_channel():
    now_s = [0.0]
    rates = Rates(monotonic=lambda: now_s[0])
    tier2 = "Tier 2: 20+ per minute"
    assert [rates.wait_s("pins.add", tier2, "") for _ in range(21)] == [0] * 20 + [60]
    assert [rates.wait_s("chat.postMessage", "Special", "C1") for _ in range(6)] == [0] * 5 + [5]
    assert rates.wait_s("chat.postMessage", "Special", "C2") == 0
    now_s[0] = 60.0
    assert rates.wait_s("pins.add", tier2, "") == 0


async def test_the_record_keeps_no_token(rehearsal, slack):
    await slack.api_call("api.test", params={"token": BOT_TOKEN, "foo": "bar"})
    (call,) = rehearsal.ledger.calls("api.test")
    assert call.args == {"foo": "bar"}


JUNK = ["", "x", "0", "-1", "C0", "{", "[]", "[1]", "{}", '{"type": 5}', '[{"type": "section"}]', "null", "1.000000"]
JUNK += [None, 5, -1, True, [], [1], [None], {}, {"type": "modal"}, {"id": 5}, "x" * 5000, "é\u0000\ud7ff", "1e999"]


async def test_no_method_breaks_whatever_its_arguments_are(rehearsal, http):
    chance = random.Random(7)
    ws = rehearsal.workspace
    room = (await http.post("conversations.create", json={"name": "inc-1"})).json()["channel"]["id"]
    posted = (await http.post("chat.postMessage", json={"channel": room, "text": "x"})).json()["ts"]
    pool = [*JUNK, room, posted, ws.bot.id, rehearsal.person("ben").user_id, "eyes", "link", "inc-2"]
    for method, spec in load().items():
        if method == "apps.connections.open":
            continue
        for _ in range(25):
            args = {name: chance.choice(pool) for name in spec.args if chance.random() < 0.8}
            answer = await http.post(method, json=args)
            assert answer.status_code == 200, (method, args, answer.text)
            assert answer.json()["ok"] or answer.json()["error"] in spec.errors or method == "api.test"


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b'{"text": 5}', b'{"blocks": 5}', b'{"attachments": [5]}', b"{"])
async def test_no_response_url_breaks_whatever_is_posted(rehearsal, body):
    token = rehearsal._stage.handles.new_hook(rehearsal.person("ada").user_id, next(iter(rehearsal.workspace.channels)))
    async with httpx.AsyncClient(base_url=rehearsal.url) as http:
        answer = await http.post(f"/hooks/{token}", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
