"""Drafting the postmortem and keeping every draft."""

from __future__ import annotations

import pytest

from bot.domain.incident import Status
from bot.domain.roles import Person, Role
from bot.errors import NotFound
from bot.services import incidents, timeline
from bot.services.postmortem import drafting
from bot.store import people
from tests.services.conftest import ADA, BEN, Office


def closed(office: Office):
    incident = office.opened()
    office.do(lambda desk: timeline.note(desk, incident, "db2 does not answer", by=BEN))
    return office.do(lambda desk: incidents.reach(desk, office.as_it_is(incident), Status.CLOSED, by=ADA))


def test_the_same_work_twice_is_one_draft_and_other_work_another(office: Office):
    incident = closed(office)
    versions = [
        office.do(lambda desk, work=work: drafting.draft(desk, incident.id, made_for=work)) for work in ("a", "a", "b")
    ]
    assert versions == [1, 1, 2]
    assert office.do(lambda desk: drafting.newest(desk, incident)).version == 2


def test_a_note_after_the_close_is_in_the_next_draft_and_the_first_stays(office: Office):
    incident = closed(office)
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="close"))
    first = office.do(lambda desk: drafting.newest(desk, incident))
    office.do(lambda desk: timeline.note(desk, incident, "the cable was loose", by=BEN))
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="asked for"))
    second = office.do(lambda desk: drafting.newest(desk, incident))
    assert "the cable was loose" not in first.markdown
    assert "the cable was loose" in second.markdown
    assert (first.version, second.version) == (1, 2)


def test_a_summary_is_of_the_version_it_names(office: Office):
    incident = closed(office)
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="close"))
    summary = office.do(lambda desk: drafting.summary(desk, incident, 1))
    assert (summary.version, summary.filename) == (1, "inc-1-postmortem-1.md")
    assert summary.markdown == office.do(lambda desk: drafting.newest(desk, incident)).markdown
    assert summary.lines


def test_without_a_draft_the_way_to_one_is_told(office: Office):
    incident = office.opened()
    with pytest.raises(NotFound, match="INC-1 has no draft yet") as refused:
        office.do(lambda desk: drafting.newest(desk, incident))
    assert "/postmortem INC-1" in refused.value.hint


def test_those_whose_names_are_only_hearsay_are_looked_up(office: Office):
    incident = office.opened()
    office.do(lambda desk: incidents.assign(desk, incident, Role.SCRIBE, "U0CHIDI", by=ADA))
    office.do(lambda desk: timeline.note(desk, incident, "<@U0DANA> is on the way", by="terminal:eve"))
    office.do(lambda desk: people.heard_of(desk.session, "T1", ADA, "ada", desk.now))
    person = Person(user_id="U0CHIDI", name="Chidi", timezone="Africa/Lagos")
    office.do(lambda desk: people.remember(desk.session, "T1", person, desk.now))
    assert office.do(lambda desk: drafting.strangers(desk, incident.id)) == [ADA, "U0DANA"]


def test_a_wording_stays_as_long_as_it_fits_the_record(office: Office):
    incident = closed(office)
    (plain, *_), worded = office.do(lambda desk: drafting.to_word(desk, incident.id)), {}
    worded[plain] = f"At the outset: {plain}"
    worded["When the impact began and when it stopped is not recorded."] = "It lasted 90 minutes."
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="a", worded=worded, worded_by="small"))
    first = office.do(lambda desk: drafting.newest(desk, incident))
    assert "At the outset: INC" in first.markdown and "90 minutes" not in first.markdown
    assert "1 sentence was worded by small" in first.markdown and "1 sentence was worded by small" in first.html
    office.do(lambda desk: timeline.note(desk, incident, "the cable was loose", by=BEN))
    office.do(lambda desk: drafting.draft(desk, incident.id, made_for="b"))
    assert "At the outset: INC" in office.do(lambda desk: drafting.newest(desk, incident)).markdown
