"""The number of indexes. The answers before 6.0 are recorded, the section of 6.0 is made after its manual."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.mongodb.index_count import NAME, judge, keep
from tests.probes.mongodb.set_of_three import MUTATED, ODD, TROUBLES, kept, look, mutated, recorded, seen


def status(every: Any, on_id: Any) -> dict[str, Any]:
    return {
        "version": "6.0.14",
        "indexStats": {"count": every, "features": {"id": {"count": on_id, "accesses": 9}, "single": {"count": 3}}},
    }


def one(now: Any, before: Any = None) -> Any:
    (found,) = judge(seen(look(1, serverStatus=now), before=None if before is None else {NAME: before}))
    return found


def test_as_many_as_before():
    found = one(status(42, 12), {"": 30})
    assert found.verdict is Verdict.OK
    assert found.says == "db1:27017, primary, has 30 indexes besides _id, in the look before it was 30."


@pytest.mark.parametrize(
    ("now", "verdict"),
    [(31, Verdict.OK), (29, Verdict.WARNING), (16, Verdict.WARNING), (15, Verdict.CRITICAL), (0, Verdict.CRITICAL)],
)
def test_fewer_than_before(now, verdict):
    assert one(status(now + 12, 12), {"": 30}).verdict is verdict


def test_a_temporary_collection_that_went_is_no_loss():
    """Its index on _id is counted by the server, and not by us."""
    assert one(status(41, 11), {"": 30}).verdict is Verdict.OK


def test_the_first_look_has_nothing_to_compare():
    found = one(status(42, 12))
    assert found.verdict is Verdict.UNKNOWN
    assert found.value == "30 indexes"


@pytest.mark.parametrize(
    "path", ["dcu/serverStatus-2.6.7.json", "diamond/serverStatus-3.0.10.json", "percona/serverStatus-4.2.8.json"]
)
def test_recorded_servers_before_6_0_do_not_count(path):
    found = one(recorded(path), {"": 30})
    assert found.verdict is Verdict.UNKNOWN
    assert found.says == "db1:27017, primary, counts no indexes before 6.0."


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_member_that_did_not_tell_is_unknown(trouble):
    assert one(trouble, {"": 30}).verdict is Verdict.UNKNOWN


def test_a_new_member_is_held_against_its_set():
    """After a migration the members have other names."""
    was = {NAME: kept(keep(seen(look(1, serverStatus=status(42, 12)), look(2, serverStatus=status(40, 12)))))}
    found = judge(seen(look(7, serverStatus=status(12, 12)), before=was))
    assert found[0].verdict is Verdict.CRITICAL
    assert found[0].limit == "30 indexes"


def test_each_shard_is_held_against_itself():
    looks = [look(1, part="a", serverStatus=status(9, 1)), look(2, part="b", serverStatus=status(5, 1))]
    assert keep(seen(*looks)) == {"a": 8, "b": 4}
    found = judge(seen(*looks, before={NAME: {"a": 8, "b": 6}}))
    assert [finding.verdict for finding in found] == [Verdict.OK, Verdict.WARNING]


def test_a_look_without_an_answer_does_not_forget():
    assert keep(seen(look(1, serverStatus=TROUBLES[0]), before={NAME: {"": 30}})) == {"": 30}


FIELDS = [
    ("indexStats",),
    ("indexStats", "count"),
    ("indexStats", "features"),
    ("indexStats", "features", "id", "count"),
]


@MUTATED
@given(st.sampled_from([(), *FIELDS]), ODD)
def test_odd_answers_never_raise_and_are_never_ok_without_a_number(path, odd):
    found = one(mutated(status(42, 12), path, odd), {"": 30})
    assert len(found.says) <= 160
    if isinstance(odd, bool) or not isinstance(odd, int | float) or odd != odd or odd < 0:
        assert found.verdict is Verdict.UNKNOWN


@MUTATED
@given(ODD | st.dictionaries(st.just(""), ODD))
def test_odd_memories_never_raise(before):
    one(status(42, 12), before)
    keep(seen(look(1), before={NAME: before}))
