"""Which nights are promised, what is kept of them, and what a look for indexes is held against."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain import check as domain
from bot.domain.check import Check
from bot.domain.incident import Status
from bot.domain.inventory import Inventory, Member, System, SystemKind
from bot.domain.snapshot import Snapshot, Why
from bot.probes.looking import Result
from bot.services import incidents
from bot.services.desk import Desk
from bot.services.systems import checks, nights
from bot.store import checks as stored_checks
from bot.store import snapshots, work
from bot.store import watches as stored_watches
from tests.services.conftest import Office

ORDERS = System(name="orders-db", kind=SystemKind.MONGODB, members=(Member(host="db1", port=27017),))
DUMPS = System(name="dumps", kind=SystemKind.BACKUP, options={"url": "/var/backups"})
SHOP = System(name="shop", kind=SystemKind.HTTP, options={"url": "https://shop.example"})
LISTS = {"": {"shop.orders": [{"name": "_id_", "key": [["_id", 1]], "options": {}}]}}
DAY = 24 * 60


@pytest.fixture
def stocked(office: Office) -> Office:
    """An office with an inventory."""
    office.inventory = Inventory((ORDERS, DUMPS, SHOP))
    return office


def due(office: Office) -> list[work.Work]:
    return office.do(lambda desk: work.take_due(desk.session, desk.wall))


def taken(office: Office, system: System = ORDERS, why: Why = Why.NIGHT, **body: Any) -> Snapshot:
    result = Result(findings=(), kept={}, evidence={}, took_s=1.0, snapshot=body or {"indexes": LISTS})
    return office.do(lambda desk: nights.keep(desk, made(desk, system, result, why)))


def made(desk: Desk, system: System, result: Result, why: Why) -> Snapshot:
    return nights.made(system, result, why, at=desk.now, id=desk.new_id(), team_id=desk.team_id)


def failed(desk: Desk, trouble: str = "the look ended without an answer") -> Snapshot:
    return made(desk, ORDERS, Result(findings=(), kept={}, evidence={}, took_s=1.0, trouble=trouble), Why.NIGHT)


def newest(office: Office) -> Snapshot | None:
    return office.do(lambda desk: snapshots.newest(desk.session, "T1", "orders-db"))


def test_each_system_with_something_to_keep_is_promised_once_however_often_it_is_asked(stocked: Office):
    for _ in range(3):
        stocked.do(nights.promise_nights)
    assert due(stocked) == []
    stocked.later(15 * 60)  # from noon to the night, and to the end of its first quarter of an hour
    stocked.later(15)
    assert sorted(one.subject for one in due(stocked)) == ["dumps", "orders-db"]


def test_nothing_is_promised_without_an_inventory(office: Office):
    office.do(nights.promise_nights)
    office.later(3 * DAY)
    assert due(office) == []


def test_a_night_that_is_kept_promises_the_next(stocked: Office):
    stocked.inventory = Inventory((ORDERS,))
    stocked.do(nights.promise_nights)
    for number in (1, 2, 3):
        stocked.later(DAY)
        (one,) = due(stocked)
        stocked.do(partial(_night, one=one))
        assert due(stocked) == []
        found = newest(stocked)
        assert found is not None
        assert found.number == number


def _night(desk: Desk, *, one: work.Work) -> None:
    assert nights.settle(desk, ORDERS, made(desk, ORDERS, ok(), Why.NIGHT), tries=1)
    work.finish(desk.session, one.id, desk.wall)


def ok() -> Result:
    return Result(findings=(), kept={}, evidence={}, took_s=1.0, snapshot={"indexes": LISTS, "gaps": []})


def test_a_night_on_which_nothing_was_read_is_tried_again_and_then_left_without_a_snapshot(stocked: Office):
    assert not stocked.do(lambda desk: nights.settle(desk, ORDERS, failed(desk), tries=1))
    assert stocked.do(lambda desk: nights.settle(desk, ORDERS, failed(desk), tries=nights.MOST_TRIES))
    assert newest(stocked) is None
    stocked.later(DAY)
    assert [one.subject for one in due(stocked)] == ["orders-db"]


def test_what_was_taken_for_a_comparison_is_no_base_for_the_next(stocked: Office):
    base = taken(stocked)
    stocked.later(60)
    later = taken(stocked, why=Why.DIFF)
    assert (base.number, later.number) == (1, 2)
    found = newest(stocked)
    assert found is not None
    assert found.id == base.id


def test_old_ones_are_dropped_as_new_ones_come(stocked: Office):
    for _ in range(30):
        taken(stocked)
        taken(stocked, why=Why.DIFF)
        stocked.later(DAY)
    held = stocked.do(lambda desk: snapshots.of_system(desk.session, "T1", "orders-db"))
    young = [one for one in held if stocked.now - one.taken_at <= timedelta(days=15)]
    assert len(young) == 15
    assert 2 <= len(held) - len(young) <= 4
    first = stocked.do(lambda desk: snapshots.numbered(desk.session, "T1", "orders-db", 2))
    assert first is None  # the first comparison is older than 14 days


def test_a_look_for_indexes_is_held_against_the_newest_night_where_no_look_kept_any(stocked: Office):
    assert stocked.do(lambda desk: checks.before_of(desk, "orders-db")) == ({}, None)
    taken(stocked)
    kept, at = stocked.do(lambda desk: checks.before_of(desk, "orders-db"))
    assert kept == {"mongodb.indexes": LISTS}
    assert at is None  # counters still need a look of their own to be held against


def watched(office: Office, watch: str, incident: str = "", looks: int = 60) -> None:
    """A watch of ten minutes in which nothing changed."""

    def look(desk: Desk, number: int) -> None:
        at = desk.now + timedelta(seconds=10 * number)
        id_ = stored_watches.sample_id(watch, number)
        check = Check(
            id=id_, team_id="T1", system="orders-db", why=domain.Why.WATCHED, asked_at=at, incident_id=incident
        )
        stored_checks.add(desk.session, check)
        stored_checks.settle(desk.session, id_, taken_at=at, took_s=0, age_s=0, findings=(), kept={}, evidence={})

    for number in range(looks):
        office.do(partial(look, number=number))


def looks_of(office: Office, watch: str) -> int:
    return len(office.do(lambda desk: stored_watches.samples(desk.session, watch)))


def test_a_night_thins_watches_out_once_they_and_their_incident_are_over_for_a_month(stocked: Office):
    open_one, closed_one = stocked.opened("one"), stocked.opened("two")
    watched(stocked, "alone")
    watched(stocked, "open", open_one.id, looks=5)
    watched(stocked, "closed", closed_one.id, looks=5)
    stocked.later(DAY)
    stocked.do(lambda desk: incidents.reach(desk, closed_one, Status.CLOSED, by="U0ADA"))

    def night(days: float) -> tuple[int, int, int]:
        stocked.later(days * DAY)
        stocked.do(lambda desk: nights.settle(desk, ORDERS, made(desk, ORDERS, ok(), Why.NIGHT), tries=1))
        return looks_of(stocked, "alone"), looks_of(stocked, "open"), looks_of(stocked, "closed")

    assert night(28) == (60, 5, 5)
    assert night(1.5) == (2, 5, 5)
    assert night(1) == (2, 5, 2)
    assert night(30) == (2, 5, 2)
