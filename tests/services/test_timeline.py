"""Keeping the timeline."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.timeline import Source, Tag
from bot.errors import UserError
from bot.services import timeline
from bot.store import incidents as stored
from tests.services.conftest import ADA, BEN, NOON, Office


def noted(office: Office, incident, text: str, **more):
    return office.do(lambda desk: timeline.note(desk, incident, text, by=ADA, **more))


def test_a_note_is_kept_without_its_secrets_and_the_card_promised_anew(office: Office):
    incident = office.opened()
    office.all_done()
    entry = noted(office, incident, " token xoxb-123456789012-abcdefghijkl works ", tags=(Tag.DECISION,))
    assert "xoxb-123456789012" not in entry.text
    assert entry.tags == (Tag.DECISION,)
    assert office.promised() == ["card"]


@pytest.mark.parametrize(("text", "says"), [("  ", "needs a few words"), ("x" * 3001, "3,001 characters; 3,000 is")])
def test_a_note_that_says_nothing_or_too_much_is_explained(office: Office, text: str, says: str):
    incident = office.opened()
    with pytest.raises(UserError, match=says):
        noted(office, incident, text)
    assert len(office.entries(incident)) == 1


@pytest.mark.parametrize(
    "typed",
    [
        "11:58 #decision fail over",
        "#decision 11:58 fail over",
        "11:58 fail over #decision",
        "2 min ago #decision fail over",
    ],
)
def test_the_time_and_the_tags_of_a_note_stand_in_any_order(office: Office, typed: str):
    incident = office.opened()
    at, tags, text, _ = office.do(lambda desk: timeline.read_note(desk, incident, typed))
    assert (at, tags, text) == (NOON - timedelta(minutes=2), (Tag.DECISION,), "fail over")


def test_a_note_from_the_future_is_refused(office: Office):
    incident = office.opened()
    with pytest.raises(UserError, match="has not happened yet"):
        office.do(lambda desk: timeline.read_note(desk, incident, "2026-03-15 12:00 we win"))


def test_lines_that_cannot_be_read_come_back_and_the_rest_are_in_once(office: Office):
    incident = office.opened()
    pasted = "11:50 calendar is empty\nno time here\n11:52 db2 does not answer"
    for _ in range(2):
        found = office.do(lambda desk: timeline.import_lines(desk, incident, pasted, by=ADA))
        assert len(found.lines) == 2
    texts = [entry.text for entry in office.entries(incident) if entry.kind == "imported"]
    assert texts == ["calendar is empty", "db2 does not answer"]
    with pytest.raises(UserError, match="could read no line") as refused:
        office.do(lambda desk: timeline.import_lines(desk, incident, "nothing here", by=ADA))
    assert refused.value.typed == "nothing here"


def test_long_lines_that_begin_alike_are_different_lines(office: Office):
    incident = office.opened()
    lines = "\n".join("11:50 " + "x" * 600 + end for end in ("a", "b"))
    office.do(lambda desk: timeline.import_lines(desk, incident, lines, by=ADA))
    assert sum(entry.kind == "imported" for entry in office.entries(incident)) == 2


def test_a_message_is_pinned_once_taken_out_and_put_back(office: Office):
    incident = office.opened()
    office.do(lambda desk: stored.set_channel(desk.session, incident.id, "C1", "inc-1"))
    pin = {"channel_id": "C1", "ts": "1773489600.000100", "author": BEN, "permalink": "https://x", "pinned_by": ADA}

    def put_on(desk):
        return timeline.pin(desk, text="db2 is slow", at=timeline.at_ts(pin["ts"]), **pin)

    first, again = office.do(put_on), office.do(put_on)
    assert first.id == again.id
    assert first.at == NOON + timedelta(microseconds=100)
    assert office.do(lambda desk: timeline.unpin(desk, channel_id="C1", ts=pin["ts"])).id == first.id
    assert office.do(lambda desk: timeline.unpin(desk, channel_id="C1", ts=pin["ts"])) is None
    assert [e.kind for e in office.entries(incident)] == ["declared"]
    assert office.do(put_on).id == first.id


def test_outside_incident_channels_nothing_is_pinned(office: Office):
    office.opened()
    pinned = office.do(
        lambda desk: timeline.pin(
            desk, channel_id="C9", ts="1.0", author=BEN, text="x", at=NOON, permalink="", pinned_by=ADA
        )
    )
    assert pinned is None
    assert office.do(lambda desk: timeline.unpin(desk, channel_id="C9", ts="1.0")) is None


def test_a_person_joins_once(office: Office):
    incident = office.opened()
    for user in (ADA, BEN, ADA):
        office.do(lambda desk, user=user: timeline.joined(desk, incident, user))
    assert [e.author for e in office.entries(incident) if e.kind == "joined"] == [ADA, BEN]


def test_a_slack_time_is_never_rounded():
    assert timeline.at_ts("1397601873.000199").microsecond == 199
    assert timeline.at_ts("1397601873.999999").microsecond == 999999
    assert timeline.at_ts("1397601873").microsecond == 0


def test_a_note_from_the_terminal_is_promised_to_be_told(office: Office):
    incident = office.opened()
    office.all_done()
    noted(office, incident, "one", source=Source.TERMINAL)
    noted(office, incident, "two", source=Source.TERMINAL)
    assert office.promised() == ["card", "say"]
