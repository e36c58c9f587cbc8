"""Where a step leads besides the next one."""

from __future__ import annotations

from time import perf_counter

import pytest

from bot.domain.playbook import Step
from bot.domain.turns import Place, Turn, turns
from bot.settings import HERE
from bot.store.playbooks import load

BOOKS = {book.name: book for book in load(HERE / "playbooks").playbooks}


def places(text: str, number: int = 4, steps: int = 9, page: str = "own") -> list[Place]:
    """Where a step with this body leads."""
    return [place for turn in turns(Step(number=number, title="x", body=text), steps, page) for place in turn.to]


def led(text: str, number: int = 4, steps: int = 9) -> list[int]:
    """The steps of its own page that a step with this body leads to."""
    return [place.step for place in places(text, number, steps) if not place.page]


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
        ("Go to Step 7.\nGo to step 7 now.", [7, 7]),
        ("Go to step 5.", [5]),  # the next one, and when
        ("Go on with step 2 and its lines.", [2]),
        ("Start it with step 9, with a second engineer.", [9]),
        ("Go to step 7 with the vendor.", [7]),
        ("The counts are right: step 9 with that one.", [9]),
        ("Compare the counts, then go on with step 7.", [7]),
        ("It comes in fits: step 3 keeps a record of the past.", [3]),
        ("A MongoDB: step 3's lines.", [3]),
        ("It has changed twice already: step 1 comes first.", [1]),
        ("From then on, step 7 goes on without them.", [7]),
        ("Do the first three lines of step 9, then stop.", [9]),
        ("Then ask it with the lines for Redis in step 2.", [2]),
        ("Repeat the read of step 1 against the new primary.", [1]),
        ("First the line of step 2 once more.", [2]),
        ("It does not load: the next one of step 3.", [3]),
        ("It was a master, and step 2 was not done on it.", [2]),
        ("That is enough (8.0) `x`, and then step 7.", [7]),
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
        "Cut it off: step 6 of [the other](other.md).",
        "[Bring it back](other.md) first (step 3 there).",
        "Compare with step 2.",
        "Compare step 2 with the list.",
        "It agrees with step 2, and differs from step 3.",
        "The trouble begins with step 2.",
        "Reread step 2 with care.",
        "The first is the line of step 9: `diff` marks it.",
        "Three newer ones have passed step 6.",
        "It still runs, without a restart since before the trouble (step 2).",
        "It hangs: step 7 is no help.",
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


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("[Read this](other.md).", [Place("other", 0)]),
        ("[Read this](./other.md#step-3), now.", [Place("other", 3)]),
        ("[Read this](other.md#3-the-title).", [Place("other", 3)]),
        ("[End the reads](other.md), step 7, and come back.", [Place("other", 7)]),
        ("([Bring it back](other.md)) first (step 3 there).", [Place("other", 3)]),
        (
            "Too few ([back](other.md), step 3 there), or it rises (step 5 there).",
            [Place("other", 3), Place("other", 5)],
        ),
        ("[Steps 3 to 5 there](other.md).", [Place("other", 3)]),
        ("See step 7 of [the rebuild](other.md).", [Place("other", 7)]),
        ("See [the steps for builds](other.md), 5 and 6.", [Place("other", 5)]),
        ("[The disk](other.md), 5 percent free.", [Place("other", 0)]),
        ("[It changed](other.md) already: step 1 comes first.", [Place("other", 0), Place("", 1)]),
        ("Step 1, then [less at the edge](other.md).", [Place("", 1), Place("other", 0)]),
        ("[Up there](own.md#step-1), or [below](#step-7).", [Place("", 1), Place("", 7)]),
        ("[This page](own.md), or [that](https://x.example/a.md).", []),
    ],
)
def test_a_link_leads_to_a_page_or_to_the_step_there_that_the_sentence_names(text: str, to: list[Place]):
    assert places(text) == to


