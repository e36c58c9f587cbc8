"""The judges bear whatever a server may send: they never raise, and never say OK without the number that decides."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.finding import Verdict
from bot.probes.redis import (
    answering,
    clients,
    eviction,
    memory,
    persistence,
    respawn,
    resync,
    roles,
    sentinel,
    slow,
    stale,
    stalls,
)
from bot.probes.seen import Answer, Trouble
from tests.probes.redis.recorded import (
    AT,
    MASTER,
    REPLICA,
    SAVES_NOTHING,
    SEVEN,
    SIX,
    THIRD,
    healthy,
    info,
    kept,
    look,
    seen,
)

JUDGING = (answering, clients, eviction, memory, persistence, resync, respawn, roles, sentinel, slow, stale, stalls)
PROBES = tuple(module.PROBE for module in JUDGING)
RECORDED = [
    info(SEVEN, "01-healthy.master"),
    info(SEVEN, "01-healthy.replica"),
    info(SEVEN, "02-maxclients-reached.master"),
    info(SEVEN, "03-master-dead.replica"),
    info(SEVEN, "04-respawned-stale.master"),
    info(SIX, "03-respawned-stale.replica-before-resync"),
]
READ = sorted(  # what any judge reads of INFO
    {
        *("role", "run_id", "redis_version", "redis_mode", "uptime_in_seconds", "loading", "db0", "dbx", "slave0"),
        *("master_host", "master_port", "master_link_status", "master_link_down_since_seconds", "master_repl_offset"),
        *("master_last_io_seconds_ago", "master_sync_in_progress", "slave_repl_offset", "master_replid", "sync_full"),
        *("connected_clients", "connected_slaves", "maxclients", "rejected_connections", "cluster_enabled"),
        *("rdb_last_bgsave_status", "aof_enabled", "aof_last_write_status", "rdb_last_save_time", "process_supervised"),
        *("used_memory", "used_memory_rss", "maxmemory", "maxmemory_policy", "total_system_memory"),
        *("evicted_keys", "cmdstat_brpop", "latest_fork_usec", "total_forks", "aof_delayed_fsync", "server_time_usec"),
        *("rdb_bgsave_in_progress", "rdb_current_bgsave_time_sec", "rdb_last_bgsave_time_sec", "blocked_clients"),
    }
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([-1, 0, 1, 10**400, -(10**400), 2**63, float("nan"), float("inf"), -float("inf")]),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["master", "slave", "up", "down", "ok", "err", "x" * 500, "\x1b[31m", "::1", "a:b:c"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.sampled_from(["keys", "expires", "state", "ip"]), st.one_of(st.integers(), st.text(max_size=3))),
)
TROUBLES = st.builds(lambda trouble: Answer(trouble=trouble, says="as it was"), st.sampled_from(list(Trouble)))
TOLD = st.one_of(
    TROUBLES,
    ODD.map(Answer),
    st.builds(
        lambda base, changes: Answer({**base, **changes}),
        st.sampled_from(RECORDED),
        st.dictionaries(st.sampled_from(READ), ODD, max_size=6),
    ),
)
OTHERS = st.one_of(TROUBLES, ODD.map(Answer), st.just(Answer(SAVES_NOTHING)))
WATCHED = ("name", "ip", "port", "runid", "flags", "quorum", "down-after-milliseconds")
MASTERS = st.one_of(OTHERS, st.lists(st.dictionaries(st.sampled_from(WATCHED), ODD), max_size=2).map(Answer))
LOGGED = ("at", "took_us", "took_ms", "command", "from", "event")
LOGS = st.one_of(OTHERS, st.lists(st.dictionaries(st.sampled_from(LOGGED), ODD), max_size=4).map(Answer))
BEFORE = st.one_of(
    st.just({}),
    st.just({probe.name: probe.keep(seen(*healthy())) for probe in PROBES}),
    st.builds(lambda value: {probe.name: value for probe in PROBES}, ODD),
    st.builds(
        lambda value: {
            probe.name: {
                MASTER.name: dict.fromkeys(
                    (
                        "run_id",
                        "keys",
                        "starts",
                        "at",
                        "rejected",
                        "sync_full",
                        "follows",
                        "evicted",
                        "forks",
                        "delayed",
                    ),
                    value,
                )
            }
            for probe in PROBES
        },
        ODD,
    ),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=TOLD, second=TOLD, config=OTHERS, dbsize=OTHERS, role=OTHERS, masters=MASTERS, logs=LOGS, before=BEFORE)
def test_no_judge_raises_and_what_it_says_and_keeps_is_plain(
    first, second, config, dbsize, role, masters, logs, before
):
    others = {"config": config, "dbsize": dbsize, "role": role, "clients": role, "masters": masters, "ckquorum": dbsize}
    others |= {"slowlog": logs, "latency": logs, "lastsave": dbsize}
    watcher = look(THIRD, {"redis_mode": "sentinel"}, **others)
    now = seen(look(MASTER, first, **others), look(REPLICA, second, **others), watcher, before=before)
    for probe in PROBES:
        found = probe.judge(now)
        assert len({(one.signal, one.member) for one in found}) == len(found), "two findings say the same of a member"
        for finding in found:
            assert finding.signal in probe.signals
            assert finding.probe == probe.name
            assert 0 < len(finding.says) <= 160, finding.says
            assert finding.says.isprintable()
            json.dumps(finding.data, allow_nan=False)
        probe.keep(now)
        json.dumps(probe.keep(replace(now, before={})), allow_nan=False)


DECIDES = [
    (clients, {"connected_clients", "connected_slaves", "maxclients", "rejected_connections"}),
    (memory, {"used_memory", "maxmemory", "total_system_memory", "used_memory_rss"}),
    (persistence, {"rdb_last_bgsave_status", "aof_enabled"}),
    (resync, {"sync_full", "run_id"}),
    (respawn, {"uptime_in_seconds", "run_id"}),
    (eviction, {"evicted_keys", "uptime_in_seconds", "maxmemory_policy"}),
    (stalls, {"latest_fork_usec", "aof_enabled"}),
    (stale, {"run_id", "uptime_in_seconds", "master_repl_offset", "loading", "db0"}),
]
GONE = [None, "", True, [], {}, float("nan"), float("inf"), 10**400]


@pytest.mark.parametrize("value", GONE, ids=repr)
@pytest.mark.parametrize(
    ("module", "field"), [(module, field) for module, fields in DECIDES for field in sorted(fields)]
)
def test_without_the_number_that_decides_no_judge_says_ok(module, field, value):
    before = kept(module.PROBE, seen(*healthy()))
    told = info(SEVEN, "01-healthy.master", **{field: value})
    master = look(MASTER, told, config={}, slowlog=Answer([]), latency=Answer([]))
    now = seen(master, healthy()[1], before=before, at=AT + timedelta(seconds=30))
    about = [one for one in module.PROBE.judge(now) if one.member == MASTER.name]
    assert about
    assert Verdict.OK not in {one.verdict for one in about if one.signal == module.PROBE.signals[0]}
