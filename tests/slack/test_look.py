"""What a look's message leaves out is counted, and a step's line says which look it quotes and what that is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.finding import Finding, Verdict
from bot.domain.playbook import Playbook
from bot.domain.walk import Walk
from bot.slack.blocks.look import MOST_UNKNOWN, beside_step
from tests.slack.test_look_present import AT, BOOKS, FINE, check, lines, walk


def test_of_what_is_not_known_those_without_a_line_are_counted():
    dark = [
        Finding(probe=f"redis.p{n}", signal=f"signal-{n % 9}", verdict=Verdict.UNKNOWN, says=f"No answer {n}.")
        for n in range(10)
    ]
    told = [line for line in lines(FINE, *dark) if line.startswith(":question:")]
    assert told[1:] == [
        *(f":question: No answer {n}. Not known: signal-{n}" for n in range(MOST_UNKNOWN)),
        ":question: and 6 more not known: signal-4, signal-5, signal-6, signal-7, signal-8, signal-0",
    ]
    assert not any("more not known" in line for line in lines(FINE, *dark[:MOST_UNKNOWN]))
    assert not any("more not known" in line for line in lines(*[replace(dark[0], signal=f"s{n}") for n in range(9)]))


PAGE = replace(BOOKS["redis-memory-full"], called_by=("memory-full", "oom-errors", "keys-evicted"))
ROOM = Finding(probe="redis.memory", signal="memory-full", verdict=Verdict.OK, says="cache1 uses 2.0 MB of 8.0 MB.")
DROPS = Finding(probe="redis.eviction", signal="keys-evicted", verdict=Verdict.OK, says="cache1 drops no keys.")
SLOW = Finding(probe="redis.slow", signal="commands-slow", verdict=Verdict.WARNING, says="KEYS took 3.0 s.")
WHICH = "what calls for this page was looked for and is not there ({}): is this the right page? It may also be over."


def beside(*findings: Finding, page: Playbook = PAGE, begun: Walk | None = None) -> str:
    """A step's line about a look that found this."""
    (block,) = beside_step([check(*findings)], begun or walk(page))
    return str(block["elements"][0]["text"])


def test_a_page_whose_calls_were_looked_for_and_are_not_there_may_be_the_wrong_one():
    assert beside(ROOM, DROPS, FINE).endswith(f"before this step: {WHICH.format('memory-full, keys-evicted')}")
    assert beside(ROOM, SLOW).endswith(f"before this step: {WHICH.format('memory-full')} KEYS took 3.0 s.")


@pytest.mark.parametrize("verdict", [Verdict.UNKNOWN, Verdict.WARNING, Verdict.CRITICAL])
def test_not_where_one_of_its_calls_is_there_or_not_known(verdict: Verdict):
    assert "right page" not in beside(ROOM, replace(DROPS, verdict=verdict))
    assert "right page" not in beside(ROOM, DROPS, replace(DROPS, verdict=verdict, member="cache2:6379"))


def test_not_where_none_of_its_calls_was_looked_for_or_one_is_there_as_it_should_be():
    assert beside(FINE).endswith("before this step: nothing wrong was found.")
    assert beside(ROOM, page=replace(PAGE, called_by=())).endswith("nothing wrong was found.")
    assert "right page" not in beside(DROPS, replace(ROOM, present=True))


def test_a_look_that_was_taken_since_is_not_said_to_be_from_before_the_step():
    earlier = replace(walk(PAGE), begun_at=AT - timedelta(minutes=4))
    assert "before this step" in beside(FINE)
    assert beside(FINE, begun=earlier).endswith(": nothing wrong was found.")
    assert "before this step" not in beside(FINE, begun=earlier)
