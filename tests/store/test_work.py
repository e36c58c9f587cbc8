"""Promised work: taken once, never lost, and the steps it took."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from bot.store import work, workers
from bot.store.door import Door
from bot.store.migrate import migrate
from bot.store.tables import WorkerRow
from tests.store.conftest import NOW, at_once

LATER = NOW + timedelta(seconds=30)


def promise(door: Door, name: str = "w1", subject: str = "i1", **more: Any) -> None:
    with door.writes() as session:
        work.promise(session, **{"id": name, "team_id": "T1", "kind": "card", "subject": subject, "now": NOW} | more)


def test_twenty_who_look_at_once_never_take_the_same_work(door: Door):
    for number in range(60):
        promise(door, f"w{number}", subject=f"i{number}")
    taken = at_once(door, 20, lambda session, _: [w.id for w in work.take_due(session, NOW, limit=7)])
    ids = [one for some in taken for one in some]
    with door.writes() as session:
        ids += [w.id for w in work.take_due(session, NOW, limit=60)]
    assert sorted(ids) == sorted(f"w{number}" for number in range(60))


def test_of_one_subject_one_piece_is_under_way_at_a_time_whoever_looks(door: Door):
    for number in range(40):
        promise(door, f"w{number:02}", kind="room" if number % 2 else "card")
    for _ in range(40):
        taken = at_once(door, 6, lambda session, _: [w.id for w in work.take_due(session, NOW, limit=5)], threads=6)
        [one] = [name for some in taken for name in some]
        with door.writes() as session:
            work.finish(session, one, NOW)
    with door.reads() as session:
        assert work.unfinished(session) == []


def test_work_is_not_due_before_its_time(door: Door):
    promise(door, now=LATER)
    with door.writes() as session:
        assert not work.anything_due(session, NOW)
        assert work.take_due(session, NOW) == []
        assert work.anything_due(session, LATER)


def test_a_second_promise_of_the_same_is_one_until_it_is_started(door: Door):
    promise(door, "w1", once=True)
    promise(door, "w2", once=True)
    with door.writes() as session:
        assert [w.id for w in work.take_due(session, NOW)] == ["w1"]
    promise(door, "w3", once=True)
    with door.writes() as session:
        work.finish(session, "w1", NOW)
    with door.writes() as session:
        assert [w.id for w in work.take_due(session, NOW)] == ["w3"]


def test_a_promise_for_at_once_does_not_wait_for_the_next_try(door: Door):
    promise(door)
    with door.writes() as session:
        work.take_due(session, NOW)
        work.postpone(session, "w1", NOW, 60, "Slack is down")
    promise(door, "w2", once=True)
    with door.reads() as session:
        assert not work.anything_due(session, LATER)
    promise(door, "w3", once=True, at_once=True)
    with door.writes() as session:
        assert [(w.id, w.tries) for w in work.take_due(session, NOW)] == [("w1", 2)]


def test_work_promised_again_while_it_is_being_taken_sees_what_it_was_promised_for(postgres_url: str):
    door = Door(postgres_url)
    migrate(door)
    promise(door, "w1", once=True)
    promised, taken = threading.Event(), threading.Event()

    def promises() -> None:
        with door.writes() as session:
            work.promise(session, id="w2", team_id="T1", kind="card", subject="i1", now=NOW, once=True)
            promised.set()
            assert taken.wait(30)

    thread = threading.Thread(target=promises)
    thread.start()
    assert promised.wait(30)
    with door.writes() as session:
        assert work.take_due(session, NOW) == []
    taken.set()
    thread.join(30)
    with door.writes() as session:
        assert [w.id for w in work.take_due(session, NOW)] == ["w1"]
    door.close()


def test_work_started_and_not_finished_is_lost_after_a_while(door: Door):
    promise(door)
    with door.writes() as session:
        work.take_due(session, NOW)
        assert work.lost(session, NOW) == []
        [found] = work.lost(session, LATER)
    assert (found.id, found.tries) == ("w1", 1)
    with door.writes() as session:
        work.try_anew(session, found, LATER)
        assert [w.tries for w in work.take_due(session, LATER)] == [2]
        work.try_anew(session, found, LATER)  # an older try is not this one
        assert work.take_due(session, LATER) == []
        work.finish(session, "w1", LATER)
    with door.writes() as session:
        assert work.lost(session, LATER + timedelta(days=1)) == []
        assert work.unfinished(session) == []


def test_finished_work_is_forgotten_by_its_age_and_unfinished_never(door: Door):
    promise(door, "w1")
    promise(door, "w2")
    with door.writes() as session:
        work.finish(session, "w1", NOW)
        work.forget_before(session, LATER)
        assert work.load(session, "w1") is None
        assert [w.id for w in work.unfinished(session)] == ["w2"]


def test_a_step_counts_its_tries_and_keeps_its_last_result(door: Door):
    def note(state: str, **more) -> None:
        with door.writes() as session:
            work.note_outbound(session, team_id="T1", subject="i1", step="card", state=state, now=NOW, **more)

    note("trying")
    note("waiting", trouble="Slack is down")
    note("trying")
    note("done", result={"ts": "1.0"})
    note("failed", trouble="no")
    with door.reads() as session:
        step = work.outbound(session, "i1", "card")
    assert step == work.Outbound(step="card", state="failed", tries=2, trouble="no", result={"ts": "1.0"})


def test_steps_called_back_are_known_to_have_been_tried(door: Door):
    with door.writes() as session:
        for step, state in (("card", "failed"), ("pin", "done"), ("topic", "waiting")):
            work.note_outbound(session, team_id="T1", subject="i1", step=step, state="trying", now=NOW)
            work.note_outbound(session, team_id="T1", subject="i1", step=step, state=state, now=NOW)
    with door.writes() as session:
        assert work.clear_failed(session, "i1") == ("card",)
    with door.reads() as session:
        states = {step.step: (step.state, step.tries) for step in work.outbounds(session, "i1")}
    assert states == {"card": ("again", 1), "pin": ("done", 1), "topic": ("waiting", 1)}


def test_one_of_many_survivors_hands_over_the_work_of_a_silent_worker(door: Door):
    with door.writes() as session:
        workers.beat(session, "alive")
        workers.beat(session, "dead")
        session.get_one(WorkerRow, "dead").beat_at -= timedelta(minutes=1)
    with door.reads() as session:
        assert workers.silent(session, 15) == ["dead"]
    assert sum(at_once(door, 10, lambda session, _: workers.claim(session, "dead", 15))) == 1
    with door.writes() as session:
        assert workers.silent(session, 15) == []
        workers.bury(session, "dead")
        assert session.get(WorkerRow, "dead") is None


def test_the_databases_clock_is_in_utc(door: Door):
    from datetime import UTC, datetime

    with door.reads() as session:
        said = workers.database_now(session)
    assert abs((said - datetime.now(UTC)).total_seconds()) < 120


@pytest.mark.parametrize("name", ["w1", "unknown"])
def test_a_hand_over_is_counted(door: Door, name: str):
    promise(door)
    with door.writes() as session:
        assert [work.rescue(session, name) for _ in range(2)] == ([1, 2] if name == "w1" else [0, 0])
