"""Full copies that run or were sent, on recorded answers."""

from __future__ import annotations

from bot.domain.finding import Verdict
from bot.probes.redis.resync import PROBE, SIGNAL
from tests.probes.redis.recorded import MASTER, REFUSED, REPLICA, SEVEN, healthy, info, kept, look, one, seen


def test_nothing_sent_since_the_last_look_is_well():
    found = PROBE.judge(seen(*healthy(), before=kept(PROBE, seen(*healthy()))))
    assert [finding.verdict for finding in found] == [Verdict.OK, Verdict.OK]


def test_without_an_earlier_look_the_master_cannot_tell_what_was_sent_lately():
    found = PROBE.judge(seen(*healthy()))
    assert one(found, SIGNAL, MASTER).verdict is Verdict.UNKNOWN
    assert one(found, SIGNAL, REPLICA).verdict is Verdict.OK


def test_while_it_runs_both_sides_say_so():
    master = info(SEVEN, "01-healthy.master", "08-full-sync-in-progress.master.info-replication")
    replica = info(SEVEN, "01-healthy.replica", "08-full-sync-in-progress.replica.info-replication")
    found = PROBE.judge(seen(look(MASTER, master), look(REPLICA, replica)))
    assert [finding.verdict for finding in found] == [Verdict.WARNING, Verdict.WARNING]
    assert REPLICA.name in one(found, SIGNAL, MASTER).says
    assert "112.0 kB so far" in one(found, SIGNAL, REPLICA).says


def test_a_copy_sent_between_two_looks_is_counted():
    before = kept(PROBE, seen(*healthy()))
    (found,) = PROBE.judge(seen(*healthy(sync_full=3), before=before))  # and no replica that takes none beside it
    assert (found.member, found.verdict, found.value) == (MASTER.name, Verdict.WARNING, "2 in 30 s")


def test_a_new_process_counts_from_zero():
    before = kept(PROBE, seen(*healthy(sync_full=7)))
    stale = look(MASTER, info(SEVEN, "04-respawned-stale.master"))
    found = one(PROBE.judge(seen(stale, healthy()[1], before=before)), SIGNAL, MASTER)
    assert (found.verdict, found.value) == (Verdict.WARNING, "1 in 30 s")


def test_without_the_numbers_it_is_unknown():
    before = kept(PROBE, seen(*healthy()))
    for changes in ({"sync_full": None}, {"slave0": {"ip": "127.0.0.1", "port": 7392}}, {"role": None}):
        found = PROBE.judge(seen(*healthy(**changes), before=before))
        assert one(found, SIGNAL, MASTER).verdict is Verdict.UNKNOWN
    quiet = look(REPLICA, info(SEVEN, "01-healthy.replica", master_sync_in_progress=None))
    assert one(PROBE.judge(seen(quiet)), SIGNAL).verdict is Verdict.UNKNOWN
    assert one(PROBE.judge(seen(look(REPLICA, REFUSED))), SIGNAL).verdict is Verdict.UNKNOWN
