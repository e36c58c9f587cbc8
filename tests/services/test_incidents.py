"""Opening an incident and moving it along."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.incident import Severity, Status
from bot.domain.roles import Role
from bot.domain.timeline import Source
from bot.errors import NotAllowed, NotFound, UserError
from bot.services import incidents
from tests.services.conftest import ADA, BEN, NOON, Office


def test_opening_records_the_incident_and_promises_its_room_in_one_go(office: Office):
    incident = office.opened("  checkout \n is   failing ")
    assert (incident.label, incident.title, incident.status) == ("INC-1", "checkout is failing", Status.OPEN)
    assert [(e.kind, e.text, e.author) for e in office.entries(incident)] == [
        ("declared", "Declared sev2: checkout is failing", ADA)
    ]
    assert office.promised() == ["room"]


def test_nothing_is_promised_for_what_was_refused(office: Office):
    with pytest.raises(UserError, match="needs a title"):
        office.opened(" \u200b ")
    assert office.promised() == []
    assert office.opened().number == 1  # and no number is spent


def test_a_secret_in_a_title_is_never_stored(office: Office):
    incident = office.opened("cannot log in with postgres://app:hunter2@db1/app")
    assert "hunter2" not in incident.title
    assert all("hunter2" not in entry.text for entry in office.entries(incident))


def test_the_same_title_from_the_same_person_a_moment_later_is_asked_about(office: Office):
    office.opened()
    office.later(1)
    with pytest.raises(NotAllowed, match="You opened INC-1 with this title a moment ago") as refused:
        office.opened("Checkout is FAILING")
    assert "--force sev2 Checkout is FAILING" in refused.value.hint
    assert office.opened(force=True).number == 2


@pytest.mark.parametrize("who", ["somebody else", "later", "another title", "the first is over"])
def test_what_only_looks_like_a_second_try_is_an_incident_of_its_own(office: Office, who: str):
    first = office.opened()
    if who == "later":
        office.later(3)
    if who == "the first is over":
        office.do(lambda desk: incidents.reach(desk, first, Status.RESOLVED, by=ADA))
    title = "db2 is down" if who == "another title" else "checkout is failing"
    assert office.opened(title, by=BEN if who == "somebody else" else ADA).number == 2


def test_an_incident_is_found_by_its_number_or_its_channel_and_never_across_workspaces(office: Office):
    incident = office.opened()
    assert office.do(lambda desk: incidents.find(desk, number=1)).id == incident.id
    with pytest.raises(NotFound, match="I know no incident `INC-1`"):
        office.do(lambda desk: incidents.find(desk, number=1), team_id="T2")
    with pytest.raises(NotFound, match="This channel is no incident's") as refused:
        office.do(lambda desk: incidents.find(desk, channel_id="C9", typed="/incident note x"))
    assert "INC-1" in refused.value.hint
    assert refused.value.typed == "/incident note x"


@pytest.mark.parametrize(
    ("said", "number"), [("INC-7", 7), ("inc7", 7), ("#7", 7), (" 7 ", 7), ("٧", None), ("x", None)]
)
def test_a_label_is_read_however_it_is_written(said: str, number: int | None):
    assert incidents.number_of(said) == number


def test_the_severity_changes_with_an_entry_and_not_to_what_it_is(office: Office):
    incident = office.opened()
    incident = office.do(lambda desk: incidents.set_severity(desk, incident, Severity.SEV1, by=BEN))
    assert office.entries(incident)[-1].text == "Severity sev2 → sev1"
    with pytest.raises(NotAllowed, match="already sev1"):
        office.do(lambda desk: incidents.set_severity(desk, incident, Severity.SEV1, by=BEN))


def test_a_role_is_given_once_and_its_carrier_invited(office: Office):
    incident = office.opened()
    office.all_done()
    office.do(lambda desk: incidents.assign(desk, incident, Role.COMMANDER, BEN, by=ADA))
    assert office.promised() == ["card", "invite"]
    with pytest.raises(NotAllowed, match="already commander"):
        office.do(lambda desk: incidents.assign(desk, office.as_it_is(incident), Role.COMMANDER, BEN, by=ADA))
    assert [entry.data for entry in office.entries(incident) if entry.kind == "role"] == [
        {"role": "commander", "user": BEN}
    ]


def test_mitigation_may_be_older_than_the_declaration(office: Office):
    incident = office.opened()
    at = NOON - timedelta(minutes=10)
    incident = office.do(lambda desk: incidents.reach(desk, incident, Status.MITIGATED, by=ADA, at=at))
    assert incident.mitigated_at == at
    assert office.entries(incident)[0].text == "Mitigated"


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CLOSED])
def test_nothing_is_resolved_or_closed_before_it_was_declared(office: Office, status: Status):
    incident = office.opened()
    with pytest.raises(NotAllowed, match="INC-1 was declared at 12:00 UTC, after that time") as refused:
        office.do(lambda desk: incidents.reach(desk, incident, status, by=ADA, at=NOON - timedelta(minutes=1)))
    assert "/incident " in refused.value.hint
    assert office.as_it_is(incident).status is Status.OPEN


def test_what_two_people_read_only_the_first_changes(office: Office):
    incident = office.opened()
    office.do(lambda desk: incidents.reach(desk, incident, Status.RESOLVED, by=ADA))
    with pytest.raises(NotAllowed, match="changed by someone else"):
        office.do(lambda desk: incidents.reach(desk, incident, Status.RESOLVED, by=BEN))
    with pytest.raises(NotAllowed, match="INC-1 is already resolved"):
        office.do(lambda desk: incidents.reach(desk, office.as_it_is(incident), Status.MITIGATED, by=BEN))
    assert [e.author for e in office.entries(incident) if e.kind == "status"] == [ADA]


def test_a_status_may_be_skipped_and_the_close_promises_the_draft(office: Office):
    incident = office.opened()
    office.all_done()
    office.later(30)
    closed = office.do(lambda desk: incidents.reach(desk, incident, Status.CLOSED, by=ADA, why="false alarm"))
    assert (closed.resolved_at, closed.closed_at) == (None, NOON + timedelta(minutes=30))
    assert office.entries(incident)[-1].text == "Closed: false alarm"
    assert office.promised() == ["card", "draft"]
    for change in (
        lambda desk: incidents.set_severity(desk, closed, Severity.SEV1, by=ADA),
        lambda desk: incidents.assign(desk, closed, Role.SCRIBE, BEN, by=ADA),
    ):
        with pytest.raises(NotAllowed, match="INC-1 is closed"):
            office.do(change)


def test_what_the_terminal_does_is_promised_to_be_told(office: Office):
    incident = office.opened(by="terminal:ada", source=Source.TERMINAL)
    assert office.promised() == ["room"]  # the room itself tells of the declaration
    office.do(lambda desk: incidents.reach(desk, incident, Status.RESOLVED, by="terminal:ada", source=Source.TERMINAL))
    assert office.promised() == ["room", "say"]  # a card is part of the room that waits


def test_the_list_leaves_out_what_is_closed_unless_asked(office: Office):
    first, second = office.opened("one"), office.opened("two")
    office.do(lambda desk: incidents.reach(desk, first, Status.CLOSED, by=ADA))
    assert [i.number for i in office.do(incidents.newest)] == [second.number]
    assert [i.number for i in office.do(lambda desk: incidents.newest(desk, everything=True))] == [2, 1]
