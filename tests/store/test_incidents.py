"""Incidents, their numbers and their versions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.incident import Severity, Status
from bot.domain.roles import Assignment, Role, Task
from bot.errors import NotAllowed
from bot.store import incidents, people, work
from bot.store.door import Door
from tests.store.conftest import NOW, at_once, incident, kept


def test_two_hundred_opened_at_once_are_numbered_without_a_gap(door: Door):
    def open_one(session, number):
        given = people.next_number(session, "T1", NOW)
        incidents.add(session, incident(given, id=f"open-{number}"))
        return given

    numbers = at_once(door, 200, open_one)
    assert sorted(numbers) == list(range(1, 201))


def test_a_number_taken_back_is_given_again_and_one_that_stands_never(door: Door):
    with pytest.raises(RuntimeError), door.writes() as session:
        people.next_number(session, "T1", NOW)
        raise RuntimeError
    with door.writes() as session:
        assert people.next_number(session, "T1", NOW) == 1
    with door.writes() as session:
        assert people.next_number(session, "T1", NOW) == 2
        assert people.next_number(session, "T2", NOW) == 1


def test_what_comes_out_is_what_went_in(door: Door):
    made = kept(door, title="決済 🔥", status=Status.RESOLVED, started_at=NOW, resolved_at=NOW, channel_id="C1")
    with door.reads() as session:
        assert incidents.load(session, made.id) == made
        assert incidents.by_number(session, "T1", 1) == made
        assert incidents.by_channel(session, "T1", "C1") == made
        assert incidents.by_number(session, "T2", 1) is None


def test_two_who_change_it_at_once_do_not_overwrite_each_other(door: Door):
    made = kept(door)
    with door.writes() as session:
        saved = incidents.save(session, replace(made, severity=Severity.SEV1))
    assert saved.version == made.version + 1
    with pytest.raises(NotAllowed, match="changed by someone else"), door.writes() as session:
        incidents.save(session, replace(made, severity=Severity.SEV3))
    with door.reads() as session:
        assert incidents.load(session, made.id) == saved


def test_setting_the_channel_keeps_what_the_session_has_not_written_yet(door: Door):
    made = kept(door)
    with door.writes() as session:
        work.note_outbound(session, team_id="T1", subject=made.id, step="channel", state="trying", now=NOW)
    with door.writes() as session:
        work.note_outbound(session, team_id="T1", subject=made.id, step="channel", state="done", now=NOW)
        incidents.set_channel(session, made.id, "C1", "inc-1")
    with door.reads() as session:
        step = work.outbound(session, made.id, "channel")
        found = incidents.load(session, made.id)
    assert step is not None
    assert step.state == "done"
    assert found is not None
    assert (found.channel_id, found.version) == ("C1", made.version + 1)


def test_a_role_has_one_carrier_at_a_time(door: Door):
    made = kept(door)
    with door.writes() as session:
        for user in ("U1", "U2"):
            incidents.assign(session, made, Assignment(role=Role.COMMANDER, user_id=user, since=NOW))
    with door.reads() as session:
        assert [held.user_id for held in incidents.assignments(session, made.id)] == ["U2"]


def test_tasks_made_at_once_get_numbers_of_their_own(door: Door):
    made = kept(door)

    def add(session, number):
        incidents.hold(session, made.id)
        next_one = len(incidents.tasks(session, made.id)) + 1
        task = Task(id=f"t{number}", number=next_one, text="raise the limit", made_by="U1", made_at=NOW)
        incidents.add_task(session, made, task)

    at_once(door, 40, add)
    with door.reads() as session:
        assert [task.number for task in incidents.tasks(session, made.id)] == list(range(1, 41))


def test_the_newest_of_one_workspace_never_show_those_of_another(door: Door):
    kept(door, 1)
    kept(door, 2, status=Status.CLOSED)
    kept(door, 3, id="other", team_id="T2")
    with door.reads() as session:
        assert [i.number for i in incidents.newest(session, "T1", limit=5)] == [2, 1]
        assert [i.number for i in incidents.newest(session, "T1", limit=5, only=(Status.OPEN,))] == [1]
        assert [i.number for i in incidents.newest(session, None, limit=2)] == [3, 2]
