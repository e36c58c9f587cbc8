"""The judges on what the driver brings back from sets that speak MongoDB's protocol, well and ill."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bot.domain.inventory import Member, System, SystemKind
from bot.probes import looking
from bot.probes.looking import Request, Result
from bot.probes.pins import Pins
from bot.rehearsal.patients.mongodb import ReplicaSet
from tests.probes.mongodb.test_odd_answers import PROBES

RELEASES = ("4.4", "6.0", "7.0", "8.0")


async def look_at(patient: ReplicaSet, earlier: Result | None = None, earlier_at: datetime | None = None) -> Result:
    """A look as it is taken in earnest: in a process of its own, with the ordinary driver."""
    places = [address.rsplit(":", 1) for address in patient.addresses]
    members = tuple(Member(host=host, port=int(port)) for host, port in places)
    request = Request(
        system=System(name="shop", kind=SystemKind.MONGODB, members=members),
        probes=PROBES,
        at=datetime.now(UTC),
        pins=Pins({host: (host,) for host, _ in places}),
        before=earlier.kept if earlier else {},
        before_at=earlier_at,
    )
    return await looking.look(request)


def speaking(told: Result) -> dict[str, str]:
    """The signals that are reason to act, with their worst verdict."""
    found = [finding for finding in told.findings if finding.speaks]
    return {one.signal: one.verdict.value for one in sorted(found, key=lambda one: one.verdict.value, reverse=True)}


@pytest.mark.parametrize("release", RELEASES)
async def test_a_set_that_is_well_gives_no_reason_to_act(release):
    async with ReplicaSet(members=3, version=release) as patient:
        told = await look_at(patient)
        assert speaking(told) == {}
        assert {one.signal for one in told.findings if one.verdict.value == "unknown"} <= {"connection-storm"}


@pytest.mark.parametrize("release", RELEASES)
async def test_an_arbiter_a_hidden_and_a_delayed_member_are_no_sickness(release):
    async with ReplicaSet(members=2, arbiter=True, hidden=True, delayed_s=3600, version=release) as patient:
        told = await look_at(patient)
        assert speaking(told) == {}
        delayed = [one for one in told.findings if one.signal == "replication-lag" and one.data.get("delay_s")]
        assert [one.verdict.value for one in delayed] == ["ok"]
        assert sum(1 for one in told.findings if one.signal in ("zombie-primary", "reads-hang")) == 4


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize(
    ("disease", "signals"),
    [
        ("zombie-primary", {"zombie-primary": "critical", "tickets-gone": "critical", "operations-queued": "critical"}),
        ("tickets-gone", {"reads-slow": "warning", "tickets-gone": "critical", "operations-queued": "critical"}),
    ],
)
async def test_a_disease_that_shows_otherwise_in_each_version_is_named(release, disease, signals):
    async with ReplicaSet(members=3, version=release) as patient:
        await patient.fall_ill(disease, ago_s=120.0)
        assert speaking(await look_at(patient)) == signals


@pytest.mark.parametrize(
    ("disease", "signals"),
    [
        ("lag", {"replication-lag": "critical"}),
        ("rollback", {"rollback": "critical"}),
        ("no-primary", {"no-primary": "critical"}),
        ("member-down", {"votes-lost": "warning"}),
        (
            "majority-stalled",
            {"majority-stalled": "critical", "replication-lag": "critical", "flow-control": "warning"},
        ),
        ("liar", {"two-primaries": "critical"}),
    ],
)
async def test_each_disease_is_named_and_no_other(disease, signals):
    async with ReplicaSet(members=3, version="7.0") as patient:
        await patient.fall_ill(disease, ago_s=120.0)
        assert speaking(await look_at(patient)) == signals


async def test_elections_one_after_the_other_are_seen_in_two_looks():
    async with ReplicaSet(members=3, version="7.0") as patient:
        await patient.fall_ill("election-loop", every_s=0.5)
        began = datetime.now(UTC)
        first = await look_at(patient)
        await asyncio.sleep(2)
        assert speaking(await look_at(patient, first, began)).get("election-loop") == "critical"


async def test_a_set_at_its_connection_limit():
    async with ReplicaSet(members=3, version="7.0") as patient:
        began = datetime.now(UTC)
        well = await look_at(patient)
        await patient.fall_ill("connection-limit", spare=5)
        assert speaking(await look_at(patient)) == {"connection-limit": "critical"}
        await patient.fall_ill("connection-limit", spare=0)
        assert speaking(await look_at(patient, well, began)) == {"connection-limit": "warning"}
        assert speaking(await look_at(patient)) == {"connection-limit": "warning"}, "without an earlier look as well"


async def test_a_right_that_lacks_is_named():
    async with ReplicaSet(members=3, version="7.0") as patient:
        await patient.fall_ill("denied")
        found = (await look_at(patient)).findings
        assert all(not one.speaks for one in found)
        assert all("right" in one.says for one in found if one.verdict.value == "unknown" and "storm" not in one.signal)
