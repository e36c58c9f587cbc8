"""How quickly it answers: on times made up here, and on real servers that something holds."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta

import pytest

from bot.domain.finding import Verdict
from bot.probes.redis.answering import PROBE, SIGNAL
from bot.probes.seen import Answer, Look, Trouble
from tests.probes.redis.conftest import asked, command, looked, system_of
from tests.probes.redis.recorded import AT, MASTER, REFUSED, SEVEN, info, kept, look, one, seen


def judged(role_s: float, lastsave_s: float, dbsize_s: float, **changes):
    quick = {"role": role_s, "lastsave": lastsave_s, "dbsize": dbsize_s}
    others = {name: Answer(1, took_s=took_s) for name, took_s in quick.items()}
    return one(PROBE.judge(seen(look(MASTER, info(SEVEN, "01-healthy.master", **changes), **others))), SIGNAL)


@pytest.mark.parametrize(
    ("times", "verdict"),
    [
        ((0.001, 0.002, 0.001), Verdict.OK),
        ((0.25, 0.26, 0.25), Verdict.OK),  # another continent
        ((0.001, 0.9, 0.001), Verdict.OK),  # one packet was sent again
        ((0.6, 0.9, 0.7), Verdict.WARNING),
    ],
)
def test_only_where_each_short_question_took_long_it_is_slow(times, verdict):
    assert judged(*times).verdict is verdict


def test_it_says_how_slow():
    assert judged(0.6, 1.4, 0.7).says == (
        "127.0.0.1:7391, master, took 0.6 to 1.4 s for each of 3 short questions, the way there included."
    )


def test_when_it_was_quick_is_kept_over_looks_in_which_it_was_not():
    quick = {name: Answer(1, took_s=0.001) for name in ("role", "dbsize")}
    first = seen(look(MASTER, info(SEVEN, "01-healthy.master"), **quick), at=AT - timedelta(minutes=10))
    slow = {name: Answer(1, took_s=0.7) for name in ("role", "dbsize")}
    told = look(MASTER, info(SEVEN, "01-healthy.master"), **slow)
    later = kept(PROBE, seen(told, before=kept(PROBE, first)))
    found = one(PROBE.judge(seen(told, before=later)), SIGNAL)
    assert found.says.endswith("; 10 min ago it was quick.")


def test_while_it_loads_and_when_it_cannot_be_reached_it_is_not_judged():
    assert judged(0.6, 0.9, 0.7, loading=1).verdict is Verdict.UNKNOWN
    assert PROBE.judge(seen(look(MASTER, REFUSED)))[0].verdict is Verdict.UNKNOWN
    denied = Answer(trouble=Trouble.DENIED, says="needs +role")
    assert PROBE.judge(seen(look(MASTER, info(SEVEN, "01-healthy.master"), role=denied)))[0].verdict is Verdict.UNKNOWN


async def test_one_that_is_held_takes_the_connection_and_says_nothing(redis):
    system = system_of(redis.port)
    before = await looked(system, PROBE)
    redis.freeze()
    try:
        found = one(PROBE.judge(await looked(system, PROBE)), SIGNAL)
        known = one(PROBE.judge(await looked(system, PROBE, before=before)), SIGNAL)
    finally:
        redis.thaw()
    assert (found.verdict, found.value) == (Verdict.WARNING, "no answer in 1.5 s"), "it may be no Redis at all"
    assert known.verdict is Verdict.CRITICAL
    assert known.says.endswith(" ago it was quick.")


async def far(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A healthy server 0.3 s away."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while words := await command(reader):
            await asyncio.sleep(0.3)
            text = "redis_version:7.2.4\r\nrole:master\r\nloading:0\r\n"
            writer.write(f"${len(text)}\r\n{text}\r\n".encode() if words[0] == "INFO" else b"+OK\r\n")
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@pytest.mark.parametrize("deadline_s", [0.75, 0.8])
async def test_a_question_that_came_too_late_in_the_look_is_no_sign_that_a_far_server_hangs(deadline_s):
    served: list[asyncio.Task[None]] = []
    server = await asyncio.start_server(lambda *ends: served.append(asyncio.create_task(far(*ends))), "127.0.0.1", 0)
    system = system_of(server.sockets[0].getsockname()[1])
    answers = await asked(system, PROBE.asks, deadline_s=deadline_s)
    server.close()
    await asyncio.gather(*served)
    assert answers["info"].ok
    assert Trouble.NOT_ASKED in {answer.trouble for answer in answers.values()}
    assert Trouble.SILENT not in {answer.trouble for answer in answers.values()}
    assert one(PROBE.judge(seen(Look(system.members[0], answers))), SIGNAL).verdict is Verdict.UNKNOWN


async def test_a_script_without_an_end_is_told_by_its_busy(redis):
    await redis.ask("CONFIG", "SET", "lua-time-limit", 50)
    _, writer = await asyncio.open_connection("127.0.0.1", redis.port)
    writer.write(b'EVAL "while true do end" 0\r\n')
    await asyncio.sleep(0.5)
    try:
        found = one(PROBE.judge(await looked(system_of(redis.port), PROBE)), SIGNAL)
    finally:
        await redis.ask("SCRIPT", "KILL")
        writer.close()
    assert (found.verdict, found.value) == (Verdict.CRITICAL, "BUSY")
    assert "script" in found.says


async def test_one_that_is_well_is_no_finding_of_being_held(redis):
    found = one(PROBE.judge(await looked(system_of(redis.port), PROBE)), SIGNAL)
    assert found.verdict is not Verdict.CRITICAL
    assert found.data["slowest_s"] > 0
