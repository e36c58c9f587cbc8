"""The same judges on sets of real processes that speak MongoDB's protocol, reached with the ordinary driver."""

import asyncio
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes import looking
from bot.probes.mongodb import cache, disk, index_builds, index_count, index_everywhere, indexes, scans, slow
from bot.probes.pins import Pins
from bot.rehearsal.patients.mongodb import ReplicaSet

PROBES = tuple(one.PROBE for one in (cache, disk, index_builds, index_count, index_everywhere, indexes, scans, slow))
OK, UNKNOWN, WARNING, CRITICAL = Verdict.OK, Verdict.UNKNOWN, Verdict.WARNING, Verdict.CRITICAL
PATIENCE_S = 8.0  # on a busy machine; what is tried here is not how fast it is
Told = dict[str, list[Finding]]


async def two_looks(patient: ReplicaSet, disease: str = "", **options: Any) -> Told:
    """What the second of two looks finds by signal, the patient having fallen ill between them."""
    places = [address.rpartition(":") for address in patient.addresses]
    members = tuple(Member(host=host, port=int(port)) for host, _, port in places)
    system = System(name="shop", kind=SystemKind.MONGODB, members=members)
    pins = Pins({member.host: (member.host,) for member in members})
    at = datetime.now(UTC)
    request = looking.Request(system=system, probes=PROBES, at=at, pins=pins, deadline_s=PATIENCE_S)
    first = await looking.look(request)
    if disease:
        await patient.fall_ill(disease, **options)
        await asyncio.sleep(1)
    again = replace(request, at=datetime.now(UTC), before=first.kept, before_at=at)
    told: Told = defaultdict(list)
    for finding in (await looking.look(again)).findings:
        told[finding.signal].append(finding)
    return told


def verdicts(findings: list[Finding]) -> list[Verdict]:
    return [finding.verdict for finding in findings]


@pytest.mark.parametrize("version", ["4.4", "8.0"])
async def test_a_healthy_set_has_nothing(version):
    async with ReplicaSet(version=version, hidden=True, arbiter=True) as patient:
        told = await two_looks(patient)
    counted = [UNKNOWN] * 4 if version == "4.4" else [OK] * 4
    assert verdicts(told.pop("index-count-fell")) == counted
    assert verdicts(told.pop("index-not-everywhere")) == [OK]
    assert {signal: verdicts(findings) for signal, findings in told.items()} == dict.fromkeys(told, [OK] * 4)


async def test_an_index_that_is_half_built_while_the_old_one_is_dropped():
    """Small Giant. The drop waits on the secondaries until they have built."""
    async with ReplicaSet() as patient:
        told = await two_looks(patient, "index-half-built", dropped=True)
    assert verdicts(told["index-building"]) == [OK, WARNING, WARNING]
    assert "% done" in told["index-building"][1].value
    assert verdicts(told["index-not-everywhere"]) == [WARNING]
    assert verdicts(told["indexes-lost"]) == [WARNING, OK, OK]


async def test_all_indexes_are_lost():
    """Havoc."""
    async with ReplicaSet() as patient:
        told = await two_looks(patient, "indexes-lost")
    assert verdicts(told["indexes-lost"]) == verdicts(told["index-count-fell"]) == [CRITICAL] * 3
    assert verdicts(told["collection-scan-storm"]) == [CRITICAL, OK, OK]  # the application reads from the primary
    assert verdicts(told["index-not-everywhere"]) == [OK]


async def test_many_runs_of_one_query():
    """Universe."""
    async with ReplicaSet() as patient:
        told = await two_looks(patient, "tickets-gone", ago_s=600)
    slow_ones = told["slow-operations"]
    assert verdicts(slow_ones) == [CRITICAL, OK, OK]
    assert slow_ones[0].data["shapes"][0]["plan"] == "COLLSCAN"


async def test_a_full_disk():
    async with ReplicaSet() as patient:
        told = await two_looks(patient, "disk-full")
    assert verdicts(told["disk-full"]) == [CRITICAL] * 3


async def test_a_member_that_is_down_makes_it_unknown_and_never_a_yes():
    async with ReplicaSet(hidden=True) as patient:
        told = await two_looks(patient, "member-down", member=3)
    assert verdicts(told["index-not-everywhere"]) == [UNKNOWN]
    assert verdicts(told["indexes-lost"]) == verdicts(told["disk-full"]) == [OK, OK, OK, UNKNOWN]


async def test_a_missing_right_makes_it_unknown_and_is_named():
    async with ReplicaSet() as patient:
        told = await two_looks(patient, "denied", member=2)
    assert verdicts(told["disk-full"]) == [OK, OK, UNKNOWN]
    assert "lacks the right" in told["disk-full"][2].says
