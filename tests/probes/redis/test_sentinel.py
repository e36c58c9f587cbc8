"""What Sentinels tell, on recorded sentences and on real ones."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.finding import Verdict
from bot.domain.inventory import Member
from bot.probes.redis.sentinel import OTHER, PROBE, QUORUM
from bot.probes.seen import Answer, Trouble
from bot.rehearsal.patients.muut import Muut
from bot.rehearsal.patients.sentinel import MASTER_NAME, Sentinel
from tests.probes.redis.conftest import looked, system_of
from tests.probes.redis.recorded import MASTER, REFUSED, healthy, look, one, seen

WATCHER = Member(host="127.0.0.1", port=26_379, part="sentinel")
AGREE = "OK 3 usable Sentinels. Quorum and failover authorization can be reached"
ALONE = "NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the specified quorum for this master"
RUN_ID = healthy()[0].get("info", "run_id")
WATCHED = {"name": "shop", "ip": "10.0.0.1", "port": 7391, "runid": RUN_ID, "flags": "master", "quorum": 2}


def judged(signal, ckquorum=AGREE, masters=None, pair=None, mode="redis_mode"):
    told = [WATCHED] if masters is None else masters
    watcher = look(WATCHER, {mode: "sentinel"}, ckquorum=ckquorum, masters=told)
    return one(PROBE.judge(seen(*(pair or healthy()), watcher)), signal)


def test_who_could_agree_and_watches_the_master_is_well():
    assert judged(QUORUM).verdict is Verdict.OK
    assert judged(QUORUM, mode="server_mode").verdict is Verdict.OK  # as Valkey says it
    found = judged(OTHER)
    assert (found.verdict, found.value) == (Verdict.OK, "10.0.0.1:7391")
    assert MASTER.name in found.says


def test_who_could_not_agree_is_a_warning_and_critical_once_the_master_is_missed():
    assert judged(QUORUM, ALONE).verdict is Verdict.WARNING
    missed = [{**WATCHED, "flags": "s_down,master"}]
    found = judged(QUORUM, ALONE, missed)
    assert found.verdict is Verdict.CRITICAL
    assert "1 usable Sentinels" in found.says


def test_who_takes_a_replica_for_the_master_is_found_out():
    master, replica = healthy()
    followed = [{**WATCHED, "runid": replica.get("info", "run_id")}]
    assert judged(OTHER, masters=followed, pair=(master, replica)).verdict is Verdict.WARNING


@pytest.mark.parametrize(
    ("signal", "ckquorum", "masters"),
    [
        (QUORUM, Answer(trouble=Trouble.NOT_ASKED, says="the inventory gives no sentinel_name"), None),
        (QUORUM, "", None),
        (QUORUM, 7, None),
        (OTHER, AGREE, REFUSED),
        (OTHER, AGREE, []),
        (OTHER, AGREE, [{**WATCHED, "runid": ""}]),
        (OTHER, AGREE, [{**WATCHED, "runid": "f" * 40}]),
        (OTHER, AGREE, [WATCHED, {**WATCHED, "name": "other"}]),
        (OTHER, AGREE, "odd"),
    ],
)
def test_what_is_not_told_is_unknown(signal, ckquorum, masters):
    assert judged(signal, ckquorum, masters).verdict is Verdict.UNKNOWN


def test_without_sentinels_nothing_is_said():
    assert PROBE.judge(seen(*healthy())) == []


async def test_a_real_sentinel_beside_muut_s_servers(binary, tmp_path):
    async with (
        Muut(tmp_path / "muut", binary=binary) as muut,
        Sentinel(tmp_path / "sentinel", muut.master, binary=binary) as alone,
        Sentinel(tmp_path / "other", muut.master, binary=binary, quorum=2) as short,
    ):
        servers = system_of(muut.master.port, muut.replica.port, sentinel_name=MASTER_NAME)
        watchers = system_of(alone.port, short.port, part="sentinel").members
        await alone.until_it_knows(replicas=1)
        now = await looked(replace(servers, members=servers.members + watchers), PROBE)
    found = PROBE.judge(now)
    assert one(found, OTHER, watchers[0]).verdict is Verdict.OK
    assert {finding.verdict for finding in found if finding.signal == QUORUM} <= {Verdict.OK, Verdict.WARNING}
    assert now.looks[0]["masters"].trouble is Trouble.UNSUPPORTED, "only Sentinels are asked"
