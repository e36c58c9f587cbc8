"""Lines that must be known, and lines that must not."""

from __future__ import annotations

import pytest

from bot.domain.known_errors import is_telling, known_errors
from bot.domain.playbook import Playbook

BOOKS = [
    Playbook(
        name="disk-full",
        title="d",
        errors=("No space left on device", "ENOSPC", "errno:28", "full"),
        text="",
        digest="",
    ),
    Playbook(name="election", title="e", errors=("NotWritablePrimary", "No primary found"), text="", digest=""),
    Playbook(
        name="scan", title="s", errors=("Slow query", "51803", "COLLSCAN", "planSummary: COLLSCAN"), text="", digest=""
    ),
    Playbook(
        name="restore", title="r", errors=("E11000 duplicate key error while restoring", "RDB age"), text="", digest=""
    ),
]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("write failed: No space left on device", ["disk-full"]),
        ("write failed: no  space\nleft on device.", ["disk-full"]),
        ("Error: ENOSPC, write", ["disk-full"]),
        ('{"codeName":"NotWritablePrimary","code":10107}', ["election"]),
        ('{"c":"COMMAND","id":51803,"ctx":"conn1"}', ["scan"]),
        ("planSummary: COLLSCAN keysExamined:0", ["scan"]),
        ("NotWritablePrimary then planSummary: COLLSCAN", ["scan", "election"]),
        ("there is no space left for the device team", []),
        ("no primary found yet, I look again", []),
        ("that slow query again, the disk is full", []),
        ("we moved 51803 orders", []),
        ('{"id":518031}', []),
        ("XENOSPC and ENOSPCs", []),
        ("the collscan we talked about", []),
        ("RDB age is fine", []),
        ("", []),
    ],
)
def test_a_message_is_known_by_its_error_line_only(line: str, names: list[str]) -> None:
    assert [known.name for known in known_errors(BOOKS).seen(line)] == names


def test_it_says_the_longest_text_that_stood_there() -> None:
    assert known_errors(BOOKS).seen("planSummary: COLLSCAN")[0].words == "planSummary: COLLSCAN"


def test_what_stands_for_anything_is_left_to_the_search() -> None:
    assert not is_telling("failed to * the node again")


def test_of_ten_thousand_playbooks_only_those_of_a_rare_word_are_compared() -> None:
    many = [
        Playbook(name=f"b{n}", title="t", errors=(f"connection refused by pool member{n}",), text="", digest="")
        for n in range(10_000)
    ]
    laid = known_errors(many)
    assert max(len(texts) for texts in laid.by_anchor.values()) == 1
    assert [known.name for known in laid.seen("connection refused by pool member77")] == ["b77"]
