"""Which nights are promised, what is kept of them, and what a look for indexes is held against."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from bot.domain.inventory import Inventory, Member, System, SystemKind
from bot.domain.snapshot import Snapshot, Why
from bot.probes.looking import Result
from bot.services import checks, nights
from bot.services.desk import Desk
from bot.store import snapshots, work
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
