"""Calls to Slack's Web API, against a server that answers in every way a server can."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import ChatDown, ChatRefused, ChatUnknown
from bot.slack.caller import DEFAULT_RETRY_AFTER_S, LONGEST_RETRY_AFTER_S, Caller, http_session, retry_after_s

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]
TOKEN = "xoxb-secret"


class Slack:
    """A server in Slack's place; `asked` holds the requests it got."""

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.answer: Answering = self.well
        self.server = TestServer(self._app())

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        return app

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        await request.read()
        return await self.answer(request)

    async def well(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": True, "ts": "1.2", "channel": "C1"})

    def says(self, body: bytes | dict, status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()

        async def answer(request: web.Request) -> web.StreamResponse:
            return web.Response(body=raw, status=status, headers={"Content-Type": "application/json"} | headers)

        self.answer = answer


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    made = Slack()
    await made.server.start_server()
    yield made
    await made.server.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with http_session() as made:
        yield made


@pytest.fixture
def call(slack: Slack, session: aiohttp.ClientSession) -> Caller:
    return caller(str(slack.server.make_url("/api/")), session)


def caller(url: str, session: aiohttp.ClientSession, deadline_s: float = 5.0) -> Caller:
    client = AsyncWebClient(token=TOKEN, base_url=url, session=session, retry_handlers=[])
    return Caller(client, deadline_s=deadline_s)


async def post(call: Caller):
    return await call("chat.postMessage", channel="C1", text="x")


async def edit(call: Caller):
    return await call("chat.update", channel="C1", ts="1.2", text="x")


async def test_a_good_answer_is_handed_back_as_it_is(slack: Slack, call: Caller):
    assert (await post(call))["ts"] == "1.2"
    assert slack.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert slack.asked[0].path == "/api/chat.postMessage"


@pytest.mark.parametrize(
    ("header", "wait_s"),
    [
        ("30", 30.0),
        (" 7 ", 7.0),
        ("1", 1.0),
        ("0", DEFAULT_RETRY_AFTER_S),
        ("-1", DEFAULT_RETRY_AFTER_S),
        ("86400", LONGEST_RETRY_AFTER_S),
        ("9" * 400, LONGEST_RETRY_AFTER_S),
        ("abc", DEFAULT_RETRY_AFTER_S),
        ("1.5", DEFAULT_RETRY_AFTER_S),
        ("1e9", DEFAULT_RETRY_AFTER_S),
        ("Wed, 21 Oct 2026 07:28:00 GMT", DEFAULT_RETRY_AFTER_S),
        ("", DEFAULT_RETRY_AFTER_S),
        (None, DEFAULT_RETRY_AFTER_S),
    ],
)
async def test_429_asks_us_to_wait_as_long_as_it_sanely_says(slack: Slack, call: Caller, header, wait_s):
    slack.says({"ok": False, "error": "ratelimited"}, 429, **({"Retry-After": header} if header is not None else {}))
    with pytest.raises(ChatDown) as down:
        await post(call)
    assert down.value.retry_after_s == wait_s
    assert len(slack.asked) == 1


@pytest.mark.parametrize("headers", [{"retry-after": ["4", "9"]}, {"RETRY-AFTER": "4"}])
def test_the_wait_is_read_from_headers_in_any_case_and_the_first_of_many(headers):
    assert retry_after_s(headers) == 4.0


@pytest.mark.parametrize("code", ["ratelimited", "rate_limited", "message_limit_exceeded"])
async def test_a_limit_told_with_status_200_is_a_limit_too(slack: Slack, call: Caller, code):
    slack.says({"ok": False, "error": code}, 200, **{"Retry-After": "3"})
    with pytest.raises(ChatDown) as down:
        await post(call)
    assert down.value.retry_after_s == 3.0


@pytest.mark.parametrize("code", ["fatal_error", "internal_error"])
async def test_half_done_is_unknown_for_a_post_and_down_for_what_bears_a_repeat(slack: Slack, call: Caller, code):
    slack.says({"ok": False, "error": code})
    with pytest.raises(ChatUnknown):
        await post(call)
    with pytest.raises(ChatDown):
        await edit(call)


@pytest.mark.parametrize("code", ["channel_not_found", "missing_scope", "token_revoked", "a_code_of_next_year"])
async def test_a_no_is_a_no_with_its_code(slack: Slack, call: Caller, code):
    slack.says({"ok": False, "error": code, "needed": "pins:write", "provided": "x"})
    with pytest.raises(ChatRefused) as refused:
        await post(call)
    assert (refused.value.code, refused.value.needed) == (code, "pins:write")
    assert TOKEN not in str(refused.value)


BODIES = {
    "html": b"<html>502 Bad Gateway</html>",
    "empty": b"",
    "a list": b"[1]",
    "null": b"null",
    "a number": b"7",
    "a string": b'"ok"',
    "cut short": b'{"ok": tr',
    "an empty object": b"{}",
    "no utf-8": b'{"ok": true, "x": "\xff\xfe"}',
    "deep": b"[" * 50_000,
    "an error that is no text": b'{"ok": false, "error": [1]}',
    "an error that is missing": b'{"ok": false}',
}


@pytest.mark.parametrize("status", [200, 500, 502, 503, 504])
@pytest.mark.parametrize("name", BODIES)
async def test_what_cannot_be_read_may_have_happened(slack: Slack, call: Caller, name, status):
    slack.says(BODIES[name], status)
    with pytest.raises(
        (ChatUnknown, ChatRefused) if name == "an error that is no text" and status == 200 else ChatUnknown
    ):
        await post(call)
    with pytest.raises((ChatDown, ChatRefused)):
        await edit(call)
    assert len(slack.asked) == 2


async def test_a_connection_reset_in_the_middle_may_have_happened(slack: Slack, call: Caller):
    async def reset(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    slack.answer = reset
    with pytest.raises(ChatUnknown):
        await post(call)
    with pytest.raises(ChatDown):
        await edit(call)
    assert len(slack.asked) == 2


async def test_an_answer_cut_off_may_have_happened(slack: Slack, call: Caller):
    async def cut(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "500"})
        await response.prepare(request)
        await response.write(b'{"ok": true, ')
        assert request.transport is not None
        request.transport.abort()
        return response

    slack.answer = cut
    with pytest.raises(ChatUnknown):
        await post(call)


async def test_an_answer_that_drips_is_given_up_at_the_deadline(slack: Slack, session: aiohttp.ClientSession):
    dripped: list[int] = []

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while True:
            dripped.append(1)
            await response.write(b" ")
            await asyncio.sleep(0.02)

    slack.answer = drip
    quick = caller(str(slack.server.make_url("/api/")), session, deadline_s=0.3)
    with pytest.raises(ChatUnknown, match=r"no answer to chat\.postMessage within 0\.3 s"):
        await post(quick)
    assert dripped
    with pytest.raises(ChatDown):
        await edit(quick)


async def test_a_server_that_takes_and_never_answers_is_given_up(session: aiohttp.ClientSession):
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    quick = caller(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/", session, deadline_s=0.3)
    with pytest.raises(ChatUnknown):
        await post(quick)
    server.close()


async def test_where_nobody_listens_nothing_happened(session: aiohttp.ClientSession):
    server = await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(ChatDown, match="cannot be reached"):
        await post(caller(f"http://127.0.0.1:{port}/api/", session))


async def test_a_name_that_does_not_exist_means_nothing_happened(session: aiohttp.ClientSession):
    with pytest.raises(ChatDown):
        await post(caller("http://slack.invalid/api/", session))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_and_the_token_goes_nowhere(slack: Slack, call: Caller, status):
    elsewhere = Slack()
    await elsewhere.server.start_server()
    slack.says(b"", status, Location=str(elsewhere.server.make_url("/api/chat.postMessage")))
    with pytest.raises(ChatUnknown):
        await post(call)
    with pytest.raises(ChatDown):
        await edit(call)
    await elsewhere.server.close()
    assert elsewhere.asked == []


async def test_auth_test_brings_the_scopes_along(slack: Slack, call: Caller):
    slack.says({"ok": True, "user_id": "U1"}, 200, **{"x-oauth-scopes": "commands,chat:write"})
    said = await call("auth.test")
    assert {k.lower(): v for k, v in said["_headers"].items()}["x-oauth-scopes"] == "commands,chat:write"


async def test_no_call_is_repeated_by_itself(slack: Slack, call: Caller):
    for body, status in ((b"", 500), (b"{}", 200), (b'{"ok":false,"error":"ratelimited"}', 429)):
        slack.says(body, status)
        with pytest.raises((ChatDown, ChatUnknown)):
            await post(call)
    assert len(slack.asked) == 3
