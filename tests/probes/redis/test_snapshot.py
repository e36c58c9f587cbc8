"""What is kept of a Redis system each night; Muut's outage as a difference between two nights."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from bot.domain.inventory import System
from bot.domain.snapshot import Snapshot, Why
from bot.domain.snapshot_diff import Weight, changes, worst
from bot.probes.evidence import plain
from bot.probes.redis.asking import ask
from bot.probes.redis.snapshot import ASKS, take
from bot.probes.seen import Look, Seen
from bot.rehearsal.patients.muut import LIVE_KEYS, Muut
from tests.probes.redis.conftest import system_of
from tests.probes.redis.recorded import AT, MASTER, REFUSED, REPLICA, healthy, look, seen
from tests.probes.redis.test_bears_anything import OTHERS, TOLD


def shot(now: Seen) -> Snapshot:
    body = json.loads(json.dumps(plain(take(now))))
    return Snapshot(id="", team_id="", system="cache", why=Why.NIGHT, taken_at=now.at, body=body)


async def asked(system: System) -> Snapshot:
    asking = (asyncio.to_thread(ask, system, member, ASKS, 2.5, "") for member in system.members)
    told = zip(system.members, await asyncio.gather(*asking), strict=True)
    return shot(Seen(system, datetime.now(UTC), tuple(Look(member, answers) for member, answers in told)))


async def test_muut_a_master_that_came_back_with_old_data_is_one_diff(binary: Path, tmp_path: Path):
    async with Muut(tmp_path, binary=binary, respawn_s=1.0, grace_s=5) as muut:
        system = system_of(muut.master.port, muut.replica.port)
        night, again = await asked(system), await asked(system)
        assert night.gaps == ()
        assert night.body["counts"] == {"keys": LIVE_KEYS}
        assert changes(night, again) == ()

        await muut.kill_master()
        dead = await asked(system)
        assert worst(changes(night, dead)) is not Weight.NOTHING
        assert "counts" not in {change.about for change in changes(night, dead)}

        await muut.until_respawned()
        found = changes(night, await asked(system))
        assert found[0].weight is Weight.LOST
        assert found[0].says == f"keys fell by {1 - 100 / LIVE_KEYS:.0%}: {LIVE_KEYS:,} to 100"
        assert f"{system.members[0].name} was restarted" in [change.says for change in found]


def test_two_masters_have_no_count_of_keys_and_that_is_said():
    master, _ = healthy()
    twin = Look(REPLICA, master.answers)
    assert shot(seen(master, twin)).gaps == ("the keys: 2 members say that they are master",)
    assert shot(seen(look(MASTER, REFUSED), healthy()[1])).body["counts"] == {}


def test_a_cluster_is_counted_once_all_of_it_was_reached():
    master, _ = healthy(cluster_enabled=1)
    twin = Look(REPLICA, master.answers)
    one = shot(seen(healthy()[0])).body["counts"]["keys"]
    assert shot(seen(master, twin)).body["counts"] == {"keys of all masters": 2 * one}
    assert shot(seen(master, look(REPLICA, REFUSED))).body["counts"] == {}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=TOLD, second=TOLD, config=OTHERS, dbsize=OTHERS, role=OTHERS)
def test_odd_answers_never_raise_and_can_be_compared(first, second, config, dbsize, role):
    others = {"config": config, "dbsize": dbsize, "role": role}
    night, now = shot(seen(*healthy())), shot(seen(look(MASTER, first, **others), look(REPLICA, second, **others)))
    assert now.taken_at == AT
    for old, new in ((night, now), (now, night), (now, now)):
        changes(old, new)
    if not first.ok:
        assert worst(changes(night, now)) is not Weight.NOTHING
