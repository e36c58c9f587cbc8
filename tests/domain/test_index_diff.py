"""What two lists of indexes have and have not in common."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.index_diff import IndexDiff, definitions, diff, fields


def index(name: str, key: Any = None, **options: Any) -> dict[str, Any]:
    return {"name": name, "key": key or [[name.rpartition("_")[0], 1]], "options": options}


ID = index("_id_", [["_id", 1]])
STATUS = index("status_1")
LISTS = {"shop.orders": [ID, STATUS, index("at_-1", [["at", -1]])], "shop.users": [ID, index("mail_1", unique=True)]}


def test_the_same_lists_have_no_difference():
    assert not diff(LISTS, LISTS)
    assert diff(LISTS, LISTS).lines() == ()


def test_only_id_is_left():
    """As after Havoc's migration."""
    found = diff(LISTS, {name: [ID] for name in LISTS})
    assert found == IndexDiff(
        lost={
            "shop.orders": ("status_1 {status: 1}", "at_-1 {at: -1}"),
            "shop.users": ("mail_1 {mail: 1} unique",),
        }
    )
    assert found.lines() == (
        "shop.orders lost status_1 {status: 1}",
        "shop.orders lost at_-1 {at: -1}",
        "shop.users lost mail_1 {mail: 1} unique",
    )


def test_added_lost_and_changed():
    now = {"shop.orders": [ID, index("status_1", [["status", 1], ["at", 1]]), index("sku_1")]}
    found = diff({"shop.orders": LISTS["shop.orders"]}, now)
    assert found.added == {"shop.orders": ("sku_1 {sku: 1}",)}
    assert found.lost == {"shop.orders": ("at_-1 {at: -1}",)}
    assert found.changed == {"shop.orders": ("to status_1 {status: 1, at: 1}",)}


def test_another_option_is_a_change():
    found = diff({"a.b": [index("at_1", expireAfterSeconds=60)]}, {"a.b": [index("at_1", expireAfterSeconds=90)]})
    assert found.changed == {"a.b": ("to at_1 {at: 1} expireAfterSeconds",)}
    assert not found.lost


def test_the_same_index_under_another_name_is_not_lost():
    found = diff({"a.b": [STATUS]}, {"a.b": [index("by_status", [["status", 1]])]})
    assert found.changed == {"a.b": ("status_1 {status: 1} to the name by_status",)}
    assert not found.lost
    assert not found.added


def test_the_order_of_the_key_matters_and_that_of_the_options_does_not():
    one, other = index("x", [["a", 1], ["b", 1]]), index("x", [["b", 1], ["a", 1]])
    assert diff({"a.b": [one]}, {"a.b": [other]}).changed
    one, other = index("a_1", unique=True, sparse=True), index("a_1", sparse=True, unique=True)
    assert not diff({"a.b": [one]}, {"a.b": [other]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"background": True}, {}),
        ({"v": 1}, {"v": 2}),
        ({"ns": "a.b"}, {}),
        ({"sparse": False}, {}),
        ({"expireAfterSeconds": 60}, {"expireAfterSeconds": 60.0}),
    ],
)
def test_what_the_server_adds_by_itself_is_no_difference(one, other):
    assert not diff({"a.b": [index("a_1", **one)]}, {"a.b": [index("a_1", **other)]})


def test_what_was_kept_as_json_is_the_same():
    since = datetime(2020, 1, 1, tzinfo=UTC)
    now = {"a.b": [index("a_1", partialFilterExpression={"at": {"$gt": since}})]}
    kept = json.loads(json.dumps(now, default=lambda value: value.isoformat()))
    assert not diff(kept, now)


def test_a_key_may_be_a_document():
    assert not diff({"a.b": [index("x", [["a", 1], ["b", "text"]])]}, {"a.b": [index("x", {"a": 1, "b": "text"})]})


def test_collections_that_came_and_went():
    found = diff(LISTS, {"shop.users": LISTS["shop.users"], "shop.new": [ID]})
    assert (found.gone, found.new) == (("shop.orders",), ("shop.new",))
    assert not found.lost
    assert found.lines() == ("shop.orders is gone", "shop.new is new")


@pytest.mark.parametrize("rest", ["...", "…"])
def test_what_was_cut_short_tells_of_no_collection_that_is_not_in_it(rest):
    assert diff(LISTS, {"shop.users": LISTS["shop.users"], rest: 3}).gone == ()
    assert diff({"shop.users": LISTS["shop.users"], rest: 3}, LISTS).new == ()


def test_the_fields_of_a_definition():
    (what,) = definitions([index("x", [["a", 1], ["b.c", -1]])])
    assert fields(what) == ("a", "b.c")


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["name", "key", "options", "x"]), inner)
    ),
    max_leaves=12,
)
LIST = st.dictionaries(st.sampled_from(["a.b", "a.c", "..."]), ODD | st.just([ID, STATUS]))


@given(LIST, LIST)
def test_odd_lists_never_raise_and_what_one_way_is_added_is_the_other_way_lost(old, new):
    there, back = diff(old, new), diff(new, old)
    assert (there.added, there.lost, there.new, there.gone) == (back.lost, back.added, back.gone, back.new)
    assert len(there.lines()) == len(back.lines())
