"""Slow queries by shape. Operations of 5.0, 6 and 7 are recorded; the slow ones are made in their form."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.mongodb.shapes import shape
from bot.probes.mongodb.slow import MANY_SLOW, PROBE, judge
from tests.probes.mongodb.set_of_three import MUTATED, ODD, TROUBLES, look, mutated, paths, recorded, seen


def query(seconds: float, *, ns: str = "shop.webhooks", plan: str = "COLLSCAN", app: str = "web") -> dict[str, Any]:
    """As $currentOp of 6.0 gives it, made."""
    return {
        "type": "op",
        "desc": "conn12",
        "client": "10.0.0.9:4711",
        "appName": app,
        "active": True,
        "op": "query",
        "ns": ns,
        "secs_running": int(seconds),
        "microsecs_running": int(seconds * 1e6),
        "planSummary": plan,
        "command": {"find": ns.partition(".")[2], "filter": {"mail": "ada@example.com"}, "$db": "shop"},
    }


def one(*operations: Any) -> Any:
    (found,) = judge(seen(look(1, currentOp={"inprog": list(operations)})))
    return found


@pytest.mark.parametrize("path", ["datadog/currentOp-standalone.json", "datadog/currentOp-mongos.json"])
def test_a_recorded_quiet_server_has_none(path):
    found = one(*recorded(path))
    assert found.verdict is Verdict.OK
    assert found.says == "db1:27017, primary, runs no query longer than 5 s."


def test_a_recorded_5_0_has_none_though_its_driver_holds_a_hello_open():
    operations = recorded("datadog/currentOp-5.0.json")["inprog"]
    for operation in operations:
        operation["secs_running"], operation["microsecs_running"] = 9, 9_000_000  # a hello waits up to 10 s
    waiting = [
        operation for operation in operations if "isMaster" in operation["command"] or "hello" in operation["command"]
    ]
    assert waiting
    assert one(*waiting).verdict is Verdict.OK


def test_many_runs_of_one_query_are_one_shape_and_critical():
    found = one(*(query(600 + n) for n in range(MANY_SLOW)), query(7, ns="shop.users", plan="IXSCAN { a: 1 }"))
    assert found.verdict is Verdict.CRITICAL
    assert found.says == (
        "db1:27017, primary, runs 21 slow queries: shop.webhooks find COLLSCAN by web: 20, longest 10 min,"
        " and 1 more shape."
    )
    assert found.data["shapes"][0] == {
        "ns": "shop.webhooks", "op": "find", "plan": "COLLSCAN", "app": "web", "count": 20, "longest_s": 619.0,
    }  # fmt: skip


def test_one_is_a_warning_and_no_value_is_shown():
    found = one(query(6))
    assert found.verdict is Verdict.WARNING
    assert "ada@example.com" not in repr(found)


def test_it_judges_the_same_after_the_values_are_cut():
    operations = [query(600), query(3), *recorded("datadog/currentOp-mongos.json")]
    assert one(*operations) == one(*(shape(operation) for operation in operations))


def test_an_operation_of_3_2_is_read_too():
    old = query(600) | {"query": {"find": "webhooks", "filter": {"mail": "x"}}}
    del old["command"], old["microsecs_running"]
    assert one(old).data["shapes"][0]["op"] == "find"


def test_a_get_more_is_the_query_that_opened_its_cursor():
    (recorded_one,) = [op for op in recorded("datadog/currentOp-mongos.json") if op["ns"] == "integration.movies"]
    found = one(recorded_one | {"secs_running": 40, "microsecs_running": 40_000_000})
    assert found.data["shapes"][0]["op"] == next(iter(recorded_one["cursor"]["originatingCommand"]))


def test_through_a_router_the_collection_comes_from_the_command():
    (recorded_one,) = [op for op in recorded("datadog/currentOp-mongos.json") if op["ns"] == "integration.$cmd"]
    operations = {"inprog": [recorded_one | {"microsecs_running": 40_000_000}]}
    (found,) = judge(seen(look(1, part="mongos", currentOp=operations)))
    assert found.says.startswith("db1:27017, router, runs 1 slow query")
    assert found.data["shapes"][0]["ns"] == "integration.users"


@pytest.mark.parametrize(
    "operation",
    [
        query(9000, ns="local.oplog.rs"),
        query(9000) | {"op": "none"},
        query(9000) | {"client": None, "desc": "OplogApplier-0"},
        query(9000) | {"active": False},
        query(9000) | {"op": "getmore", "cursor": {"tailable": True, "awaitData": True}},
        query(9000) | {"op": "command", "command": {"createIndexes": "webhooks", "indexes": []}},
        query(9000) | {"op": "command", "command": {"hello": 1, "maxAwaitTimeMS": 10_000}},
    ],
)
def test_what_waits_on_purpose_is_no_slow_query(operation):
    assert one(operation).verdict is Verdict.OK


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_member_that_did_not_tell_is_unknown(trouble):
    found = judge(seen(look(1, currentOp={"inprog": []}), look(2, currentOp=trouble)))
    assert [finding.verdict for finding in found] == [Verdict.OK, Verdict.UNKNOWN]
    assert trouble.says in found[1].says


@pytest.mark.parametrize("value", [None, [], {}, {"inprog": None}, {"inprog": "many"}, "x", 3])
def test_without_a_list_it_is_unknown(value):
    (found,) = judge(seen(look(1, currentOp=value)))
    assert found.verdict is Verdict.UNKNOWN


def test_a_query_without_its_duration_is_not_ok():
    silent = query(1)
    del silent["secs_running"], silent["microsecs_running"]
    assert one(silent).verdict is Verdict.UNKNOWN
    assert one(silent, query(6)).verdict is Verdict.WARNING


def test_500_operations_are_at_least_so_many():
    assert "runs at least 500 slow queries" in one(*(query(10) for _ in range(500))).says


def test_a_shard_is_named():
    (found,) = judge(seen(look(2, part="shard01", currentOp={"inprog": [query(6)]})))
    assert found.says.startswith("db2:27017, secondary of shard01, runs 1 slow query")


WHOLE = {"inprog": [query(6), query(2, ns="shop.users")]}


@MUTATED
@given(st.sampled_from(paths(WHOLE)), ODD)
def test_odd_answers_never_raise_and_sentences_stay_short(path, odd):
    for found in judge(seen(look(1, currentOp=mutated(WHOLE, path, odd)))):
        assert len(found.says) <= 160
        assert found.signal in PROBE.signals


@MUTATED
@given(ODD)
def test_an_odd_duration_is_never_ok_unless_it_is_short(odd):
    found = one(query(2) | {"microsecs_running": odd, "secs_running": odd})
    told = isinstance(odd, int | float) and not isinstance(odd, bool) and 0 <= odd < 5_000_000
    assert found.verdict is not Verdict.OK or told
