"""The picture of a playbook's way, and the page to print."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from bot.domain.playbook import Playbook, Step
from bot.services.postmortem.document.paper import paper
from bot.services.postmortem.document.way import plain_words, way
from bot.settings import HERE
from bot.store.pages import read_text
from bot.store.playbooks import load

BOOKS = {book.name: book for book in load(HERE / "playbooks").playbooks}
HOSTILE = "<script>alert(1)</script>\"'&<img src=x onerror=alert(1)>\u202e"


def page(name: str) -> str:
    return f"/playbooks/{name}"


class Tags(HTMLParser):
    """Every tag of a page, with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


@pytest.mark.parametrize("width", [340, 720])
@pytest.mark.parametrize("name", BOOKS)
def test_every_step_danger_and_stop_of_a_shipped_playbook_is_drawn(name: str, width: int):
    book = BOOKS[name]
    drawn = ElementTree.fromstring(way(book, width, page=page))
    classes = [part.get("class") for part in drawn.iter()]
    steps = len(book.steps)
    assert classes.count("dot") == steps and classes.count("edge") == steps - 1
    assert classes.count("warn") == classes.count("inner") == sum(bool(step.danger) for step in book.steps)
    assert classes.count("stop") == sum(bool(step.stop_if) for step in book.steps)
    hrefs = [part.get("href") or "" for part in drawn.iter() if part.tag.endswith("a")]
    assert {f"#step-{step.number}" for step in book.steps} <= set(hrefs)
    assert {href.removeprefix("/playbooks/") for href in hrefs if href.startswith("/")} <= set(BOOKS)


@pytest.mark.parametrize("width", [340, 720])
@pytest.mark.parametrize("name", BOOKS)
def test_nothing_in_the_picture_leaves_it(name: str, width: int):
    drawn = ElementTree.fromstring(way(BOOKS[name], width))
    for part in drawn.iter():
        if part.tag.endswith("text") and part.get("class") != "num":
            size = 12 / 13 * 7.1 if part.get("class") in ("side", "wait", "lead") else 7.1
            assert float(part.get("x") or 0) + len(part.text or "") * size <= width + 12, part.text


def test_what_a_title_holds_is_only_text():
    step = Step(
        number=1, title=HOSTILE, body=HOSTILE, stop_if=HOSTILE, give_it=HOSTILE, danger=HOSTILE, look_for=HOSTILE
    )
    book = Playbook(name="x", title=HOSTILE, intro=HOSTILE, steps=(step, step), notes=HOSTILE, text="", digest="0" * 64)
    ElementTree.fromstring(way(book, 720, page=page))
    for html in (way(book, 720, page=page), paper(book)):
        tags = Tags(html).seen
        assert not [tag for tag, _ in tags if tag in ("script", "img", "iframe", "link", "object")]
        assert not [name for _, attrs in tags for name in attrs if name.startswith("on")]


def test_a_playbook_without_steps_has_no_picture_and_still_a_page_to_print():
    prose = read_text("# The old way\n\nTurn it off.", "old-way").playbook
    assert way(prose, 720) == ""
    assert "Turn it off." in paper(prose)
    assert paper(prose).count(f">{prose.title}<") == 2  # the tab's and the page's own, not a third in the text


def test_words_are_words():
    assert plain_words("see [the page](x.md), `{{host:host}}` **now**") == "see the page, host now"


def _texts(book: Playbook) -> list[str]:
    parts = [(s.body, s.danger, s.look_for, s.give_it, s.undo, s.stop_if) for s in book.steps]
    return [book.intro, book.notes, *(text for part in parts for text in part)]


@pytest.mark.parametrize("name", BOOKS)
def test_paper_holds_every_step_with_a_box_and_fetches_nothing(name: str):
    book = BOOKS[name]
    html = paper(book)
    tags = Tags(html).seen
    assert sum(attrs.get("class") == "tick" for _, attrs in tags) == len(book.steps)
    assert html.count("⚠ Danger") == sum(bool(step.danger) for step in book.steps)
    assert f'content: "{book.name} · version {book.digest[:12]}"' in html  # a loose sheet says whose it is
    named = {attrs.get("data-page") for tag, attrs in tags if tag == "a" and attrs.get("class") == "page"}
    assert named - {""} == set(re.findall(r"\]\(([a-z0-9-]+)\.md", "".join(_texts(book))))
    assert not [attrs for _, attrs in tags if "src" in attrs]
    assert not re.search(r"url\(|@import|<script|<link", html)
    assert all((attrs.get("href") or "http").startswith("http") for tag, attrs in tags if tag == "a")
    for step in book.steps:
        for gap in step.variables:
            assert f"{gap.name} = " in html
