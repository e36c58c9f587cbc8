"""The postmortem's page in a real browser: what htmx swaps, where the keyboard goes on, and what stays inert."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.domain.postmortem.values import Part
from bot.services import incidents, timeline
from bot.services.postmortem import drafting, living, reviews
from bot.settings import HERE, Settings
from bot.web.access import COOKIE
from bot.web.app import build
from bot.web.serving import Serving
from tests.rehearsal.test_page import FLAGS, NAMES
from tests.web import sale
from tests.web.house import SECRET, House

pytestmark = pytest.mark.asyncio(loop_scope="module")

HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
LINKS = "[x](javascript:window.pwned=1) <javascript:window.pwned=1> [y](data:text/html,x) ![z](https://evil.test/z.png)"
HTMX = '<b hx-get="/incidents" hx-trigger="load" hx-on:click="window.pwned=1">b</b>'


@dataclass
class Desk:
    """A house that is served, and a window on its postmortem."""

    house: House
    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    def section(self, part: str) -> Any:
        return self.page.locator(f"section#{part}")

    def write(self, part: Part, text: str) -> None:
        """Somebody else writes a section over."""

        def job(desk: Any) -> None:
            found = incidents.find(desk, number=1)
            past = living.history(desk, found, part)
            living.write(desk, found, part, text, by=sale.BEN, revision=past[0].revision if past else 0)

        self.house.do(job)

    async def look_again(self) -> None:
        """The page asks for news, as it does every ten seconds."""
        async with self.page.expect_response("**/postmortem/changed*"):
            await self.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("no Chromium here")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def desk(tmp_path: Path, browser: Browser) -> AsyncIterator[Desk]:
    house = House(tmp_path, Settings(muster_playbooks=(HERE / "playbooks",), slack_signing_secret=SECRET))
    house.meet()
    sale.begin(house, f"checkout {HOSTILE}")
    house.do(lambda desk: timeline.note(desk, incidents.find(desk, number=1), f"{HOSTILE} {HTMX}", by=sale.BEN))
    sale.end(house)
    server = Serving(build(house.deps), "127.0.0.1", 0)
    await server.start()
    window = await browser.new_context(viewport={"width": 1280, "height": 900})
    await window.add_cookies([{"name": COOKIE, "value": house.own(sale.CLEO), "url": server.url}])
    made = Desk(house, await window.new_page(), f"{server.url}/incidents/1/postmortem")
    made.page.on("console", lambda said: made.troubles.append(said.text) if said.type == "error" else None)
    made.page.on("pageerror", lambda error: made.troubles.append(str(error)))
    await made.page.goto(made.url)
    yield made
    assert await made.page.evaluate("window.pwned") is None
    await window.close()
    await server.stop()
    house.deps.door.close()
    assert made.troubles == []


async def test_a_section_is_written_with_the_keyboard_alone(desk: Desk) -> None:
    impact = desk.section("impact")
    await impact.get_by_role("button", name="Edit Impact").focus()
    await desk.page.keyboard.press("Enter")
    field = impact.get_by_label("Impact, as Markdown")
    await expect(field).to_be_focused()
    await expect(impact.get_by_text("Yours until")).to_be_visible()
    await field.fill("Half of *all* orders.")
    await impact.get_by_role("button", name="Preview").press("Enter")
    await expect(impact.locator(".preview em")).to_have_text("all")
    await expect(impact.get_by_role("button", name="Preview")).to_be_focused()
    await impact.get_by_role("button", name="Save").press("Enter")
    await expect(impact.locator(".body > .written em")).to_have_text("all")
    await expect(impact.get_by_role("button", name="Edit Impact")).to_be_focused()
    await expect(desk.page.get_by_role("status")).to_have_text("Saved.")
    assert desk.page.url == desk.url


async def test_what_others_do_appears_and_what_is_being_typed_stays(desk: Desk) -> None:
    impact, tried = desk.section("impact"), desk.section("tried")
    await impact.get_by_role("button", name="Edit").click()
    await impact.get_by_label("Impact, as Markdown").fill("My own words")
    await tried.locator("summary", has_text="Comment").click()
    await tried.get_by_label("Comment on").fill("A remark half")
    desk.house.now = desk.house.now.replace(hour=13)  # my lock has run out
    desk.write(Part.IMPACT, "What Ben wrote.")
    desk.write(Part.TRIED, "We tried it all.")
    remark = impact.locator("summary", has_text="Comment on")
    await remark.click()
    await impact.get_by_label("Comment on").fill("Beside my own words")
    await impact.get_by_role("button", name="Add").click()
    await expect(impact.locator(".comment")).to_contain_text("Beside my own words")
    await expect(remark).to_be_focused()
    desk.write(Part.WELL, "All went well.")
    await desk.look_again()
    await expect(desk.section("well").locator(".written")).to_have_text("All went well.")
    await expect(impact.get_by_label("Impact, as Markdown")).to_have_value("My own words")
    await expect(tried.locator(".written")).to_have_text("We tried it all.")
    await expect(tried.get_by_label("Comment on")).to_have_value("A remark half")
    await impact.get_by_role("button", name="Save").click()
    await expect(impact.get_by_role("alert")).to_contain_text("Ben Okri changed “Impact” while you wrote.")
    await expect(impact.get_by_label("Impact, as Markdown")).to_have_value("My own words")
    await expect(impact.locator(".standing pre")).to_have_text("What Ben wrote.")
    await tried.get_by_role("button", name="Add").click()
    await expect(tried.locator(".comment")).to_contain_text("A remark half")
    await expect(tried.get_by_label("Comment on")).to_have_value("")
    desk.troubles = [one for one in desk.troubles if "409" not in one]  # Chromium reports every refusal


async def test_a_comment_is_settled_and_a_text_signed(desk: Desk) -> None:
    review, impact = desk.section("review"), desk.section("impact")
    desk.house.do(
        lambda one: reviews.comment(one, incidents.find(one, number=1), Part.IMPACT, "How do we know?", by=sale.BEN)
    )
    await desk.look_again()
    await impact.get_by_role("button", name="Settle").click()
    await expect(impact.get_by_text("1 settled")).to_be_visible()
    await expect(impact.locator("summary", has_text="Comment on")).to_be_focused()
    await review.get_by_label("A word with it").fill("Well told.")
    await review.get_by_role("button", name="Sign").click()
    await expect(review.locator(".stand")).to_have_text("reviewed")
    await expect(review.locator(".reviewers")).to_contain_text("Well told.")
    desk.write(Part.IMPACT, "Something else.")
    await desk.look_again()
    await expect(review).to_contain_text("the text has changed since")
    await review.get_by_label("A word with it").fill("Half a word")
    desk.house.do(lambda one: reviews.sign(one, incidents.find(one, number=1), by=sale.BEN))
    await desk.look_again()
    await expect(review.get_by_label("A word with it")).to_have_value("Half a word")
    await review.get_by_label("A word with it").fill("")
    await desk.look_again()
    await expect(review.locator(".reviewers")).to_contain_text("Ben Okri")


async def test_the_head_follows_what_others_do(desk: Desk) -> None:
    head = desk.page.locator("#head")
    await expect(head.locator(".stand")).to_have_text("draft")
    await desk.page.locator("#as-pdf").focus()
    desk.house.do(lambda one: drafting.draft(one, incidents.find(one, number=1).id))
    desk.house.do(lambda one: reviews.sign(one, incidents.find(one, number=1), by=sale.BEN))
    await desk.look_again()
    await expect(head).to_contain_text("Postmortem, draft 2")
    await expect(head.locator(".stand")).to_have_text("reviewed")
    await expect(head).to_contain_text("signed by Ben Okri")
    await expect(desk.page.locator("#course input")).to_have_value("course:2")
    await expect(desk.page.locator("#as-pdf")).to_be_focused()


async def test_a_press_that_failed_says_so_and_keeps_the_words(desk: Desk) -> None:
    impact = desk.section("impact")
    await impact.get_by_role("button", name="Edit").click()
    await impact.get_by_label("Impact, as Markdown").fill("My own words")
    await desk.page.route("**/impact/write", lambda route: route.abort())
    await impact.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("status")).to_contain_text("No connection.")
    await desk.page.unroute("**/impact/write")
    await impact.get_by_label("Impact, as Markdown").fill("x" * 300_000)
    await impact.get_by_role("button", name="Save").click()
    await expect(desk.page.get_by_role("status")).to_contain_text("more than I take at once")
    assert len(await impact.get_by_label("Impact, as Markdown").input_value()) == 300_000
    desk.troubles = [one for one in desk.troubles if not any(word in one for word in ("ERR_FAILED", "413", "htmx:"))]


async def test_markup_in_whatever_people_write_is_inert(desk: Desk) -> None:
    hostile = f"{HOSTILE}\n\n{LINKS}\n\n{HTMX}\n\n<style>*{{display:none}}</style>\n\n`{HOSTILE}`"
    impact = desk.section("impact")
    await impact.get_by_role("button", name="Edit").click()
    await impact.get_by_label("Impact, as Markdown").fill(hostile)
    await impact.get_by_role("button", name="Preview").click()
    await expect(impact.locator(".preview .written")).to_contain_text("onerror")
    await impact.get_by_role("button", name="Save").click()
    await expect(impact.locator(".body > .written")).to_contain_text("onerror")
    await impact.locator("summary", has_text="Comment").click()
    await impact.get_by_label("Comment on").fill(hostile)
    await impact.get_by_role("button", name="Add").click()
    await expect(impact.locator(".comment")).to_contain_text("onerror")
    desk.house.do(lambda one: reviews.want_changes(one, incidents.find(one, number=1), by=sale.BEN, note=hostile))
    for address in (desk.url, f"{desk.url}/impact/history"):
        await desk.page.goto(address)
        found = "main :is(img, script, style, [hx-on\\:click], [onerror], a[href^='javascript'], a[href^='data'])"
        assert await desk.page.locator(found).count() == 0
        assert "checkout <img" in await desk.page.title() or "history" in await desk.page.title()


async def test_the_forms_work_without_a_script(desk: Desk, browser: Browser) -> None:
    window: BrowserContext = await browser.new_context(java_script_enabled=False)
    await window.add_cookies([{"name": COOKIE, "value": desk.house.own(sale.CLEO), "url": desk.url}])
    page = await window.new_page()
    await page.goto(desk.url)
    await page.locator("section#impact").get_by_role("button", name="Edit").click()
    await page.get_by_label("Impact, as Markdown").fill("Written *plainly*.")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator(".preview em")).to_have_text("plainly")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("section#impact .written em")).to_have_text("plainly")
    assert page.url == f"{desk.url}#impact"
    await window.close()
