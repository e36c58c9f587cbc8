"""Indexes on all members. The indexes are recorded ones; who has them is made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.mongodb.index_everywhere import judge
from tests.probes.mongodb.set_of_three import (
    DENIED,
    MUTATED,
    ODD,
    TROUBLES,
    UNREACHABLE,
    hello,
    look,
    mutated,
    paths,
    recorded,
    seen,
)

INFORMATION = recorded("datadog/index_information.json")
INDEXES = [
    {
        "name": name,
        "key": spec["key"],
        "options": {key: value for key, value in spec.items() if key not in ("v", "key", "background")},
        "building": False,
        "ops": 5,
        "since": None,
    }
    for name, spec in INFORMATION.items()
]
ALL: dict[str, Any] = {"shop.homes": INDEXES}
HALF_BUILT = {"shop.homes": [*INDEXES[:-1], INDEXES[-1] | {"building": True}]}
WITHOUT = {"shop.homes": INDEXES[:-1]}
CONFIG = {"config": {"members": [{"host": f"db{number}:27017"} for number in (1, 2, 3)]}}
QUIET: dict[str, Any] = {"inprog": []}


def member(number: int, indexes: Any = ALL, **more: Any) -> Any:
    return look(number, **{"indexes": indexes, "currentOp": QUIET, "replSetGetConfig": CONFIG} | more)


def one(*looks: Any) -> Any:
    (found,) = judge(seen(*looks))
    return found


def test_all_have_all():
    found = one(member(1), member(2), member(3))
    assert found.verdict is Verdict.OK
    assert found.says == f"{len(INDEXES)} indexes are ready on 3 members that hold data, none is missing."


@pytest.mark.parametrize(
    ("indexes", "word"), [(HALF_BUILT, "being built on db3:27017"), (WITHOUT, "missing on db3:27017")]
)
def test_one_lacks_one(indexes, word):
    found = one(member(1), member(2), member(3, indexes))
    assert found.verdict is Verdict.WARNING
    assert found.says == f"shop.homes {INDEXES[-1]['name']} is ready on db1:27017 and 1 more, {word}."
    assert found.data["lacking"] == 1


def test_a_hidden_member_of_priority_0_counts():
    hidden = member(3, WITHOUT, hello=hello(3, hidden=True, passive=True))
    assert one(member(1), member(2), hidden).verdict is Verdict.WARNING


def test_a_build_that_only_current_op_tells_is_not_ready():
    """Before 4.2.4, where $indexStats lists an index from the beginning of its build; made."""
    name = INDEXES[-1]["name"]
    building = {
        "desc": "repl index builder 1",
        "ns": "shop.$cmd",
        "query": {"name": name, "key": {}, "ns": "shop.homes"},
    }
    found = one(member(1), member(2), member(3, currentOp={"inprog": [building]}))
    assert found.verdict is Verdict.WARNING
    assert "being built on db3:27017" in found.says


def test_an_index_that_is_nowhere_ready_is_not_lacking():
    assert one(*(member(number, HALF_BUILT) for number in (1, 2, 3))).verdict is Verdict.OK


@pytest.mark.parametrize("question", ["indexes", "currentOp", "hello"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_one_that_did_not_tell_makes_it_unknown_never_yes(question, trouble):
    found = one(member(1), member(2), member(3, **{question: trouble}))
    assert found.verdict is Verdict.UNKNOWN
    assert "db3:27017" in found.says
    assert found.says.startswith("Whether all members have every index is unknown: ")


def test_a_known_lack_is_told_though_another_member_is_away():
    assert one(member(1), member(2, WITHOUT), member(3, UNREACHABLE)).verdict is Verdict.WARNING


def test_a_member_of_the_set_that_the_inventory_does_not_know_makes_it_unknown():
    found = one(member(1), member(2))
    assert found.verdict is Verdict.UNKNOWN
    assert found.says.endswith("is unknown: db3:27017 is in the set and not in the inventory.")


def test_arbiters_and_members_without_indexes_are_not_missed():
    config = {"config": {"members": [
        *CONFIG["config"]["members"], {"host": "arb:1", "arbiterOnly": True}, {"host": "dump:1", "buildIndexes": False},
    ]}}  # fmt: skip
    arbiter = look(4, hello=hello(4, arbiterOnly=True))
    dump = look(5, hello=hello(5, buildIndexes=False), indexes={"shop.homes": INDEXES[:1]}, currentOp=QUIET)
    assert one(*(member(number, replSetGetConfig=config) for number in (1, 2, 3)), arbiter, dump).verdict is Verdict.OK


def test_without_the_set_s_configuration_a_hidden_member_may_be_missed():
    looks = [member(number, replSetGetConfig=DENIED) for number in (1, 2, 3)]
    assert one(*looks).verdict is Verdict.UNKNOWN


def test_a_single_server_has_all_of_its_own():
    found = one(member(1, hello={"isWritablePrimary": True}, replSetGetConfig=DENIED))
    assert found.verdict is Verdict.OK


def test_through_a_router_alone_it_is_unknown():
    """It tells of all shards, and not which member has what."""
    assert one(member(1, part="mongos")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("odd", [None, "many", {}, [*INDEXES[1:], {"name": "x"}], [*INDEXES[1:], 7]])
def test_what_cannot_be_read_is_unknown_and_not_missing(odd):
    assert one(member(1), member(2), member(3, {"shop.homes": odd})).verdict is Verdict.UNKNOWN


def test_what_was_not_looked_at_is_unknown():
    assert one(member(1), member(2), member(3, ALL | {"...": 12})).verdict is Verdict.UNKNOWN
    assert "12 collections" in one(member(1), member(2), member(3, ALL | {"...": 12})).says


def test_a_collection_that_one_member_does_not_show_is_unknown():
    """`top` shows a collection only once it was used."""
    found = one(member(1), member(2), member(3, {"shop.users": INDEXES[:1]}))
    assert found.verdict is Verdict.UNKNOWN
    assert "shop.homes is not seen on every member" in found.says


def test_no_collection_at_all_is_unknown():
    assert one(member(1, {}), member(2, {}), member(3, {})).verdict is Verdict.UNKNOWN


def test_each_shard_is_judged_by_itself():
    config = {"config": {"members": []}}
    looks = [
        member(1, part="shard01"), member(2, part="shard01"), member(3, part="shard01"),
        member(1, {"shop.homes": INDEXES[:1]}, part="shard02"),
        member(2, {"shop.homes": INDEXES}, part="shard02"),
        member(9, part="config", replSetGetConfig=config), look(8, part="mongos"),
    ]  # fmt: skip
    found = judge(seen(*looks))
    assert [finding.verdict for finding in found] == [Verdict.OK, Verdict.WARNING]
    assert found[0].says.startswith("On shard01 ")
    assert found[1].says.startswith("On shard02 shop.homes")


WHOLE = {"indexes": {"shop.homes": INDEXES[:3]}, "replSetGetConfig": CONFIG, "currentOp": QUIET, "hello": hello(3)}


@MUTATED
@given(st.sampled_from(paths(WHOLE)[1:]), ODD)
def test_odd_answers_never_raise_and_never_say_yes_when_an_index_is_gone(path, odd):
    looks = [member(number, {"shop.homes": INDEXES[:3]}) for number in (1, 2)]
    for found in judge(seen(*looks, look(3, **mutated(WHOLE, path, odd)))):
        assert len(found.says) <= 160
        if path[0] == "indexes" and len(path) in (2, 3) and odd != {}:
            assert found.verdict is not Verdict.OK
