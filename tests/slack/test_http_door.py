"""Slack's HTTP door, from outside: whatever comes, a short answer without a traceback, and no effect unless signed."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from bot.rehearsal import payloads
from bot.rehearsal.delivery import signed
from bot.slack.doors import PATH
from bot.wiring import Muster
from tests.conftest import SECRET, Stage, patient_workspace, settings_for
from tests.slack.rooms import newest

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM, JSON = "application/x-www-form-urlencoded", "application/json"


class Outside:
    """Someone with an HTTP client; `sent` with Slack's signature, or without."""

    def __init__(self, stage: Stage, http: httpx.AsyncClient) -> None:
        self.stage = stage
        self.http = http
        self.address = stage.muster.url + PATH

    async def sends(self, body: bytes, kind: str = FORM, *, at: int = 0, sign: bool = True, **headers: str):
        made = signed(body, SECRET, now_s=int(time.time()) + at) if sign else {}
        return await self.http.post(self.address, content=body, headers={"content-type": kind} | made | headers)

    def command(self, text: str) -> bytes:
        workspace = self.stage.rehearsal.workspace
        ada, general = workspace.find_person("ada"), workspace.find_channel("general")
        made = payloads.slash_command(self.stage.rehearsal._stage, ada, general, "/incident", text)
        return urlencode(made).encode()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outside(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Outside]:
    workspace = patient_workspace()
    await workspace.start()
    url = f"sqlite:///{tmp_path_factory.mktemp('http')}/muster.db"
    muster = Muster(settings_for(workspace, url, slack_app_token=""), now=workspace.clock.now)
    await muster.start()
    await muster.ready()
    workspace.use_request_url(muster.url + PATH)
    async with httpx.AsyncClient(trust_env=False, timeout=20) as http:
        yield Outside(Stage(workspace, muster), http)
    await muster.stop()
    await workspace.stop()


def plain_refusal(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    assert len(answer.text) < 200
    for word in ("Traceback", "Error", "File ", "/bot/", "xoxb", SECRET):
        assert word not in answer.text


async def test_a_signed_command_opens_and_answers(outside: Outside):
    before = await newest(outside.stage)
    answer = await outside.sends(outside.command("open sev1 by http"))
    assert answer.status_code == 200
    assert f"*INC-{before + 1}* sev1 is open: by http" in answer.json()["text"]
    await outside.stage.settled()
    assert (await outside.stage.incident(before + 1)).channel_id


async def test_a_command_about_a_payload_is_no_press_on_a_button(outside: Outside):
    before = await newest(outside.stage)
    assert "sev1 is open" in (await outside.sends(outside.command("open sev1 the payload=x is refused"))).text
    assert (await outside.stage.incident(before + 1)).title == "the payload=x is refused"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-slack-signature": "v0=" + "0" * 64},
        {"x-slack-signature": "v0=" + "0" * 64, "x-slack-request-timestamp": "abc"},
        {"x-slack-signature": "v0=" + "0" * 64, "x-slack-request-timestamp": "9" * 5000},
        {"x-slack-signature": "v0=" + "0" * 64, "x-slack-request-timestamp": "NOW"},
        {"x-slack-signature": "", "x-slack-request-timestamp": "NOW"},
    ],
)
async def test_a_forged_command_is_refused_without_effect(outside: Outside, headers):
    before = await newest(outside.stage)
    headers = {name: value.replace("NOW", str(int(time.time()))) for name, value in headers.items()}
    for body in (
        outside.command("open sev1 forged"),
        outside.command("open sev1 forged") + b"&ssl_check=1",
        b"ssl_check=1",
    ):
        plain_refusal(await outside.sends(body, sign=False, **headers), 401)
    assert await newest(outside.stage) == before


