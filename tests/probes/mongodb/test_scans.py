"""Storms of collection scans. 2.6.7, 3.0.10, 4.2.8 and quiet operations are recorded, what grows is made of them."""

from typing import Any

import pytest
from bson import Int64
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.mongodb.scans import FRESH_S, MANY_SCANNING, NAME, judge, keep
from tests.probes.mongodb.set_of_three import (
    MUTATED,
    NOW,
    ODD,
    TROUBLES,
    kept,
    look,
    mutated,
    paths,
    recorded,
    seen,
    without,
)
from tests.probes.mongodb.test_slow import query

RECORDED = ["dcu/serverStatus-2.6.7.json", "diamond/serverStatus-3.0.10.json", "percona/serverStatus-4.2.8.json"]
QUIET: dict[str, Any] = {"inprog": recorded("datadog/currentOp-standalone.json")}
BUSY: dict[str, Any] = {"inprog": [query(3) for _ in range(MANY_SCANNING)]}


def status(*, scans: int = 0, read: int = 0, returned: int = 0, uptime: float = 0) -> dict[str, Any]:
    """4.2.8 as recorded with the counter of 4.4, grown by so much."""
    was = recorded("percona/serverStatus-4.2.8.json")
    metrics = was["metrics"]
    metrics["queryExecutor"]["scannedObjects"] += read
    metrics["queryExecutor"]["collectionScans"] = {"nonTailable": Int64(500 + scans), "total": Int64(9000 + scans)}
    metrics["document"]["returned"] += returned
    was["uptime"] += uptime
    return was


def earlier(status: Any, ago_s: float = 10.0) -> Any:
    """What a look so many seconds ago kept."""
    return {NAME: kept(keep(seen(look(1, serverStatus=status), ago_s=ago_s)))}


BEFORE = earlier(status())


def one(now: Any, operations: Any = QUIET, *, before: Any = BEFORE) -> Any:
    (found,) = judge(seen(look(1, serverStatus=now, currentOp=operations), before=before))
    return found


def test_what_is_kept_are_the_counters():
    counters = {"scans": 500, "read": 24285, "returned": 21729, "uptime_s": 9137}
    assert earlier(status()) == {NAME: {"db1:27017": {"at_s": NOW.timestamp() - 10} | counters}}


def test_a_look_between_that_asked_for_other_things_does_not_shorten_the_time():
    assert one(status(read=3000, uptime=300), before=earlier(status(), 300)).data["read_per_s"] == 10


def test_a_healthy_server():
    found = one(status(scans=3, read=20_000, returned=18_000, uptime=10))
    assert found.verdict is Verdict.OK
    assert found.says == "db1:27017, primary, shows no storm of collection scans in 10 s."
    assert found.data == {
        "running": 0, "shapes": [], "read_per_s": 2000.0, "read_per_returned": 1.1, "scans_per_s": 0.3,
    }  # fmt: skip


def test_many_read_for_each_returned_is_one_sign():
    found = one(status(scans=3, read=2_000_000, returned=1000, uptime=10))
    assert found.verdict is Verdict.WARNING
    assert found.says == "db1:27017, primary, reads 2,000 documents for each returned."


def test_scans_of_large_collections_are_one_sign():
    found = one(status(scans=400, read=2_000_000, returned=500_000, uptime=10))
    assert found.verdict is Verdict.WARNING
    assert found.says == "db1:27017, primary, scans 40 collections a second."


def test_scans_running_now_are_one_sign_and_are_shown_by_shape():
    found = one(status(uptime=10), BUSY)
    assert found.verdict is Verdict.WARNING
    assert found.says == (
        "db1:27017, primary, runs 5 scans now, most shop.webhooks find COLLSCAN by web: 5, longest 3 s."
    )
    assert found.data["shapes"][0]["count"] == 5
    assert "ada@example.com" not in repr(found)


def test_two_signs_are_a_storm():
    found = one(status(scans=400, read=90_000_000, returned=1000, uptime=10), BUSY)
    assert found.verdict is Verdict.CRITICAL
    assert found.says.startswith(
        "db1:27017, primary, reads 90,000 documents for each returned and scans 40 collections"
    )


def test_a_small_table_that_is_scanned_often_is_no_sign():
    assert one(status(scans=1000, read=20_000, returned=20_000, uptime=10)).verdict is Verdict.OK


def test_a_few_bad_queries_of_a_quiet_server_are_no_sign():
    assert one(status(scans=1, read=5000, returned=1, uptime=10)).verdict is Verdict.OK


