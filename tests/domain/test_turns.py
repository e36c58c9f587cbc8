"""Where a step leads besides the next one."""

from __future__ import annotations

from time import perf_counter

import pytest

from bot.domain.playbook import Step
from bot.domain.turns import Turn, turns
from bot.settings import HERE
from bot.store.playbooks import load

BOOKS = {book.name: book for book in load(HERE / "playbooks").playbooks}


def led(text: str, number: int = 4, steps: int = 9) -> list[int]:
    """The steps that a step with this body leads to."""
    return [turn.step for turn in turns(Step(number=number, title="x", body=text), steps)]


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("`ok: 1`: then go to step 7.", [7]),
        ("Go back to step 2", [2]),
        ("Too few: step 2. Enough: step 8.", [2, 8]),
        ("Step 2 at once, on the others.", [2]),
        ("Take step 7 instead.", [7]),
        ("Let another take over (step 7), and replace the disk.", [7]),
        ("Cut them off by step 1, with their port.", [1]),
        ("Make room (steps 2 and 3), then start it with step 9.", [2, 9]),
        ("Steps 1 and 7 once more.", [1, 7]),
        ("Do steps 6 to 8 again.", [6]),
        ("Take step 6 or 8.", [6, 8]),
        ("Go to Step 7.\nGo to step 7 now.", [7]),
        ("- red: step 1\n- green: step 8", [1, 8]),
        ("| red | step 1 |\n| green | step 8 |", [1, 8]),
    ],
)
def test_a_step_leads_where_its_words_say(text: str, to: list[int]):
    assert led(text) == to


@pytest.mark.parametrize(
    "text",
    [
        "The count of step 1 no longer grows.",
        "Not before step 9.",
        "As in step 2, one at a time.",
        "Keep it; step 9 needs it.",
        "Step 7 is no help.",
        "The highest that step 2 listed.",
        "It is written when the member rejoins (step 9).",
        "[Step 7 of the other](other.md) takes its vote.",
        "[End the reads](other.md), step 7, and come back.",
        "Go to step 5.",  # the next one
        "Go to step 4.",  # itself
        "Go to step 12.",  # no step of the page
        "Go to step 0.",
        "```sh run\necho go to step 7.\n```",
        "Then take the footstep 7.",
        "",
    ],
)
def test_a_step_that_is_only_spoken_of_is_no_way(text: str):
    assert led(text) == []


def test_each_part_of_a_step_that_says_what_comes_next_counts_and_the_first_word_stays():
    step = Step(
        number=5,
        title="x",
        body="Red: step 1.",
        look_for="Nothing at all, for a whole minute: step 2.",
        give_it="a minute. Then step 9.",
        undo="Step 3.",
        danger="Step 7.",
        stop_if="it is red. Step 1 or 8.",
    )
    assert turns(step, 9) == (
        Turn(1, "Red: step 1.", stops=False),
        Turn(2, "Nothing at all, for a whole minute: step 2.", stops=False),
        Turn(9, "a minute. Then step 9.", stops=False),
        Turn(8, "it is red. Step 1 or 8.", stops=True),
    )


def test_the_shipped_pages_lead_where_a_reader_goes():
    found = {
        (name, step.number): [turn.step for turn in turns(step, len(book.steps))]
        for name, book in BOOKS.items()
        for step in book.steps
    }
    assert found["force-failover-via-firewall", 4] == [7, 2]
    assert found["force-failover-via-firewall", 5] == [7]
    assert found["stop-respawn", 1] == [4]
    assert found["disk-full", 1] == [3, 5]
    assert found["write-concern-stall", 4] == []  # step 7 of another page


@pytest.mark.parametrize(
    "text",
    [
        "go to step 7. " * 15_000,
        "when " * 40_000 + "(step 7)",
        "[" * 200_000,
        "[a](b), step 7 " * 14_000,
        "```\n" * 50_000,
    ],
    ids=["steps", "when", "brackets", "links", "fences"],
)
def test_a_long_text_is_read_quickly(text: str):
    began = perf_counter()
    led(text)
    assert perf_counter() - began < 2
