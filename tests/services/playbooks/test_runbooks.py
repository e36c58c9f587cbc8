"""Finding a playbook and walking it."""

from __future__ import annotations

import pytest

from bot.domain.incident import Status
from bot.domain.timeline import Kind
from bot.domain.walk import Did
from bot.errors import NotAllowed, NotFound, UserError
from bot.services import incidents
from bot.services.playbooks import runbooks, walking
from tests.services.conftest import ADA, BEN, Office

NAME = "rebuild-indexes"


def test_a_walk_is_begun_once_and_recorded(office: Office):
    incident = office.opened()
    office.all_done()
    walk = office.do(lambda desk: walking.begin(desk, incident, NAME, by=ADA))
    assert office.promised() == ["card", "walk"]
    assert office.entries(incident)[-1].data["playbook"] == NAME
    with pytest.raises(
        NotAllowed, match=f"`{NAME}` is already being walked here: step 1 of {len(walk.playbook.steps)}"
    ):
        office.do(lambda desk: walking.begin(desk, incident, NAME, by=BEN))


def test_each_press_is_an_entry_with_who_and_why(office: Office):
    incident = office.opened()
    walk = office.do(lambda desk: walking.begin(desk, incident, NAME, by=ADA))

    def press(did: Did, step: int, by: str, reason: str = ""):
        return office.do(lambda desk: walking.mark(desk, walk.id, did, step=step, by=by, reason=reason))

    press(Did.DONE, 1, ADA)
    press(Did.SKIPPED, 2, BEN, "the disk is big enough")
    assert press(Did.TRIED, 3, ADA).position == 4
    assert press(Did.BACK, 4, ADA).position == 3
    assert press(Did.BACK, 3, ADA).position == 2
    steps = [entry for entry in office.entries(incident) if entry.kind == "step"]
    assert [(e.author, e.data["step"], e.data["did"], e.data["reason"]) for e in steps] == [
        (ADA, 1, "done", ""),
        (BEN, 2, "skipped", "the disk is big enough"),
        (ADA, 3, "tried", "it did not help"),
        (ADA, 3, "back", ""),
        (ADA, 2, "back", ""),
    ]
    with pytest.raises(UserError, match="needs a reason"):
        press(Did.SKIPPED, 2, ADA, "  ")
    with pytest.raises(NotAllowed, match="Step 1 is not the one in hand"):
        press(Did.DONE, 1, BEN)
    assert len([entry for entry in office.entries(incident) if entry.kind == "step"]) == 5


def test_when_the_last_step_is_done_the_playbook_may_be_taken_up_again(office: Office):
    incident = office.opened()
    walk = office.do(lambda desk: walking.begin(desk, incident, NAME, by=ADA))
    begun = walk.id
    for number in range(1, len(walk.playbook.steps) + 1):
        walk = office.do(lambda desk, number=number: walking.mark(desk, begun, Did.DONE, step=number, by=ADA))
    assert walk.over
    assert office.do(lambda desk: walking.begin(desk, incident, NAME, by=ADA)).id != begun


def test_a_press_from_another_workspace_or_on_an_unknown_walk_is_refused(office: Office):
    incident = office.opened()
    walk = office.do(lambda desk: walking.begin(desk, incident, NAME, by=ADA))
    for walk_id, team in ((walk.id, "T2"), ("unknown", "T1")):
        with pytest.raises(NotFound, match="from before my memory"):
            office.do(lambda desk, w=walk_id: walking.mark(desk, w, Did.DONE, step=1, by=ADA), team_id=team)


def test_a_closed_incident_takes_no_playbook_up(office: Office):
    incident = office.opened()
    closed = office.do(lambda desk: incidents.reach(desk, incident, Status.CLOSED, by=ADA))
    with pytest.raises(NotAllowed, match="INC-1 is closed"):
        office.do(lambda desk: walking.begin(desk, closed, NAME, by=ADA))


def test_an_unknown_playbook_names_the_nearest(office: Office):
    with pytest.raises(NotFound, match="no playbook `rebuild-index`") as refused:
        runbooks.get(office.shelf, "rebuild-index")
    assert NAME in refused.value.hint
    assert runbooks.find(office.shelf, "zzz qqq") == []


def test_a_playbook_put_away_is_recorded_and_may_be_taken_up_again(office: Office):
    incident = office.opened()
    walk = office.do(lambda desk: walking.begin(desk, incident, NAME, by=ADA))
    office.do(lambda desk: walking.mark(desk, walk.id, Did.DONE, step=1, by=ADA))
    office.all_done()
    office.later(2)
    left = office.do(lambda desk: walking.put_away(desk, walk.id, by=BEN))
    assert (left.ended_at, left.in_hand) == (office.now, False)
    assert office.promised() == ["card", "walk"]
    entry = office.entries(incident)[-1]
    assert (entry.kind, entry.author) == (Kind.PLAYBOOK, BEN)
    assert entry.text == f"Put away the playbook “{walk.playbook.title}” at step 2 of {len(walk.playbook.steps)}"
    for again in (
        lambda desk: walking.put_away(desk, walk.id, by=ADA),
        lambda desk: walking.mark(desk, walk.id, Did.DONE, step=2, by=ADA),
        lambda desk: walking.mark(desk, walk.id, Did.BACK, step=2, by=ADA),
    ):
        with pytest.raises(NotAllowed):
            office.do(again)
    assert office.do(lambda desk: walking.begin(desk, incident, NAME, by=ADA)).id != walk.id
