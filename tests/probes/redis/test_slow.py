"""Slow commands: of the last minutes only, by their names alone. On entries made up here, and on real servers."""

from __future__ import annotations

import pytest

from bot.domain.finding import Verdict
from bot.probes.evidence import evidence
from bot.probes.redis.commands import COMMANDS
from bot.probes.redis.slow import PROBE, SIGNAL
from bot.probes.seen import Answer, Trouble
from bot.rehearsal.patients.redis_server import RedisServer
from tests.probes.redis.conftest import asked, looked, system_of
from tests.probes.redis.recorded import AT, MASTER, REFUSED, SEVEN, info, look, one, seen

NOW = AT.timestamp()
LOOPS = 120_000_000  # of Lua; some tenths of a second on any machine


def entry(ago_s: float, took_s: float, command: str = "KEYS", sender: str = "10.0.0.7") -> dict[str, object]:
    return {"at": int(NOW - ago_s), "took_us": int(took_s * 1e6), "command": command, "from": sender}


def judged(entries, clock_s: float = NOW, config=REFUSED):
    told = info(SEVEN, "01-healthy.master", server_time_usec=int(clock_s * 1e6))
    return one(PROBE.judge(seen(look(MASTER, told, slowlog=entries, config=config))), SIGNAL)


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [entry(86_400, 9.0)],  # the log keeps it for ever
        [entry(601, 2.0), entry(700, 2.0), entry(800, 2.0)],
        [entry(10, 0.02)] * 100,  # above the log's own 10 ms, and nobody waits long
        [entry(10, 0.3), entry(20, 0.3)],
    ],
)
def test_a_healthy_server_s_log_is_well_however_old_its_entries_are(entries):
    assert judged(entries).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("entries", "verdict"),
    [
        ([entry(60, 0.2), entry(40, 0.2), entry(20, 0.2)], Verdict.WARNING),
        ([entry(300, 1.2)], Verdict.WARNING),
        ([entry(300, 6.0)], Verdict.CRITICAL),
        ([entry(50 - 5 * n, 2.0) for n in range(10)], Verdict.CRITICAL),  # 20 of the last 60 s
    ],
)
def test_some_slow_ones_of_the_last_minutes_are_a_finding(entries, verdict):
    assert judged(entries).verdict is verdict


def test_it_says_what_is_slow_since_when_and_who_sent_the_worst():
    found = judged([*(entry(12 + 300 * n, 0.5, "HGETALL") for n in range(6)), entry(700, 1.9), entry(9_000, 8.0)])
    many = "ran 7 slow commands in the last 25 min, the last 12 s ago"
    assert found.says == f"127.0.0.1:7391, master, {many}: KEYS from 10.0.0.7 for 1.9 s."
    assert found.value == "2 in 10 min, up to 0.5 s"
    assert found.data["since"] == int(NOW - 1512)
    assert judged([entry(0, 1.9)]).says.endswith("ran KEYS from 10.0.0.7 for 1.9 s, a moment ago.")
    assert judged([entry(40, 1.9)]).says == "127.0.0.1:7391, master, ran KEYS from 10.0.0.7 for 1.9 s, 40 s ago."


def test_a_log_that_is_full_of_them_began_before_what_it_holds():
    assert "at least 128 slow commands" in judged([entry(n, 0.2) for n in range(128)]).says


BUSY_LOG = [entry(5 * n / 128, 0.012) for n in range(128)]


@pytest.mark.parametrize(
    ("entries", "config", "says"),
    [
        (BUSY_LOG, {}, "logs so many commands that its log holds the last 5 s alone"),
        ([*BUSY_LOG[:127], entry(5, 0.3)], {}, "the last 5 s alone"),
        (BUSY_LOG[:64], {"slowlog-max-len": 64}, "the last 3 s alone"),
        ([], {"slowlog-max-len": 0}, "keeps no slow log: slowlog-max-len is 0"),
        ([], {"slowlog-log-slower-than": -1}, "keeps no slow log: slowlog-log-slower-than is -1"),
        ([], {"slowlog-log-slower-than": 500_000}, "logs no command under 0.5 s: slowlog-log-slower-than is 500000"),
    ],
)
def test_a_log_that_cannot_hold_them_is_no_proof_that_there_were_none(entries, config, says):
    found = judged(entries, config=config)
    assert found.verdict is Verdict.UNKNOWN
    assert says in found.says


