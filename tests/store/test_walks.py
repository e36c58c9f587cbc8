"""Walks along playbooks."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from bot.domain.moves import press
from bot.domain.walk import Did, Walk
from bot.errors import NotAllowed
from bot.settings import HERE
from bot.store import insights, walks
from bot.store.door import Door
from bot.store.playbooks import Shelf
from bot.store.tables import WalkRow
from tests.store.conftest import NOW, at_once, kept


def a_walk(door: Door) -> Walk:
    kept(door)
    book = next(b for b in Shelf(HERE / "playbooks").current().playbooks if b.name == "rebuild-indexes")
    walk = Walk(id="k1", incident_id="i1", playbook=book, begun_by="U1", begun_at=NOW)
    with door.writes() as session:
        walks.add(session, walk, "T1")
    return walk


def test_a_walk_comes_back_with_its_presses_and_the_text_it_began_with(door: Door):
    walk = a_walk(door)
    with door.writes() as session:
        walk = walks.save(session, press(walk, Did.DONE, step=1, by="U1", at=NOW))
        walk = walks.save(session, press(walk, Did.SKIPPED, step=2, by="U2", at=NOW, reason="not needed"))
    with door.reads() as session:
        found = walks.load(session, "k1")
        assert found == walk
        assert walks.of_incident(session, "i1") == (walk,)
        assert walks.load(session, "k2") is None
    assert found is not None
    assert found.playbook.text == walk.playbook.text


def test_a_walk_whose_text_is_refused_by_now_goes_on_from_where_it_was(door: Door):
    walk = a_walk(door)
    with door.writes() as session:
        walk = walks.save(session, press(walk, Did.DONE, step=1, by="U1", at=NOW))
        stricter = walk.playbook.text.replace("systems:", "sistems:")
        session.execute(sa.update(WalkRow).values(text=stricter))
    with door.writes() as session:
        (found,) = walks.of_incident(session, "i1")
        assert (found.playbook.steps, found.position, found.in_hand) == (walk.playbook.steps, 2, True)
        walks.save(session, press(found, Did.DONE, step=2, by="U1", at=NOW))
    with door.reads() as session:
        assert insights.walks(session, ["i1"])[0].playbook.steps == walk.playbook.steps


def test_a_step_that_was_pressed_on_and_is_found_no_more_still_has_its_place(door: Door):
    walk = a_walk(door)
    with door.writes() as session:
        walk = walks.save(session, press(walk, Did.DONE, step=1, by="U1", at=NOW))
        walks.save(session, press(walk, Did.SKIPPED, step=2, by="U1", at=NOW, reason="not needed"))
        session.execute(sa.update(WalkRow).values(text="all gone"))
    with door.reads() as session:
        found = walks.load(session, "k1")
    assert found is not None
    assert [step.title for step in found.playbook.steps] == ["Step 1", "Step 2"]
    assert found.tally == "1 of 2 steps done, 1 skipped"


def test_of_many_presses_on_one_step_one_counts(door: Door):
    walk = a_walk(door)

    def presses(session, number):
        try:
            walks.save(session, press(walk, Did.DONE, step=1, by=f"U{number}", at=NOW))
        except NotAllowed as error:
            return error.message
        return "counted"

    said = at_once(door, 10, presses)
    assert said.count("counted") == 1
    assert set(said) == {"counted", "Someone else pressed a button here just now."}


def test_a_press_on_an_older_version_is_refused(door: Door):
    walk = a_walk(door)
    with door.writes() as session:
        walks.save(session, press(walk, Did.DONE, step=1, by="U1", at=NOW))
    with pytest.raises(NotAllowed, match="Someone else"), door.writes() as session:
        walks.save(session, press(walk, Did.DONE, step=1, by="U2", at=NOW))
