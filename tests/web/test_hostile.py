"""Text from people stays text, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.domain.roles import Person, Role
from bot.services import incidents, tasks, timeline
from bot.services.desk import Desk
from bot.services.postmortem.document.reading import address, to_html
from bot.store import people
from bot.web.words import spans
from tests.web import sale
from tests.web.house import TEAM, House

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
NAUGHTY = json.loads((Path(__file__).parents[1] / "naughty.json").read_text(encoding="utf-8"))


async def test_markup_in_anything_that_people_write_is_inert(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house, SCRIPT)
    house.do(lambda desk: people.remember(desk.session, TEAM, Person(user_id="U1", name=SCRIPT), desk.now))
    house.do(lambda desk: incidents.assign(desk, incidents.find(desk, number=1), Role.COMMANDER, "U1", by="U1"))
    house.do(lambda desk: tasks.add(desk, incidents.find(desk, number=1), SCRIPT, owner="U1", by="U1"))
    house.do(lambda desk: timeline.note(desk, incidents.find(desk, number=1), f"`{SCRIPT}` {SCRIPT}", by="U1"))
    for path in (
        "/",
        "/incidents/1",
        "/follow-ups",
        "/people",
        f"/?q={SCRIPT}",
        f"/playbooks?q={SCRIPT}",
        f"/playbooks/{SCRIPT.replace('/', '')}",
    ):
        page = (await browser.get(path)).text
        assert "alert(1)" in page
        assert "<script>" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "//evil.test", "https://?x", "http://a b"],
)
async def test_a_permalink_that_is_no_web_address_is_no_link(
    house: House, browser: httpx.AsyncClient, target: str
) -> None:
    incident = sale.begin(house)
    sale.pinned(house, incident, f"see {target}", permalink=target)
    page = (await browser.get("/incidents/1")).text
    assert f'href="{target}' not in page
    assert ">message</a>" not in page


async def test_every_naughty_string_can_be_a_note_and_a_search(house: House, browser: httpx.AsyncClient) -> None:
    sale.begin(house)
    said = [one.encode("utf-8", "replace").decode()[:2900] for one in NAUGHTY if isinstance(one, str)]

    def write_all(desk: Desk) -> None:
        for text in said:
            timeline.note(desk, incidents.find(desk, number=1), f"x{text}", by="U1")

    house.do(write_all)
    page = await browser.get("/incidents/1")
    assert page.status_code == 200
    assert f'id="e{len(said) + 1}"' in page.text
    for text in said:
        for path in ("/", "/playbooks"):
            assert (await browser.get(path, params={"q": text})).status_code == 200


@pytest.mark.parametrize(
    ("markdown", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("a <b onclick=x>b</b>", "<b "),
        ("[x](javascript:alert(1))", "<a"),
        ("[x](data:text/html;base64,xx)", "<a"),
        ("<javascript:alert(1)>", "<a"),
        ("[x](//evil.test)", "<a"),
        ("[x](/enter/key)", "<a"),
        ("![x](https://evil.test/spy.png)", "<img"),
        ('```sh run\n"</code><script>{{host}}\n```', "<script"),
        ("`</code><script>`", "<script"),
    ],
)
def test_a_playbook_cannot_carry_markup_or_odd_links(markdown: str, never: str) -> None:
    assert never not in to_html(markdown)


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("rebuild-indexes.md", "/playbooks/rebuild-indexes"),
        ("./rebuild-indexes.md#step", "/playbooks/rebuild-indexes"),
        ("rebuild-indexes.md#12-drop-the-old-one", "/playbooks/rebuild-indexes#step-12"),
        ("rebuild-indexes.md#step-3", "/playbooks/rebuild-indexes#step-3"),
        ("#7-drop-the-old-one", "#step-7"),
        ("#where-it-was-seen", "#where-it-was-seen"),
        ("README.md", "/playbooks"),
        ("#step-2", "#step-2"),
        ("https://www.mongodb.com/docs/?a=b", "https://www.mongodb.com/docs/?a=b"),
        ("../secrets.md", ""),
        ("ftp://files.test", ""),
    ],
)
def test_links_of_a_playbook_lead_to_the_web_or_to_a_neighbour(target: str, leads_to: str) -> None:
    assert address(target) == leads_to


def test_an_address_in_a_note_ends_before_the_full_stop() -> None:
    told: list[Any] = [(span.sort, span.text) for span in spans("see (https://a.test/x?y=1). Then `https://b.test`")]
    assert told == [
        ("prose", "see ("),
        ("link", "https://a.test/x?y=1"),
        ("prose", "). Then "),
        ("code", "https://b.test"),
    ]
