"""A running rehearsal, and the real SDK talking to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.rehearsal import Rehearsal
from tests.rehearsal.apps import BOT_TOKEN, app_config


@pytest.fixture
async def rehearsal() -> AsyncIterator[Rehearsal]:
    running = Rehearsal(app_config())
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
async def slack(rehearsal: Rehearsal) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_TOKEN, base_url=rehearsal.api_url, retry_handlers=[])
