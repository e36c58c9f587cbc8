"""A model may word a sentence, and neither add to it, nor take from it, nor draw its conclusions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.postmortem.reworded import why_not

PLAIN = "Impact began at 13:02 UTC and stopped at 14:39 UTC, 1 h 37 min later."
SAID = "The first signal came at 13:05 UTC: “a canary read on db-main-1 gave no answer in 3 s”."
EVIDENCE = "13:05 Ada: a canary read on db-main-1 gave no answer in 3 s"


@pytest.mark.parametrize(
    ("plain", "worded"),
    [
        (PLAIN, "Customers felt it from 13:02 UTC until 14:39 UTC, for 1 h 37 min."),
        (PLAIN, "It began at 13:02 UTC, and 1 h 37 min later, at 14:39 UTC, it was over."),
        (SAID, "At 13:05 UTC a canary read on db-main-1 gave no answer in 3 s; that was the first signal."),
        (SAID, "At 13:05 UTC Ada saw the first signal: “a canary read on db-main-1 gave no answer in 3 s”."),
        ("When it was first noticed is not recorded.", "The record does not say when it was first noticed."),
    ],
)
def test_a_faithful_wording_may_stand(plain, worded):
    assert why_not(plain, worded, EVIDENCE) == ""


@pytest.mark.parametrize(
    ("plain", "worded", "because"),
    [
        (PLAIN, "", "not one sentence"),
        (PLAIN, "Impact began at 13:02 UTC\nand stopped at 14:39 UTC, 1 h 37 min later.", "not one sentence"),
        (PLAIN, "Impact began at 13:02 UTC and stopped at 14:40 UTC, 1 h 37 min later.", "leaves out 14:39"),
        (PLAIN, "Impact began at 13:02 UTC and stopped at 14:39 UTC.", "leaves out 1"),
        (PLAIN, "Impact began at 13:02 UTC and stopped at 14:39 UTC, 1 h 37 min later, for 400 users.", "400"),
        (PLAIN, "For two hours, from 13:02 UTC to 14:39 UTC, 1 h 37 min in all, it hurt.", "two"),
        (PLAIN, "Impact began at 13:02 UTC due to load and stopped at 14:39 UTC, 1 h 37 min later.", "due to"),
        (PLAIN, "Impact began at 13:02 UTC and was fixed at 14:39 UTC, 1 h 37 min later.", "fixed"),
        (PLAIN, "Impact began at 13:02 UTC and stopped at 14:39 UTC, 1 h 37 min later, unlike Bob.", "Bob"),
        (PLAIN, "Impact never began at 13:02 UTC and stopped at 14:39 UTC, 1 h 37 min later.", "says no"),
        (PLAIN, "Impact began at 13:02 UTC, see <https://x.test|this>, and stopped 14:39 UTC, 1 h 37 min.", "link"),
        (PLAIN, "Impact began at 13:02 UTC; “we lost it all” at 14:39 UTC, 1 h 37 min later.", "all"),
        (SAID, "At 13:05 UTC “a canary read failed to answer in 3 s” on db-main-1.", "failed"),
        (SAID, "At 13:05 UTC “a canary read on db-main-1 was dead” for 3 s, with no answer.", "quotes"),
        (SAID, "At 13:05 UTC a canary read on db-main-1 of pay_db gave no answer in 3 s.", "pay_db"),
        ("When it was first noticed is not recorded.", "It was first noticed at once.", "says no"),
        (PLAIN, PLAIN[:-1] + " " + "and so on " * 20 + "it went.", "longer"),
    ],
)
def test_a_wording_that_says_something_else_may_not(plain, worded, because):
    assert because in why_not(plain, worded, EVIDENCE)


@given(st.text(max_size=120), st.text(max_size=120), st.text(max_size=120))
def test_no_text_breaks_it_and_no_new_number_passes(plain, worded, evidence):
    assert isinstance(why_not(plain, worded, evidence), str)
    assert why_not(plain, f"{plain} Also 987654.", evidence) or "987654" in plain + evidence
