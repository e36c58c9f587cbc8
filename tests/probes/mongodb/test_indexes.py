"""Lost indexes. The indexes are recorded ones; what is lost, and what was kept, is made."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.index_diff import diff
from bot.probes.evidence import plain
from bot.probes.mongodb.indexes import NAME, judge, keep
from tests.probes.mongodb.set_of_three import (
    MUTATED,
    ODD,
    SILENT,
    TROUBLES,
    UNREACHABLE,
    hello,
    kept,
    look,
    mutated,
    paths,
    seen,
)
from tests.probes.mongodb.test_index_everywhere import INDEXES, QUIET

(ID,) = [index for index in INDEXES if index["name"] == "_id_"]
USERS = [ID, {"name": "mail_1", "key": [["mail", 1]], "options": {"unique": True}, "building": False}]
ALL: dict[str, Any] = {"shop.homes": INDEXES, "shop.users": USERS}
ONLY_ID: dict[str, Any] = {"shop.homes": [ID], "shop.users": [ID]}
MANY = {"shop.homes": 1_204_331, "shop.users": 9_000}


def member(number: int, indexes: Any = ALL, counts: Any = MANY, **more: Any) -> Any:
    return look(number, **{"indexes": indexes, "counts": counts, "currentOp": QUIET} | more)


def after(*looks: Any) -> dict[str, Any]:
    """What the next look gets, after it was stored."""
    return {NAME: kept(plain(keep(seen(*looks))))}


BEFORE = after(member(1), member(2), member(3))


def one(*looks: Any, before: Any = BEFORE) -> Any:
    found = judge(seen(*looks, before=before))
    assert {finding.member for finding in found} == {one.member.name for one in looks}
    return found[-1]


def test_nothing_is_lost():
    found = one(member(1))
    assert found.verdict is Verdict.OK
    assert found.says == f"db1:27017, primary, has all its indexes, {len(INDEXES) + 2} on 2 collections."


def test_after_the_migration_only_id_is_left():
    """Havoc: one comparison shows it."""
    found = one(member(1, ONLY_ID))
    assert found.verdict is Verdict.CRITICAL
    assert found.says == "db1:27017, primary, has no index but _id on shop.homes (1,204,331 documents)."
    assert found.data["lost"] == len(INDEXES)
    assert found.data["only_on_id"] == ["shop.homes"]


@pytest.mark.parametrize("before", [None, BEFORE, after(member(1, ONLY_ID))])
def test_a_large_collection_with_only_id_is_critical_whatever_was_before(before):
    assert one(member(1, ONLY_ID), before=before).verdict is Verdict.CRITICAL


@pytest.mark.parametrize(("documents", "verdict"), [(10_000, Verdict.WARNING), (10_001, Verdict.CRITICAL)])
def test_how_many_documents_are_many(documents, verdict):
    found = one(member(1, ALL | {"shop.users": [ID]}, MANY | {"shop.users": documents}))
    assert found.verdict is verdict


def test_a_collection_without_any_index_is_one_too():
    assert one(member(1, ALL | {"shop.log": []}, MANY | {"shop.log": 20_000})).verdict is Verdict.CRITICAL


def test_one_index_was_dropped():
    found = one(member(1, ALL | {"shop.users": [ID]}))
    assert found.verdict is Verdict.WARNING
    assert found.says == (
        "db1:27017, primary, lost 1 index since the list that was kept: shop.users mail_1 {mail: 1} unique."
    )
    assert found.data["since"] == ["shop.users lost mail_1 {mail: 1} unique"]


def test_an_index_was_changed():
    found = one(member(1, ALL | {"shop.users": [ID, USERS[1] | {"options": {}}]}))
    assert found.verdict is Verdict.WARNING
    assert "has changed 1 index" in found.says


def test_one_that_is_built_again_is_not_lost():
    assert one(member(1, ALL | {"shop.users": [ID, USERS[1] | {"building": True}]})).verdict is Verdict.OK


def test_one_member_lacks_what_another_has():
    added = ALL | {"shop.users": [*USERS, {"name": "age_1", "key": [["age", 1]], "options": {}, "building": False}]}
    found = one(member(1, added), member(2))
    assert found.verdict is Verdict.WARNING
    assert found.says == ("db2:27017, secondary, lacks 1 index that other members have: shop.users age_1 {age: 1}.")


def test_a_first_look_has_nothing_to_compare():
    found = one(member(1), before=None)
    assert found.verdict is Verdict.UNKNOWN
    assert found.says == "db1:27017, primary, has indexes, and no earlier list is kept to compare them with."


@pytest.mark.parametrize("question", ["indexes", "currentOp"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_member_that_did_not_tell_is_unknown(question, trouble):
    assert one(member(1), member(2, **{question: trouble})).verdict is Verdict.UNKNOWN


def test_another_member_s_count_of_documents_is_as_good():
    assert one(member(1, ALL), member(2, ONLY_ID, SILENT)).verdict is Verdict.CRITICAL


def test_only_id_on_a_collection_of_unknown_size_is_not_ok():
    was = after(member(1, ALL | {"shop.log": [ID]}))
    assert one(member(1, ALL | {"shop.log": [ID]}, MANY | {"shop.log": 5}), before=was).verdict is Verdict.OK
    assert one(member(1, ALL | {"shop.log": [ID]}, MANY), before=was).verdict is Verdict.UNKNOWN
    assert one(member(1, ALL | {"shop.log": [ID]}, SILENT), before=was).verdict is Verdict.UNKNOWN


def test_a_collection_that_is_not_seen_any_more_is_unknown():
    found = one(member(1, {"shop.homes": INDEXES}))
    assert found.verdict is Verdict.UNKNOWN
    assert "shows nothing of shop.users, seen before" in found.says


@pytest.mark.parametrize("cut", [({"...": 7}, {}), ({}, {"...": 7}), ({}, {"…": 1})])
def test_what_was_not_looked_at_may_be_lost(cut):
    now, then = cut
    before = {NAME: {"": BEFORE[NAME][""] | then}}
    assert one(member(1, ALL | now), before=before).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("odd", [None, "many", {}, [*INDEXES[1:], {"name": "x"}], [*INDEXES[1:], 7]])
def test_what_cannot_be_read_is_unknown_and_not_lost(odd):
    assert one(member(1, ALL | {"shop.homes": odd})).verdict is Verdict.UNKNOWN


def test_a_shard_is_held_against_itself():
    was = after(member(1, part="shard01"), member(2, ONLY_ID, {}, part="shard02"))
    looks = [
        member(1, ALL | {"shop.users": [ID]}, part="shard01"),
        member(2, ONLY_ID, {"shop.homes": 1, "shop.users": 1}, part="shard02"),
    ]
    found = judge(seen(*looks, before=was))
    assert [finding.verdict for finding in found] == [Verdict.WARNING, Verdict.OK]
    assert "primary of shard01" in found[0].says


@pytest.mark.parametrize(
    "one", [look(3, hello=hello(3, arbiterOnly=True), indexes=ALL), look(3, part="mongos", indexes=ALL)]
)
def test_without_a_member_that_holds_data_it_is_unknown(one):
    (found,) = judge(seen(one))
    assert found.verdict is Verdict.UNKNOWN


def test_what_is_kept_is_what_any_member_has_ready():
    building = ALL | {"shop.users": [ID, USERS[1] | {"building": True}]}
    assert not diff(after(member(1, building), member(2))[NAME][""], BEFORE[NAME][""])
    assert diff(BEFORE[NAME][""], after(member(1, building), member(2, UNREACHABLE))[NAME][""]).lost


def test_a_look_without_an_answer_does_not_forget():
    assert keep(seen(member(1, SILENT), before=BEFORE)) == BEFORE[NAME]
    assert keep(seen(member(1, SILENT))) == {}


def test_200_collections_are_kept_and_compared():
    many = {f"shop.c{number:03}": USERS for number in range(200)}
    was = after(member(1, many))
    assert one(member(1, many), before=was).verdict is Verdict.OK
    found = one(member(1, many | {"shop.c199": [ID]}), before=was)
    assert found.says.startswith("db1:27017, primary, lost 1 index since")


WHOLE = {"indexes": {"shop.homes": INDEXES[:3], "shop.users": USERS}, "counts": MANY, "currentOp": QUIET}
WAS = after(look(1, **WHOLE))


@MUTATED
@given(st.sampled_from(paths(WHOLE)[1:]), ODD)
def test_odd_answers_never_raise_and_are_never_ok_when_an_index_is_gone(path, odd):
    looks = seen(look(1, **mutated(WHOLE, path, odd)), before=WAS)
    (found,) = judge(looks)
    assert len(found.says) <= 160
    kept(plain(keep(looks)))
    if path[0] == "indexes" and len(path) < 4:
        assert found.verdict is not Verdict.OK


@MUTATED
@given(ODD | st.dictionaries(st.just(""), ODD | st.dictionaries(st.sampled_from(["shop.homes", "..."]), ODD)))
def test_odd_memories_never_raise(before):
    assert len(judge(seen(look(1, **WHOLE), before={NAME: before}))) == 1
    keep(seen(look(1), before={NAME: before}))
