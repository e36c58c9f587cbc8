"""A document that was exported here, read in again: the same entries, moments and severity, and no markup of ours."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.incident import Moment
from bot.domain.metrics import How
from bot.domain.postmortem import draft
from bot.domain.writeup import read
from bot.services.postmortem import document
from tests.domain.postmortem_cases import universe


@pytest.fixture
def there():
    return draft(universe())


@pytest.fixture
def back(there):
    return read(document.markdown(there), now=datetime(2026, 11, 21, 12, 0, tzinfo=UTC), zone=ZoneInfo("UTC"))


def test_every_entry_comes_back_once_with_its_time_and_tags(there, back):
    entries = [line for line in there.timeline if line.label]
    assert [(f"{one.at:%Y-%m-%d %H:%M}", set(one.tags)) for one in back.lines[: len(entries)]] == [
        (f"{one.at:%Y-%m-%d %H:%M}", set(one.tags)) for one in entries
    ]
    assert len(back.lines) == len(entries) + len(there.aside)
    assert back.lines[5].text == "Chloë Tremblay: 5000 tickets sold"


def test_the_moments_that_were_said_come_back_and_derived_ones_do_not(there, back):
    said = {moment: known.at for moment, known in there.moments.items() if known.how is not How.DERIVED}
    assert {moment: one.at for moment, one in back.moments.items() if moment in said} == {
        moment: at.replace(second=0) for moment, at in said.items()
    }
    assert Moment.ACKNOWLEDGED not in back.moments
    assert back.severity == there.severity and back.title == there.title


def test_nothing_that_it_says_of_itself_or_asks_is_kept_as_somebodys_words(back):
    kept = "\n".join(back.sections.values())
    for ours in ("Drafted from", "To ask", "Not recorded", "](#e", "<a id", "**Status", "Time to detect"):
        assert ours not in kept
    assert [(one.text, one.owner) for one in back.follow_ups] == [
        ("Index the queries behind the Stripe webhooks.", "Ben Okafor"),
        ("Alarm when read tickets run out.", ""),
    ]
