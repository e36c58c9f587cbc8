"""What all responses share: headers, errors, health, files, and Slack's own routes."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.web.app import Report
from tests.web import sale
from tests.web.house import House

PAGES = ("/", "/incidents/1", "/follow-ups", "/insights", "/people", "/playbooks", "/playbooks/stop-respawn")


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/health"])
async def test_every_response_is_locked_down_and_kept_by_nobody(
    house: House, browser: httpx.AsyncClient, path: str
) -> None:
    sale.begin(house)
    headers = (await browser.get(path)).headers
    policy = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", [*PAGES, "/nowhere"])
async def test_a_page_needs_nothing_from_elsewhere(house: House, browser: httpx.AsyncClient, path: str) -> None:
    sale.begin(house)
    page = (await browser.get(path)).text
    assert " style=" not in page
    assert "<style" not in page
    loaded = re.findall(r"<(?:script|img|link)[^>]*(?:src|href)=\"([^\"]+)\"", page)
    assert loaded
    for address in loaded:
        answer = await browser.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/incidents/1", "Incidents"),
        ("/follow-ups", "Follow-ups"),
        ("/insights", "Insights"),
        ("/people", "People"),
        ("/playbooks", "Playbooks"),
    ],
)
async def test_the_page_one_is_on_is_marked_in_the_navigation(
    house: House, browser: httpx.AsyncClient, path: str, name: str
) -> None:
    sale.begin(house)
    page = (await browser.get(path)).text
    assert re.findall(r'aria-current="page">([^<]+)<', page) == [name]


@pytest.mark.parametrize("path", PAGES[:-1])  # a playbook's own tables stand under its headings
async def test_every_table_says_what_it_is_and_every_head_cell_what_it_heads(
    house: House, browser: httpx.AsyncClient, path: str
) -> None:
    sale.begin(house)
    sale.go_on(house)
    sale.end(house)
    page = (await browser.get(path)).text
    assert page.count("<table") == page.count("<caption")
    assert all("scope=" in cell for cell in re.findall(r"<th\b[^>]*>", page))
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {name for told in re.findall(r'aria-labelledby="([^"]+)"', page) for name in told.split()} <= set(ids)


async def test_a_page_that_is_not_there_says_where_to_go(browser: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/static/nothing.css", "/static/../app.py", "/docs", "/openapi.json"):
        page = await browser.get(path)
        assert page.status_code == 404
        assert '<a href="/incidents">All incidents</a>' in page.text and "/incident list" not in page.text


async def test_what_cannot_be_done_at_an_address_says_where_it_can(browser: httpx.AsyncClient) -> None:
    page = await browser.post("/incidents/1")
    assert page.status_code == 405
    assert "typing in Slack" in page.text
    assert "GET" in page.headers["allow"]


async def test_head_is_answered_like_get(browser: httpx.AsyncClient) -> None:
    for path in ("/", "/health", "/playbooks"):
        answer = await browser.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


async def test_a_bug_gives_a_reference_and_no_traceback(house: House, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(_: Request) -> Response:
        raise KeyError("s3cret detail")

    with caplog.at_level(logging.ERROR, logger="bot.web"):
        async with house.browser(routes=[Route("/broken", broken)]) as browser:
            page = await browser.get("/broken")
    assert page.status_code == 500
    assert "s3cret" not in page.text
    assert "Traceback" not in page.text
    ref = re.search(r"<code>([0-9a-f]{6})</code>", page.text)
    assert ref is not None
    assert f"unexpected error on /broken, ref {ref[1]}" in caplog.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_slacks_routes_are_served_as_given_whatever_the_host(house: House) -> None:
    async def receive(_: Request) -> Response:
        return PlainTextResponse("ack")

    async with house.browser("muster.test", routes=[Route("/slack/events", receive, methods=["POST"])]) as browser:
        assert (await browser.post("/slack/events")).text == "ack"
        assert (await browser.get("/slack/events")).status_code == 405


@pytest.mark.parametrize(("status", "code"), [("ok", 200), ("degraded", 200), ("down", 503)])
async def test_health_tells_monitors_without_a_key(make_house: Any, status: str, code: int) -> None:
    async def report() -> Report:
        return Report(status=status, checks={"database": {"ok": status != "down", "says": "answers"}})

    house = make_house(host="0.0.0.0", slack_signing_secret="a-long-enough-secret")
    async with house.browser("muster.test", report=report) as browser:
        answer = await browser.get("/health")
    assert answer.status_code == code
    assert answer.json() == {"status": status, "checks": {"database": {"ok": status != "down", "says": "answers"}}}


async def test_a_report_that_fails_counts_as_down(house: House) -> None:
    async def report() -> Report:
        raise RuntimeError("password=hunter2")

    async with house.browser(report=report) as browser:
        answer = await browser.get("/health")
    assert answer.status_code == 503
    assert "hunter2" not in answer.text


async def test_health_without_a_report_says_that_the_pages_answer(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/health")).json() == {"status": "ok", "checks": {}}


def test_starting_does_not_load_what_only_pages_need() -> None:
    loaded = "import sys, bot.web.app; print({'jinja2', 'markdown_it'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True).stdout.strip() == "set()"
