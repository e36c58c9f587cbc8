"""The quick reading of plain front matter: what it reads is what YAML's own reader gives, and the rest it leaves."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.settings import HERE
from bot.store.frontmatter import Fault, compose, compose_yaml
from bot.store.plain import Node, compose_plain
from tests.store.test_playbooks import FRONT_MATTER, GOOD

SHIPPED = sorted(path for path in (HERE / "playbooks").glob("*.md") if path.name != "README.md")

SEED = """\
title: A page, with (odd) signs:none
owner: "@team # data"

severity: 'sev2'
symptoms:
  - reads time out
  - "it said: [no]"
errors: ["too stale", 13435, no, a b]
reviewed: 2026-01-31
seen: []
related:
- other
"""

# What means something to YAML, or nearly does.
SIGNS = " :#-?,[]{}'\"\\&*!|>%@`~=<.\n\t\r\0aé字\xa0\x85\u2028\ufeff🔥0"
PIECES = ("\n  ", "\n- ", ": ", " #", "  - ", "---\n", "...\n", "no", "12:30", "0x1f", "1e3", "<<", "title: x\n", "''")
PARTS = st.sampled_from([*SIGNS, *PIECES, "[a, b]", '""', "2001-01-01 10:00:00", "key:\n"])


def front(text: str) -> str:
    """The front matter of a page, however it is begun and ended."""
    return text.removeprefix("---\n").partition("\n---\n")[0]


def same(text: str) -> bool:
    """True where the quick reading gave something, after making sure that YAML gives the same."""
    plain = compose_plain(text, first_line=2)
    if plain is None:
        return False
    assert plain == compose_yaml(text, first_line=2)
    return True


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_playbooks_that_come_with_the_bot_are_plain(path: Path):
    assert same(front(path.read_text("utf-8")))


def test_the_plain_corner_is_wide_enough_for_what_people_write():
    assert same(SEED)
    assert same(front(GOOD))
    assert same("title:   Überlast – zu viele Verbindungen  \nsymptoms:\n\n- http://shop.example:8080/?a=b&c\n\n- é\n")


@pytest.mark.parametrize("case", FRONT_MATTER)
def test_what_is_refused_is_never_read_as_something_else(case):
    same(front(FRONT_MATTER[case][0])[:16_384])


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_a_page_with_anything_put_into_it_reads_as_yaml_says(data):
    """Pieces of the page are replaced by signs that YAML has a meaning for, up to four times."""
    text = SEED
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(begin, min(len(text), begin + 12)))
        text = text[:begin] + data.draw(PARTS) + text[end:]
    check(text)


@given(st.lists(PARTS | st.text(max_size=4), max_size=12).map("".join))
@settings(max_examples=200, deadline=None)
@example("- x")
@example("a\xa0b: \xa0c\xa0")
@example("a:: b")
def test_any_value_reads_as_yaml_says(value):
    for text in (f"title: {value}\nowner: x", f"seen: [{value}, x]", f"seen:\n  - {value}\n  - x", value):
        check(text)


def check(text: str) -> None:
    """Both readings agree: on the tree, or on what is wrong and where."""
    try:
        meant: Node | tuple[int, str] = compose_yaml(text)
    except Fault as fault:
        meant = (fault.line, fault.message)
    try:
        got: Node | tuple[int, str] = compose(text)
    except Fault as fault:
        got = (fault.line, fault.message)
    assert got == meant


@pytest.mark.parametrize(
    "text",
    [
        "title: a" + " " * 16_000 + "#",
        "seen: [a" + " " * 16_000 + "#]",
        "seen: [" + "a, " * 5_000 + "#",
        'title: "' + "x" * 16_000,
        "title: " + "a:b" * 5_000 + ": c",
        " " * 16_000 + "- x",
        "seen:\n" + "- " * 8_000,
        "a: b\n" * 3_000,
    ],
)
def test_a_page_that_is_nearly_plain_is_left_alone_without_a_long_look(text):
    """A quadratic pattern would show as a test that takes long; each of these takes a few milliseconds."""
    assert compose_plain(text) is None
