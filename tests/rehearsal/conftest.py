"""A running rehearsal, and the real SDK talking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from bot.rehearsal import Rehearsal, wire
from tests.rehearsal.apps import BOT_TOKEN, app_config
from tests.rehearsal.ear import Ear


@pytest.fixture
async def rehearsal() -> AsyncIterator[Rehearsal]:
    running = Rehearsal(app_config())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def slack(rehearsal: Rehearsal) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_TOKEN, base_url=rehearsal.api_url, retry_handlers=[])


@pytest.fixture
async def ear(rehearsal: Rehearsal) -> AsyncIterator[Ear]:
    heard = Ear()
    sock = wire.bind("127.0.0.1", 0)
    rehearsal.use_request_url(f"http://127.0.0.1:{sock.getsockname()[1]}/slack")
    server, serving = await wire.run(Starlette(routes=[Route("/slack", heard.hear, methods=["POST"])]), sock)
    yield heard
    server.should_exit = True
    await serving
