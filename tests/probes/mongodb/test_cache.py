"""The cache. The answers of 2.6.7, 3.0.10 and 4.2.8 are recorded; the full ones are made out of that of 4.2.8."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.mongodb.cache import judge
from tests.probes.mongodb.set_of_three import MUTATED, ODD, TROUBLES, hello, look, mutated, recorded, seen, without

STATUS = recorded("percona/serverStatus-4.2.8.json")
WHOLE = STATUS["wiredTiger"]["cache"]["maximum bytes configured"]


def filled(used: float, dirty: float) -> dict[str, Any]:
    told = mutated(STATUS, ("wiredTiger", "cache", "bytes currently in the cache"), int(WHOLE * used))
    return mutated(told, ("wiredTiger", "cache", "tracked dirty bytes in the cache"), int(WHOLE * dirty))


def one(status: Any) -> Any:
    (found,) = judge(seen(look(1, serverStatus=status)))
    return found


def test_a_recorded_3_0_rests_at_its_target_and_is_healthy():
    found = one(recorded("diamond/serverStatus-3.0.10.json"))
    assert found.verdict is Verdict.OK
    assert found.says == "db1:27017, primary, has a cache 80 % used and 0 % unsaved."


def test_a_recorded_4_2_is_healthy():
    assert one(STATUS).verdict is Verdict.OK


def test_a_recorded_2_6_has_no_such_cache():
    assert one(recorded("dcu/serverStatus-2.6.7.json")).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("used", "dirty", "verdict"),
    [
        (0.89, 0.09, Verdict.OK),
        (0.91, 0.01, Verdict.WARNING),
        (0.50, 0.11, Verdict.WARNING),
        (0.96, 0.01, Verdict.CRITICAL),
        (0.50, 0.21, Verdict.CRITICAL),
        (1.10, 0.60, Verdict.CRITICAL),
    ],
)
def test_used_and_unsaved_are_each_held_against_their_limits(used, dirty, verdict):
    found = one(filled(used, dirty))
    assert found.verdict is verdict
    assert found.data["used"] == pytest.approx(used, abs=0.001)


@pytest.mark.parametrize(
    "field", ["bytes currently in the cache", "tracked dirty bytes in the cache", "maximum bytes configured"]
)
def test_without_one_of_the_numbers_it_is_not_ok(field):
    assert one(without(STATUS, "wiredTiger", "cache", field)).verdict is Verdict.UNKNOWN


def test_one_number_over_its_limit_is_enough():
    told = without(filled(0.5, 0.3), "wiredTiger", "cache", "bytes currently in the cache")
    assert one(told).verdict is Verdict.CRITICAL


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_member_that_did_not_tell_is_unknown(trouble):
    assert one(trouble).verdict is Verdict.UNKNOWN


def test_an_arbiter_has_no_cache_to_judge():
    assert judge(seen(look(3, hello=hello(3, arbiterOnly=True), serverStatus=STATUS))) == []


PATHS = [("wiredTiger",), ("wiredTiger", "cache"), *(("wiredTiger", "cache", name) for name in (
    "bytes currently in the cache", "tracked dirty bytes in the cache", "maximum bytes configured"))]  # fmt: skip


@MUTATED
@given(st.sampled_from([(), *PATHS]), ODD)
def test_odd_answers_never_raise_and_are_never_ok_without_a_number(path, odd):
    found = one(mutated(STATUS, path, odd))
    assert len(found.says) <= 160
    if isinstance(odd, bool) or not isinstance(odd, int | float) or odd != odd or odd < 0:
        assert found.verdict is not Verdict.OK
