"""Follow-ups as people type them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.due import spelt
from bot.domain.follow_up import overdue, read, when
from bot.domain.roles import Aim, Task
from bot.errors import UserError

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "words", "due"),
    [
        ("raise it by 2026-12-01", "raise it", date(2026, 12, 1)),
        ("by 1 Dec raise it", "raise it", date(2026, 12, 1)),
        ("raise it by december 1st, then rest", "raise it then rest", date(2026, 12, 1)),
        ("raise it due on 5 May", "raise it", date(2027, 5, 5)),
        ("raise it by friday", "raise it", date(2026, 11, 27)),
        ("raise it by tomorrow.", "raise it", date(2026, 11, 22)),
        ("raise it by today", "raise it", SATURDAY),
        ("raise it by 21 nov", "raise it", SATURDAY),
        ("raise it by 20 oct", "raise it", date(2027, 10, 20)),
        ("raise it by the 3rd of december", "raise it", date(2026, 12, 3)),
        ("raise it until December the 3rd, 2027", "raise it", date(2027, 12, 3)),
        ("raise it by 3. december", "raise it", date(2026, 12, 3)),
        ("raise it by 3 December", "raise it", date(2026, 12, 3)),
        ("by Dec 3 raise it", "raise it", date(2026, 12, 3)),
        ("raise it by 03.12. at last", "raise it at last", date(2026, 12, 3)),
        ("raise it by 3.12.2026", "raise it", date(2026, 12, 3)),
        ("raise it by 3.12.27", "raise it", date(2027, 12, 3)),
        ("raise it by 13/12", "raise it", date(2026, 12, 13)),
        ("raise it by 12/13/2026", "raise it", date(2026, 12, 13)),
        ("raise it by 12/12", "raise it", date(2026, 12, 12)),
        ("friday", "", date(2026, 11, 27)),
        ("the 3rd of december", "", date(2026, 12, 3)),
        ("serve 1.12. of the spec by 1.12.3.4", "serve 1.12. of the spec by 1.12.3.4", None),
        ("in 2 weeks look again", "look again", date(2026, 12, 5)),
        ("look again in three days", "look again", date(2026, 11, 24)),
        ("look again within a month", "look again", date(2026, 12, 21)),
        ("cut by 10% by tue 1 dec", "cut by 10%", date(2026, 12, 1)),
        ("raise it by 1.5 GB", "raise it by 1.5 GB", None),
        ("keep logs 2 in 3 weeks of cleaning", "keep logs 2 in 3 weeks of cleaning", None),
        ("cut it by 1/2 of the load", "cut it by 1/2 of the load", None),
        ("stand by Monday's list", "stand by Monday's list", None),
    ],
)
def test_a_day_is_read_where_it_can_be_one_only(typed: str, words: str, due: date | None) -> None:
    said = read(typed, today=SATURDAY)
    assert (said.words, said.due) == (words, due)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("raise it by 1/12", "some people put the month first"),
        ("raise it by 03/12", "can be 3 December or 12 March"),
        ("raise it by 20 nov", "20 November 2026, which is over"),
        ("raise it by 20.11.", "20 November 2026, which is over"),
        ("raise it by 14.14.", "is not a date"),
        ("raise it by 15/20", "is not a date"),
        ("raise it by next month", "1 December 2026 to 31 December 2026"),
        ("raise it by saturday", "Today is Saturday"),
        ("raise it by next friday", "27 November 2026 or 4 December 2026"),
        ("raise it by next week", "names no single day; it is 23 November 2026 to 27 November 2026"),
        ("raise it by friday 1 dec", "1 December 2026 is a Tuesday"),
        ("raise it by 2020-01-01", "which is over"),
        ("raise it by yesterday", "which is over"),
        ("raise it by 31 feb", "is not a date"),
        ("raise it by 1 dec or by 2 dec", "due on one day"),
        ("raise it #prevent #detect", "has one aim"),
    ],
)
def test_what_is_unsure_is_asked_about_and_handed_back(typed: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as asked:
        read(typed, today=SATURDAY)
    assert asked.value.typed == typed
    assert asked.value.hint


@pytest.mark.parametrize(
    "words",
    [
        "raise it #prevnt",
        "raise it by the end of the month",
        "raise it by eod",
        "raise it by fridya",
        "x by may",
        "x by mid december",
        "x by the third of december",
        "x by the 3rd",
        "x by 03.12",
        "x 3 December",
        "x on friday",
        "x tomorrow.",
        "2026-12-03: x",
    ],
)
def test_a_near_miss_is_kept_as_typed_and_told(words: str) -> None:
    said = read(words, today=SATURDAY)
    assert said.words == words
    assert "kept as typed" in said.note


@pytest.mark.parametrize(
    "words",
    [
        "call what was changed by ada",
        "stand by",
        "read the page by marketing",
        "#fix it",
        "replay the dump of 2026-11-20",
        "look at the logs since friday",
        "fix what broke yesterday",
        "Friday's deploy",
        "restart the sun",
        "cut it by 12.5",
    ],
)
def test_words_that_are_no_near_miss_are_passed_over(words: str) -> None:
    assert read(words, today=SATURDAY).note == ""


def test_a_link_counts_first_or_last_and_inside_stays_in_the_words() -> None:
    assert read("see https://a.test/x for how", today=SATURDAY).link == ""
    said = read("<https://a.test/1|OPS-1> see https://b.test/x for how", today=SATURDAY)
    assert (said.link, said.words) == ("https://a.test/1", "see https://b.test/x for how")


PIECES = {"by 2026-12-01": "due", "#mitigate": "aim", "https://t.test/7": "link", "keep two copies": "words"}


@given(st.permutations(sorted(PIECES)))
def test_the_order_does_not_matter(order: list[str]) -> None:
    if 0 < order.index("https://t.test/7") < 3:
        # Beside the words it is theirs; beside the other pieces it is still the tracker's.
        at = order.index("https://t.test/7")
        order = [*order[:at], *order[at + 1 :], order[at]]
    said = read(" ".join(order), today=SATURDAY)
    assert (said.words, said.aim, said.due, said.link) == (
        "keep two copies",
        Aim.MITIGATE,
        date(2026, 12, 1),
        "https://t.test/7",
    )


@pytest.mark.parametrize("text", ["a" * 300_000, "by" + " " * 300_000 + "x", "by 1 " * 60_000, "due " * 60_000])
def test_a_hostile_length_is_read_without_trying_everything(text: str) -> None:
    # Each takes minutes where a pattern begins anew at every letter; the suite's own limit would end it.
    assert read(text, today=SATURDAY).due is None


@given(st.text(max_size=200), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_any_text_is_read_or_asked_about(text: str, today: date) -> None:
    try:
        said = read(text, today=today)
    except UserError as asked:
        assert asked.typed == text
    else:
        assert said.due is None or said.due >= today


@given(st.integers(1, 500), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_date_of_the_coming_year_is_read_back_from_its_short_form(ahead: int, today: date) -> None:
    day = today + timedelta(days=ahead % 334)  # one that was in the last month is asked about
    if (day.month, day.day) != (2, 29):
        assert read(f"x by {day.day} {day:%b}", today=today).due == day
    assert read(f"x by {day.isoformat()}", today=today).due == day


def test_how_late_it_is_is_told_while_it_is_open() -> None:
    made = datetime(2026, 11, 1, tzinfo=UTC)
    task = Task(id="t", number=1, text="x", made_by="U1", made_at=made, due=date(2026, 11, 20))
    assert overdue(task, SATURDAY)
    assert when(task, SATURDAY) == "due 20 November 2026, 1 day overdue"
    done = replace(task, done_at=made)
    assert not overdue(done, SATURDAY)
    assert when(done, SATURDAY) == f"due {spelt(date(2026, 11, 20))}"
    assert when(replace(task, due=SATURDAY), SATURDAY) == "due today"
    assert not overdue(replace(task, due=SATURDAY), SATURDAY)
