"""The disk. The answers of the shards are recorded, one of them with the size of its disk; the rest is made of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.mongodb.disk import judge
from tests.probes.mongodb.set_of_three import MUTATED, ODD, TROUBLES, look, recorded, seen, without

SHARDS = {name.partition("/")[0]: stats for name, stats in recorded("datadog/dbStats-shards.json")["raw"].items()}
STATS = SHARDS["shard02"]


def one(stats: Any) -> Any:
    (found,) = judge(seen(look(1, part="shard02", dbStats=stats)))
    return found


def test_a_recorded_disk():
    found = one(STATS)
    assert found.verdict is Verdict.OK
    assert found.says == "db1:27017, primary of shard02, has its disk 73 % full, 17 GB free of 63 GB."
    assert found.data["free_bytes"] == STATS["fsTotalSize"] - STATS["fsUsedSize"]


def test_recorded_shards_without_a_size_are_unknown():
    assert SHARDS["shard01"]["fsTotalSize"] == 0
    assert one(SHARDS["shard01"]).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("part", "verdict"),
    [
        (0.84, Verdict.OK),
        (0.85, Verdict.WARNING),
        (0.94, Verdict.WARNING),
        (0.95, Verdict.CRITICAL),
        (1, Verdict.CRITICAL),
    ],
)
def test_the_limits(part, verdict):
    found = one(STATS | {"fsTotalSize": 1e12, "fsUsedSize": 1e12 * part})
    assert found.verdict is verdict
    assert found.limit == "95 %"


@pytest.mark.parametrize("field", ["fsUsedSize", "fsTotalSize"])
def test_before_3_6_the_server_does_not_tell(field):
    assert one(without(STATS, field)).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_member_that_did_not_tell_is_unknown(trouble):
    found = one(trouble)
    assert found.verdict is Verdict.UNKNOWN
    assert trouble.says in found.says


@MUTATED
@given(st.sampled_from([None, "fsUsedSize", "fsTotalSize"]), ODD)
def test_odd_answers_never_raise_and_are_never_ok_without_a_number(field, odd):
    found = one(STATS | {field: odd} if field else odd)
    assert len(found.says) <= 160
    if isinstance(odd, bool) or not isinstance(odd, int | float) or odd != odd or odd <= 0:
        assert found.verdict is Verdict.UNKNOWN
