"""Striking wrong entries."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain import metrics
from bot.domain.incident import Moment, Status
from bot.domain.timeline import Kind, Tag
from bot.errors import NotAllowed, NotFound
from bot.services import closing, incidents, striking, timeline
from bot.store import timeline as stored
from tests.services.conftest import ADA, BEN, NOON, Office


def strike(office: Office, incident, number: int, why: str = ""):
    return office.do(lambda desk: striking.strike(desk, office.as_it_is(incident), number, by=BEN, why=why))


def with_moments(office: Office, **moments):
    incident = office.opened()
    return office.do(lambda desk: incidents.set_moments(desk, incident, by=ADA, **moments))


@pytest.mark.parametrize(
    ("typed", "numbers", "why"),
    [
        ("E7", (7,), ""),
        ("e7 wrong day", (7,), "wrong day"),
        ("7: wrong day", (7,), "wrong day"),
        ("E7, E8 and E9 - wrong day", (7, 8, 9), "wrong day"),
        ("#E7", (7,), ""),
        ("E7.", (7,), ""),
        ("", (), ""),
        ("the last one", (), "the last one"),
        ("12:03 was wrong", (), "12:03 was wrong"),
    ],
)
def test_the_entries_named_come_first_and_the_reason_follows(typed, numbers, why):
    assert striking.read(typed) == (numbers, why)


def test_a_struck_entry_stays_in_the_database_with_its_time(office: Office):
    incident = office.opened()
    note = office.do(lambda desk: timeline.note(desk, incident, "db1 is down", by=ADA))
    office.later(5)
    strike(office, incident, note.seq, "the key is xoxb-123456789012-abcdefghijkl")
    kept, gone_at = office.do(lambda desk: stored.by_number(desk.session, incident.id, note.seq))
    assert (kept.text, gone_at) == ("db1 is down", NOON + timedelta(minutes=5))
    last = office.entries(incident)[-1]
    assert last.text.startswith("Struck E2: the key is") and "xoxb-123456789012" not in last.text


def test_it_cannot_be_struck_twice_and_a_striking_cannot_be_struck(office: Office):
    incident = office.opened()
    office.do(lambda desk: timeline.note(desk, incident, "db1 is down", by=ADA))
    strike(office, incident, 2)
    with pytest.raises(NotAllowed, match="E2 is out of the timeline already"):
        strike(office, incident, 2)
    with pytest.raises(NotAllowed, match="E3 records what was struck"):
        strike(office, incident, 3)
    with pytest.raises(NotFound, match="INC-1 has no entry E9"):
        strike(office, incident, 9)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in striking.CAN_BE_STRUCK])
def test_what_the_bot_saw_happen_cannot_be_struck_and_says_what_it_is(office: Office, kind):
    incident = office.opened()
    entry = office.do(lambda desk: timeline.record(desk, incident, kind, "it happened", by=ADA))
    with pytest.raises(NotAllowed, match=f"{entry.label} records .*, which did happen, so it stays"):
        strike(office, incident, entry.seq)
    assert entry.id in [e.id for e in office.entries(incident)]


@pytest.mark.parametrize("kind", striking.CAN_BE_STRUCK)
def test_what_people_wrote_can_be_struck(office: Office, kind):
    incident = office.opened()
    entry = office.do(lambda desk: timeline.record(desk, incident, kind, "it happened", by=ADA))
    assert strike(office, incident, entry.seq).id == entry.id


def test_a_moment_goes_with_its_entry_and_other_tags_count_again(office: Office):
    wrong, right = NOON - timedelta(hours=3), NOON - timedelta(hours=1)
    incident = with_moments(office, started_at=wrong, detected_at=wrong)
    office.do(lambda desk: timeline.note(desk, incident, "nobody can pay", by=ADA, at=right, tags=(Tag.IMPACT,)))
    strike(office, incident, 2)
    strike(office, incident, 3)
    now = office.as_it_is(incident)
    assert (now.started_at, now.detected_at) == (None, None)
    known = metrics.moments(now, office.entries(now))
    assert known[Moment.STARTED].at == right and Moment.DETECTED not in known


def test_an_end_that_was_given_wrongly_falls_back_to_the_change_of_status(office: Office):
    incident = office.opened()
    office.later(60)
    incident = office.do(lambda desk: incidents.reach(desk, incident, Status.MITIGATED, by=ADA))
    asked = closing.Closing(given={"mitigated": NOON + timedelta(minutes=10)})
    incident = office.do(lambda desk: closing.close(desk, incident, asked, by=ADA))
    assert incident.mitigated_at == NOON + timedelta(minutes=10)
    strike(office, incident, 3)
    assert office.as_it_is(incident).mitigated_at == NOON + timedelta(minutes=60)


def test_moments_in_order_are_no_contradiction(office: Office):
    incident = with_moments(office, started_at=NOON - timedelta(minutes=9), detected_at=NOON - timedelta(minutes=8))
    assert office.do(lambda desk: striking.contradiction(desk, incident)) == ""


def test_a_contradiction_names_both_moments_and_what_to_type(office: Office):
    incident = with_moments(office, started_at=NOON, mitigated_at=NOON - timedelta(days=1))
    assert office.do(lambda desk: striking.contradiction(desk, incident, "strike")) == (
        "The end of the impact, 2026-03-13 12:00 UTC (E3), is before impact began at 12:00 UTC (E2). "
        "Strike the wrong one: `strike E2` or `strike E3`."
    )


def test_a_wrong_end_by_status_is_corrected_by_a_note(office: Office):
    incident = office.opened()
    incident = office.do(lambda desk: incidents.reach(desk, incident, Status.MITIGATED, by=ADA))
    with pytest.raises(NotAllowed) as refused:
        strike(office, incident, 2)
    assert "`/incident note 13:50 #mitigated customers can pay`" in refused.value.hint
    right = NOON - timedelta(minutes=10)
    office.do(lambda desk: timeline.note(desk, incident, "they can", by=ADA, at=right, tags=(Tag.MITIGATED,)))
    assert metrics.moments(office.as_it_is(incident), office.entries(incident))[Moment.MITIGATED].at == right
