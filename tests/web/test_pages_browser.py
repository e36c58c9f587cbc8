"""The pages in a real browser: nothing sticks out on a phone, nothing is refused, the keyboard reaches what counts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.domain.roles import Aim
from bot.services import incidents, tasks
from bot.settings import HERE, Settings
from bot.web.app import build
from bot.web.serving import Serving
from tests.rehearsal.test_page import FLAGS, find_chromium
from tests.web import sale
from tests.web.house import House
from tests.web.test_hostile import SCRIPT

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAPER = "/incidents/1/postmortem"
PATHS = (
    "/",
    "/incidents/1",
    "/incidents/2",
    PAPER,
    f"{PAPER}/impact/history",
    f"{PAPER}.html",
    "/follow-ups",
    "/insights",
    "/people",
    "/playbooks",
    "/playbooks/stop-respawn",
)
LONG = "w" * 120  # a word that no line holds
LEFT = "getBoundingClientRect().left"
BOX = "getComputedStyle(document.querySelector('.step h2'), '::before').content"
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Site:
    """A house that is served, with hostile and long words in it, and a browser."""

    url: str
    browser: Browser

    async def window(self, **more: Any) -> BrowserContext:
        return await self.browser.new_context(**more)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with async_playwright() as playwright:
        path = find_chromium(playwright.chromium.executable_path)
        if path is None:
            pytest.skip("no Chromium here")
        folder: Path = tmp_path_factory.mktemp("pages")
        house = House(folder, Settings(muster_playbooks=(HERE / "playbooks",)))
        fill(house)
        server = Serving(build(house.deps), "127.0.0.1", 0)
        await server.start()
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield Site(server.url, browser)
        await browser.close()
        await server.stop()
        house.deps.door.close()


def fill(house: House) -> None:
    house.meet()
    sale.begin(house, f"{SCRIPT} {LONG}")
    sale.go_on(house)
    for text in (SCRIPT, LONG):
        house.do(
            lambda desk, words=text: tasks.add(
                desk,
                incidents.find(desk, number=1),
                words,
                owner=sale.BEN,
                by=sale.ADA,
                due=date(2014, 3, 1),
                aim=Aim.PREVENT,
                link=f"https://tracker.test/{LONG}",
            )
        )
    sale.end(house)
    house.now += timedelta(days=2)
    sale.begin(house, LONG)


async def visited(page: Page, site: Site, path: str) -> list[str]:
    """Go there, and return what the browser complained about."""
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    await page.goto(site.url + path)
    return troubles


@pytest.mark.parametrize("width", [375, 1280])
async def test_nothing_sticks_out_and_nothing_is_refused(site: Site, width: int) -> None:
    window = await site.window(viewport={"width": width, "height": 800})
    page = await window.new_page()
    for path in PATHS:
        assert await visited(page, site, path) == []
        assert await page.evaluate(WIDER) <= 0, path
    await window.close()


@pytest.mark.parametrize("path", ["/incidents/1", PAPER])
async def test_what_stands_on_a_long_page_is_listed_beside_it_and_marked(site: Site, path: str) -> None:
    window = await site.window(viewport={"width": 1280, "height": 800})
    page = await window.new_page()
    assert await visited(page, site, path) == []
    link = page.get_by_role("navigation", name="On this page").get_by_role("link", name="Timeline")
    await link.click()
    await expect(link).to_have_attribute("aria-current", "location")
    await page.keyboard.press("Home")
    await expect(link).not_to_have_attribute("aria-current", "location")
    await page.set_viewport_size({"width": 375, "height": 800})
    await expect(link).to_be_hidden()
    await page.get_by_text("On this page").press("Enter")
    await expect(link).to_be_visible()
    await window.close()


async def test_an_owner_s_name_has_room_and_the_picture_takes_the_width_of_its_page(site: Site) -> None:
    window = await site.window(viewport={"width": 1280, "height": 800})
    page = await window.new_page()
    assert await visited(page, site, "/follow-ups") == []
    owner = await page.locator(".follow-ups td:nth-child(2)").first.bounding_box()
    assert owner and owner["width"] >= 110
    assert await visited(page, site, "/incidents/1") == []
    boxes = [await page.locator(f"{one} >> visible=true").first.bounding_box() for one in (".course svg", "#head")]
    assert boxes[0] and boxes[1] and boxes[0]["width"] >= boxes[1]["width"]
    await window.close()


async def test_on_paper_nothing_is_cut_and_steps_have_boxes(site: Site) -> None:
    window = await site.window(viewport={"width": 673, "height": 900})  # A4 between its margins
    page = await window.new_page()
    await page.emulate_media(media="print")
    for path in ("/incidents/1", PAPER):
        await page.goto(site.url + path)
        assert await page.evaluate(
            f"document.querySelector('.course .wide svg').{LEFT} >= document.querySelector('h1').{LEFT}"
        )
        assert await page.evaluate(WIDER) <= 0
        await expect(page.get_by_role("navigation")).to_have_count(0)
    await page.goto(f"{site.url}/playbooks/stop-respawn")
    assert await page.evaluate(BOX) == '""'
    await page.emulate_media(media="screen")
    assert await page.evaluate(BOX) == "none"
    await window.close()


async def test_without_a_script_the_pages_say_the_same(site: Site) -> None:
    window = await site.window(java_script_enabled=False)
    page = await window.new_page()
    for path in PATHS:
        await page.goto(site.url + path)
        assert await page.get_by_role("heading", level=1).count() == 1, path
    await page.goto(f"{site.url}/follow-ups")
    await page.get_by_role("link", name="prevent").click()
    assert "aim=prevent" in page.url
    assert await page.get_by_role("table", name="Follow-ups across incidents").get_by_role("row").count() == 3
    await window.close()


async def test_a_day_of_the_calendar_is_reached_and_opened_with_the_keyboard(site: Site) -> None:
    window = await site.window(java_script_enabled=False)
    page = await window.new_page()
    await page.goto(f"{site.url}/incidents")
    await page.get_by_role("searchbox").focus()
    for _ in range(40):
        await page.keyboard.press("Tab")
        if (
            await page.evaluate("document.activeElement.getAttribute('aria-label')")
            == "13 March 2014: 1 incident, sev1"
        ):
            break
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/incidents?day=2014-03-13")
    assert "Declared on 13 March 2014" in await page.inner_text("main")
    await window.close()
