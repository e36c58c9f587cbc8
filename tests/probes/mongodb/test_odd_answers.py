"""Every judge of a set, on answers with anything in them: none raises, and none says OK without what decides."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import Timestamp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.probes.mongodb import (
    connections,
    elections,
    flow_control,
    lag,
    majority,
    oplog,
    primary,
    rollback,
    tickets,
    zombie,
)
from bot.probes.probe import Probe
from bot.probes.seen import Answer, Look, Trouble
from tests.probes.mongodb.making import OK, Seat, changed, kept_by, made_set, seen

PROBES = (
    zombie.PROBE,
    tickets.PROBE,
    connections.PROBE,
    lag.PROBE,
    oplog.PROBE,
    majority.PROBE,
    elections.PROBE,
    primary.PROBE,
    rollback.PROBE,
    flow_control.PROBE,
)
RELEASES = ("4.0.28", "4.4.29", "6.0.16", "7.0.14", "8.0.4")
LONG = "shard0-data-0." + "a-rather-long-name-of-a-service." * 4 + "svc.cluster.local"
SEATS = (Seat(LONG, state=1), Seat("db2", behind_s=20), Seat("arb", state=7), Seat("db3", up=False))
LOOKS = {release: made_set(SEATS, release=release, part="shard-0") for release in RELEASES}

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, -5.5, 10**400, 2**63, 1e308, float("nan"), float("inf"), float("-inf")]),
    st.sampled_from(["", "7", "0.0", "²", "9" * 5000, "db2:27017", "x" * 4000, LONG + ":27017"]),
    st.sampled_from([Timestamp(0, 0), Timestamp(2**32 - 1, 1), {"ts": Timestamp(5, 1)}, {"ts": "x"}]),
    st.sampled_from(
        [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC)]
    ),
    st.sampled_from([[], {}, [[]], [None], [{}] * 60, {"members": 1}, [{"name": None, "state": []}], b"x"]),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
)
TROUBLES = st.sampled_from([Answer(trouble=trouble, says="x" * 160) for trouble in Trouble])


def paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in an answer."""
    yield at
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from paths(one, (*at, key))


def put(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    """A copy with `odd` at a place."""
    if not path:
        return odd
    if isinstance(value, list):
        return [put(one, path[1:], odd) if place == path[0] else one for place, one in enumerate(value)]
    if isinstance(value, dict):
        return {key: put(one, path[1:], odd) if key == path[0] else one for key, one in value.items()}
    return value


ONE = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000), st.one_of(ODD, TROUBLES))
CHANGES = st.tuples(st.sampled_from(RELEASES), st.lists(ONE, min_size=1, max_size=3))


def mutated(release: str, changes: list[tuple[int, int, int, Any]]) -> tuple[Look, ...]:
    """A made set with oddities in it: each says which member, which question, which place and what stands there."""
    looks = list(LOOKS[release])
    for place, question, where, odd in changes:
        look = looks[place % len(looks)]
        name = sorted(look.answers)[question % len(look.answers)]
        value = look.answers[name].value
        known = list(paths(value))
        told = odd if isinstance(odd, Answer) else Answer(put(value, known[where % len(known)], odd), took_s=0.004)
        looks[place % len(looks)] = Look(look.member, dict(look.answers) | {name: told})
    return tuple(looks)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(now=CHANGES, then=CHANGES)
def test_no_judge_raises_and_what_it_says_fits(probe: Probe, now: Any, then: Any):
    looks, before = mutated(*now), kept_by(probe, *mutated(*then), ago_s=30)
    json.dumps(before, allow_nan=False)
    for told in (
        seen(*looks),
        seen(*looks, before=before, since_s=30),
        seen(*looks, before={probe.name: [1]}, since_s=0),
    ):
        found = probe.judge(told)
        about = [(one.signal, one.member) for one in found if one.member]
        assert len(set(about)) == len(about), "two findings say the same of a member"
        for finding in found:
            assert finding.signal in probe.signals
            assert 0 < len(finding.says) <= 160
            assert len(finding.value) <= 120
            assert "\n" not in finding.says
            json.dumps(dict(finding.data), allow_nan=False)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
@settings(max_examples=60, deadline=None)
@given(kept=ODD, inside=ODD)
def test_what_an_earlier_look_kept_may_be_anything(probe: Probe, kept: Any, inside: Any):
    looks = made_set()
    for before in ({probe.name: kept}, {probe.name: {"": inside, "db1:27017": inside}}):
        for finding in probe.judge(seen(*looks, before=before, since_s=30)):
            assert len(finding.says) <= 160


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_answer_at_all_is_never_ok(probe: Probe, trouble: Trouble):
    looks = [Look(look.member, dict.fromkeys(probe.asks, Answer(trouble=trouble, says="why"))) for look in made_set()]
    found = probe.judge(seen(*looks))
    assert found
    assert all(finding.verdict.value == "unknown" for finding in found)


DECIDES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "zombie-primary": (("canary",), ("hello",)),
    "tickets-gone": (("serverStatus", "queues"), ("serverStatus",)),
    "operations-queued": (("serverStatus", "globalLock"),),
    "connection-limit": (("serverStatus", "connections"),),
    "connection-storm": (("serverStatus", "connections", "totalCreated"),),
    "connections-refused": (("serverStatus", "connections", "rejected"),),
    "replication-lag": (("replSetGetStatus", "members"), ("replSetGetStatus",)),
    "oplog-window-short": (("serverStatus", "oplog"), ("serverStatus", "oplog", "earliestOptime")),
    "majority-stalled": (("replSetGetStatus", "members"), ("replSetGetStatus", "optimes"), ("replSetGetStatus",)),
    "election-loop": (("replSetGetStatus",),),
    "no-primary": (("hello",),),
    "two-primaries": (("hello",),),
    "votes-lost": (("replSetGetStatus", "members"), ("replSetGetStatus",)),
    "flow-control": (("serverStatus", "flowControl", "isLagged"), ("serverStatus",)),
}


@pytest.mark.parametrize(
    ("signal", "path"),
    [(signal, path) for signal, all_paths in DECIDES.items() for path in all_paths],
    ids=lambda one: one if isinstance(one, str) else ".".join(one),
)
@pytest.mark.parametrize("odd", [None, float("nan"), "x", [], {}, True, 10**400], ids=lambda odd: repr(odd)[:9])
def test_never_ok_when_what_decides_is_odd(signal: str, path: tuple[str, ...], odd: Any):
    if signal == "flow-control" and odd is True:
        pytest.skip("a yes is an answer to this one")
    probe = next(one for one in PROBES if signal in one.signals)
    looks = [changed(look, *path, to=odd) for look in made_set(release="8.0.4")]
    if path == ("canary",):
        looks = [changed(look, *path, to=Answer(trouble=Trouble.BROKEN, says="odd")) for look in looks]
    before = kept_by(probe, *made_set(release="8.0.4"), ago_s=10)
    found = [one for one in probe.judge(seen(*looks, before=before, since_s=10)) if one.signal == signal]
    assert all(one.verdict is not OK for one in found)
