"""Operations without values. The answers of 5.0 and of 6 and 7 are recorded, older forms and attacks are made."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Int64, ObjectId, Regex
from hypothesis import given
from hypothesis import strategies as st

from bot.probes.mongodb.shapes import MOST_DEPTH, MOST_KEYS, MOST_SHAPES, shape
from tests.patience import PATIENCE_S
from tests.probes.mongodb.set_of_three import MUTATED, ODD, recorded

RECORDED = [
    *recorded("datadog/currentOp-mongos.json"),
    *recorded("datadog/currentOp-standalone.json"),
    *recorded("datadog/currentOp-5.0.json")["inprog"],
]
FIND = {
    "op": "query",
    "ns": "shop.orders",
    "secs_running": Int64(12),
    "command": {
        "find": "orders",
        "filter": {"mail": "ada@example.com", "$or": [{"card": 4711}, {"born": datetime(1815, 12, 10, tzinfo=UTC)}]},
        "$db": "shop",
    },
}


def command(operation: dict[str, Any]) -> Any:
    return shape(operation)["command"]


def test_a_query_keeps_its_keys_operators_and_types():
    assert command(FIND) == {
        "find": "orders",
        "filter": {"mail": "string", "$or": [{"card": "number"}, {"born": "date"}]},
        "$db": "shop",
    }
    assert shape(FIND)["secs_running"] == 12


@pytest.mark.parametrize("operation", RECORDED, ids=lambda one: f"{one['op']} {one['ns']}")
def test_a_recorded_operation_keeps_what_judges_read(operation):
    shaped = shape(operation)
    for name in ("op", "ns", "desc", "planSummary", "appName", "client", "secs_running", "active"):
        assert shaped.get(name) == operation.get(name)


def test_the_values_of_recorded_queries_are_gone():
    (standalone,) = [one for one in RECORDED if one["ns"] == "integration.products"]
    filter_ = command(standalone)["filter"]
    assert filter_ == {"$and": [{"data": {"$gt": "number"}}, {"message": {"$regex": "string"}}]}
    assert "0.628" in json.dumps(standalone, default=str)
    assert "0.628" not in json.dumps(shape(standalone), default=str)


def test_a_list_of_values_is_each_type_once():
    values = [*range(1000), "Ada", ObjectId(), Regex("^A"), None, True, b"x"]
    found = command({"ns": "shop.orders", "command": {"find": "orders", "filter": {"n": {"$in": values}}}})
    assert found["filter"]["n"]["$in"] == ["number", "…"]  # the rest is not read
    few = command({"ns": "shop.orders", "command": {"find": "orders", "filter": {"n": {"$in": values[999:]}}}})
    assert few["filter"]["n"]["$in"] == ["number", "string", "ObjectId", "Regex", "null", "bool", "binary"]


def test_the_stages_of_a_pipeline_stay():
    pipeline = [{"$match": {"a": 1}}, {"$group": {"_id": "$a", "n": {"$sum": 1}}}, {"$match": {"a": 2}}]
    found = command({"ns": "shop.orders", "command": {"aggregate": "orders", "pipeline": pipeline}})
    assert found["pipeline"] == [{"$match": {"a": "number"}}, {"$group": {"_id": "string", "n": {"$sum": "number"}}}]


def test_a_get_more_keeps_the_shape_of_what_opened_its_cursor():
    (recorded_one,) = [one for one in RECORDED if one["op"] == "getmore" and one["ns"] == "integration.movies"]
    cursor = shape(recorded_one)["cursor"]
    origin = recorded_one["cursor"]["originatingCommand"]
    assert set(cursor["originatingCommand"]) == set(origin)
    assert next(iter(cursor["originatingCommand"])) == next(iter(origin))


@pytest.mark.parametrize(
    ("operation", "secret"),
    [
        ({"op": "query", "ns": "shop.people", "query": {"count": "Ada"}}, "Ada"),  # 3.4: the bare filter
        ({"op": "query", "ns": "shop.people", "query": {"find": "Ada", "$db": "Ada"}}, "Ada"),
        ({"op": "query", "ns": "shop.people", "command": {"comment": "for Ada"}}, "Ada"),
        ({"op": "update", "ns": "shop.people", "command": {"q": {"n": "Ada"}, "u": {"$set": {"n": "Ada"}}}}, "Ada"),
        ({"op": "query", "ns": "shop.people", "command": {"$truncated": "{ find: 'people', filter: { n: 'Ada"}}, "Ada"),
        ({"op": "insert", "ns": "shop.people", "command": {"insert": "people", "documents": [{"n": "Ada"}]}}, "Ada"),
        ({"ns": "shop.people", "effectiveUsers": [{"user": "Ada"}], "lsid": {"id": "Ada"}, "other": "Ada"}, "Ada"),
        ({"ns": "shop.people", "cursor": {"originatingCommand": {"find": "people", "filter": {"n": "Ada"}}}}, "Ada"),
        ({"ns": "shop.people", "command": {"createIndexes": "people", "indexes": [
            {"name": "n_1", "key": {"n": 1}, "partialFilterExpression": {"n": "Ada"}}]}}, "Ada"),
        ({"ns": "shop.people", "progress": {"done": {"n": "Ada"}}, "planSummary": {"n": "Ada"}}, "Ada"),
    ],
)  # fmt: skip
def test_no_value_gets_through(operation, secret):
    assert secret in json.dumps(operation)
    assert secret not in json.dumps(shape(operation))


def test_a_truncated_command_keeps_its_verb():
    text = '{ find: "people", filter: { n: "Ada'
    assert command({"ns": "shop.people", "command": {"$truncated": text}}) == {"find": "string", "$truncated": True}
    assert command({"ns": "shop.people", "command": {"$truncated": '{ mail: "Ada'}}) == {"$truncated": True}


def test_an_index_build_keeps_name_and_key_in_the_form_of_each_version():
    spec = {"v": 2, "name": "a_1", "key": {"a": 1, "b": "text"}, "expireAfterSeconds": 60}
    newer = command({"ns": "", "command": {"createIndexes": "orders", "indexes": [spec], "$db": "shop"}})
    assert newer["createIndexes"] == "orders"
    assert newer["indexes"] == [{"name": "a_1", "key": {"a": 1, "b": "text"}}]
    older = shape({"desc": "repl index builder 1", "ns": "shop.$cmd", "query": spec | {"ns": "shop.orders"}})
    assert older["query"] == {"name": "a_1", "ns": "shop.orders", "key": {"a": 1, "b": "text"}}


def test_how_long_it_waits_stays():
    queue = {"name": "execution", "timeQueuedMicros": 5}
    told = {"waitForWriteConcernDurationMillis": 900, "currentQueue": queue}
    assert shape(told | {"currentQueue": queue | {"x": "Ada"}}) == told


def test_depth_and_size_are_bounded():
    deep: Any = "x"
    for _ in range(500):
        deep = {"$and": [deep]}
    wide = {f"k{n}": n for n in range(100_000)}
    began = time.monotonic()
    shaped = command({"ns": "a.b", "command": {"find": "b", "filter": deep, "more": wide, "list": [wide] * 1000}})
    assert time.monotonic() - began < 0.5 + PATIENCE_S
    assert json.dumps(shaped).count("{") <= 3 * MOST_DEPTH + MOST_SHAPES
    assert len(shaped["more"]) <= MOST_KEYS + 1
    assert len(json.dumps(shaped)) < 10_000


def test_a_cycle_ends():
    around: dict[str, Any] = {"find": "b"}
    around["again"] = around
    assert len(json.dumps(shape({"ns": "a.b", "command": around}))) < 1000


@MUTATED
@given(st.dictionaries(st.sampled_from(["ns", "command", "query", "cursor", "progress", "desc", "op", "msg"]), ODD))
def test_whatever_comes_it_never_raises(operation):
    assert isinstance(shape(operation), dict)


@MUTATED
@given(ODD)
def test_what_is_no_operation_is_nothing(value):
    assert isinstance(shape(value), dict)


@MUTATED
@given(
    st.recursive(st.just("hunter2"), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=9)
)
def test_a_value_never_gets_through_wherever_it_stands(value):
    operation = {
        "ns": "shop.people",
        "command": {"find": "people", "filter": value, "x": value},
        "cursor": {"a": value},
    }
    assert "hunter2" not in json.dumps(shape(operation))


def test_shaping_twice_changes_no_name():
    once = shape(FIND)
    assert shape(once)["command"]["find"] == "orders"
    assert shape(once)["secs_running"] == 12
