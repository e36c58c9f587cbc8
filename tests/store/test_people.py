"""Workspaces and people."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import SQLModel, select

from bot.domain.roles import Person
from bot.store import deliveries, incidents, people, timeline, work
from bot.store.door import Door
from bot.store.tables import PersonRow, WorkspaceRow
from tests.store.conftest import NOW, at_once, entry, incident


def test_a_workspace_met_later_takes_over_what_was_recorded_before(door: Door):
    with door.writes() as session:
        number = people.next_number(session, people.NOT_MET_YET, NOW)
        incidents.add(session, incident(number, team_id=people.NOT_MET_YET))
        timeline.add(session, entry("e1", team_id=people.NOT_MET_YET), origin="o1")
        work.promise(session, id="w1", team_id=people.NOT_MET_YET, kind="room", subject="i1", now=NOW)
        deliveries.keep(session, people.NOT_MET_YET, "k", {}, NOW)
    with door.writes() as session:
        people.meet(session, "T9", NOW, name="Rehearsal")
    with door.writes() as session:
        assert incidents.by_number(session, "T9", 1) is not None
        assert [w.team_id for w in work.unfinished(session)] == ["T9"]
        assert people.next_number(session, "T9", NOW) == 2
        for table in SQLModel.metadata.sorted_tables:
            orphans = session.connection().execute(sa.select(table.c.team_id).where(table.c.team_id == "")).all()
            assert (table.name, orphans) in ((table.name, []), ("worker", orphans))


def test_many_who_meet_the_workspace_at_once_meet_it_once(door: Door):
    at_once(door, 20, lambda session, n: people.meet(session, "T1", NOW, name=f"name {n}"))
    with door.reads() as session:
        assert session.exec(select(WorkspaceRow.team_id)).all() == ["T1"]


def test_meeting_again_keeps_what_was_known(door: Door):
    with door.writes() as session:
        people.meet(session, "T1", NOW, name="Rehearsal", url="https://x/", bot_user_id="UB", bot_id="B1")
        people.meet(session, "T1", NOW)
    with door.reads() as session:
        row = people.workspace(session)
        assert row is not None
        assert (row.name, row.url, row.bot_user_id, row.bot_id) == ("Rehearsal", "https://x/", "UB", "B1")


def test_many_who_hear_a_name_at_once_keep_it_once_and_never_in_place_of_a_better_one(door: Door):
    at_once(door, 20, lambda session, n: people.heard_of(session, "T1", "U1", "ada", NOW))
    with door.writes() as session:
        people.remember(session, "T1", Person(user_id="U1", name="Ada Lovelace", timezone="Europe/London"), NOW)
        people.heard_of(session, "T1", "U1", "ada", NOW)
        people.heard_of(session, "T1", "U2", "", NOW)
    with door.reads() as session:
        assert people.names(session, "T1") == {"U1": "Ada Lovelace"}
        assert people.known(session, "T1", ["U1", "U2"])["U1"].timezone == "Europe/London"
        assert people.known(session, "T2", ["U1"]) == {}
        assert len(session.exec(select(PersonRow)).all()) == 1
