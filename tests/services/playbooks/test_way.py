"""The picture of a playbook's way, and the page to print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from bot.domain.chart.shapes import LETTERS, wide
from bot.domain.playbook import Playbook, Step
from bot.domain.turns import turns
from bot.services.postmortem.document.branches import MAX_WAYS
from bot.services.postmortem.document.lanes import MAX_LANES, columns
from bot.services.postmortem.document.paper import PICTURE_PX, paper
from bot.services.postmortem.document.way import sheets, way
from bot.services.postmortem.document.words import cut, plain_words, wrapped
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
    assert {href.removeprefix("/playbooks/").partition("#")[0] for href in hrefs if href.startswith("/")} <= set(BOOKS)


@pytest.mark.parametrize("width", [340, 720])
@pytest.mark.parametrize("name", BOOKS)
def test_nothing_in_the_picture_leaves_it(name: str, width: int):
    drawn = ElementTree.fromstring(way(BOOKS[name], width))
    for part in drawn.iter():
        if part.tag.endswith("text") and part.get("class") != "num":
            size = 13 if part.get("class") in ("name", "warn", "stopif") else 12
            assert float(part.get("x") or 0) + wide(shown(part)) * size / LETTERS <= width, part.text


def shown(part: ElementTree.Element) -> str:
    return (part.text or "").replace("\u00a0", " ")


@pytest.mark.parametrize("width", [340, 720])
@pytest.mark.parametrize("name", BOOKS)
def test_every_playbook_and_step_that_a_step_names_is_drawn_beside_it_with_all_its_words(name: str, width: int):
    book = BOOKS[name]
    html = way(book, width, page=page)
    drawn = ElementTree.fromstring(html)
    texts = [shown(part) for part in drawn.iter() if part.get("class") == "side"]
    assert not [text for text in texts if text.endswith("…")]
    told = " ".join(texts)
    for step in book.steps:
        for words in plain_words(step.stop_if).split(". "):
            assert " ".join(words.split()) in told
        for other in re.findall(
            r"\]\(([a-z-]+)\.md", step.stop_if + step.body + step.look_for + step.undo + step.danger
        ):
            assert f"<title>From step {step.number} to {other}" in html


def test_of_more_ways_than_there_is_room_for_those_of_stop_if_stand_and_the_rest_is_counted():
    stop = "it is red. " + " ".join(f"Or [so](page-{at}.md)." for at in range(MAX_WAYS))
    step = Step(number=1, title="x", body="Else [this](first.md), [that](second.md).", stop_if=stop)
    html = way(Playbook(name="x", title="x", steps=(step,), text="", digest="0" * 64), 340, page=page)
    assert all(f'href="/playbooks/page-{at}"' in html for at in range(MAX_WAYS))
    assert "first" not in html and ">and 2 more<" in html


def test_a_way_to_a_step_of_another_page_says_and_links_it():
    html = way(led("", "late: [end the reads](other.md), step 4."), 720, page=page)
    assert 'href="/playbooks/other#step-4"' in html and "→\u00a0other, step\u00a04" in html


def test_the_way_to_the_next_step_has_its_condition_and_no_line_of_its_own():
    drawn = ElementTree.fromstring(way(led("`BUSY`: step 2.", ""), 720, page=page))
    texts = [shown(part) for part in drawn.iter() if part.tag.endswith("text")]
    assert texts[texts.index("BUSY: step 2.") + 1] == "↓ step 2"
    assert not strokes(drawn)


def test_words_that_have_no_room_are_cut_where_the_meaning_stands_and_are_whole_when_pointed_at():
    long = "red, or " * 80 + "green; then step 3."
    drawn = ElementTree.fromstring(way(led(long, "", ""), 340, page=page))
    groups = [part for part in drawn.iter() if len(part) > 1 and part[1].get("class") == "side"]
    assert groups[0][0].text == long and shown(groups[0][-1]).endswith("red …")
    assert [one.text for one in drawn.iter() if (one.text or "").startswith("From step 1 to step 3")] == [
        f"From step 1 to step 3: {long}"
    ]


def test_how_long_to_wait_is_cut_at_the_end_of_a_clause():
    step = Step(number=1, title="x", body="", give_it="2 minutes: " + "and nobody waits for " * 20 + "them. Then go.")
    html = way(Playbook(name="x", title="x", steps=(step, step), text="", digest="0" * 64), 340)
    assert ">2 minutes" in html and "<title>Give it 2 minutes: and" in html


@pytest.mark.parametrize(
    ("text", "most", "left"),
    [
        ("short", 9, "short"),
        ("one two, three; four five six", 24, "one two, three\u00a0…"),
        ("one two too, three four five six", 28, "one two too\u00a0…"),
        ("one two three four five six", 20, "one two three\u00a0…"),
        ("x" * 40, 10, "xxxxxxxx\u00a0…"),
    ],
)
def test_words_are_cut_at_the_end_of_a_clause_else_of_a_word(text: str, most: int, left: str):
    assert cut(text, most) == left


def test_lines_break_between_words_and_behind_hyphens_and_never_before_the_number_of_a_step():
    assert wrapped("go on with step 7", 100, 12, 3) == ("go on with", "step\u00a07")
    assert wrapped("no-primary-or-election-loop", 100, 12, 3) == ("no-primary-or-", "election-loop")
    assert len(wrapped("word " * 90, 100, 12, 3)) == 3
    assert wrapped("w" * 40, 100, 12, 9) and wrapped("", 100, 12, 3) == ("",)


@pytest.mark.parametrize("name", BOOKS)
def test_on_paper_the_picture_is_cut_between_steps_and_no_part_is_taller_than_a_sheet(name: str):
    book = BOOKS[name]
    parts = sheets(book, *PICTURE_PX)
    whole = re.findall(r"<text[^>]*>[^<]*", way(book, PICTURE_PX[0]))
    assert sorted(text for part in parts for text in re.findall(r"<text[^>]*>[^<]*", part)) == sorted(whole)
    assert all(int(tall) <= PICTURE_PX[1] for part in parts for tall in re.findall(r'^<svg [^>]*height="(\d+)"', part))
    assert [f"part {at} of {len(parts)}" in part for at, part in enumerate(parts, start=1)] == [len(parts) > 1] * len(
        parts
    )


@dataclass(frozen=True)
class Stroke:
    """A straight piece of a side arrow's line; `x1` <= `x2`, `y1` <= `y2`."""

    target: str
    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def upright(self) -> bool:
        return self.x1 == self.x2

    def meets(self, x1: float, y1: float, x2: float, y2: float) -> bool:
        return self.x1 < x2 and x1 < self.x2 + 0.01 and self.y1 < y2 and y1 < self.y2 + 0.01


