"""Medians, 90th percentiles and what lies far out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.incident import Severity
from bot.domain.insights import (
    FEW,
    Case,
    by_severity,
    by_system,
    contributed,
    log_place,
    outliers,
    step_times,
    summary,
)
from bot.domain.walk import NO_MORE, SAID_AT_CLOSE, Did, Mark, Walk
from bot.store import playbooks

NOON = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
LENGTHS = st.timedeltas(timedelta(0), timedelta(days=40))


def minutes(*lengths: float) -> list[timedelta]:
    return [timedelta(minutes=length) for length in lengths]


def cases(*lengths: float) -> list[Case]:
    return [Case(number=at, severity=Severity.SEV2, length=one) for at, one in enumerate(minutes(*lengths), start=1)]


@given(st.lists(LENGTHS, max_size=60))
def test_half_took_no_longer_than_the_median_and_nine_of_ten_than_the_90th_percentile(
    lengths: list[timedelta],
) -> None:
    told = summary(lengths)
    assert told.n == len(lengths)
    if told.n < FEW:
        assert told.median is told.p90 is None
        return
    assert told.median is not None
    assert told.p90 is not None
    assert 2 * sum(one <= told.median for one in lengths) >= told.n
    assert 2 * sum(one >= told.median for one in lengths) >= told.n
    assert 10 * sum(one <= told.p90 for one in lengths) >= 9 * told.n
    assert 10 * sum(one < told.p90 for one in lengths) < 9 * told.n
    assert told.p90 in lengths
    assert min(lengths) <= told.median <= told.p90 <= max(lengths)
    assert summary(reversed(lengths)) == told


@given(st.lists(LENGTHS, min_size=FEW, max_size=60), st.integers(2, 1000))
def test_one_that_grows_longer_moves_no_median(lengths: list[timedelta], times: int) -> None:
    ordered = sorted(lengths)
    longer = [*ordered[:-1], ordered[-1] * times]
    assert summary(longer).median == summary(ordered).median


def test_figures_that_one_can_check_by_hand() -> None:
    told = summary(minutes(1, 2, 3, 4, 5, 6, 7, 8, 9, 100))
    assert (told.median, told.p90) == (timedelta(minutes=5.5), timedelta(minutes=9))
    assert summary(minutes(1, 2, 3, 4)).median is None
    assert summary(minutes(7, 1, 3, 9, 5)).median == timedelta(minutes=5)


def test_what_lies_far_out_is_named_the_longest_first() -> None:
    far = outliers(cases(10, 11, 12, 13, 14, 15, 600, 16, 3000))
    assert [case.number for case in far] == [9, 7]
    assert outliers(cases(10, 11, 12, 13, 14, 15)) == ()
    assert outliers(cases(10, 10, 10, 10, 10, 19)) == ()
    assert [case.number for case in outliers(cases(10, 10, 10, 10, 10, 21))] == [6]
    assert outliers(cases(1, 1, 1, 9999)) == ()


@given(st.lists(LENGTHS, max_size=40))
def test_far_out_is_never_more_than_a_quarter_and_always_longer_than_the_rest(lengths: list[timedelta]) -> None:
    every = [Case(number=at, severity=Severity.SEV1, length=one) for at, one in enumerate(lengths)]
    far = outliers(every)
    assert len(far) * 4 <= len(every)
    rest = [case.length for case in every if case not in far]
    assert not far or far[-1].length > max(rest)


def test_cases_are_sorted_by_severity_and_under_each_of_their_systems() -> None:
    some = [
        Case(number=1, severity=Severity.SEV3, length=NOON - NOON, systems=("b",)),
        Case(number=2, severity=Severity.SEV1, length=NOON - NOON, systems=("a", "b")),
    ]
    assert list(by_severity(some)) == [Severity.SEV1, Severity.SEV3]
    assert {name: [case.number for case in found] for name, found in by_system(some).items()} == {"b": [1, 2], "a": [2]}


def test_what_incidents_had_in_common_counts_once_for_each() -> None:
    told = contributed([(1, ["lag", "lag"]), (2, ["lag", "disk"]), (3, [])])
    assert [(one.what, one.incidents) for one in told] == [("lag", (2, 1)), ("disk", (2,))]


@given(LENGTHS, LENGTHS)
def test_the_axis_keeps_the_order_and_its_ends(one: timedelta, other: timedelta) -> None:
    longest = timedelta(days=40)
    assert 0 <= log_place(one, longest) <= 1
    assert (one <= other) <= (log_place(one, longest) <= log_place(other, longest))
    assert log_place(timedelta(seconds=59), longest) == 0


def walk(*marks: tuple[int, Did, int, str]) -> Walk:
    text = "---\ntitle: T\n---\n" + "".join(f"## {n}. Step {n}\n\nDo it.\n\n" for n in (1, 2, 3))
    pressed = tuple(
        Mark(step=step, did=did, by="U1", at=NOON + timedelta(minutes=at), reason=reason)
        for step, did, at, reason in marks
    )
    book = playbooks.parse(text, "t")
    assert len(book.steps) == 3
    return Walk(id="w", incident_id="i", playbook=book, marks=pressed, begun_by="U1", begun_at=NOON)


@pytest.mark.parametrize(
    ("marks", "spent"),
    [
        ([(1, Did.DONE, 5, ""), (2, Did.SKIPPED, 7, "no")], {1: 5, 2: 2}),
        ([(1, Did.NOTED, 3, "seen"), (1, Did.DONE, 5, "")], {1: 5}),
        # Back from step 2 after 4 minutes there: what step 1 took is both its turns, and step 2 is taken up again.
        ([(1, Did.DONE, 5, ""), (1, Did.BACK, 9, ""), (1, Did.DONE, 10, "")], {1: 6}),
        ([(1, Did.DONE, 5, ""), (1, Did.BACK, 9, ""), (1, Did.TRIED, 10, ""), (2, Did.DONE, 12, "")], {1: 6, 2: 6}),
        ([(1, Did.DONE, 5, ""), (2, Did.DONE, 90, SAID_AT_CLOSE)], {1: 5}),
        ([(1, Did.DONE, -5, "")], {1: 0}),
        # Finished after step 1; half an hour later step 2 is gone to, and done in a minute.
        ([(1, Did.DONE, 5, NO_MORE), (2, Did.WENT, 35, ""), (2, Did.DONE, 36, "")], {1: 5, 2: 1}),
        # From step 1 to step 3 after 4 minutes, back to step 1 after 6, and that is done after one more.
        ([(3, Did.WENT, 4, ""), (1, Did.WENT, 6, ""), (1, Did.DONE, 7, "")], {1: 5}),
    ],
)
def test_a_step_takes_as_long_as_it_is_in_hand(marks: list[tuple[int, Did, int, str]], spent: dict[int, int]) -> None:
    told = step_times(walk(*marks))
    assert told == {step: timedelta(minutes=length) for step, length in spent.items()}
