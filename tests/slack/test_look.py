"""What a look's message leaves out is counted, and a step's line says which look it quotes and what that is worth."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.finding import Finding, Verdict
from bot.slack.blocks.look import MOST_UNKNOWN
from tests.slack.test_look_present import FINE, lines


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
