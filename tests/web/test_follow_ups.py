"""The follow-ups of all incidents."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from bot.domain.roles import Aim
from bot.services import incidents, tasks
from tests.web import sale
from tests.web.house import House
from tests.web.test_incident_pages import text_of


@pytest.fixture
def busy(house: House) -> Iterator[House]:
    """Two incidents; of five follow-ups two are overdue and one is done."""
    sale.begin(house)
    sale.begin(house, "search is slow")
    add(house, 1, "raise the limit", owner=sale.ADA, due=date(2014, 3, 10), aim=Aim.PREVENT)
    add(house, 1, "add an alert", owner=sale.BEN, due=date(2014, 3, 13), aim=Aim.DETECT, link="https://t.test/1")
    add(house, 2, "call the provider", owner="", due=date(2014, 3, 12))
    add(house, 2, "keep two copies", owner=sale.BEN)
    add(house, 2, "write it down", owner=sale.BEN, due=date(2014, 3, 1))
    house.do(lambda desk: tasks.finish(desk, incidents.find(desk, number=2), 3, by=sale.BEN))
    yield house


def add(house: House, number: int, text: str, *, owner: str, **more: Any) -> None:
    house.do(lambda desk: tasks.add(desk, incidents.find(desk, number=number), text, owner=owner, by=sale.ADA, **more))


async def shown(browser: httpx.AsyncClient, query: str = "") -> str:
    page = await browser.get(f"/follow-ups{query}")
    assert page.status_code == 200
    return text_of(page.text)


async def test_an_empty_house_says_what_to_type(browser: httpx.AsyncClient) -> None:
    assert "/incident task @ada raise the limit by friday #prevent" in await shown(browser)


async def test_the_earliest_day_stands_first_and_what_is_late_says_so(busy: House, browser: httpx.AsyncClient) -> None:
    told = await shown(browser)
    assert "Open 4 Overdue 2 Done 1 All" in told
    order = [told.index(words) for words in ("raise the limit", "call the provider", "add an alert", "keep two copies")]
    assert order == sorted(order)
    assert "raise the limit Ada 10 March 2014 3 days overdue prevent INC-1 , task 1" in told
    assert "call the provider nobody yet 12 March 2014 1 day overdue INC-2 , task 1" in told
    assert "add an alert tracked : task 2 of INC-1 Ben Okri today detect INC-1 , task 2" in told
    assert "write it down" not in told


async def test_overdue_is_by_the_clocks_of_the_team(make_house: Any) -> None:
    house: House = make_house(muster_timezone="Asia/Tokyo")
    house.meet()
    house.at("16:00")  # already the 14th there
    sale.begin(house)
    add(house, 1, "raise the limit", owner="", due=date(2014, 3, 13))
    async with house.browser() as browser:
        assert "1 day overdue" in await shown(browser)


@pytest.mark.parametrize(
    ("query", "there"),
    [
        ("?state=overdue", {"raise the limit", "call the provider"}),
        ("?state=done", {"write it down"}),
        ("?owner=U0BEN", {"add an alert", "keep two copies"}),
        ("?owner=nobody", {"call the provider"}),
        ("?aim=detect", {"add an alert"}),
        ("?aim=unsorted", {"call the provider", "keep two copies"}),
        ("?state=all&owner=U0BEN&aim=unsorted", {"keep two copies", "write it down"}),
        ("?owner=U9&state=x&aim=y", set()),
    ],
)
async def test_the_list_is_narrowed_and_the_file_holds_the_same(
    busy: House, browser: httpx.AsyncClient, query: str, there: set[str]
) -> None:
    everything = ("raise the limit", "add an alert", "call the provider", "keep two copies", "write it down")
    told = await shown(browser, query)
    assert {words for words in everything if words in told} == there
    answer = await browser.get(f"/follow-ups.csv{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert {row["follow_up"] for row in csv.DictReader(io.StringIO(answer.text))} == there


async def test_who_has_how_many_is_told_and_leads_there(busy: House, browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/follow-ups")).text
    told = text_of(page)
    assert "Ada 1, 1 overdue Ben Okri 2 nobody yet 1, 1 overdue" in told
    assert "prevent 1, 1 overdue detect 1 unsorted 2, 1 overdue" in told
    assert 'href="/follow-ups?state=open&amp;owner=U0BEN"' in page


async def test_hundreds_are_shown_page_by_page(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)

    def many(desk: Any) -> None:
        incident = incidents.find(desk, number=1)
        for number in range(101):
            tasks.add(desk, incident, f"thing {number}.", owner="", by=sale.ADA)

    house.do(many)
    assert "Open 1 to 100 of 101" in await shown(browser)
    told = await shown(browser, "?page=2")
    assert "Open 101 to 101 of 101" in told
    assert "thing 100." in told
    rows = list(csv.DictReader(io.StringIO((await browser.get("/follow-ups.csv")).text)))
    assert len(rows) == 101


@pytest.mark.parametrize("text", ['=HYPERLINK("http://evil.test")', "+1", "-1", "@SUM(A1)"])
async def test_no_cell_of_the_file_is_a_formula(house: House, browser: httpx.AsyncClient, text: str) -> None:
    sale.begin(house, text)
    add(house, 1, text, owner="")
    (row,) = csv.DictReader(io.StringIO((await browser.get("/follow-ups.csv")).text))
    assert (row["follow_up"], row["title"]) == (f"'{text}", f"'{text}")


async def test_the_page_of_an_incident_shows_what_is_due(busy: House, browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/incidents/1")).text
    told = text_of(page)
    assert "1. raise the limit Ada 10 March 2014 3 days overdue to prevent" in told
    assert '<a href="https://t.test/1" rel="noopener noreferrer nofollow">tracked</a>' in page
