"""Index builds on each member. Quiet answers are recorded, builds are made in the form of 2.6, 3.x, 4.4 and later."""

from typing import Any

import pytest
from bson import Int64
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.mongodb.builds import builds
from bot.probes.mongodb.index_builds import PROBE, judge
from bot.probes.mongodb.shapes import shape
from tests.probes.mongodb.set_of_three import MUTATED, ODD, TROUBLES, look, mutated, paths, recorded, seen

SPEC = {"v": 2, "key": {"status": 1}, "name": "status_1"}
WAITING = {
    "desc": "conn322",
    "client": "10.0.0.9:4711",
    "active": True,
    "op": "command",
    "ns": "shop.orders",
    "secs_running": 90,
    "microsecs_running": 90_000_000,
    "command": {"createIndexes": "orders", "indexes": [SPEC], "$db": "shop"},
}  # the client's own, from 4.4
WORKING = {
    "desc": "IndexBuildsCoordinatorMongod-0",
    "active": True,
    "op": "command",
    "ns": "",
    "secs_running": 89,
    "microsecs_running": 89_000_000,
    "command": {"createIndexes": "orders", "indexes": [SPEC]},
    "msg": "Index Build: scanning collection Index Build: scanning collection: 640000/1000000 64%",
    "progress": {"done": Int64(640_000), "total": Int64(1_000_000)},
}  # from 4.4, on primary and secondaries
OLDER = {
    "desc": "repl index builder 1",
    "active": True,
    "op": "none",
    "ns": "shop.system.indexes",
    "secs_running": 7200,
    "query": {**SPEC, "ns": "shop.orders", "background": True},
    "msg": "Index Build (background) Index Build (background): 250/1000 25%",
    "progress": {"done": 250, "total": 1000},
}  # 3.x on a secondary
OLDEST = {"desc": "conn7", "op": "insert", "ns": "shop.system.indexes", "insert": {**SPEC, "ns": "shop.orders"},
          "msg": "Index Build 12/100 12%", "progress": {"done": 12, "total": 100}, "secs_running": 3}  # fmt: skip


def one(*operations: Any) -> Any:
    (found,) = judge(seen(look(1, currentOp={"inprog": list(operations)})))
    return found


@pytest.mark.parametrize(
    "operations",
    [
        recorded("datadog/currentOp-standalone.json"),
        recorded("datadog/currentOp-mongos.json"),
        recorded("datadog/currentOp-5.0.json")["inprog"],
    ],
)
def test_recorded_servers_build_nothing(operations):
    assert one(*operations).verdict is Verdict.OK
    assert one(*operations).says == "db1:27017, primary, builds no index."


def test_the_two_operations_of_one_build_are_one():
    found = one(WAITING, WORKING)
    assert found.verdict is Verdict.WARNING
    assert found.says == "db1:27017, primary, builds shop.orders status_1, 64 % done, for 89 s."
    assert (found.data["builds"], found.data["part_done"]) == (1, 0.64)
    assert one(WORKING, WAITING).data == found.data


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        (WORKING, "db1:27017, primary, builds orders status_1, 64 % done, for 89 s."),
        (OLDER, "db1:27017, primary, builds shop.orders status_1, 25 % done, for 2 h."),
        (OLDEST, "db1:27017, primary, builds shop.orders status_1, 12 % done, for 3 s."),
        (WAITING, "db1:27017, primary, builds shop.orders status_1, for 90 s."),
        (
            WORKING | {"command": {"$truncated": "{ createIndexes: 'orders'"}},
            "db1:27017, primary, builds a collection an index, 64 % done, for 89 s.",
        ),
    ],
)
def test_the_form_of_each_version(operation, says):
    assert one(operation).says == says


@pytest.mark.parametrize("operation", [WORKING, WAITING, OLDER])
def test_it_judges_the_same_after_the_values_are_cut(operation):
    assert one(shape(operation)) == one(operation)


def test_builds_of_two_databases_are_two():
    other = WAITING | {"ns": "shop2.orders", "command": WAITING["command"] | {"$db": "shop2"}}
    assert len(builds([WAITING, other])) == 2


def test_each_member_is_told_by_itself():
    quiet, busy = {"inprog": []}, {"inprog": [WORKING]}
    found = judge(
        seen(look(1, currentOp=quiet), look(2, currentOp=busy), look(3, hello=TROUBLES[1], currentOp=TROUBLES[1]))
    )
    assert [finding.verdict for finding in found] == [Verdict.OK, Verdict.WARNING, Verdict.UNKNOWN]
    assert found[1].says == (
        "db2:27017, secondary, builds orders status_1, 64 % done, for 89 s;"
        " it may wait for db3:27017, which cannot be reached."
    )


def test_a_build_does_not_wait_for_a_member_of_another_shard():
    away = look(3, part="b", hello=TROUBLES[1], currentOp=TROUBLES[1])
    found = judge(seen(look(1, part="a", currentOp={"inprog": [WORKING]}), away))
    assert "wait" not in found[0].says


@pytest.mark.parametrize("progress", [None, {}, {"done": 5}, {"done": 7, "total": 0}, {"done": 9, "total": 5}, "64 %"])
def test_progress_that_makes_no_sense_is_not_shown(progress):
    found = one(WORKING | {"progress": progress})
    assert found.verdict is Verdict.WARNING
    assert "%" not in found.value


def test_more_operations_than_are_read_may_hide_a_build():
    assert one(*({"op": "query", "ns": "a.b"} for _ in range(500))).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("value", [None, {}, {"inprog": None}, [], "x"])
def test_without_a_list_it_is_unknown(value):
    assert judge(seen(look(1, currentOp=value)))[0].verdict is Verdict.UNKNOWN


WHOLE = {"inprog": [WAITING, WORKING, OLDER]}


@MUTATED
@given(st.sampled_from(paths(WHOLE)), ODD)
def test_odd_answers_never_raise_and_a_build_is_not_overlooked(path, odd):
    (found,) = judge(seen(look(1, currentOp=mutated(WHOLE, path, odd))))
    assert len(found.says) <= 160
    assert found.signal in PROBE.signals
    if len(path) > 2:
        assert found.verdict is Verdict.WARNING
