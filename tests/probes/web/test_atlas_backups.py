"""The judge of what Atlas holds of a cluster."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.inventory import SystemKind
from bot.probes.seen import Trouble
from bot.probes.web import atlas_backups
from tests.probes.web.seeing import NOW, ODD, changed, paths, seen, troubled


def snapshot(hours_ago: float, status: str = "completed", field: str = "createdAt"):
    return {field: (NOW - timedelta(hours=hours_ago)).isoformat().replace("+00:00", "Z"), "status": status}


def size(name: str):
    return {"replicationSpecs": [{"regionConfigs": [{"electableSpecs": {"instanceSize": name}}]}]}


SCHEDULE = {
    "restoreWindowDays": 7,
    "policies": [
        {
            "policyItems": [
                {"frequencyType": "hourly", "frequencyInterval": 6},
                {"frequencyType": "daily", "frequencyInterval": 1},
                {"frequencyType": "monthly", "frequencyInterval": 40},
            ]
        }
    ],
}
CLUSTER = {"stateName": "IDLE", "backupEnabled": True, "pitEnabled": False, **size("M10")}


def judged(*snapshots, cluster=CLUSTER, schedule=SCHEDULE, total=None):
    listed = {"results": list(snapshots), "totalCount": total or len(snapshots)}
    answers = {"cluster": cluster, "snapshots": listed, "restore_window": schedule}
    found = atlas_backups.judge(seen(SystemKind.ATLAS, answers, cluster="Cluster0"))
    return {one.signal: one for one in found}


def test_young_snapshots_are_ok_and_say_where_one_can_go_back_to():
    found = judged(snapshot(40), snapshot(5), snapshot(17))
    assert {one.verdict for one in found.values()} == {Verdict.OK}
    assert "2026-11-21 07:00 UTC" in found["snapshots-old"].says
    assert found["no-snapshots"].data == {"snapshots": 3}


def test_with_a_continuous_backup_one_can_go_back_to_any_moment():
    found = judged(snapshot(5), cluster=CLUSTER | {"pitEnabled": True})
    assert "any moment of the last 7 days" in found["snapshots-old"].says


@pytest.mark.parametrize(
    ("schedule", "hours", "verdict"),
    [
        (SCHEDULE, 11.9, Verdict.OK),
        (SCHEDULE, 12.1, Verdict.WARNING),
        (troubled(Trouble.DENIED), 47, Verdict.OK),
        (troubled(Trouble.DENIED), 49, Verdict.WARNING),
        ({"policies": [{"policyItems": [{"frequencyType": "weekly", "frequencyInterval": 6}]}]}, 335, Verdict.OK),
        ({"policies": [{"policyItems": [{"frequencyType": "weekly", "frequencyInterval": 6}]}]}, 337, Verdict.WARNING),
    ],
)
def test_twice_the_interval_is_old(schedule, hours, verdict):
    assert judged(snapshot(hours), schedule=schedule)["snapshots-old"].verdict is verdict


def test_a_flex_cluster_names_its_times_otherwise():
    assert judged(snapshot(3, "COMPLETED", "startTime"))["snapshots-old"].verdict is Verdict.OK


@pytest.mark.parametrize("status", ["queued", "inProgress", "failed", "FAILED", None])
def test_what_is_not_whole_does_not_count(status):
    found = judged(snapshot(1, status))
    assert found["no-snapshots"].verdict is Verdict.CRITICAL
    assert "1 are listed" in found["no-snapshots"].says


def test_no_snapshot_at_all():
    assert judged()["no-snapshots"].verdict is Verdict.CRITICAL


@pytest.mark.parametrize(
    ("cluster", "says"), [(CLUSTER | {"backupEnabled": False}, "switched off"), (CLUSTER | size("M0"), "free cluster")]
)
def test_a_cluster_that_can_have_none_says_why_though_the_list_was_refused(cluster, says):
    answers = {"cluster": cluster, "snapshots": troubled(Trouble.BROKEN)}
    (found,) = atlas_backups.judge(seen(SystemKind.ATLAS, answers))
    assert found.verdict is Verdict.CRITICAL
    assert says in found.says


def test_an_old_page_of_a_longer_list_is_no_proof():
    assert judged(snapshot(400), total=700)["snapshots-old"].verdict is Verdict.UNKNOWN
    assert judged(snapshot(4), total=700)["snapshots-old"].verdict is Verdict.OK


@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_list_is_unknown(trouble):
    found = atlas_backups.judge(seen(SystemKind.ATLAS, {"cluster": CLUSTER, "snapshots": troubled(trouble)}))
    assert {(one.signal, one.verdict) for one in found} == {
        ("no-snapshots", Verdict.UNKNOWN),
        ("snapshots-old", Verdict.UNKNOWN),
    }


@settings(max_examples=200)
@given(st.data())
def test_odd_answers_never_raise_and_never_pass(data):
    answers = {"cluster": CLUSTER, "snapshots": {"results": [snapshot(5)], "totalCount": 1}, "restore_window": SCHEDULE}
    for _ in range(data.draw(st.integers(1, 3))):
        answers = changed(answers, data.draw(st.sampled_from(paths(answers)[1:])), data.draw(ODD))
    for found in atlas_backups.judge(seen(SystemKind.ATLAS, answers)):
        assert len(found.says) <= 160
        if found.verdict is Verdict.OK:
            assert any(one["createdAt"] for one in answers["snapshots"]["results"] if isinstance(one, dict))