def test_each_part_of_a_step_that_says_what_comes_next_counts_and_stop_if_is_whole():
    step = Step(
        number=5,
        title="x",
        body="Red: step 1.",
        look_for="Nothing at all, for a whole minute: step 2.",
        give_it="a minute. Then step 9.",
        undo="Step 3.",
        danger="room first (step 4).",
        stop_if="it is red. Step 1 or 8. Else [read](other.md). Then call.",
    )
    assert turns(step, 9, "x") == (
        Turn("it is red. Step 1 or 8.", (Place("", 1), Place("", 8)), stops=True),
        Turn("Else [read](other.md).", (Place("other", 0),), stops=True),
        Turn("Then call.", (), stops=True),
        Turn("Red: step 1.", (Place("", 1),), stops=False),
        Turn("Nothing at all, for a whole minute: step 2.", (Place("", 2),), stops=False),
        Turn("a minute. Then step 9.", (Place("", 9),), stops=False),
        Turn("room first (step 4).", (Place("", 4),), stops=False),
        Turn("Undo: Step 3.", (Place("", 3),), stops=False),
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("`a` says so: step 6. `b`: step 7.", ["`a` says so: step 6.", "`b`: step 7."]),
        ("Half. Enough: step 7. Few: step 1.", ["Half. Enough: step 7.", "Half. … Few: step 1."]),
        ("No log of it. Then go on by hand with step 7.", ["No log of it. Then go on by hand with step 7."]),
        ("Long " * 100 + ". Red: step 7.", ["Red: step 7."]),
    ],
)
def test_a_sentence_is_told_with_what_it_needs_and_never_with_another_way(text: str, says: list[str]):
    assert [turn.says for turn in turns(Step(number=4, title="x", body=text), 9)] == says


def test_the_shipped_pages_lead_where_a_reader_goes():
    found = {
        (name, step.number): [place for turn in turns(step, len(book.steps), name) for place in turn.to]
        for name, book in BOOKS.items()
        for step in book.steps
    }
    own = {key: [place.step for place in to if not place.page] for key, to in found.items()}
    assert own["force-failover-via-firewall", 4] == [2, 7, 7]
    assert own["force-failover-via-firewall", 7] == [1]
    assert own["stop-respawn", 1] == [4, 2]
    assert own["stop-respawn", 5] == [1, 9]
    assert own["disk-full", 1] == [5, 3]
    assert own["disk-full", 5] == [4]
    assert own["disk-full", 6] == [9]
    assert own["collection-scan-storm", 5] == [6, 3, 4]
    assert own["redis-memory-full", 8] == [4]
    assert own["redis-slow", 3] == [4, 4, 6, 7, 7]
    assert own["rebuild-indexes", 2] == own["backup-verify", 7] == []
    assert found["write-concern-stall", 4] == [Place("disk-full", 0), Place("rebuild-indexes", 7)]
    assert found["disk-full", 2][2:] == [Place("stop-respawn", 0), Place("stop-respawn", 1)]


def test_in_redis_slow_the_arrow_to_the_step_on_forks_has_its_own_words():
    step = BOOKS["redis-slow"].steps[2]
    says = [turn.says for turn in turns(step, 9, "redis-slow") if Place("", 7) in turn.to]
    assert says[0] == "`fork` or `aof-`: step 7."


@pytest.mark.parametrize(
    "text",
    [
        "go to step 7. " * 15_000,
        "when " * 40_000 + "(step 7)",
        "[" * 200_000,
        "[a](b), step 7 " * 14_000,
        "a " * 90_000 + ". " + "Go: step 7. " * 10_000,
        "compare " * 20_000 + "step 7",
        "steps " + "1, " * 60_000,
        "```\n" * 50_000,
    ],
    ids=["steps", "when", "brackets", "links", "context", "compare", "numbers", "fences"],
)
def test_a_long_text_is_read_quickly(text: str):
    began = perf_counter()
    led(text)
    assert perf_counter() - began < 2
