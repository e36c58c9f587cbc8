"""A master that came back with old data, on recorded answers of Muut's outage."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis.stale import PROBE
from tests.probes.redis.recorded import AT, MASTER, REFUSED, REPLICA, SEVEN, SIX, THIRD, healthy, info, kept, look, seen


def judged(*looks, before=None, at=AT):
    (found,) = PROBE.judge(seen(*looks, before=before, at=at))
    return found


@pytest.mark.parametrize("source", [SEVEN, SIX])
def test_who_has_run_since_the_last_look_has_lost_nothing(source):
    before = kept(PROBE, seen(*healthy(source)))
    assert judged(*healthy(source), before=before).verdict is Verdict.OK


def test_who_has_run_for_long_needs_no_earlier_look():
    found = judged(*healthy(uptime_in_seconds=86_400 * 30))
    assert (found.verdict, found.value) == (Verdict.OK, "20,100 keys")
    assert "30 d" in found.says


def test_who_started_just_now_and_was_never_seen_before_is_unknown():
    found = judged(*healthy())
    assert found.verdict is Verdict.UNKNOWN
    assert "no earlier look" in found.says


def test_restarted_with_a_fifth_of_the_keys_gone_is_the_decisive_combination():
    before = kept(PROBE, seen(*healthy(SEVEN)))
    stale = look(MASTER, info(SEVEN, "04-respawned-stale.master"))
    copied = look(REPLICA, info(SEVEN, "04-respawned-stale.replica-after-full-resync"))
    found = judged(stale, copied, before=before)
    assert found.verdict is Verdict.CRITICAL
    assert (found.value, found.limit) == ("100 keys", "20,100 keys")
    assert "nobody else" in found.says


def test_before_the_resync_it_says_who_still_holds_the_keys():
    before = kept(PROBE, seen(*healthy(SIX)))
    found = judged(*six_before_the_resync(), before=before)
    assert found.verdict is Verdict.CRITICAL
    assert f"{REPLICA.name} still holds 20,100" in found.says
    assert found.data["best_replica"] == REPLICA.name


def six_before_the_resync():
    return (
        look(MASTER, info(SIX, "03-respawned-stale.master")),
        look(REPLICA, info(SIX, "03-respawned-stale.replica-before-resync")),
    )


def test_without_an_earlier_look_the_unlinked_replica_tells_what_a_resync_would_destroy():
    found = judged(*six_before_the_resync())
    assert found.verdict is Verdict.CRITICAL
    assert "a resync would destroy" in found.says


def test_it_is_still_seen_by_the_next_look_and_the_one_after_and_ends_when_the_keys_are_back():
    before = kept(PROBE, seen(*healthy(SEVEN)))
    stale = look(MASTER, info(SEVEN, "04-respawned-stale.master"))
    copied = look(REPLICA, info(SEVEN, "04-respawned-stale.replica-after-full-resync"))
    for seconds in (10, 20, 30):
        at = AT + timedelta(seconds=seconds)
        assert judged(stale, copied, before=before, at=at).verdict is Verdict.CRITICAL
        before = kept(PROBE, seen(stale, copied, before=before, at=at))
    restored = look(MASTER, info(SEVEN, "04-respawned-stale.master", db0={"keys": 20_050}))
    linked = look(REPLICA, info(SEVEN, "04-respawned-stale.replica-after-full-resync", db0={"keys": 20_050}))
    assert judged(restored, linked, before=before).verdict is Verdict.OK


def test_after_a_day_the_loss_is_the_state_that_is_compared_with():
    before = kept(PROBE, seen(*healthy(SEVEN)))
    stale = look(MASTER, info(SEVEN, "04-respawned-stale.master"))
    later = seen(stale, healthy()[1], before=before, at=AT + timedelta(days=2))
    assert PROBE.keep(later)[MASTER.name]["keys"] == 100


def test_a_master_that_is_away_for_a_look_is_remembered():
    before = kept(PROBE, seen(*healthy(SEVEN)))
    dead = look(REPLICA, info(SEVEN, "03-master-dead.replica"))
    away = seen(look(MASTER, REFUSED), dead, before=before)
    assert PROBE.judge(away)[0].verdict is Verdict.UNKNOWN
    assert "save them before a master returns" in PROBE.judge(away)[0].says
    found = judged(look(MASTER, info(SEVEN, "04-respawned-stale.master")), dead, before=kept(PROBE, away))
    assert (found.verdict, found.limit) == (Verdict.CRITICAL, "20,100 keys")


def test_keys_that_fall_without_a_restart_are_no_stale_master():
    before = kept(PROBE, seen(*healthy()))
    assert judged(*healthy(db0={"keys": 10}), before=before).verdict is Verdict.OK


def test_a_few_keys_fewer_after_a_restart_are_expiry():
    before = kept(PROBE, seen(*healthy()))
    assert judged(*healthy(run_id="f" * 40, db0={"keys": 16_081}), before=before).verdict is Verdict.OK
    assert judged(*healthy(run_id="f" * 40, db0={"keys": 16_079}), before=before).verdict is Verdict.CRITICAL


def behind(**changes):
    master = info(SEVEN, "01-healthy.master", master_repl_offset=13_344, **changes)
    return look(MASTER, master), look(REPLICA, info(SEVEN, "03-master-dead.replica"))


def test_the_same_keys_at_an_older_offset_are_older_values():
    found = judged(*behind())
    assert found.verdict is Verdict.CRITICAL
    assert (found.value, found.limit) == ("offset 13,344", "offset 4,722,267")


@pytest.mark.parametrize("changes", [{"aof_enabled": 1}, {"redis_version": "6.2.14"}])
def test_where_the_offset_begins_anew_at_each_restart_it_warns(changes):
    assert judged(*behind(**changes)).verdict is Verdict.WARNING


def test_a_replica_of_one_of_two_masters_is_not_held_against_the_other():
    second = look(THIRD, info(SEVEN, "01-healthy.master", db0={"keys": 5}, uptime_in_seconds=86_400))
    first, _ = healthy(uptime_in_seconds=86_400)
    found = PROBE.judge(seen(first, second, look(REPLICA, info(SEVEN, "03-master-dead.replica"))))
    assert [finding.verdict for finding in found] == [Verdict.OK, Verdict.OK]


def test_a_replica_that_never_had_a_link_and_is_being_filled_is_not_ahead():
    master = info(SEVEN, "01-healthy.master", "08-full-sync-in-progress.master.info-replication")
    replica = info(SEVEN, "01-healthy.replica", "08-full-sync-in-progress.replica.info-replication", db0={"keys": 0})
    assert judged(look(MASTER, master), look(REPLICA, replica)).verdict is Verdict.UNKNOWN


def test_while_it_loads_nothing_is_told():
    found = judged(look(MASTER, info(SEVEN, "01-healthy.master", "09-loading.info-persistence")), healthy()[1])
    assert found.verdict is Verdict.UNKNOWN
    assert "loads its data" in found.says


def test_no_line_of_a_database_is_only_empty_when_dbsize_says_so():
    before = kept(PROBE, seen(*healthy()))
    empty = info(SEVEN, "01-healthy.master", db0=None, run_id="f" * 40)
    assert judged(look(MASTER, empty), healthy()[1], before=before).verdict is Verdict.UNKNOWN
    found = judged(look(MASTER, empty, dbsize=0), healthy()[1], before=before)
    assert (found.verdict, found.value) == (Verdict.CRITICAL, "0 keys")


@pytest.mark.parametrize("gone", ["run_id", "master_repl_offset", "uptime_in_seconds", "loading"])
def test_without_a_number_that_decides_it_is_unknown(gone):
    before = kept(PROBE, seen(*healthy()))
    assert judged(*healthy(**{gone: None}), before=before).verdict is Verdict.UNKNOWN


def test_with_a_replica_unreached_it_is_not_ok():
    before = kept(PROBE, seen(*healthy()))
    found = judged(healthy()[0], look(REPLICA, REFUSED), before=before)
    assert found.verdict is Verdict.UNKNOWN
    assert "connection refused" in found.says
