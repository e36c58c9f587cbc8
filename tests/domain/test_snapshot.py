"""When snapshots are taken and kept, and what two of them say has changed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.snapshot import SPREAD_S, Snapshot, Why, kept, next_night
from bot.domain.snapshot_bases import bases
from bot.domain.snapshot_diff import Weight, changes, worst

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NIGHT = datetime(2026, 11, 21, 3, 5, tzinfo=UTC)
ID = {"name": "_id_", "key": [["_id", 1]], "options": {}}
STATUS = {"name": "status_1", "key": [["status", 1]], "options": {}}
WHOLE: dict[str, Any] = {
    "indexes": {"": {"shop.orders": [ID, STATUS], "shop.log": [ID]}},
    "counts": {"shop.orders": 1000, "shop.log": 10},
    "settings": {"db1:27017": {"cacheSizeGB": 4, "oplogSizeMB": None}},
    "members": {"db1:27017": {"votes": 1, "priority": 1}, "db2:27017": {"votes": 1, "priority": 1}},
    "roles": {"db1:27017": "primary", "db2:27017": "secondary"},
    "versions": {"db1:27017": "6.0.14"},
    "runs": {"db1:27017": {"id": "a", "up_s": 90_000.0}},
    "gaps": [],
}
PLACE = {"files": 7, "newest": "b7", "newest_at": "2026-11-21T01:00:00+00:00", "every_h": 24.0}


def shot(body: dict[str, Any], at: datetime = NOW, number: int = 0) -> Snapshot:
    return Snapshot(id="s", team_id="T1", system="orders-db", why=Why.NIGHT, taken_at=at, body=body, number=number)


def told(now: dict[str, Any], was: dict[str, Any] = WHOLE) -> list[tuple[str, str]]:
    return [(one.weight.name, one.says) for one in changes(shot(was, NIGHT), shot(now))]


def test_the_same_is_no_change():
    assert told(WHOLE) == []
    assert worst(()) is Weight.NOTHING


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (
            {"indexes": {"": {"shop.orders": [ID], "shop.log": [ID]}}},
            ("LOST", "shop.orders lost the index status_1 {status: 1}"),
        ),
        ({"indexes": {"": {"shop.orders": [ID, STATUS]}}}, ("LOST", "shop.log is gone")),
        (
            {"indexes": {"": WHOLE["indexes"][""] | {"shop.log": [ID, STATUS]}}},
            ("CHANGED", "shop.log has new the index status_1 {status: 1}"),
        ),
        ({"indexes": {"": WHOLE["indexes"][""] | {"shop.new": [ID]}}}, ("CHANGED", "shop.new is new")),
        ({"counts": {"shop.orders": 799, "shop.log": 10}}, ("LOST", "shop.orders fell by 20%: 1,000 to 799")),
        (
            {"settings": {"db1:27017": {"cacheSizeGB": 1, "oplogSizeMB": None}}},
            ("CHANGED", "db1:27017: cacheSizeGB was 4, is 1"),
        ),
        (
            {"settings": {"db1:27017": {"cacheSizeGB": 4, "oplogSizeMB": 50}}},
            ("CHANGED", "db1:27017: oplogSizeMB was not set, is 50"),
        ),
        ({"members": {"db1:27017": {"votes": 1, "priority": 1}}}, ("LOST", "db2:27017 is no member any more")),
        (
            {"members": WHOLE["members"] | {"db2:27017": {"votes": 0, "priority": 1}}},
            ("CHANGED", "db2:27017: votes was 1, is 0"),
        ),
        (
            {"members": WHOLE["members"] | {"db3:27017": {"votes": 1, "priority": 1}}},
            ("CHANGED", "db3:27017 is a new member"),
        ),
        ({"roles": {"db1:27017": "secondary"}}, ("CHANGED", "db1:27017 was primary, is secondary")),
        ({"versions": {"db1:27017": "7.0.1"}}, ("CHANGED", "db1:27017 was version 6.0.14, is 7.0.1")),
        ({"runs": {"db1:27017": {"id": "b", "up_s": 5.0}}}, ("CHANGED", "db1:27017 was restarted")),
    ],
)
def test_each_difference_is_one_line(now: dict[str, Any], line: tuple[str, str]):
    assert told(WHOLE | now) == [line]


def test_a_fall_of_a_fifth_is_none_yet():
    assert told(WHOLE | {"counts": {"shop.orders": 800, "shop.log": 10}}) == []


def test_what_was_lost_comes_first_and_weighs_most():
    now = WHOLE | {"roles": {"db1:27017": "secondary"}, "counts": {"shop.orders": 1}, "gaps": ["db2 is away"]}
    assert [weight for weight, _ in told(now)] == ["LOST", "CHANGED", "UNKNOWN"]
    assert worst(changes(shot(WHOLE, NIGHT), shot(now))) is Weight.LOST


def test_half_an_answer_is_never_called_unchanged():
    half = {"roles": {"db1:27017": "primary"}, "gaps": ["db2:27017 cannot be reached"]}
    assert told(half) == [("UNKNOWN", "not compared, now: db2:27017 cannot be reached")]
    before = told(WHOLE, was=half)
    assert before == [
        ("UNKNOWN", "not compared, in the snapshot of 21 Nov 03:05 UTC: db2:27017 cannot be reached"),
    ]


def test_a_collection_that_a_restarted_server_does_not_show_is_not_known_to_be_gone():
    now = WHOLE | {"indexes": {"": {"shop.orders": [ID, STATUS]}}, "runs": {"db1:27017": {"id": "b", "up_s": 5.0}}}
    assert ("UNKNOWN", "shop.log is not shown any more: dropped, or not used since a restart") in told(now)


def test_a_list_that_was_cut_short_loses_no_collection():
    now = WHOLE | {"indexes": {"": {"shop.orders": [ID, STATUS], "...": 1}}}
    assert {weight for weight, _ in told(now)} == {"UNKNOWN"}


@pytest.mark.parametrize(
    ("now", "line"),
    [
        ({"files": 6}, ("LOST", "there are 6 backups, there were 7")),
        (
            {"newest_at": "2026-11-20T01:00:00+00:00"},
            ("LOST", "the newest backup is of 20 Nov 01:00 UTC, it was of 21 Nov 01:00 UTC"),
        ),
    ],
)
def test_backups_that_are_fewer_or_older_are_lost(now: dict[str, Any], line: tuple[str, str]):
    assert told({"backups": PLACE | now}, was={"backups": PLACE}) == [line]


def test_no_new_backup_for_longer_than_their_interval_is_told():
    old = shot({"backups": PLACE}, NOW - timedelta(hours=25))
    (line,) = changes(old, shot({"backups": PLACE}))
    assert line.says == "no new backup since 21 Nov 01:00 UTC, there should be one every 24 h"
    assert told({"backups": PLACE}, was={"backups": PLACE}) == []


def across(now: dict[str, Any], *nights: dict[str, Any]) -> list[tuple[str, str]]:
    """What is told of now against nights, newest first, numbered from the oldest."""
    held = [shot(body, NIGHT - timedelta(days=ago), len(nights) - ago) for ago, body in enumerate(nights)]
    first, *earlier = bases(held)
    return [(one.weight.name, one.says) for one in changes(first, shot(now), earlier)]


@pytest.mark.parametrize("lacks", ["indexes", "counts", "roles", "settings", "versions"])
def test_a_night_that_could_not_read_a_thing_hides_no_loss_of_it(lacks: str):
    poor = {name: held for name, held in WHOLE.items() if name != lacks} | {"gaps": [f"the {lacks} of db1"]}
    now = WHOLE | {
        "indexes": {"": {"shop.orders": [ID], "shop.log": [ID]}},
        "counts": {"shop.orders": 1, "shop.log": 10},
        "settings": {"db1:27017": {"cacheSizeGB": 1, "oplogSizeMB": None}},
        "roles": {"db1:27017": "secondary", "db2:27017": "primary"},
        "versions": {"db1:27017": "7.0.1"},
    }
    about = across(now, poor, WHOLE)
    assert len(about) == len(across(now, WHOLE))
    since = [says for _, says in about if says.endswith(", since 20 Nov 03:05 UTC (snapshot 1)")]
    assert len(since) == (2 if lacks == "roles" else 1)
    assert not [says for _, says in about if says.startswith("not compared")]


def test_each_thing_is_held_against_the_newest_night_that_has_it():
    one, two = {"counts": {"a.a": 100}, "gaps": ["b"]}, {"counts": {"a.a": 1000, "b.b": 50}, "gaps": ["a", "c"]}
    assert across({"counts": {"a.a": 70, "b.b": 5}, "gaps": []}, one, two) == [
        ("LOST", "a.a fell by 30%: 100 to 70"),
        ("LOST", "b.b fell by 90%: 50 to 5, since 20 Nov 03:05 UTC (snapshot 1)"),
        ("UNKNOWN", "not compared, in the snapshot of 21 Nov 03:05 UTC: b"),
    ]


def test_a_list_that_was_cut_short_one_night_is_completed_by_the_night_before():
    cut = WHOLE | {"indexes": {"": {"shop.log": [ID], "...": 1}}, "gaps": ["the indexes of 1 collections"]}
    now = WHOLE | {"indexes": {"": {"shop.orders": [ID], "shop.log": [ID], "shop.new": [ID]}}}
    lost = "shop.orders lost the index status_1 {status: 1}, since 20 Nov 03:05 UTC (snapshot 1)"
    assert across(now, cut, WHOLE) == [("LOST", lost)]


def test_a_whole_night_needs_no_older_one():
    assert len(bases([shot(WHOLE), shot(WHOLE, NIGHT)])) == 1
    assert len(bases([shot(WHOLE | {"gaps": ["a"]}), shot(WHOLE | {"gaps": ["a"]}, NIGHT)])) == 1


def test_a_set_that_does_not_tell_its_members_has_lost_none():
    told_all = {"settings": {"the set a": {}, "the set b": {}}, "members": {"a1": {}, "b1": {}}, "gaps": []}
    half = {"settings": {"the set a": {}}, "members": {"a1": {}}, "gaps": ["the members of b"]}
    assert told(half, was=told_all) == [("UNKNOWN", "not compared, now: the members of b")]
    assert told(told_all, was=half)[0][0] == "UNKNOWN"
    gone = {"settings": told_all["settings"], "members": {"a1": {}}, "gaps": []}
    says = "b1 is no member any more, since 20 Nov 03:05 UTC (snapshot 1)"
    assert across(gone, half, told_all) == [("LOST", says)]


@given(st.lists(st.integers(0, 500), max_size=80), st.integers(0, 40))
@example([342, 343], 22)  # the week's one passes the year before its neighbour does
def test_what_is_kept_is_all_of_fourteen_days_and_stays_one_a_week(days: list[int], later: int):
    moments = [NOW - timedelta(days=day, minutes=day) for day in set(days)]
    left = kept(moments, NOW)
    assert {one for one in moments if NOW - one <= timedelta(days=14)} <= left
    old = [one for one in left if NOW - one > timedelta(days=14)]
    assert len({one.isocalendar()[:2] for one in old}) == len(old)
    assert all(NOW - one <= timedelta(days=365) for one in left)
    # What is dropped tonight is not what would have been the week's one later.
    after = NOW + timedelta(days=later)
    assert kept(left, after) == kept(moments, after)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Helsinki", "America/New_York", "Australia/Lord_Howe"])
@given(minutes=st.integers(0, 2 * 365 * 24 * 60))
def test_the_next_night_is_the_coming_three_o_clock_where_the_team_is(zone: str, minutes: int):
    place, now = ZoneInfo(zone), NOW + timedelta(minutes=minutes)
    due = next_night("orders-db", now, place)
    assert timedelta(0) < due - now <= timedelta(hours=25, minutes=30)
    local = due.astimezone(place)
    into = (local.hour - 3) * 3600 + local.minute * 60 + local.second
    assert 0 <= into <= 3600 + SPREAD_S
    assert next_night("orders-db", due, place) > due + timedelta(hours=20)