def test_nothing_returned_is_no_division_by_zero():
    assert one(status(read=900_000, returned=0, uptime=10)).verdict is Verdict.WARNING


def test_the_first_look_compares_nothing():
    assert one(status(), before=None).verdict is Verdict.UNKNOWN
    assert one(status(), BUSY, before=None).verdict is Verdict.WARNING


def test_after_a_restart_nothing_is_compared():
    assert one(status(read=90_000_000, uptime=-2000)).verdict is Verdict.UNKNOWN


def test_over_a_night_a_storm_of_some_minutes_would_vanish():
    long_ago = earlier(status(), 80_000)
    assert one(status(read=100, uptime=80_000), before=long_ago).verdict is Verdict.UNKNOWN
    assert one(status(read=10**12, uptime=80_000), before=long_ago).verdict is Verdict.WARNING
    assert one(status(read=100, uptime=FRESH_S), before=earlier(status(), FRESH_S)).verdict is Verdict.OK


@pytest.mark.parametrize("path", RECORDED)
def test_recorded_servers_without_the_counter_of_scans_are_judged_by_the_rest(path):
    now = recorded(path)
    was = earlier(now)
    assert "scans" not in was[NAME]["db1:27017"]
    assert one(now, before=was).verdict is Verdict.OK
    now["metrics"]["queryExecutor"]["scannedObjects"] += 10**7
    assert one(now, before=was).verdict is Verdict.WARNING


@pytest.mark.parametrize("question", ["serverStatus", "currentOp"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_question_without_an_answer_is_unknown(question, trouble):
    answers = {"serverStatus": status(uptime=10), "currentOp": QUIET} | {question: trouble}
    (found,) = judge(seen(look(1, **answers), before=BEFORE))
    assert found.verdict is Verdict.UNKNOWN


def test_a_sign_is_told_though_the_other_answer_is_missing():
    assert one(TROUBLES[0], BUSY).verdict is Verdict.WARNING
    assert one(status(read=10**7, uptime=10), TROUBLES[0]).verdict is Verdict.WARNING


@pytest.mark.parametrize("path", [("metrics", "queryExecutor", "scannedObjects"), ("metrics", "document", "returned")])
def test_without_one_of_the_counters_it_is_not_ok(path):
    assert one(without(status(uptime=10), *path)).verdict is Verdict.UNKNOWN


def test_a_router_counts_nothing():
    (found,) = judge(seen(look(1, part="mongos", serverStatus={"version": "5.0.31"}, currentOp=QUIET), before=BEFORE))
    assert found.says.endswith("shows no storm of scans now, and does not count what it reads and returns.")


def test_a_query_without_its_duration_is_not_ok():
    silent = query(9) | {"secs_running": None, "microsecs_running": None}
    assert one(status(uptime=10), {"inprog": [silent]}).verdict is Verdict.UNKNOWN


def test_each_member_is_held_against_itself():
    grown = status(read=10**7, uptime=10)
    found = judge(
        seen(look(1, serverStatus=grown, currentOp=QUIET), look(2, serverStatus=grown, currentOp=QUIET), before=BEFORE)
    )
    assert [finding.verdict for finding in found] == [Verdict.WARNING, Verdict.UNKNOWN]


WHOLE = {"serverStatus": status(uptime=10), "currentOp": {"inprog": [query(3)]}}
READ = ["at_s", "scans", "read", "returned"]


@MUTATED
@given(st.sampled_from(paths(WHOLE)[1:]), ODD)
def test_odd_answers_never_raise(path, odd):
    looks = seen(look(1, **mutated(WHOLE, path, odd)), before=BEFORE)
    (found,) = judge(looks)
    assert len(found.says) <= 160
    kept(keep(looks))


@MUTATED
@given(st.sampled_from([("metrics", "queryExecutor", "scannedObjects"), ("metrics", "document", "returned")]), ODD)
def test_an_odd_counter_is_never_ok(path, odd):
    found = one(mutated(status(uptime=10), path, odd))
    told = isinstance(odd, int | float) and not isinstance(odd, bool) and odd == odd and odd >= 0
    assert found.verdict is not Verdict.OK or told


@MUTATED
@given(ODD | st.dictionaries(st.just("db1:27017"), ODD | st.dictionaries(st.sampled_from(READ), ODD)))
def test_odd_memories_never_raise(before):
    one(status(uptime=10), before={NAME: before})
