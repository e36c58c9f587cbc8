"""What is open on a postmortem's page: questions answered there, what a signature stands over, what changed since."""

from __future__ import annotations

import re
from typing import Any

import httpx

from bot.domain.postmortem.values import Part
from bot.domain.timeline import Tag
from bot.services import striking, timeline
from bot.services.postmortem import living, questions, redrafting, reviews
from tests.web import sale
from tests.web.house import House
from tests.web.test_living import HERE, PAGE, SCRIPT, found, house, section, write

__all__ = ["house"]


def asked(house: House, part: Part) -> list[questions.Asked]:
    return [one for one in house.do(lambda desk: questions.still_asked(desk, found(desk))) if one.part is part]


def left(house: House) -> str:
    return house.do(lambda desk: reviews.still_open(desk, found(desk))).said


def redraft(house: House, work: str) -> None:
    house.do(lambda desk: redrafting.redraft(desk, found(desk).id, made_for=work))


async def test_a_question_is_answered_where_it_is_asked(house: House, browser: httpx.AsyncClient) -> None:
    (one,) = asked(house, Part.IMPACT)
    before = left(house)
    assert f'name="question" value="{one.key}"' in section((await browser.get(PAGE)).text, "impact")
    told = {"question": one.key, "text": "forty <shops>", "answer": "answer"}
    answer = await browser.post(f"{PAGE}/impact/answer", data=told, headers=SCRIPT)
    assert "Answered, as E" in answer.text
    impact = section(answer.text, "impact")
    assert one.key not in impact and "forty &lt;shops&gt;" in impact
    assert left(house) != before and f"{left(house)} open" in answer.text

    again = await browser.post(f"{PAGE}/impact/answer", data=told, headers=HERE)
    assert again.status_code == 409 and "not asked any more" in again.text


async def test_an_answer_without_words_is_handed_back_at_its_question(house: House, browser: httpx.AsyncClient) -> None:
    (one,) = asked(house, Part.IMPACT)
    told = {"question": one.key, "text": "x" * 1_001, "answer": "aside"}
    answer = await browser.post(f"{PAGE}/impact/answer", data=told, headers=HERE)
    assert answer.status_code == 422
    impact = section(answer.text, "impact")
    assert "1,000 is the most" in impact and "x" * 1_001 + "</textarea>" in impact
    assert f'id="answering-impact-{one.key}" open' in impact


async def test_a_section_written_over_shows_what_its_text_still_asks(house: House, browser: httpx.AsyncClient) -> None:
    (one,) = asked(house, Part.IMPACT)
    write(house, Part.IMPACT, f"Bad. {one.question.text}")
    assert "Still asked here" in section((await browser.get(PAGE)).text, "impact")
    write(house, Part.IMPACT, "Bad.")
    assert "Still asked here" not in section((await browser.get(PAGE)).text, "impact")


async def test_beside_the_signature_stands_what_is_open_and_where(house: House, browser: httpx.AsyncClient) -> None:
    house.do(lambda desk: reviews.comment(desk, found(desk), Part.TIMES, "why?", by=sale.BEN))
    house.do(lambda desk: reviews.sign(desk, found(desk), by=sale.BEN))
    page = (await browser.get(PAGE)).text
    assert page.count(f"{left(house)} open</span>") == 2 and "1 comment" in left(house)
    pen = re.search(r'<p class="hint open">.*?</p>', page, re.DOTALL)
    assert pen and left(house) in pen[0] and '<a href="#times">Times</a>' in pen[0]


async def test_what_changed_since_a_signature_is_shown_for_every_section(
    house: House, browser: httpx.AsyncClient
) -> None:
    write(house, Part.IMPACT, "Nobody could pay.")
    house.do(lambda desk: reviews.sign(desk, found(desk), by=sale.BEN))
    house.at("12:40")
    write(house, Part.IMPACT, "Nobody could pay <b>at all</b>.")
    write(house, Part.WELL, "We were quick.")
    page = (await browser.get(PAGE)).text
    assert f'href="{PAGE}/since/{sale.BEN}">what changed</a>' in page
    since = (await browser.get(f"{PAGE}/since/{sale.BEN}")).text
    assert "What changed since" in since and "Ben Okri" in since
    assert re.findall(r'id="changed-(\w+)"', since) == ["impact", "well"]
    assert "</span>Nobody could pay.</del>" in since
    assert "Nobody could pay &lt;b&gt;at all&lt;/b&gt;.</ins>" in since
    none = await browser.get(f"{PAGE}/since/{sale.ADA}")
    assert none.status_code == 404 and "has not signed" in none.text


