"""A playbook's Markdown, as Slack shows it."""

from __future__ import annotations

import pytest

from bot.slack.blocks.step import mrkdwn


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


def test_a_very_long_text_of_short_lines_is_no_trouble():
    assert mrkdwn("a\n" * 50_000).count("\n") == 0
