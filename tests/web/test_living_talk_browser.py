"""Two people on a postmortem's page in a real browser: locks that are left, taken and counted, answers half typed."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from bot.domain.postmortem.values import Part
from bot.services import incidents
from bot.services.postmortem import living, questions, reviews
from tests.web import sale
from tests.web.test_living_browser import Desk, browser, desk

__all__ = ["browser", "desk"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


def holder(desk: Desk) -> str:
    held = desk.house.do(lambda one: living.locks(one, incidents.find(one, number=1))).get(Part.IMPACT)
    return held.by if held else ""


async def test_a_page_that_is_left_lets_go_of_its_section(desk: Desk) -> None:
    await desk.section("impact").get_by_role("button", name="Edit").click()
    await expect(desk.section("impact").get_by_label("Impact, as Markdown")).to_be_focused()
    assert holder(desk)
    await desk.page.goto(desk.url.partition("/postmortem")[0])
    async with asyncio.timeout(20):
        while holder(desk):
            await asyncio.sleep(0.05)


async def test_the_holder_sees_how_long_it_is_theirs(desk: Desk) -> None:
    await desk.page.clock.install(time=desk.house.now)
    await desk.page.reload()
    impact = desk.section("impact")
    await impact.get_by_role("button", name="Edit").click()
    held = impact.locator("[data-until]")
    await expect(held).to_contain_text("UTC, 9 minutes left")
    await desk.page.clock.fast_forward("09:30")
    await expect(held).to_contain_text("less than a minute left")
    await desk.page.clock.fast_forward("01:00")
    await expect(held).to_contain_text("It has run out: type on to hold it again, or save")


async def test_a_lock_shows_on_the_other_s_page_and_can_be_taken_over(desk: Desk) -> None:
    impact = desk.section("impact")
    desk.house.do(lambda one: living.take(one, incidents.find(one, number=1), Part.IMPACT, by=sale.BEN))
    await desk.look_again()
    await expect(impact.locator(".held")).to_contain_text("Ben Okri is writing, until")
    await expect(impact.get_by_role("button", name="Take it over now")).to_be_hidden()
    await impact.locator("summary", has_text="Take over").click()
    await impact.get_by_role("button", name="Take it over now").click()
    await expect(impact.get_by_label("Impact, as Markdown")).to_be_focused()
    assert holder(desk) != sale.BEN
    await impact.get_by_role("button", name="Cancel").click()
    await expect(impact.get_by_role("button", name="Edit Impact")).to_be_focused()
    desk.house.now = desk.house.now.replace(minute=desk.house.now.minute + 1)
    desk.house.do(lambda one: living.take(one, incidents.find(one, number=1), Part.IMPACT, by=sale.BEN))
    await desk.look_again()
    await expect(impact.locator(".held")).to_be_visible()
    desk.house.do(lambda one: living.leave(one, incidents.find(one, number=1), Part.IMPACT, by=sale.BEN))
    await desk.look_again()
    await expect(impact.locator(".held")).to_have_count(0)


async def test_an_answer_half_typed_stays_and_is_told_by_a_press(desk: Desk) -> None:
    impact = desk.section("impact")
    await impact.locator("summary", has_text="Answer").click()
    words = impact.get_by_label("The answer, for the record")
    await words.fill("Forty shops")
    desk.house.do(
        lambda one: reviews.comment(one, incidents.find(one, number=1), Part.IMPACT, "Are you **sure**?", by=sale.BEN)
    )
    await desk.look_again()
    await expect(impact.locator(".comment strong", has_text="sure")).to_be_visible()
    await expect(words).to_have_value("Forty shops")
    await impact.get_by_role("button", name="Answer", exact=True).click()
    await expect(impact.locator(".told")).to_contain_text("Forty shops")
    await expect(impact.locator(".answering")).to_have_count(0)
    await impact.get_by_role("button", name="Settle").click()
    await impact.get_by_text("1 settled").click()
    await expect(impact.locator(".settled .comment strong", has_text="sure")).to_be_visible()
    await desk.look_again()
    await expect(impact.locator(".settled .comment strong", has_text="sure")).to_be_visible()


async def test_words_for_a_question_that_somebody_else_answered_are_kept(desk: Desk) -> None:
    impact = desk.section("impact")
    await impact.locator("summary", has_text="Answer").click()
    words = impact.get_by_label("The answer, for the record")
    await words.fill("My own half")

    def answer(one: object) -> None:
        found = incidents.find(one, number=1)
        asked = next(each for each in questions.still_asked(one, found) if each.part is Part.IMPACT)
        questions.answer(one, found, asked.key, "Ben knew", by=sale.BEN)

    desk.house.do(answer)
    await desk.look_again()
    await expect(words).to_have_value("My own half")
    await impact.get_by_role("button", name="Answer", exact=True).click()
    await expect(impact.get_by_role("alert")).to_contain_text("That question is not asked any more.")
    desk.troubles = [one for one in desk.troubles if "409" not in one]
