"""Lag, oplog window and flow control, on recorded sets of 3.2, 4.2 and 4.x and on made ones."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bson import Timestamp

from bot.domain.inventory import Member
from bot.probes.mongodb import flow_control, lag, oplog
from bot.probes.seen import Answer, Look
from tests.probes.mongodb.making import (
    CRITICAL,
    DENIED,
    NOW,
    OK,
    UNKNOWN,
    UNREACHABLE,
    WARNING,
    Seat,
    changed,
    kept_by,
    made_set,
    of,
    recorded,
    seen,
    without,
)

LAG, WINDOW, FLOW = lag.SIGNAL, oplog.SIGNAL, flow_control.SIGNAL
RELEASES = ("4.4.29", "5.0.30", "6.0.16", "7.0.14", "8.0.4")


def look(host: str, **names: str) -> Look:
    """Recorded answers of one member."""
    answers = {question: Answer(recorded(name), took_s=0.004) for question, name in names.items()}
    return Look(Member(host=host, port=27017), answers)


def percona() -> Look:
    return look("a", replSetGetStatus="percona-4.2.8-replSetGetStatus", serverStatus="percona-4.2.8-serverStatus")


def set_of_one() -> Look:
    names = {
        question: f"support-tools-3.2.22-{name}"
        for question, name in {
            "hello": "isMaster",
            "replSetGetStatus": "replSetGetStatus",
            "serverStatus": "serverStatus",
        }.items()
    }
    config = Answer({"config": recorded("support-tools-3.2.22-replSetGetConfig")})
    alone = look("host1.example.com", **names)
    return Look(alone.member, dict(alone.answers) | {"replSetGetConfig": config})


def behind(*lags_s: float, release: str = "7.0.14", delay_s: int = 0) -> tuple[Look, ...]:
    seats = [Seat(f"db{number}", behind_s=lag_s, delay_s=delay_s) for number, lag_s in enumerate(lags_s, start=2)]
    return made_set((Seat("db1", state=1), *seats), release=release)


def test_the_recorded_428_has_no_lag_and_names_members_that_are_not_in_the_inventory():
    found = lag.PROBE.judge(seen(percona()))
    assert {(one.member, one.verdict) for one in found} == {("172.19.0.7:27017", OK), ("172.19.0.6:27017", OK)}


def test_the_recorded_idle_4x_lags_only_where_its_publishers_put_the_date_back():
    found = lag.PROBE.judge(seen(look("a", replSetGetStatus="datadog-4.x-replSetGetStatus-replica-primary")))
    told = {one.member.partition(".")[0]: (one.verdict, one.value) for one in found}
    assert told["replset-data-1"] == (UNKNOWN, "100 s")  # no configuration was asked: it may be delayed on purpose
    assert "replset-arbiter-0" not in told


def test_the_recorded_config_servers_do_not_lag():
    found = lag.PROBE.judge(seen(look("a", replSetGetStatus="datadog-4.x-replSetGetStatus-configsvr-primary")))
    assert [one.verdict for one in found] == [OK, OK]
    assert all(len(one.says) <= 160 for one in found)


def test_a_set_of_one_has_nobody_to_lag():
    assert lag.PROBE.judge(seen(set_of_one())) == []


def test_a_single_server_is_no_set():
    alone = look("a", hello="datadog-4.x-isMaster-standalone")
    for probe in (lag.PROBE, oplog.PROBE, flow_control.PROBE):
        assert probe.judge(seen(alone)) == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(("lag_s", "verdict"), [(0, OK), (10, OK), (11, WARNING), (60, WARNING), (61, CRITICAL)])
def test_how_far_behind_decides(release, lag_s, verdict):
    found = of(lag.PROBE.judge(seen(*behind(lag_s, 0, release=release))), LAG, "db2")
    assert found.verdict is verdict
    assert found.data["lag_s"] == lag_s


@pytest.mark.parametrize("release", RELEASES)
def test_a_delayed_member_may_be_as_late_as_it_is_delayed(release):
    on_time = lag.PROBE.judge(seen(*behind(3605, release=release, delay_s=3600)))
    late = lag.PROBE.judge(seen(*behind(3900, release=release, delay_s=3600)))
    assert (on_time[0].verdict, late[0].verdict) == (OK, CRITICAL)
    assert "its own delay" in on_time[0].says


def test_without_the_configuration_a_lag_may_be_a_delay():
    looks = [changed(one, "replSetGetConfig", to=DENIED) for one in behind(3600)]
    assert lag.PROBE.judge(seen(*looks))[0].verdict is UNKNOWN
    told = [changed(one, "hello", "secondaryDelaySecs", to=3600) for one in looks]
    assert lag.PROBE.judge(seen(*told))[0].verdict is OK


def test_an_idle_set_does_not_lag_and_one_write_after_silence_is_no_lag():
    assert lag.PROBE.judge(seen(*made_set(idle_s=400_000)))[0].verdict is OK
    before = kept_by(lag.PROBE, *made_set(idle_s=5 * 86_400 + 10), ago_s=10)
    burst = behind(5 * 86_400)
    assert lag.PROBE.judge(seen(*burst))[0].verdict is CRITICAL
    known = lag.PROBE.judge(seen(*burst, before=before, since_s=10))[0]
    assert known.verdict is OK
    assert known.data["lag_s"] == 10


def test_a_member_that_lacked_it_before_is_behind_all_the_same():
    before = kept_by(lag.PROBE, *made_set(idle_s=20), ago_s=10)
    assert lag.PROBE.judge(seen(*behind(3600), before=before, since_s=10))[0].verdict is CRITICAL


@pytest.mark.parametrize("state", [0, 3, 5, 8, 9, 10, 42])
def test_a_member_that_is_no_secondary_has_no_known_lag(state):
    found = of(lag.PROBE.judge(seen(*made_set((Seat("db1", state=1), Seat("db2", state=state))))), LAG)
    assert found.verdict is UNKNOWN


def test_a_member_that_is_down_is_unknown_and_never_ok():
    found = lag.PROBE.judge(seen(*made_set((Seat("db1", state=1), Seat("db2", up=False), Seat("db3")))))
    assert of(found, LAG, "db2").verdict is UNKNOWN
    assert of(found, LAG, "db3").verdict is OK


def test_a_secondary_we_cannot_reach_is_judged_by_the_primarys_view():
    db1, db2 = behind(30)
    for question in db2.answers:
        db2 = changed(db2, question, to=UNREACHABLE)
    assert of(lag.PROBE.judge(seen(db1, db2)), LAG, "db2").verdict is WARNING


def test_the_members_own_news_are_newer_than_its_heartbeat():
    db1, _ = behind(30)
    _, db2 = behind(2)
    assert of(lag.PROBE.judge(seen(db1, db2)), LAG, "db2").data["lag_s"] == 2


def test_a_member_that_is_not_heard_is_not_judged_by_what_was_heard_last():
    db1, _ = behind(0)
    db1 = changed(
        db1,
        "replSetGetStatus",
        "members",
        to=[
            one | ({"health": 0.0} if one["name"].startswith("db2") else {})
            for one in db1.get("replSetGetStatus", "members")
        ],
    )
    assert of(lag.PROBE.judge(seen(db1)), LAG, "db2").verdict is UNKNOWN


def test_without_a_primary_there_is_nothing_to_measure_against():
    found = lag.PROBE.judge(seen(*made_set((Seat("db1", state=2), Seat("db2"), Seat("db3")))))
    assert {one.verdict for one in found} == {UNKNOWN}


def test_without_the_right_the_greeting_still_tells_the_lag():
    looks = []
    for one, wrote in zip(behind(0), (NOW, NOW.replace(hour=17)), strict=True):
        denied = changed(changed(one, "replSetGetStatus", to=DENIED), "hello", "lastWrite", to={"lastWriteDate": wrote})
        looks.append(denied)
    assert of(lag.PROBE.judge(seen(*looks)), LAG, "db2").verdict is CRITICAL
    assert {one.verdict for one in lag.PROBE.judge(seen(*[changed(one, "hello", to=DENIED) for one in looks]))} == {
        UNKNOWN
    }


def test_each_shard_is_judged_by_itself_and_named():
    slow = made_set((Seat("a1", state=1), Seat("a2", behind_s=90)), part="shard-0")
    found = lag.PROBE.judge(seen(*slow, *made_set((Seat("b1", state=1), Seat("b2")), part="shard-1")))
    assert [(one.verdict, one.says[:8]) for one in found] == [(CRITICAL, "shard-0:"), (OK, "shard-1:")]


@pytest.mark.parametrize(
    ("window_s", "verdict"), [(80 * 3600, OK), (24 * 3600, OK), (23 * 3600, WARNING), (3599, CRITICAL)]
)
def test_the_window_is_held_against_a_day(window_s, verdict):
    found = of(oplog.PROBE.judge(seen(*made_set(window_s=window_s))), WINDOW, "db1")
    assert found.verdict is verdict


def test_a_lag_of_a_quarter_of_the_window_is_critical_also_when_it_is_a_delay():
    seats = (Seat("db1", state=1), Seat("db2", behind_s=90_000, delay_s=90_000, priority=0))
    found = of(oplog.PROBE.judge(seen(*made_set(seats, window_s=300_000))), WINDOW, "db1")
    assert found.verdict is CRITICAL
    assert "db2:27017 is 25 h behind" in found.says


def test_a_young_oplog_that_dropped_nothing_is_not_short():
    young = changed(made_set(window_s=600)[0], "serverStatus", "oplogTruncation", "truncateCount", to=0)
    assert of(oplog.PROBE.judge(seen(young)), WINDOW).verdict is OK
    restarted = changed(young, "serverStatus", "uptime", to=60.0)
    assert of(oplog.PROBE.judge(seen(restarted)), WINDOW).verdict is CRITICAL


def test_an_oplog_that_nobody_writes_to_reaches_back_to_its_first_entry():
    """Recorded 3.2.22: 591 s between first and last entry, and 36 days since; the optimes were printed beside it."""
    told = {"earliestOptime": Timestamp(1629301400, 1), "latestOptime": Timestamp(1629301991, 1)}
    found = of(oplog.PROBE.judge(seen(changed(set_of_one(), "serverStatus", "oplog", to=told))), WINDOW)
    assert found.verdict is OK
    assert "868 h" in found.says


@pytest.mark.parametrize("field", ["earliestOptime", "latestOptime"])
def test_an_oplog_that_was_locked_tells_1970_and_that_is_not_believed(field):
    looks = [changed(one, "serverStatus", "oplog", field, to=Timestamp(0, 0)) for one in made_set()]
    assert {one.verdict for one in oplog.PROBE.judge(seen(*looks))} == {UNKNOWN}


def test_no_oplog_section_is_unknown():
    found = oplog.PROBE.judge(seen(*[without(one, "serverStatus", "oplog") for one in made_set()]))
    assert {one.verdict for one in found} == {UNKNOWN}


def flow(release: str = "7.0.14", **told: object) -> list[Look]:
    looks = list(made_set(release=release))
    for field, value in told.items():
        looks[0] = changed(looks[0], "serverStatus", "flowControl", field, to=value)
    return looks


def test_a_primary_that_slows_its_writers_speaks():
    assert of(flow_control.PROBE.judge(seen(*flow())), FLOW).verdict is OK
    lagged = of(flow_control.PROBE.judge(seen(*flow(isLagged=True))), FLOW)
    assert lagged.verdict is WARNING
    assert lagged.member == "db1:27017"


def test_slowed_for_most_of_the_time_is_critical():
    before = kept_by(flow_control.PROBE, *flow(isLaggedTimeMicros=0), ago_s=10)
    looks = flow(isLagged=True, isLaggedTimeMicros=8_000_000)
    found = of(flow_control.PROBE.judge(seen(*looks, before=before, since_s=10)), FLOW)
    assert found.verdict is CRITICAL
    assert "80 % of the last 10 s" in found.says


def test_the_recorded_428_does_not_slow_its_writers():
    found = of(flow_control.PROBE.judge(seen(percona())), FLOW)
    assert found.verdict is OK


def test_before_42_there_is_no_flow_control_and_no_finding():
    assert flow_control.PROBE.judge(seen(set_of_one())) == []
    gone = without(made_set(release="4.2.8")[0], "serverStatus", "flowControl")
    assert flow_control.PROBE.judge(seen(gone))[0].verdict is UNKNOWN


def test_without_a_primary_nobody_tells():
    found = flow_control.PROBE.judge(seen(*made_set((Seat("db1"), Seat("db2")))))
    assert [one.verdict for one in found] == [UNKNOWN]


def test_a_year_9999_is_no_reason_to_fail():
    looks = [
        changed(one, "hello", "lastWrite", to={"lastWriteDate": datetime.max.replace(tzinfo=UTC)}) for one in behind(0)
    ]
    assert lag.PROBE.judge(seen(looks[0], *made_set()[1:]))
