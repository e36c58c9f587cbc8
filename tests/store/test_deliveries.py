"""A repeat of a delivery does nothing and gets the same answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from bot.store import deliveries, people
from bot.store.door import Door
from tests.store.conftest import NOW


def test_of_many_deliveries_of_the_same_at_once_one_has_an_effect_and_all_get_its_answer(door: Door):
    def deliver(number):
        try:
            with door.writes() as session:
                answer = {"text": f"INC-{people.next_number(session, 'T1', NOW)}, said {number}"}
                deliveries.keep(session, "T1", "command:1", answer, NOW)
                return answer
        except IntegrityError:
            with door.reads() as session:
                return deliveries.answered(session, "T1", "command:1")

    with ThreadPoolExecutor(max_workers=8) as threads:
        answers = list(threads.map(deliver, range(40)))
    assert len({answer["text"] for answer in answers}) == 1
    with door.writes() as session:
        assert people.next_number(session, "T1", NOW) == 2


def test_the_same_key_of_another_workspace_is_another_delivery(door: Door):
    with door.writes() as session:
        deliveries.keep(session, "T1", "k", {"text": "a"}, NOW)
        assert deliveries.answered(session, "T2", "k") is None


def test_old_deliveries_are_forgotten(door: Door):
    with door.writes() as session:
        deliveries.keep(session, "T1", "old", {}, NOW - timedelta(days=8))
        deliveries.keep(session, "T1", "new", {}, NOW)
    with door.writes() as session:
        deliveries.forget_before(session, NOW - timedelta(days=7))
    with door.reads() as session:
        assert deliveries.answered(session, "T1", "old") is None
        assert deliveries.answered(session, "T1", "new") == {}