async def test_bytes_beyond_ascii_in_the_headers_are_refused(outside: Outside):
    body = outside.command("open sev1 forged")
    for name in (b"x-slack-signature", b"x-slack-request-timestamp"):
        made = {k.encode(): v.encode() for k, v in signed(body, SECRET, now_s=int(time.time())).items()}
        for value in ("v0=é".encode(), "١٧٩٠".encode(), b"\xff\xfe\xfd"):
            sent = {b"content-type": FORM.encode()} | made | {name: value}
            answer = await outside.http.post(outside.address, content=body, headers=list(sent.items()))
            plain_refusal(answer, 401, 400)


async def test_two_timestamps_are_refused_though_one_is_right(outside: Outside):
    body = outside.command("open sev1 twice stamped")
    made = list(signed(body, SECRET, now_s=int(time.time())).items())
    answer = await outside.http.post(
        outside.address, content=body, headers=[("content-type", FORM), *made, ("x-slack-request-timestamp", "1")]
    )
    plain_refusal(answer, 401)


async def test_a_captured_request_has_one_effect_and_the_repeat_is_refused(outside: Outside):
    before = await newest(outside.stage)
    body = outside.command("open --force sev1 captured")
    headers = signed(body, SECRET, now_s=int(time.time())) | {"content-type": FORM}
    sent = await asyncio.gather(*(outside.http.post(outside.address, content=body, headers=headers) for _ in range(5)))
    assert sorted(answer.status_code for answer in sent) == [200, 409, 409, 409, 409]
    assert await newest(outside.stage) == before + 1


