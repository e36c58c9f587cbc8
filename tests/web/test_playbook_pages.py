"""The playbooks: the set, the search, and one page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx

from bot.domain.incident import Severity
from bot.domain.lookup import MOST
from bot.domain.walk import Did
from bot.services import incidents
from bot.services.playbooks import reviewing, runbooks, walking
from tests.web.house import House

PAGE = """---
title: The queue is full
owner: "@team-queue"
severity: sev2
symptoms: ["jobs wait for hours"]
related: [other]
---
Use it when jobs wait. See [the other one](other.md).

## 1. Look at the queue

```sh run
queue --host {{host}} --size
```

Type `{{host}}` yourself.

**Danger:** it may block.
**Look for:** a falling number.
**Give it:** 2 minutes.
**Undo:** nothing to undo.
**Stop if:** it rises.

## Sources

- [the manual](https://queue.test/manual)
"""
OTHER = "# Another thing\n\nOnly prose here.\n"


def folder(tmp_path: Path, **more: str) -> Path:
    """A folder of playbooks."""
    made = tmp_path / "playbooks"
    made.mkdir()
    for name, text in {"queue-full": PAGE, "other": OTHER, **more}.items():
        (made / f"{name}.md").write_text(text, encoding="utf-8")
    return made


async def test_all_playbooks_are_listed(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/playbooks")).text
    for name in ("force-failover-via-firewall", "rebuild-indexes", "stop-respawn"):
        assert f'href="/playbooks/{name}"' in page


async def test_a_search_shows_what_fits_and_why(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/playbooks", params={"q": "primary answers heartbeats but no queries"})).text
    assert "Fits because of" in page
    assert "<mark>primary</mark>" in page
    assert 'href="/playbooks/force-failover-via-firewall"' in page


async def test_what_people_opened_for_such_words_settles_what_is_close(make_house: Any, tmp_path: Path) -> None:
    alike = {f"fryer-{name}": f"# The fryer {name} smokes\n\nTurn it off.\n" for name in ("one", "two")}
    house = make_house(muster_playbooks=(folder(tmp_path, **alike),))
    house.meet()
    words = "the fryer smokes"

    async def found() -> list[str]:
        async with house.browser() as browser:
            page = (await browser.get("/playbooks", params={"q": words})).text
        return re.findall(r'href="/playbooks/(fryer-[a-z]+)"', page)

    first, second = await found()
    for _ in range(MOST):
        looked = house.do(lambda desk: runbooks.look_up(desk, words, incident=None))
        house.do(lambda desk, made=looked: runbooks.opened(desk, made.lookup_id, second, by="U1"))
    assert await found() == [second, first]


async def test_a_page_says_which_of_its_steps_helped_the_workspace(house: House, browser: httpx.AsyncClient) -> None:
    house.meet()
    incident = house.do(lambda desk: incidents.open(desk, title="redis", severity=Severity.SEV1, by="U1"))
    walk = house.do(lambda desk: walking.begin(desk, incident, "stop-respawn", by="U1"))
    house.do(lambda desk: walking.mark(desk, walk.id, Did.DONE, step=1, by="U1"))
    house.do(lambda desk: reviewing.judge(desk, walk.id, 1, helped=True, by="U1"))
    assert "helped 1 of 1 time" in (await browser.get("/playbooks/stop-respawn")).text


async def test_a_search_that_says_little_shows_what_may_fit(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/playbooks", params={"q": "the database is slow"})).text
    assert "May fit because of" in page
    assert ">Fits because of" not in page


async def test_a_search_for_what_no_playbook_is_about_says_so(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/playbooks", params={"q": "the coffee machine is out of beans"})).text
    assert "No playbook fits" in page
    assert "Fits because of" not in page
    assert 'href="/playbooks/stop-respawn"' in page


async def test_each_shipped_playbook_has_a_page_with_numbered_steps(house: House, browser: httpx.AsyncClient) -> None:
    books = house.deps.shelf.current().playbooks
    assert books
    for book in books:
        page = (await browser.get(f"/playbooks/{book.name}")).text
        assert all(f'id="step-{step.number}"' in page for step in book.steps)
        assert f"/runbook walk {book.name}" in page


async def test_a_page_tells_danger_first_and_marks_what_to_fill_in(make_house: Any, tmp_path: Path) -> None:
    house = make_house(muster_playbooks=(folder(tmp_path),))
    async with house.browser() as browser:
        page = (await browser.get("/playbooks/queue-full")).text
    order = ["Danger", "<code>queue --host", ">Look for<", ">Give it<", ">Undo<", ">Stop if<", "the manual"]
    assert [page.index(word) for word in order] == sorted(page.index(word) for word in order)
    assert "queue --host <var>{{host}}</var> --size" in page
    assert '<var>host</var> <span class="quiet">a host name or an address</span>' in page
    assert '<a href="/playbooks/other">the other one</a>' in page
    assert '<a href="https://queue.test/manual" rel="noopener noreferrer nofollow">' in page


async def test_a_page_of_prose_is_shown_whole(make_house: Any, tmp_path: Path) -> None:
    house = make_house(muster_playbooks=(folder(tmp_path),))
    async with house.browser() as browser:
        page = (await browser.get("/playbooks/other")).text
    assert "Only prose here." in page
    assert "/runbook walk" not in page


async def test_a_file_that_cannot_be_read_is_named_with_its_line(make_house: Any, tmp_path: Path) -> None:
    house = make_house(muster_playbooks=(folder(tmp_path, broken="---\ntitle: x\nsymptom: y\n---\n"),))
    async with house.browser() as browser:
        page = (await browser.get("/playbooks")).text
    assert "<code>playbooks/broken.md:3</code>" in page
    assert "The queue is full" in page


async def test_a_page_with_a_probe_that_does_not_exist_stands_and_says_so(make_house: Any, tmp_path: Path) -> None:
    lagging = PAGE.replace("severity: sev2", "probes: [mongodb.lagg]")
    async with make_house(muster_playbooks=(folder(tmp_path, lagging=lagging),)).browser() as browser:
        for path in ("/playbooks", "/playbooks/lagging"):
            page = (await browser.get(path)).text
            assert "<code>playbooks/lagging.md:4</code> there is no probe" in page
            assert "mongodb.lag&#34;?" in page
        assert "Look at the queue" in page
        assert "To mend" not in (await browser.get("/playbooks/queue-full")).text


async def test_an_unknown_playbook_names_the_nearest(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/playbooks/rebuild-index")
    assert page.status_code == 404
    assert "rebuild-indexes" in page.text


async def test_an_empty_folder_says_how_to_begin(make_house: Any, tmp_path: Path) -> None:
    empty = tmp_path / "playbooks"
    empty.mkdir()
    async with make_house(muster_playbooks=(empty,)).browser() as browser:
        assert "Put a Markdown file into the playbooks folder" in (await browser.get("/playbooks")).text
