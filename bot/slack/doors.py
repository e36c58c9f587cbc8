"""The two ways Slack's requests come in: HTTP through the gate, or a socket that we opened ourselves."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from time import time
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.adapter.socket_mode.internals import build_headers
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.slack import shape
from bot.slack.app import AFTER
from bot.slack.gate import Gate, Refused

log = logging.getLogger(__name__)

PATH = "/slack/events"  # commands, interactivity and events: one address to enter in Slack's settings

# What the socket's client says each time it tries again, with a traceback; we say once that Slack is away.
RETRIES = (
    "Failed to check the current session",
    "Failed to receive or enqueue a message",
    "Failed to retrieve WSS URL",
    "Failed to connect",
    "Failed to send a ping message",
)

Calls = list[Callable[[], Awaitable[None]]]


def http(app: AsyncApp, gate: Gate) -> Route:
    """The route for everything that Slack sends by HTTP."""

    async def receive(request: Request) -> Response:
        calls: Calls = []
        try:
            body = await gate.read(request.headers.raw, request.stream())
            asked = asked_of(shape.read(body, request.headers["content-type"]), dict(request.headers), calls)
        except Refused as refused:
            log.info("refused a request: %s", refused.reason)
            return Response(status_code=refused.status)
        except (ValueError, RecursionError):
            log.info("refused a signed request that is no payload")
            return Response(status_code=400)
        answer = await answered(app, asked)
        if answer.status >= 500:
            gate.forget(request.headers.raw)
        return Response(
            content=answer.body or "",
            status_code=answer.status,
            headers=answer.first_headers_without_set_cookie(),
            background=BackgroundTask(run_all, calls),
        )

    return Route(PATH, receive, methods=["POST"])


class Socket(AsyncSocketModeHandler):
    """Socket Mode. The acknowledgement goes out first, then what follows it."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        talk = logging.getLogger(f"{__name__}.socket")
        talk.addFilter(_no_retry)
        super().__init__(app, app_token, logger=talk)

    @property
    def is_open(self) -> bool:
        """Whether Slack can reach us now."""
        session = self.client.current_session
        return session is not None and not session.closed

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]
        """Take one envelope."""
        started, calls = time(), Calls()
        headers: dict[str, Any] = build_headers(req) or {}
        try:
            asked = asked_of(shape.checked(req.payload), headers, calls)
        except (ValueError, RecursionError):
            log.info("a socket brought what is no payload")
            answer = BoltResponse(status=200)  # brought again it would be no better
        else:
            answer = await answered(self.app, asked)
        await send_async_response(client, req, answer, started)
        await run_all(calls)


def asked_of(payload: dict[str, Any], headers: dict[str, Any], calls: Calls) -> AsyncBoltRequest:
    """What Bolt is given. Raises ValueError when it cannot find its way in the payload."""
    # In this mode it takes a payload that was read before, by whichever door it came.
    try:
        return AsyncBoltRequest(mode="socket_mode", body=payload, headers=headers, context={AFTER: calls})
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError("Bolt cannot read it") from error


async def answered(app: AsyncApp, asked: AsyncBoltRequest) -> BoltResponse:
    """Bolt's answer, or a refusal where Bolt itself stumbles over the payload before any listener is called."""
    try:
        return await app.async_dispatch(asked)
    except (AttributeError, LookupError, TypeError) as error:
        log.info("Bolt cannot read a payload (%s)", type(error).__name__)
        return BoltResponse(status=400, body="")


def _no_retry(record: logging.LogRecord) -> bool:
    return not record.getMessage().startswith(RETRIES)


async def run_all(calls: Calls) -> None:
    """Run what follows an acknowledgement, one after the other."""
    for call in calls:
        await call()
