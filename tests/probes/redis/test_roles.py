"""Who is master, and whom replicas follow, on recorded answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.finding import Verdict
from bot.domain.inventory import Member
from bot.probes.redis.replies import info_of
from bot.probes.redis.roles import LINK, NONE, PROBE, TWO, UNKNOWN
from tests.probes.redis.recorded import (
    ANSWERS,
    MASTER,
    REFUSED,
    REPLICA,
    SEVEN,
    SIX,
    THIRD,
    healthy,
    info,
    kept,
    look,
    one,
    seen,
)

STRANGER = "0123456789abcdef" * 2 + "01234567"


@pytest.mark.parametrize("source", [SEVEN, SIX])
def test_a_healthy_pair_has_one_master_a_link_and_a_master_that_is_known(source):
    found = PROBE.judge(seen(*healthy(source)))
    assert {finding.signal: finding.verdict for finding in found} == dict.fromkeys(
        (LINK, TWO, NONE, UNKNOWN), Verdict.OK
    )


@pytest.mark.parametrize(("source", "name"), [(SEVEN, "03-master-dead.replica"), (SIX, "02-master-dead.replica")])
def test_with_its_master_dead_the_replica_s_link_is_down_and_it_is_said_that_it_holds_its_data(source, name):
    found = PROBE.judge(seen(look(MASTER, REFUSED), look(REPLICA, info(source, name))))
    link = one(found, LINK, REPLICA)
    assert link.verdict is Verdict.CRITICAL
    assert "still holds its data" in link.says
    assert link.value.startswith("down for ")
    assert one(found, NONE).verdict is Verdict.UNKNOWN, "the one that is silent may be the master"
    assert "connection refused" in one(found, NONE).says
    assert one(found, UNKNOWN, REPLICA).verdict is Verdict.OK


def test_while_a_full_copy_runs_the_link_is_a_warning_and_not_yet_a_loss():
    master = info(SEVEN, "01-healthy.master", "08-full-sync-in-progress.master.info-replication")
    replica = info(SEVEN, "01-healthy.replica", "08-full-sync-in-progress.replica.info-replication")
    link = one(PROBE.judge(seen(look(MASTER, master), look(REPLICA, replica))), LINK)
    assert (link.verdict, link.value) == (Verdict.WARNING, "full copy running")


def test_a_replica_that_never_had_a_link_is_told_apart():
    replica = info(SEVEN, "03-master-dead.replica", master_link_down_since_seconds=-1)
    link = one(PROBE.judge(seen(*healthy()[:1], look(REPLICA, replica))), LINK)
    assert (link.verdict, link.value) == (Verdict.CRITICAL, "never up")


def test_two_masters_are_named():
    promoted = info(SEVEN, "01-healthy.replica", "05-promoted.info-replication")
    two = one(PROBE.judge(seen(healthy()[0], look(REPLICA, promoted))), TWO)
    assert two.verdict is Verdict.CRITICAL
    assert MASTER.name in two.says
    assert REPLICA.name in two.says


def test_masters_of_a_cluster_are_no_two_masters():
    masters = [look(member, info(SEVEN, "01-healthy.master", cluster_enabled=1)) for member in (MASTER, THIRD)]
    assert one(PROBE.judge(seen(*masters)), TWO).verdict is Verdict.OK


def test_each_shard_has_a_master_of_its_own():
    shards = [replace(MASTER, part="a"), replace(THIRD, part="b")]
    found = PROBE.judge(seen(*(look(member, info(SEVEN, "01-healthy.master")) for member in shards)))
    assert [finding.verdict for finding in found if finding.signal == TWO] == [Verdict.OK, Verdict.OK]


def test_replicas_alone_are_no_master():
    other = info(SEVEN, "01-healthy.replica", master_port=7392)
    found = PROBE.judge(seen(look(REPLICA, info(SEVEN, "01-healthy.replica", master_port=7393)), look(THIRD, other)))
    assert one(found, NONE).verdict is Verdict.CRITICAL


def test_one_master_and_a_member_unreached_is_not_one_master():
    two = one(PROBE.judge(seen(healthy()[0], look(REPLICA, REFUSED))), TWO)
    assert two.verdict is Verdict.UNKNOWN


def test_a_master_that_is_not_in_the_inventory_is_a_stranger():
    replica = info(SEVEN, "01-healthy.replica", master_host="203.0.113.9", master_replid=STRANGER)
    found = one(PROBE.judge(seen(healthy()[0], look(REPLICA, replica))), UNKNOWN)
    assert found.verdict is Verdict.CRITICAL
    assert found.value == "203.0.113.9:7391"


def test_an_inventory_without_the_master_is_told_what_to_add_and_not_that_there_is_none():
    replica = look(REPLICA, info(SEVEN, "01-healthy.replica"))
    found = PROBE.judge(seen(replica))
    assert one(found, NONE).verdict is Verdict.UNKNOWN
    assert "add 127.0.0.1:7391" in one(found, NONE).says
    assert one(found, UNKNOWN).verdict is Verdict.WARNING
    assert "add it, if it is yours" in one(found, UNKNOWN).says
    before = {"redis.roles": {REPLICA.name: {"follows": "cache1:6379"}}}
    found = PROBE.judge(seen(replica, before=before))
    assert one(found, UNKNOWN).verdict is Verdict.CRITICAL, "it followed another master, so this one is a stranger"


def test_a_stranger_is_one_as_well_while_the_link_to_him_is_not_up_and_the_id_is_still_ours():
    replica = info(SEVEN, "03-master-dead.replica", master_host="203.0.113.9")
    assert one(PROBE.judge(seen(healthy()[0], look(REPLICA, replica))), UNKNOWN).verdict is Verdict.CRITICAL


def test_a_master_under_another_name_is_known_by_its_replication_id_and_later_by_that_name():
    named = Member(host="redis-a.internal", port=7391)
    master, replica = look(named, info(SEVEN, "01-healthy.master")), look(REPLICA, info(SEVEN, "01-healthy.replica"))
    first = seen(master, replica)
    assert one(PROBE.judge(first), UNKNOWN).verdict is Verdict.OK
    dead = look(REPLICA, info(SEVEN, "03-master-dead.replica"))
    later = seen(look(named, REFUSED), dead, before=kept(PROBE, first))
    assert one(PROBE.judge(later), UNKNOWN).verdict is Verdict.OK
    assert one(PROBE.judge(seen(look(named, REFUSED), dead)), UNKNOWN).verdict is Verdict.UNKNOWN
    assert PROBE.keep(later) == PROBE.keep(first), "what was certain is not forgotten"


def test_a_link_without_its_state_is_unknown():
    replica = info(SEVEN, "01-healthy.replica", master_link_status=None)
    assert one(PROBE.judge(seen(healthy()[0], look(REPLICA, replica))), LINK).verdict is Verdict.UNKNOWN


def test_sentinels_are_no_members_of_the_set():
    told = info_of((ANSWERS / "telegraf-sentinel-5.0.5" / "info.txt").read_text("utf-8"))
    sentinel = look(THIRD, told)
    assert one(PROBE.judge(seen(*healthy(), sentinel)), TWO).verdict is Verdict.OK
