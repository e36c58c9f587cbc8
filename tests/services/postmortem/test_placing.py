"""A sentence that is taken over goes among its like, never below a table that ends the section."""

from __future__ import annotations

import pytest

from bot.domain.postmortem.values import Part
from bot.services.postmortem.placing import put, without

TABLE = "| a | b |\n| - | - |\n| 1 | 2 |"
TIMED = "**12:10 UTC** new [E4](#e4)"


@pytest.mark.parametrize(
    ("text", "then"),
    [
        (f"Bad.\n\n{TABLE}", f"Bad.\n\n- {TIMED}\n\n{TABLE}"),
        (TABLE, f"{TABLE}\n\n- {TIMED}"),
        (f"- one\n- two\n\n{TABLE}", f"- one\n- two\n- {TIMED}\n\n{TABLE}"),
        ("- one\n\n  of it\n\nAfter.", f"- one\n\n  of it\n- {TIMED}\n\nAfter."),
        ("- one\ngoes on\n## Next", f"- one\ngoes on\n- {TIMED}\n## Next"),
        ("- **12:03 UTC** a\n- **12:30 UTC** b\n  c", f"- **12:03 UTC** a\n- {TIMED}\n- **12:30 UTC** b\n  c"),
        ("- **12:03 UTC** a\n  b\n\nEnd.", f"- **12:03 UTC** a\n  b\n- {TIMED}\n\nEnd."),
        ("- **13 Mar 23:03 UTC** a", f"- **13 Mar 23:03 UTC** a\n- {TIMED}"),
        ("1. **first**\n2. second", f"1. **first**\n2. second\n- {TIMED}"),
        ("Bad.\n\n```\n- no item\n```", f"Bad.\n\n```\n- no item\n```\n\n- {TIMED}"),
    ],
)
def test_where_a_sentence_goes(text: str, then: str):
    assert put(text, TIMED, Part.IMPACT) == then
    assert without(then, [TIMED]).rstrip() == text or TABLE in text or "```" in text


def test_a_summary_is_prose_and_a_sentence_of_several_lines_stays_one_item():
    assert put("It was bad.", "And long.", Part.SUMMARY) == "It was bad.\n\nAnd long."
    assert put("- one", "two\nlines", Part.IMPACT) == "- one\n- two\n  lines"
