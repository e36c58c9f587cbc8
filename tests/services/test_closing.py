"""Closing an incident."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.incident import Status
from bot.domain.timeline import Tag
from bot.errors import NotAllowed, UserError
from bot.services import closing, incidents, timeline
from bot.services.closing import Closing
from tests.services.conftest import ADA, BEN, NOON, Office

STARTED, DETECTED = NOON - timedelta(minutes=10), NOON - timedelta(minutes=8)


@pytest.mark.parametrize(
    "typed",
    [
        "started 11:50 detected 11:52 all is back",
        "all is back started 11:50 detected 11:52",
        "detected 11:52 started 11:50 all is back",
        "detected at 11:52, impact since 11:50, all is back",
    ],
)
def test_what_is_given_at_the_close_stands_in_any_order(office: Office, typed: str):
    incident = office.opened()
    read = office.do(lambda desk: closing.read(desk, incident, typed))
    assert read.given == {"started": STARTED, "detected": DETECTED}
    assert read.why.replace(",", "").split() == ["all", "is", "back"]
    assert read.at is None


def test_words_that_only_sound_like_a_moment_stay_words(office: Office):
    incident = office.opened()
    read = office.do(lambda desk: closing.read(desk, incident, "it started 3 services again"))
    assert read.given == {}
    assert read.why == "it started 3 services again"


def test_a_moment_that_cannot_be_is_refused_and_nothing_is_closed(office: Office):
    incident = office.opened()
    with pytest.raises(UserError):
        office.do(lambda desk: closing.read(desk, incident, "started 25:99 all is back"))
    assert office.as_it_is(incident).status is Status.OPEN


def test_what_is_missing_is_what_nobody_said(office: Office):
    incident = office.opened()
    assert office.do(lambda desk: closing.missing(desk, incident, {})) == ("started", "detected", "mitigated")
    office.do(lambda desk: timeline.note(desk, incident, "shop is empty", by=ADA, tags=(Tag.IMPACT,)))
    office.do(lambda desk: incidents.reach(desk, incident, Status.MITIGATED, by=ADA))
    incident = office.as_it_is(incident)
    assert office.do(lambda desk: closing.missing(desk, incident, {})) == ("detected",)
    assert office.do(lambda desk: closing.missing(desk, incident, {"detected": NOON})) == ()


def test_closing_records_what_was_given_and_refuses_nothing_that_is_missing(office: Office):
    incident = office.opened()
    office.later(60)
    given = {"started": STARTED, "detected": DETECTED, "mitigated": NOON + timedelta(minutes=40)}
    closed = office.do(lambda desk: closing.close(desk, incident, Closing(given=given, why="all is back"), by=ADA))
    assert closed.status is Status.CLOSED
    assert (closed.started_at, closed.detected_at, closed.mitigated_at) == tuple(given.values())
    bare = office.opened("another")
    assert office.do(lambda desk: closing.close(desk, bare, Closing(), by=ADA)).status is Status.CLOSED


def test_a_second_close_is_explained_and_drafts_nothing(office: Office):
    incident = office.opened()
    office.do(lambda desk: closing.close(desk, incident, Closing(), by=ADA))
    office.all_done()
    with pytest.raises(NotAllowed, match="INC-1 is already closed"):
        office.do(
            lambda desk: closing.close(desk, office.as_it_is(incident), Closing(given={"started": STARTED}), by=BEN)
        )
    assert office.promised() == []
    assert office.as_it_is(incident).started_at is None
    assert office.do(lambda desk: closing.missing(desk, office.as_it_is(incident), {})) == ()


def test_a_close_that_is_refused_leaves_none_of_its_moments_behind(office: Office):
    incident = office.opened()
    before = Closing(at=NOON - timedelta(hours=1), given={"started": STARTED})
    with pytest.raises(NotAllowed, match="was declared at"):
        office.do(lambda desk: closing.close(desk, incident, before, by=ADA))
    assert office.as_it_is(incident) == incident
    assert len(office.entries(incident)) == 1
