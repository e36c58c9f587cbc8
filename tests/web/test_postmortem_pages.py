"""The draft, to read and to take away."""

from __future__ import annotations

import httpx

from bot.services import incidents
from bot.services.postmortem import drafting
from tests.web import sale
from tests.web.house import House


async def test_the_draft_is_one_page_that_may_do_nothing_but_look_good(
    house: House, browser: httpx.AsyncClient
) -> None:
    sale.begin(house)
    sale.go_on(house)
    sale.end(house)
    page = await browser.get("/incidents/1/postmortem.html")
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "checkout is failing" in page.text
    assert 'id="e3"' in page.text
    assert '<a href="/incidents/1">INC-1, the incident</a>' in page.text


async def test_the_draft_can_be_taken_away_as_markdown_and_json(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.end(house)
    markdown = await browser.get("/incidents/1/postmortem.md")
    assert markdown.headers["content-disposition"] == 'attachment; filename="inc-1-postmortem-1.md"'
    assert markdown.headers["content-type"].startswith("text/markdown")
    assert markdown.text.startswith('# <a id="inc-1"></a>INC-1: checkout is failing')
    data = await browser.get("/incidents/1/postmortem.json")
    assert data.headers["content-disposition"] == 'attachment; filename="inc-1-postmortem-1.json"'
    assert (data.json()["incident"], data.json()["version"]) == ("INC-1", 1)
    assert "made_for" not in data.json()


async def test_the_newest_draft_is_shown_and_linked(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.end(house)
    house.do(lambda desk: drafting.draft(desk, incidents.find(desk, number=1).id))
    assert (await browser.get("/incidents/1/postmortem.json")).json()["version"] == 2
    assert "Postmortem draft 2" in (await browser.get("/incidents/1")).text


async def test_a_draft_that_is_not_there_says_what_to_type(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    for path in ("postmortem", "postmortem.html", "postmortem.md", "postmortem.json"):
        page = await browser.get(f"/incidents/1/{path}")
        assert page.status_code == 404
        assert "<code>/postmortem INC-1</code>" in page.text
        assert '<a href="/incidents">All incidents</a>' in page.text
    assert (await browser.get("/incidents/2/postmortem")).status_code == 404
