"""Lines that must be known, and lines that must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.known_errors import is_telling, known_errors
from bot.domain.playbook import Playbook
from bot.settings import PLAYBOOKS
from bot.store.playbooks import load

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
        name="restore",
        title="r",
        errors=("E11000 duplicate key error while restoring", "RDB age", "DROP DATABASE"),
        text="",
        digest="",
    ),
    Playbook(
        name="sentinel",
        title="s",
        errors=("+switch-master", "+reboot master", "+sdown master", "You can't write against a read only replica"),
        text="",
        digest="",
    ),
    Playbook(name="hung", title="h", errors=("task mongod:* blocked for more than",), text="", digest=""),
    Playbook(name="stale", title="s", errors=("RS102",), text="", digest=""),
]
SHIPPED = load(PLAYBOOKS)
ORDINARY = (Path(__file__).parents[1] / "playbooks" / "ordinary.txt").read_text().splitlines()


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
        ("INFO: task mongod:1234 blocked for more than 120 seconds.", ["hung"]),
        ("the task mongod: was blocked for more than an hour", []),
        ("the mongod task was blocked for more than an hour", []),
        ("1:X 3 Nov # +reboot master shop 10.0.0.7 6379", ["sentinel"]),
        ("todo:\n+reboot master\n+tell the shop", []),
        ("+sdown master shop 10.0.0.7 6379", []),  # flips back in a second
        ("+switch-master shop 10.0.0.7 6379 10.0.0.8 6379", ["sentinel"]),
        ("we could switch-master now", []),
        ("(error) READONLY You can’t write against a read only replica.", ["sentinel"]),
        ("{“id”:51803}", ["scan"]),
        ("replSet error RS102 too stale to catch up", ["stale"]),
        ("rack rs102 is warm", []),
        ("DROP DATABASE shop;", ["restore"]),
        ("please never drop database shop", []),
    ],
)
def test_a_message_is_known_by_its_error_line_only(line: str, names: list[str]) -> None:
    assert [known.name for known in known_errors(BOOKS).seen(line)] == names


def test_it_says_the_longest_text_that_stood_there() -> None:
    assert known_errors(BOOKS).seen("planSummary: COLLSCAN")[0].words == "planSummary: COLLSCAN"


@pytest.mark.parametrize(
    "error", ["failed to * the node again", "RDB age * seconds", "* waits for the * lock of the others"]
)
def test_with_a_star_less_than_a_phrase_in_a_row_is_left_to_the_search(error: str) -> None:
    assert not is_telling(error)


def test_a_phrase_without_a_word_is_left_to_the_search() -> None:
    assert (
        known_errors([Playbook(name="a", title="a", errors=("---- ---- ---- ----",), text="", digest="")]).seen(
            "---- ---- ---- ----"
        )
        == []
    )


@pytest.mark.parametrize("sentence", ORDINARY)
def test_of_the_shipped_pages_nothing_speaks_up_at_an_ordinary_sentence(sentence: str) -> None:
    assert SHIPPED.known_errors.seen(sentence) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("INFO: task mongod:1234 blocked for more than 120 seconds", "force-failover-via-firewall"),
        ("+reboot master shop 10.0.0.7 6379", "stop-respawn"),
        ("+switch-master shop 10.0.0.7 6379 10.0.0.8 6379", "redis-replica-unknown-master"),
        ("+convert-to-slave slave 10.0.0.7:6379 10.0.0.7 6379 @ shop 10.0.0.8 6379", "redis-replica-unknown-master"),
        ("READONLY You can’t write against a read only replica.", "redis-replica-unknown-master"),
        ("replSet error RS102 too stale to catch up", "write-concern-stall"),
    ],
)
def test_of_the_shipped_pages_one_speaks_up_at_its_line(line: str, name: str) -> None:
    assert name in [known.name for known in SHIPPED.known_errors.seen(line)]


def test_of_ten_thousand_playbooks_only_those_of_a_rare_word_are_compared() -> None:
    many = [
        Playbook(name=f"b{n}", title="t", errors=(f"connection refused by pool member{n}",), text="", digest="")
        for n in range(10_000)
    ]
    laid = known_errors(many)
    assert max(len(texts) for texts in laid.by_anchor.values()) == 1
    assert [known.name for known in laid.seen("connection refused by pool member77")] == ["b77"]


def test_valkey_prints_the_errors_of_redis_under_its_own_name() -> None:
    laid = load(PLAYBOOKS).known_errors
    for line in ("BUSY Valkey is busy running a script.", "BUSY Redis is busy running a script."):
        assert [known.name for known in laid.seen(line)] == ["redis-slow"]
