"""A house for every test of the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.settings import HERE, Settings
from tests.web.house import House


@pytest.fixture
def make_house(tmp_path: Path) -> Any:
    made: list[House] = []

    def make(**settings: Any) -> House:
        house = House(tmp_path, Settings(**{"muster_playbooks": HERE / "playbooks"} | settings))
        made.append(house)
        return house

    yield make
    for house in made:
        house.deps.door.close()


@pytest.fixture
def house(make_house: Any) -> House:
    house: House = make_house()
    house.meet()
    return house


@pytest.fixture
async def browser(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.browser() as browser:
        yield browser