@pytest.mark.parametrize(
    ("entries", "config"),
    [
        ([], {"slowlog-log-slower-than": 10_000, "slowlog-max-len": 128}),
        ([], {"slowlog-log-slower-than": 100_000}),
        ([*BUSY_LOG[:127], entry(700, 0.012)], {"slowlog-max-len": 128}),  # it reaches far enough
        (BUSY_LOG[:64], {"slowlog-max-len": 128}),
    ],
)
def test_a_log_that_would_hold_them_is_a_proof(entries, config):
    assert judged(entries, config=config).verdict is Verdict.OK


def test_what_a_log_holds_is_a_finding_whatever_it_does_not_hold():
    assert judged([*BUSY_LOG[:127], entry(5, 1.2)]).verdict is Verdict.WARNING
    assert judged([entry(5, 1.2)], config={"slowlog-log-slower-than": 1_000_000}).verdict is Verdict.WARNING


async def test_a_real_server_whose_log_is_off_is_unknown(redis):
    await redis.ask("CONFIG", "SET", "slowlog-log-slower-than", -1)
    found = one(PROBE.judge(await looked(system_of(redis.port), PROBE)), SIGNAL)
    assert found.verdict is Verdict.UNKNOWN


def test_the_server_s_clock_counts_and_not_ours():
    late = [entry(60 + 3600, 2.0)]
    assert judged(late).verdict is Verdict.OK
    assert judged(late, clock_s=NOW - 3600).verdict is Verdict.WARNING
    assert judged(late, clock_s=0).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "answer",
    [Answer(trouble=Trouble.DENIED, says="needs +slowlog|get"), REFUSED, Answer(None), Answer([{"at": "x"}])],
)
def test_without_a_log_it_is_unknown(answer):
    found = judged(answer)
    assert found.verdict is Verdict.UNKNOWN
    assert "+slowlog|get" in found.says or not answer.says.startswith("needs")


async def test_on_a_real_server_slow_scripts_are_named_without_their_text_and_keys(redis):
    system = system_of(redis.port)
    assert one(PROBE.judge(await looked(system, PROBE)), SIGNAL).verdict is Verdict.OK
    for _ in range(3):
        await redis.ask("EVAL", f"for i = 1, {LOOPS} do end return ARGV[1]", 1, "card:4111", "ada@example.com")
    await redis.ask("CONFIG", "SET", "slowlog-log-slower-than", 0)
    await redis.ask("SET", "session:ada", "s3cret")
    now = await looked(system, PROBE)
    found = one(PROBE.judge(now), SIGNAL)
    assert found.speaks
    assert found.data["commands"] == {"EVAL": 3}
    assert "EVAL from 127.0.0.1 for" in found.says
    kept = str(evidence(now.looks))
    assert "SET" in kept
    for private in ("4111", "ada", "s3cret", "for i"):
        assert private not in kept


@pytest.mark.parametrize("name", ["b840fc02d524045429", "SuperSecretKeys", "SECRET.KEYS"])
async def test_a_command_under_a_name_of_its_own_is_not_told(binary, tmp_path, name):
    renamed = {"rename-command": f"KEYS {name}", "slowlog-log-slower-than": "0"}
    async with RedisServer(tmp_path / "redis", binary=binary, settings=renamed) as server:
        await server.ask(name, "*")
        entries = (await asked(system_of(server.port), ("slowlog",)))["slowlog"].value
    assert "another" in {one["command"] for one in entries}
    assert name.upper() not in str(entries).upper()


async def test_every_command_of_the_servers_here_has_its_name(redis):
    own = {str(name).upper() for name in await redis.ask("COMMAND")} - {"HOST:", "POST"}
    assert len(own) > 200
    assert own <= COMMANDS
