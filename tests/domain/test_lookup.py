"""Past verdicts settle what is close; they never bring a page up or hide one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.lookup import Helped, Lookup, Said, weigh, worth_saying
from bot.domain.playbook import Match

AT = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)


def match(name: str, score: float, why: tuple[str, ...] = (), sure: bool = True) -> Match:
    return Match(name=name, title=name, score=score, why=why, sure=sure)


def said(playbook: str, verdict: Said, words: str = "redis came back empty") -> Lookup:
    return Lookup(id="l", words=words, playbook=playbook, said=verdict, made_at=AT)


def names(matches) -> list[str]:
    return [one.name for one in matches]


CLOSE = [match("a", 2.0), match("b", 1.95)]


def test_a_page_that_was_opened_for_such_words_comes_before_one_that_is_as_good():
    assert names(weigh(CLOSE, "Redis came back empty again", [said("b", Said.OPENED)])) == ["b", "a"]


def test_a_page_that_was_refused_for_such_words_gives_way():
    assert names(weigh(CLOSE, "redis came back empty", [said("a", Said.NOT_THIS)])) == ["b", "a"]


@pytest.mark.parametrize("words", ["disk is full", "", "redis"])
def test_words_that_have_little_in_common_say_nothing_about_each_other(words: str):
    assert names(weigh(CLOSE, words, [said("b", Said.OPENED)] * 9)) == ["a", "b"]


def test_an_offer_that_nobody_answered_says_nothing():
    assert weigh(CLOSE, "redis came back empty", [said("b", Said.NOTHING)]) == CLOSE


def test_habit_never_hides_a_page_that_fits_better():
    far = [match("a", 2.0), match("b", 1.2)]
    memory = [said("b", Said.OPENED)] * 100 + [said("c", Said.OPENED)] * 100
    assert names(weigh(far, "redis came back empty", memory)) == ["a", "b"]


def test_habit_never_moves_a_page_before_one_whose_own_code_was_typed():
    coded = [replace(match("a", 1.0), code="MISCONF"), match("b", 1.9)]
    assert names(weigh(coded, "redis came back empty", [said("b", Said.OPENED)] * 3)) == ["a", "b"]


TWO = ("redis", "empty")


def may_fit(score: float, why: tuple[str, ...] = TWO) -> Match:
    return match("a", score, why, sure=False)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([], None),
        ([match("a", 1.0), match("b", 0.9)], "a"),  # sure
        ([may_fit(1.0)], "a"),
        ([may_fit(1.0), match("b", 0.5)], "a"),
        ([may_fit(1.0), match("b", 0.6)], None),  # as much speaks for another
        ([may_fit(0.7)], None),  # little speaks for it
        ([may_fit(1.0, ("redis",))], None),  # one word may mean anything
    ],
)
def test_unasked_only_what_is_sure_or_far_ahead_is_said(found: list[Match], says: str | None):
    best = worth_saying(found)
    assert (best and best.name) == says


def test_how_often_a_step_helped_is_said_with_its_day():
    assert str(Helped(times=3, of=4, last=AT)) == "helped 3 of 4 times; last on 14 Mar 2026"
    assert str(Helped(times=0, of=1)) == "helped 0 of 1 time"