async def test_who_signed_or_waits_is_not_offered_again(house: House, browser: httpx.AsyncClient) -> None:
    async def offered() -> list[Any]:
        page = (await browser.get(PAGE)).text
        return re.findall(r'<option value="(\w+)">([^<]*)</option>', page)

    assert (sale.BEN, "Ben Okri") in await offered()
    house.do(lambda desk: reviews.ask(desk, found(desk), [sale.BEN], by="terminal:root"))
    assert sale.BEN not in dict(await offered())
    assert "terminal:root" not in (await browser.get(PAGE)).text
    house.do(lambda desk: reviews.sign(desk, found(desk), by=sale.BEN))
    assert sale.BEN not in dict(await offered())
    write(house, Part.IMPACT, "Something else.")
    assert dict(await offered())[sale.BEN] == "Ben Okri, who signed an earlier text"
    house.do(lambda desk: reviews.want_changes(desk, found(desk), by=sale.BEN, note="more"))
    assert dict(await offered())[sale.BEN] == "Ben Okri, who asked for changes"


async def test_an_offer_shows_its_time_and_one_that_is_struck_has_no_dead_link(
    house: House, browser: httpx.AsyncClient
) -> None:
    write(house, Part.IMPACT, "Bad.")
    entry = house.do(
        lambda desk: timeline.note(desk, found(desk), "carts are empty", by=sale.BEN, at=house.now, tags=(Tag.IMPACT,))
    )
    redraft(house, "w1")
    impact = section((await browser.get(PAGE)).text, "impact")
    assert re.search(r"<time[^>]*>12:31[^<]*</time>\s+<span class=\"said\" dir=\"auto\">carts are empty", impact)
    (one,) = [o for o in house.do(lambda d: living.offers(d, found(d)))[Part.IMPACT] if o.sentence.text == entry.text]
    house.do(lambda desk: living.settle(desk, found(desk), Part.IMPACT, one.digest, taken=True, by=sale.ADA))
    house.do(lambda desk: striking.strike(desk, found(desk), entry.seq, by=sale.ADA))
    redraft(house, "w2")
    page = (await browser.get(PAGE)).text
    assert "no longer</span>" in section(page, "impact")
    assert f'<span title="{entry.label} is not on the record any more">' in section(page, "impact")
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r' id="([^"]+)"', page))


async def test_comments_are_rendered_as_sections_are(house: House, browser: httpx.AsyncClient) -> None:
    text = "began **earlier**, see [E1](#e1) <b>x</b>"
    made = house.do(lambda desk: reviews.comment(desk, found(desk), Part.IMPACT, text, by=sale.BEN))
    shown = '<strong>earlier</strong>, see <sup class="refs"><a href="#e1">1</a></sup> &lt;b&gt;x&lt;/b&gt;'
    assert shown in section((await browser.get(PAGE)).text, "impact")
    house.do(lambda desk: reviews.settle(desk, found(desk), made.id, by=sale.ADA))
    settled = re.search(r'<details class="settled".*?</details>', (await browser.get(PAGE)).text, re.DOTALL)
    assert settled and shown in settled[0] and "settled by" in settled[0]


async def test_a_section_is_taken_over_after_a_second_press(house: House, browser: httpx.AsyncClient) -> None:
    house.do(lambda desk: living.take(desk, found(desk), Part.IMPACT, by=sale.BEN))
    impact = section((await browser.get(PAGE)).text, "impact")
    over = re.search(r'<details class="over".*?</details>', impact, re.DOTALL)
    assert over and "Take it over now" in over[0] and f'action="{PAGE}/impact/edit"' in over[0]
    taken = await browser.post(f"{PAGE}/impact/edit", data={"over": "yes"}, headers=SCRIPT)
    assert "Impact, as Markdown" in taken.text and "data-until=" in taken.text
    lock = house.do(lambda desk: living.locks(desk, found(desk)))[Part.IMPACT]
    assert lock.by != sale.BEN
