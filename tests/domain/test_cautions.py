"""What a playbook says before its first step, as a walk shows it."""

from __future__ import annotations

import pytest

from bot.domain.cautions import MAX_LINE_CHARS, MAX_LINES, MAX_WORSE_CHARS, cautions, cut
from bot.settings import HERE
from bot.store.playbooks import load

INTRO = """**When to use.** It is down.

**When not to use.**

- It is a cache. Let it
  fill.
- The disk is slow: [look there](./disk-full.md#step-2).

**What makes it worse.** Restarting it "to see". Flushing. Waiting.

Commands are for Redis 5."""


def test_the_lines_and_the_whole_paragraph_are_taken_and_links_stand_as_text():
    found = cautions(INTRO)
    assert found.not_when == ("It is a cache. Let it fill.", "The disk is slow: look there (`disk-full`).")
    assert found.worse == 'Restarting it "to see". Flushing. Waiting.'


@pytest.mark.parametrize(
    "intro",
    [
        "## When not to use\n\nOn a cache.\n\nElse.\n\n### What makes it worse:\n\nHaste.",
        "**When not to use:** On a cache.\n\n**What makes it worse**: Haste.",
    ],
)
def test_headings_colons_and_plain_sentences_are_read_too(intro: str):
    found = cautions(intro)
    assert (found.not_when, found.worse) == (("On a cache.",), "Haste.")


def test_which_steps_and_what_to_know_before_typing_are_taken():
    before = "**Before you type.** Redis 5.\n\nAdd `--tls`.\n\n```sh\nls\n```\n\nEnd."
    found = cautions(f"**Which steps.** All. Not 3.\n\nElse.\n\n{before}")
    assert (found.steps, found.typing) == ("All. Not 3.", "Redis 5. Add `--tls`.")


@pytest.mark.parametrize("text", ["[" * 200_000, "[a](b " * 30_000, "[a](b.md" * 25_000])
def test_a_bracket_that_nothing_ends_does_not_look_for_its_end_for_ever(text: str):
    """A quadratic pattern would show as a test that takes minutes."""
    assert len(cautions(f"**What makes it worse.** {text}").worse) <= MAX_WORSE_CHARS


@pytest.mark.parametrize("intro", ["", "Just words.", "**When to use.** Now.", "**When not to use.**\n\n"])
def test_a_page_that_says_nothing_of_it_gives_nothing(intro: str):
    assert (cautions(intro).not_when, cautions(intro).worse) == ((), "")


def test_a_cut_falls_at_the_end_of_a_sentence():
    assert cut("One two. Three four. Five.", 22) == "One two. Three four. …"
    assert cut("One two. Three four.", 20) == "One two. Three four."
    assert cut("one two three", 10) == "one two …"
    long = cautions("**When not to use.**\n" + "- A word.\n" * 30 + f"- {'x' * 999}\n")
    assert len(long.not_when) == MAX_LINES
    (line,) = cautions("**When not to use.**\n- " + "Seven. " * 99).not_when
    assert len(line) <= MAX_LINE_CHARS and line.endswith("Seven. …")


@pytest.mark.parametrize("book", load(HERE / "playbooks").playbooks, ids=lambda book: book.name)
def test_every_shipped_playbook_says_both(book):
    found = cautions(book.intro)
    assert found.not_when and found.worse
    assert not any("](" in line for line in (*found.not_when, found.worse))


@pytest.mark.parametrize("book", load(HERE / "playbooks").playbooks, ids=lambda book: book.name)
def test_nothing_that_a_line_needs_stands_in_an_intro_where_no_walk_shows_it(book):
    found = cautions(book.intro)
    assert "…" not in found.typing + found.steps
    for words in ("--tls", "REDISCLI_AUTH", "gtimeout", "MongoDB 4.2 type"):
        assert (words in book.intro) == (words in found.typing), words