async def test_a_delivery_signed_anew_gets_the_first_answer_again(outside: Outside):
    before = await newest(outside.stage)
    body = outside.command("open --force sev1 signed anew")
    answers = await asyncio.gather(*(outside.sends(body, at=-at) for at in range(0, 280, 10)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert await newest(outside.stage) == before + 1


async def test_an_old_request_is_refused(outside: Outside):
    body = outside.command("open sev1 old")
    plain_refusal(await outside.sends(body, at=-302), 401)
    plain_refusal(await outside.sends(body, at=302), 401)


async def test_url_verification_is_answered_only_when_signed(outside: Outside):
    body = json.dumps({"type": "url_verification", "challenge": "a-challenge", "token": "x"}).encode()
    answer = await outside.sends(body, JSON)
    assert answer.status_code == 200 and "a-challenge" in answer.text
    plain_refusal(await outside.sends(body, JSON, sign=False), 401)


async def test_a_signed_ssl_check_does_nothing(outside: Outside):
    before = await newest(outside.stage)
    answer = await outside.sends(b"ssl_check=1&token=x")
    assert answer.status_code in (200, 404)
    assert await newest(outside.stage) == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
async def test_other_methods_are_refused(outside: Outside, method):
    before = await newest(outside.stage)
    body = outside.command("open sev1 by another method")
    headers = signed(body, SECRET, now_s=int(time.time())) | {"content-type": FORM, "x-http-method-override": "POST"}
    answer = await outside.http.request(method, outside.address, content=body, headers=headers)
    assert answer.status_code == 405
    assert "Traceback" not in answer.text and SECRET not in answer.text
    assert await newest(outside.stage) == before


ODD = {
    "no payload at all": (b"", FORM),
    "bad json": (b"{bad", JSON),
    "json cut short": (b'{"type":"event_callback","event":{', JSON),
    "a list": (b"[1]", JSON),
    "null": (b"null", JSON),
    "a number": (b"7", JSON),
    "a string": (b'"x"', JSON),
    "an empty object": (b"{}", JSON),
    "deep lists": (b"[" * 100_000, JSON),
    "deep objects": (b'{"a":' * 100_000, JSON),
    "deep and closed": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, JSON),
    "a bad payload": (b"payload=%7Bbad", FORM),
    "an empty payload": (b"payload=", FORM),
    "a payload that is a list": (b"payload=%5B1%5D", FORM),
    "a payload that is null": (b"payload=null", FORM),
    "a payload that is a number": (b"payload=7", FORM),
    "a deep payload": (b"payload=" + b"%5B" * 100_000, FORM),
    "two payloads": (b"payload=%7B%7D&payload=%7B%7D", FORM),
    "a nul": (b"text=%00&command=%2Fincident", FORM),
    "many keys": (b"&".join(b"k%d=1" % n for n in range(50_000)), FORM),
    "no equals": (b"&&&===&=&%%%", FORM),
    "half an escape": (b"payload=%7", FORM),
    "a lone surrogate": (b'{"type":"event_callback","event_id":"\\ud800","event":{"type":"\\udfff"}}', JSON),
    "a type that is a list": (b'{"type":["event_callback"],"event":[]}', JSON),
    "an event that is text": (b'{"type":"event_callback","event":"x"}', JSON),
    "an event without a type": (b'{"type":"event_callback","event":{}}', JSON),
    "a huge number": (b'{"type":' + b"9" * 5_000 + b"}", JSON),
    "NaN": (b'{"type":NaN}', JSON),
}


@pytest.mark.parametrize("name", ODD)
async def test_a_signed_oddity_gets_a_short_answer_and_no_effect(outside: Outside, name, caplog):
    before = await newest(outside.stage)
    body, kind = ODD[name]
    answer = await outside.sends(body, kind)
    assert answer.status_code < 500, answer.status_code
    assert "Traceback" not in answer.text
    assert await newest(outside.stage) == before
    assert not [record for record in caplog.records if record.exc_info]


@pytest.mark.parametrize("name", ODD)
async def test_an_unsigned_oddity_is_refused(outside: Outside, name):
    body, kind = ODD[name]
    plain_refusal(await outside.sends(body, kind, sign=False), 401)


async def test_signed_bytes_that_are_no_text_are_refused(outside: Outside):
    plain_refusal(await outside.sends(b"payload=\xff\xfe"), 400)


async def test_a_large_body_is_refused_before_it_is_read(outside: Outside):
    plain_refusal(await outside.sends(b"x" * 1_000_001, sign=False), 413)

    async def chunks():
        for _ in range(200):
            yield b"x" * 10_000

    try:
        answer = await outside.http.post(outside.address, content=chunks(), headers={"content-type": FORM})
    except httpx.TransportError:
        return  # the connection was closed on us, which is a refusal as well
    plain_refusal(answer, 413)


async def test_a_length_that_lies_is_refused(outside: Outside):
    host, port = outside.stage.muster.url.removeprefix("http://").split(":")
    for lengths in ("Content-Length: abc\r\n", "Content-Length: -5\r\n", "Content-Length: 5\r\nContent-Length: 6\r\n"):
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\n{lengths}\r\nhello".encode())
        await writer.drain()
        first = await asyncio.wait_for(reader.readline(), 5)
        assert first.startswith((b"HTTP/1.1 4", b"")), first
        assert b" 200 " not in first
        writer.close()


async def test_what_an_attacker_sends_is_not_written_into_the_log(outside: Outside, caplog):
    caplog.set_level(logging.INFO)
    forged = "x\n2026-04-23 ERROR all is lost \x1b[31m"
    await outside.sends(urlencode({"text": forged, "token": "xoxb-stolen"}).encode(), sign=False)
    await outside.sends(b'{"secret-word": 1', JSON)
    written = "\n".join(record.getMessage() for record in caplog.records)
    assert "all is lost" not in written and "xoxb-stolen" not in written and "secret-word" not in written


async def test_a_failed_event_is_taken_when_slack_repeats_it_within_the_second(outside: Outside):
    payload = payloads.event_callback(outside.stage.rehearsal._stage, {"type": "member_joined_channel", "user": "U1"})
    body = json.dumps(payload).encode()
    headers = signed(body, SECRET, now_s=int(time.time())) | {"content-type": JSON}
    door, stage = outside.stage.muster.deps.door, outside.stage
    kept = door._run

    def broken(job):
        raise OSError("the disk is full")

    door._run = broken
    try:
        failed = await outside.http.post(outside.address, content=body, headers=headers)
    finally:
        door._run = kept
    plain_refusal(failed, 500)
    again = await outside.http.post(stage.muster.url + PATH, content=body, headers=headers | {"x-slack-retry-num": "1"})
    assert again.status_code == 200
