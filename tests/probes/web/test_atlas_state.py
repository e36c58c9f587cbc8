"""The judge of an Atlas cluster's state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.domain.inventory import SystemKind
from bot.probes.seen import Trouble
from bot.probes.web import atlas_state
from tests.probes.web.seeing import NOW, ODD, changed, paths, seen, troubled


def event(name: str, minutes_ago: float):
    return {"eventTypeName": name, "created": (NOW - timedelta(minutes=minutes_ago)).isoformat()}


def look(state="UPDATING", *events, before=None, **cluster):
    answers = {"cluster": {"stateName": state, "paused": False, **cluster}, "events": {"results": list(events)}}
    return seen(SystemKind.ATLAS, answers, before=before, cluster="Cluster0")


def judged(*given, **options):
    (found,) = atlas_state.judge(look(*given, **options))
    return found


def test_a_cluster_at_rest():
    assert judged("IDLE").verdict is Verdict.OK


@pytest.mark.parametrize(("minutes", "verdict"), [(10, Verdict.WARNING), (29, Verdict.WARNING), (31, Verdict.CRITICAL)])
def test_how_long_it_takes_is_read_from_the_events(minutes, verdict):
    old = [event("CLUSTER_UPDATE_STARTED", 900), event("CLUSTER_UPDATE_COMPLETED", 800)]
    found = judged("UPDATING", event("CLUSTER_UPDATE_SUBMITTED", minutes), *old)
    assert found.verdict is verdict
    assert f"{minutes} min" in found.says
    assert found.data == {"length_s": minutes * 60}


def test_without_events_the_earlier_looks_tell_since_when():
    before = {"atlas.state": {"state": "UPDATING", "since": (NOW - timedelta(hours=2)).isoformat()}}
    assert judged("UPDATING", before=before).verdict is Verdict.CRITICAL
    assert judged("REPAIRING", before=before).says == "Cluster0 is REPAIRING, since when is not known yet."


def test_a_chain_of_looks_keeps_the_beginning():
    first = look("UPDATING")
    kept = atlas_state.keep(first)
    assert kept == {"state": "UPDATING", "since": NOW.isoformat()}
    later = look("UPDATING", before={"atlas.state": kept})
    assert atlas_state.keep(later)["since"] == kept["since"]
    assert atlas_state.keep(look("IDLE", before={"atlas.state": kept})) == {"state": "IDLE", "since": NOW.isoformat()}


def test_a_failed_upgrade_is_told_after_it_is_at_rest_again():
    found = judged("IDLE", event("CLUSTER_UPGRADE_FAILED", 60))
    assert found.verdict is Verdict.WARNING
    assert "CLUSTER_UPGRADE_FAILED" in found.says
    assert judged("IDLE", event("CLUSTER_UPGRADE_FAILED", 60 * 25)).verdict is Verdict.OK
    assert judged("IDLE", event("CLUSTER_FAILOVER_TESTED", 5)).verdict is Verdict.OK


def test_a_cluster_that_goes_is_critical_at_once():
    assert judged("DELETING").verdict is Verdict.CRITICAL


def test_a_paused_cluster_is_no_well_one():
    assert judged("IDLE", paused=True).verdict is Verdict.WARNING


@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_answer_is_unknown(trouble):
    looked = seen(SystemKind.ATLAS, {"cluster": troubled(trouble), "events": {"results": []}})
    (found,) = atlas_state.judge(looked)
    assert found.verdict is Verdict.UNKNOWN
    assert atlas_state.keep(looked) == {}


@settings(max_examples=200)
@given(st.data())
def test_odd_answers_never_raise_and_never_pass(data):
    answers = {
        "cluster": {"stateName": "IDLE", "paused": False},
        "events": {"results": [event("CLUSTER_UPDATE_STARTED", 5)]},
    }
    for _ in range(data.draw(st.integers(1, 3))):
        answers = changed(answers, data.draw(st.sampled_from(paths(answers)[1:])), data.draw(ODD))
    looked = seen(SystemKind.ATLAS, answers, before=data.draw(st.dictionaries(st.just("atlas.state"), ODD)))
    (found,) = atlas_state.judge(looked)
    atlas_state.keep(looked)
    assert len(found.says) <= 160
    if found.verdict is Verdict.OK:
        assert answers["cluster"]["stateName"].strip() == "IDLE"
