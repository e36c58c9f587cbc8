"""A playbook's Markdown, as Slack shows it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.playbook import Fill, Match, Playbook, Step, Variable
from bot.domain.walk import Walk
from bot.services.playbooks.standing import Stand
from bot.services.postmortem.document.paper import paper
from bot.services.postmortem.document.way import way
from bot.slack.blocks.playbook import found, mrkdwn, page
from bot.slack.blocks.step import shown

HOSTILE = ("[", "](", "[](", "[a](b ", "[a](b.md", "[x\n", "![", '[a](b "', "[a](<", "\n", " ", "a\n", "**a ", "`",
           "{{", "- ", "> ", "|a", "A. ", "[a]: b\n", "```\n")  # fmt: skip


def test_a_paragraph_broken_for_the_width_of_its_file_is_one_line_again():
    assert mrkdwn("keep it\nfrom starting again\n12 s before\n**you** kill it") == (
        "keep it from starting again 12 s before *you* kill it"
    )


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("one\n\ntwo", "one\n\ntwo"),
        ("- one\n- two\n* three", "• one\n• two\n• three"),
        ("first:\n1. one\n2) two", "first:\n1. one\n2) two"),
        ("# Head\ntext", "*Head*\ntext"),
        ("text\n# Head", "text\n*Head*"),
        ("| a | b |\n| 1 | 2 |", "| a | b |\n| 1 | 2 |"),
    ],
)
def test_breaks_that_mean_something_are_kept(markdown, shown):
    assert mrkdwn(markdown) == shown


def test_code_keeps_its_lines():
    assert mrkdwn("run\n```sh run\na\nb\n```\nthen\nlook") == "run\n```\na\nb\n```\nthen look"


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[the log](https://a.test/x_(y)?z#1)", "the log (https://a.test/x_(y)?z#1)"),
        ('[the log](<https://a.test/x> "a title")', "the log (https://a.test/x)"),
        ("see [the other](other.md#2-do-it 'it') and [`one`](#1-x).", "see the other and `one`."),
        ("[x] is (no link)", "[x] is (no link)"),
    ],
)
def test_a_link_is_its_label_with_an_address_behind_it_that_leads_to_the_web(markdown, shown):
    assert mrkdwn(markdown) == shown


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_takes_a_moment_in_a_walk_on_a_page_and_on_paper(piece):
    """A quadratic pattern would show as a test that takes minutes; each of these takes less than a second."""
    text = "\n".join((piece * 200_000)[:200_000].split("\n")[:5_000])  # a page has no more lines
    for part in ("body", "stop_if", "give_it"):
        step = Step(**{"number": 1, "title": "x", "body": "x", part: text})
        book = Playbook(
            name="x", title="X", intro=f"**What makes it worse.** {text}", steps=(step,), text=text, digest=""
        )
        walk = Walk(id="w", incident_id="i", playbook=book, begun_by="U1", begun_at=datetime(2026, 3, 14, tzinfo=UTC))
        assert shown(Stand(walk=walk)) and page(book) and page(replace(book, steps=()))
        assert way(book, 720) and paper(book)


def test_a_very_long_text_of_short_lines_is_no_trouble():
    assert mrkdwn("a\n" * 50_000).count("\n") == 0


def test_a_gap_is_written_one_way_and_what_goes_in_is_said_once():
    gap = Variable(name="primary", fill=Fill.HOST)
    one = Step(number=1, title="Look", body="Ask `{{primary:host}}`, then {{primary}}.", variables=(gap,))
    book = Playbook(name="x", title="X", steps=(one,), text="", digest="")
    at = datetime(2026, 3, 14, tzinfo=UTC)
    walk = Walk(id="w", incident_id="i", playbook=book, begun_by="U1", begun_at=at)
    texts = repr(shown(Stand(walk=walk)))
    assert "Ask `{{primary}}`, then {{primary}}." in texts
    assert "*To fill in:* `{{primary}}` (a host)" in texts
    filled = repr(shown(Stand(walk=walk, known={"primary": "db1.example.com"})))
    assert "Ask `db1.example.com`, then db1.example.com." in filled
    assert "To fill in" not in filled and "`primary` = `db1.example.com`" in filled


def test_a_playbook_that_only_may_fit_is_to_be_read_first():
    sure, unsure = (
        found(
            [Match(name="x", title="X", score=2.0, sure=sure)],
            in_incident=True,
            page_url="http://127.0.0.1",
            lookup_id="l",
        )
        for sure in (True, False)
    )
    buttons = [[(b["text"]["text"], b.get("style")) for b in blocks[1]["elements"]] for blocks in (sure, unsure)]
    assert buttons == [
        [("Walk it here", "primary"), ("Read it", None), ("Not this", None)],
        [("Read it", "primary"), ("Walk it here", None), ("Not this", None)],
    ]
    assert "May fit" not in repr(sure)
    assert "May fit: *X*" in repr(unsure)
