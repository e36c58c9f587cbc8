"""A playbook's Markdown, as Slack shows it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.incident import Incident, Severity
from bot.domain.playbook import Fill, Match, Playbook, Step, Variable
from bot.domain.walk import Did, Mark, Walk
from bot.rehearsal.messages import Content
from bot.services.playbooks.help import Plea
from bot.services.playbooks.standing import Stand
from bot.services.postmortem.document.paper import paper
from bot.services.postmortem.document.way import way
from bot.settings import HERE
from bot.slack.blocks.playbook import found, mrkdwn, page
from bot.slack.blocks.step import plea, shown
from bot.slack.text import escape
from bot.store.playbooks import load

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
BOOK = Playbook(name="p", title="P", text="", digest="")
INCIDENT = Incident(id="i", team_id="T1", number=1, title="x", severity=Severity.SEV1, declared_by="U1", declared_at=AT)


def begun(book: Playbook) -> Walk:
    return Walk(id="w", incident_id="i", playbook=book, begun_by="U1", begun_at=AT)


def done(step: int) -> Mark:
    return Mark(step=step, did=Did.DONE, by="U1", at=AT)


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
        ("- one that\n  goes on\n- two", "• one that goes on\n• two"),
        ("1. one that\n   goes on\n2. two", "1. one that goes on\n2. two"),
        ("- one\n  - two that\n    goes on\n  - three", "• one\n  • two that goes on\n  • three"),
        ("text\n\n    first line\n    second line", "text\n\n    first line\n    second line"),
        ("one  \ntwo", "one  \ntwo"),
    ],
)
def test_an_item_of_a_list_stands_in_one_line(markdown: str, shown: str):
    assert mrkdwn(markdown) == shown


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[the log](https://a.test/x_(y)?z#1)", "the log (https://a.test/x_(y)?z#1)"),
        ('[the log](<https://a.test/x> "a title")', "the log (https://a.test/x)"),
        ("see [the other](other.md#2-do-it 'it') and [`one`](#1-x).", "see the other (`other`) and `one`."),
        ("[x] is (no link)", "[x] is (no link)"),
    ],
)
def test_a_link_is_its_label_with_what_it_leads_to_behind_it(markdown, shown):
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
        assert shown(Stand(walk=walk)) and page(book, "") and page(replace(book, steps=()), "")
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
            in_hand={},
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
    held = found([Match(name="x", title="X", score=2.0)], in_hand={"x": 3}, page_url="http://127.0.0.1", lookup_id="l")
    assert "is being walked here: step 3" in repr(held) and "Walk it here" not in repr(held)
    assert "May fit" not in repr(sure)
    assert "May fit: *X*" in repr(unsure)


SHIPPED = load(HERE / "playbooks").playbooks
WIDE = "h" * 40


@pytest.mark.parametrize("value", ["", WIDE], ids=["bare", "filled"])
@pytest.mark.parametrize("book", SHIPPED, ids=lambda book: book.name)
def test_every_command_of_a_shipped_step_stands_whole_in_its_message_and_in_a_call_for_help(book, value):
    known = {gap.name: value for step in book.steps for gap in step.variables} if value else {}
    for step in book.steps:
        walk = replace(begun(book), marks=tuple(done(n) for n in range(1, step.number)))
        stand = Stand(walk=walk, known=known, page_url="https://muster.example/p")
        pleading = Plea(
            incident=INCIDENT,
            stand=stand,
            step=step,
            by="U1",
            on_call="",
            carried=(),
            page_url="https://m.example/i",
            step_url="",
        )
        for blocks in (shown(stand), plea(pleading)):
            Content(text="x", blocks=blocks).check()
            texts = "\n".join(block["text"]["text"] for block in blocks if block["type"] == "section")
            assert "The rest does not fit here" not in repr(blocks) and texts.count("```") % 2 == 0
            for run in re.findall(r"^```[^\n]*\n(.*?)^```", step.body, re.MULTILINE | re.DOTALL):
                for line in filter(str.strip, run.splitlines()):
                    filled = re.sub(r"\{\{(\w+)(?::\w+)?\}\}", lambda gap: known.get(gap[1], f"{{{{{gap[1]}}}}}"), line)
                    assert escape(filled) in texts, (step.number, line)


def test_a_step_that_no_message_can_hold_ends_between_two_commands_and_says_where_the_rest_is():
    lines = [f"redis-cli -h cache-{n} INFO replication | grep -E '^role|master_link_status'" for n in range(200)]
    body = "Ask each:\n\n```sh run\n" + "\n".join(lines) + "\n```\n\nThen compare."
    book = replace(BOOK, steps=(Step(number=1, title="Ask", body=body),))
    with_page = shown(Stand(walk=begun(book), page_url="https://muster.example/playbooks/p"))
    Content(text="x", blocks=with_page).check()
    sections = [block["text"]["text"] for block in with_page if block["type"] == "section"]
    told = [line for text in sections for line in text.splitlines() if "redis-cli" in line]
    assert len(told) > 80 and told == [escape(line) for line in lines[: len(told)]]
    assert all(text.count("```") in (0, 2) for text in sections)
    assert "<https://muster.example/playbooks/p#step-1|read it on the page>" in repr(with_page)
    assert f"`muster runbook show {book.name}`" in repr(shown(Stand(walk=begun(book))))


def test_a_page_to_read_leads_to_the_whole_and_says_what_its_sign_means():
    told = repr(page(SHIPPED[0], "https://muster.example/playbooks/p"))
    assert "<https://muster.example/playbooks/p|the whole page>" in told and ":warning: has a danger" in told
    assert "the whole page" not in repr(page(SHIPPED[0], ""))


def test_prose_is_shown_as_far_as_a_message_goes_is_not_offered_to_walk_and_says_where_the_rest_is():
    short = replace(BOOK, steps=(), intro="", text="Call Bo.\n")
    assert "Call Bo." in repr(page(short, "")) and "The rest" not in repr(page(short, ""))
    long = replace(short, text="\n\n".join(f"Paragraph {n}. {'word ' * 60}" for n in range(60)))
    told = page(long, "https://muster.example/playbooks/p")
    Content(text="x", blocks=told).check()
    assert "Paragraph 16." in repr(told) and "<https://muster.example/playbooks/p|read it on the page>" in repr(told)
    match = Match(name="p", title="P", score=1.0, walkable=False)
    assert "walk_start" not in repr(found([match], in_hand={}, page_url="", lookup_id="l"))
