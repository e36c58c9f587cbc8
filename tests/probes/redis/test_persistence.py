"""What is written to the disk, on recorded answers."""

from __future__ import annotations

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis.persistence import FAILING, PROBE, WITHOUT
from bot.probes.seen import Answer, Trouble
from tests.probes.redis.recorded import MASTER, REFUSED, REPLICA, SAVES_NOTHING, SEVEN, healthy, info, look, one, seen


def judged(signal, config=SAVES_NOTHING, **changes):
    master = look(MASTER, info(SEVEN, "01-healthy.master", **changes), config=config)
    return one(PROBE.judge(seen(master, healthy()[1])), signal, MASTER)


def test_a_dump_that_failed_is_a_matter_of_the_disk():
    failed = info(SEVEN, "01-healthy.master", "06-bgsave-failed.info-persistence")
    found = one(PROBE.judge(seen(look(MASTER, failed, config=SAVES_NOTHING))), FAILING)
    assert found.verdict is Verdict.CRITICAL
    assert "MISCONF" in found.says
    assert "not dead" in found.says
    assert found.data["changes_since_save"] == 20_001


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, Verdict.OK),
        ({"aof_enabled": 1}, Verdict.OK),
        ({"aof_enabled": 1, "aof_last_write_status": "err"}, Verdict.CRITICAL),
        ({"aof_enabled": 1, "aof_last_bgrewrite_status": "err"}, Verdict.WARNING),
        ({"aof_enabled": 0, "aof_last_write_status": "err"}, Verdict.OK),
        ({"rdb_last_bgsave_status": None}, Verdict.UNKNOWN),
        ({"aof_enabled": None}, Verdict.UNKNOWN),
        ({"aof_enabled": 1, "aof_last_write_status": None}, Verdict.UNKNOWN),
    ],
)
def test_each_state_of_saving(changes, verdict):
    assert judged(FAILING, **changes).verdict is verdict


def test_a_master_that_saves_nothing_and_is_copied_is_a_warning_before_the_outage():
    found = judged(WITHOUT)
    assert found.verdict is Verdict.WARNING
    assert "if it is started again after its end, it is empty, and 1 replica copies that" in found.says
    assert "systemd starts it again" in judged(WITHOUT, process_supervised="systemd").says


def test_a_replica_in_the_inventory_counts_though_it_is_not_attached_just_now():
    assert judged(WITHOUT, connected_slaves=0).verdict is Verdict.WARNING


def test_a_master_that_nobody_copies_may_save_nothing():
    alone = look(MASTER, info(SEVEN, "01-healthy.master", connected_slaves=0), config=SAVES_NOTHING)
    assert one(PROBE.judge(seen(alone)), WITHOUT).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("config", "changes", "verdict"),
    [
        ({"save": "3600 1"}, {}, Verdict.OK),
        ({"save": ""}, {"aof_enabled": 1}, Verdict.OK),
        ({}, {}, Verdict.UNKNOWN),
        ({"save": ""}, {"aof_enabled": None}, Verdict.UNKNOWN),
        (Answer(trouble=Trouble.DENIED, says="needs +config|get"), {"aof_enabled": 1}, Verdict.OK),
    ],
)
def test_each_way_to_keep_data(config, changes, verdict):
    assert judged(WITHOUT, config, **changes).verdict is verdict


def test_the_right_that_lacks_is_named():
    found = judged(WITHOUT, Answer(trouble=Trouble.DENIED, says="needs +config|get"))
    assert found.verdict is Verdict.UNKNOWN
    assert "+config|get" in found.says


def test_a_member_unreached_is_unknown():
    found = PROBE.judge(seen(look(REPLICA, REFUSED)))
    assert [finding.verdict for finding in found] == [Verdict.UNKNOWN]