def strokes(drawn: ElementTree.Element) -> list[Stroke]:
    """The straight pieces of every side arrow, corners left out."""
    found: list[Stroke] = []
    for link in drawn.iter():
        for path in link:
            if path.get("class") != "over":
                continue
            x = y = 0.0
            for letter, numbers in re.findall(r"([A-Z])([^A-Z]*)", path.get("d") or ""):
                to = [float(number) for number in numbers.split()]
                at = {"H": (to[0], y), "V": (x, to[0])}.get(letter, (to[-2], to[-1]) if len(to) > 1 else (0, 0))
                if letter in "HV":
                    low, high = sorted([(x, y), at])
                    found.append(Stroke(link.get("href") or "", *low, *high))
                x, y = at
    return found


def words(drawn: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """The room that each line of text beside the boxes takes: left, top, right, bottom."""
    return [
        (x, y - 10, x + len(part.text or "") * 6, y + 3)
        for part in drawn.iter()
        if part.get("class") in ("side", "lead", "wait", "stopif", "also")
        for x, y in [(float(part.get("x") or 0), float(part.get("y") or 0))]
    ]


def boxes(drawn: ElementTree.Element) -> list[tuple[float, float, float, float]]:
    """The room of each step's box."""
    found = []
    for part in drawn.iter():
        if (part.get("class") or "").startswith("box"):
            x, y, wide, high = (float(part.get(name) or 0) for name in ("x", "y", "width", "height"))
            found.append((x, y, x + wide, y + high))
    return found


@pytest.mark.parametrize("width", [340, 720, PICTURE_PX[0]])
@pytest.mark.parametrize("name", BOOKS)
def test_each_way_to_another_step_is_a_linked_arrow_that_runs_through_nothing(name: str, width: int):
    book = BOOKS[name]
    drawn = ElementTree.fromstring(way(book, width, page=page))
    ways = [
        (step.number, place.step)
        for step in book.steps
        for turn in turns(step, len(book.steps), name)
        for place in turn.to
        if not place.page and place.step != step.number + 1
    ]
    arrows = [link for link in drawn.iter() if len(link) > 2 and link[2].get("class") == "over"]
    said = [((link[0].text or "").partition(":")[0], link.get("href")) for link in arrows]
    assert sorted(said) == sorted((f"From step {source} to step {to}", f"#step-{to}") for source, to in ways)
    found = strokes(drawn)
    assert len(found) == 3 * len(ways)
    for one in found:
        assert one.x1 > 0 and one.x2 < width
        assert not [room for room in words(drawn) + boxes(drawn) if one.meets(*room)], one
        for other in found:
            beside = one.upright and other.upright and one.y1 < other.y2 and other.y1 < one.y2
            assert not (beside and one.x1 == other.x1 and one.target != other.target), (one, other)
    rooms = boxes(drawn)
    ends = {(one.target, one.y1) for one in found[2::3]}
    assert {target for target, _ in ends} == {f"#step-{to}" for _, to in ways}
    for target, y in ends:
        _, top, _, bottom = rooms[int(target.removeprefix("#step-")) - 1]
        assert top < y < bottom


def led(*texts: str) -> Playbook:
    """A playbook whose steps look for these."""
    steps = tuple(Step(number=at, title="x", body="", look_for=text) for at, text in enumerate(texts, start=1))
    return Playbook(name="x", title="x", steps=steps, text="", digest="0" * 64)


def test_an_arrow_says_where_it_leads_and_when_and_goes_both_ways():
    drawn = ElementTree.fromstring(way(led("red: step 3.", "", "still red. Back to step 1."), 720, page=page))
    texts = [shown(part) for part in drawn.iter() if part.tag.endswith("text")]
    assert "→ step 3" in texts and "→ step 1" in texts
    assert "red: step 3." in texts and "still red. Back to step 1." in texts
    down, up = (one for one in strokes(drawn) if one.upright)
    assert down.x1 != up.x1 and down.y1 < up.y2


def test_what_leads_to_one_step_joins_one_line():
    drawn = ElementTree.fromstring(way(led("red: step 5.", "red: step 5.", "red: step 5.", "", ""), 340, page=page))
    assert len({one.x1 for one in strokes(drawn) if one.upright}) == 1
    assert [part.get("class") for part in drawn.iter()].count("turn") == 1


def test_on_paper_an_arrow_is_no_link():
    html = way(led("red: step 3.", "", ""), 780)
    assert 'class="turn"' in html and "→ step 3" in html
    assert "<a" not in html and 'class="over"' not in html


def test_more_lanes_than_there_is_room_for_leave_the_words():
    steps = 40
    drawn = way(
        led(*(f"red: step {steps + 1 - at}." if at <= 12 else "" for at in range(1, steps + 1))), 340, page=page
    )
    classes = [part.get("class") for part in ElementTree.fromstring(drawn).iter()]
    assert (classes.count("lead"), classes.count("turn")) == (12, MAX_LANES)


@pytest.mark.parametrize(
    ("leads", "from_inside", "inner_to_outer"),
    [
        ({1: [9], 3: [5]}, True, [5, 9]),  # one inside another
        ({1: [4], 2: [6]}, False, [4, 6]),  # downwards, overlapping: nothing crosses when the first to end is inside
        ({5: [1], 7: [3]}, False, [3, 1]),  # upwards
        ({1: [9], 2: [9], 3: [9]}, True, [9]),
    ],
)
def test_lanes_lie_where_they_cross_least(leads: dict[int, list[int]], from_inside: bool, inner_to_outer: list[int]):
    placed = columns(leads, from_inside=from_inside)
    assert sorted(placed, key=placed.__getitem__) == inner_to_outer


def test_lanes_that_never_lie_beside_each_other_share_a_column():
    assert columns({1: [3], 5: [8], 9: [12]}, from_inside=True) == {3: 0, 8: 0, 12: 0}


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
    assert plain_words("with `allkeys-*`, **not** with `volatile-*`") == "with allkeys-*, not with volatile-*"
    assert plain_words("an open `one* and **two") == "an open one and two"


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
