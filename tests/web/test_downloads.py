"""What can be taken away of a postmortem, each as it stands on its page."""

from __future__ import annotations

import httpx
import pytest

from bot.domain.postmortem import Part
from bot.services import incidents
from bot.services.postmortem import living
from tests.services.postmortem.test_document_pdf import _layout as layout  # noqa: F401
from tests.web import sale
from tests.web.house import House


def write(house: House, text: str) -> None:
    """Ben writes the summary over."""
    house.do(
        lambda desk: living.write(desk, incidents.find(desk, number=1), Part.SUMMARY, text, by="U0BEN", revision=0)
    )


async def test_every_form_tells_what_people_wrote(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.end(house)
    write(house, "The sale *stood still*.")
    assert "The sale <em>stood still</em>." in (await browser.get("/incidents/1/postmortem.html")).text
    assert "## Summary\n\nThe sale *stood still*.\n" in (await browser.get("/incidents/1/postmortem.md")).text
    told = (await browser.get("/incidents/1/postmortem.json")).json()
    assert told["sections"][0]["written"]["text"] == "The sale *stood still*."


async def test_the_follow_ups_are_a_table(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.end(house)
    table = await browser.get("/incidents/1/postmortem.csv")
    assert table.headers["content-type"].startswith("text/csv")
    assert table.headers["content-disposition"] == 'attachment; filename="inc-1-postmortem-1.csv"'
    assert table.text.startswith("incident,title,number,follow_up,")


@pytest.mark.usefixtures("layout")
async def test_the_pdf_is_laid_out_beside_the_bot(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    sale.end(house)
    made = await browser.get("/incidents/1/postmortem.pdf")
    assert (made.status_code, made.headers["content-type"]) == (200, "application/pdf")
    assert made.headers["content-disposition"] == 'attachment; filename="inc-1-postmortem-1.pdf"'
    assert made.content.startswith(b"%PDF-")


async def test_without_a_draft_there_is_nothing_to_take_away(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    for form in ("html", "md", "json", "csv", "pdf"):
        assert (await browser.get(f"/incidents/1/postmortem.{form}")).status_code == 404
