"""Every hint that reaches a terminal works when it is typed there."""

from __future__ import annotations

import ast
import re
import shlex

import pytest

from bot.cli.answering import parser
from bot.cli.hints import at_a_terminal
from bot.settings import HERE

pytestmark = pytest.mark.usefixtures("database")

ONLY_IN_SLACK = {"/incident import", "/incident role", "/incident task", "/runbook walk"}


def spoken() -> list[str]:
    """Every sentence in the rooms below the edges that names a command, with a word where a value stands."""
    found = []
    for room in ("domain", "services", "store"):
        for file in sorted((HERE / "bot" / room).rglob("*.py")):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
            found += [_text(node) for node in ast.walk(tree) if id(node) not in inside]
    return sorted({text for text in found if "`/" in text})


def _text(node: ast.AST) -> str:
    if not isinstance(node, ast.JoinedStr):
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    text = ""
    for part in node.values:
        verb = "close" if text.endswith("/incident ") else "INC-7"
        text += str(part.value) if isinstance(part, ast.Constant) else verb
    return text


def test_the_sentences_are_found():
    assert len(spoken()) > 20
    assert "Try `/incident note 12:03 #decision fail over to db2`." in spoken()


@pytest.mark.parametrize("text", spoken())
def test_a_hint_is_a_line_that_the_command_takes(text):
    shown = at_a_terminal(text, "1")
    for line in re.findall(r"`(/?(?:muster|incident|runbook|postmortem)\b[^`]*)`", shown):
        if not line.startswith("muster "):
            assert " ".join(line.split()[:2]) in ONLY_IN_SLACK
            continue
        words = shlex.split(line)[1:]
        assert words == shlex.split(line, comments=True)[1:], "a shell would take some of it for a comment"
        parser(words).parse_args(words)


@pytest.mark.parametrize(
    ("in_slack", "here"),
    [
        ("`/incident note 12:03 #decision fail over`", "`muster incident note INC-7 '12:03 #decision fail over'`"),
        ("`/incident note`", "`muster incident show INC-7`"),
        ("`/incident note E2 …`", "`muster incident note INC-7 E2 …`"),
        ("`/incident status INC-9`", "`muster incident show INC-9`"),
        ("`/incident open --force sev1 it's down`", "`muster incident open --force 'sev1 it'\"'\"'s down'`"),
        ("Type `/incident open --force sev1 `x` is down`.", "Type `muster incident open --force 'sev1 `x` is down'`."),
        ("`/runbook` and what you see", "`muster runbook find what you see`"),
        ("`/postmortem INC-9`", "`muster postmortem INC-9`"),
        ("a moment ago in <#C0123>.", "a moment ago."),
    ],
)
def test_a_command_is_told_as_it_is_typed_here(in_slack, here):
    assert at_a_terminal(in_slack, "inc-7") == here


def test_a_hint_names_the_incident_that_was_meant(muster):
    muster("incident", "open", "sev1 down")
    assert muster("incident", "note", "1", " ").err.endswith(
        "Try `muster incident note INC-1 '12:03 #decision fail over to db2'`.\n"
    )
    assert muster("incident", "strike", "1", "E9").err.endswith("See the newest with `muster incident show INC-1`.\n")
