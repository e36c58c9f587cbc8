"""A house for every test of the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import expect

from bot.settings import HERE, Settings
from bot.web.access import COOKIE
from tests.web import sale
from tests.web.house import SECRET, House

expect.set_options(timeout=20_000)  # ms; a browser beside three other tests is slow


@pytest.fixture
def make_house(tmp_path: Path) -> Any:
    made: list[House] = []

    def make(**settings: Any) -> House:
        house = House(tmp_path, Settings(**{"muster_playbooks": (HERE / "playbooks",)} | settings))
        made.append(house)
        return house

    yield make
    for house in made:
        house.deps.door.close()


@pytest.fixture
def house(make_house: Any) -> House:
    house: House = make_house(slack_signing_secret=SECRET)
    house.meet()
    return house


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    """Cleo's, who came with a link of her own."""
    async with house.browser(cookies={COOKIE: house.own(sale.CLEO)}) as browser:
        yield browser
