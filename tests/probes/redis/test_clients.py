"""Clients against the limit, on recorded answers."""

from __future__ import annotations

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis.answers import FULL
from bot.probes.redis.clients import FILES, LIMIT, PROBE
from bot.probes.seen import Answer, Trouble
from tests.probes.redis.recorded import MASTER, REFUSED, SEVEN, healthy, info, kept, look, one, seen

CROWDED = "02-maxclients-reached.master"


def judged(signal=LIMIT, name="01-healthy.master", before=None, others=None, **changes):
    told = look(MASTER, info(SEVEN, name, **changes), **others or {})
    return one(PROBE.judge(seen(told, before=before)), signal)


def test_a_few_of_many_is_well():
    found = judged()
    assert (found.verdict, found.value, found.limit) == (Verdict.OK, "2 of 50", "90% of 50")


def test_replicas_take_a_place_too_and_the_last_one_makes_it_full():
    found = judged(name=CROWDED)
    assert (found.verdict, found.value) == (Verdict.CRITICAL, "50 of 50")


@pytest.mark.parametrize(
    ("clients", "verdict"), [(43, Verdict.OK), (44, Verdict.WARNING), (48, Verdict.WARNING), (49, Verdict.CRITICAL)]
)
def test_nine_tenths_are_a_warning(clients, verdict):
    assert judged(connected_clients=clients).verdict is verdict


@pytest.mark.parametrize(("refused", "verdict"), [(1, Verdict.WARNING), (5, Verdict.WARNING), (6, Verdict.CRITICAL)])
def test_clients_turned_away_since_the_last_look(refused, verdict):
    before = kept(PROBE, seen(*healthy(rejected_connections=100)))
    found = judged(before=before, rejected_connections=100 + refused)
    assert (found.verdict, found.value) == (verdict, f"{refused} refused in 30 s")


def test_those_of_an_earlier_process_are_not_taken_away_from_these():
    before = kept(PROBE, seen(*healthy(rejected_connections=100, run_id="a")))
    assert judged(before=before, rejected_connections=11).value == "11 refused in 30 s"


def test_who_holds_most_of_them_is_named():
    clients = {"count": 50, "by_addr": {"10.0.0.7": 41, "10.0.0.8": 9}}
    assert "41 from 10.0.0.7" in judged(name=CROWDED, others={"clients": clients}).says


def test_that_we_are_turned_away_ourselves_is_the_answer():
    full = look(MASTER, Answer(trouble=Trouble.UNREACHABLE, says=FULL))
    assert one(PROBE.judge(seen(full)), LIMIT).verdict is Verdict.CRITICAL
    assert one(PROBE.judge(seen(look(MASTER, REFUSED))), LIMIT).verdict is Verdict.UNKNOWN


def test_before_7_the_limit_stands_in_the_settings_alone():
    config = {"config": {"maxclients": 50}}
    assert judged(maxclients=None, others=config).value == "2 of 50"
    denied = {"config": Answer(trouble=Trouble.DENIED, says="needs +config|get")}
    found = judged(maxclients=None, others=denied)
    assert found.verdict is Verdict.UNKNOWN
    assert "+config|get" in found.says


@pytest.mark.parametrize("gone", ["connected_clients", "connected_slaves", "rejected_connections"])
def test_without_the_numbers_it_is_unknown(gone):
    assert judged(**{gone: None}).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("limit", [992, 4_064, 4_968])
def test_a_limit_that_is_file_handles_less_32_was_lowered(limit):
    found = judged(FILES, maxclients=limit)
    assert found.verdict is Verdict.WARNING
    assert found.data["file_handles"] == limit + 32


@pytest.mark.parametrize("limit", [50, 1_000, 2_000, 10_000, 65_000])
def test_a_limit_that_somebody_set_was_not(limit):
    assert all(finding.signal != FILES for finding in PROBE.judge(seen(*healthy(maxclients=limit))))
