"""`muster serve`: the bot as a process, from its first line to its last."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from bot import wiring
from bot.cli import serve
from bot.rehearsal.knobs import Fault
from bot.settings import HERE, Settings
from bot.wiring import Muster
from tests.conftest import APP_TOKEN, BOT_TOKEN, SECRET, settings_for, soon
from tests.flows.processes import free_port

WITHIN_S = 30.0


@dataclass
class Process:
    """A running `muster serve` and the first line it printed."""

    running: asyncio.subprocess.Process
    ready: str

    async def end(self, sign: int = signal.SIGTERM) -> int:
        """Ask it to stop, and return its exit status."""
        self.running.send_signal(sign)
        async with asyncio.timeout(WITHIN_S):
            return await self.running.wait()


@contextlib.asynccontextmanager
async def serving(*words: str, first_line: bool = True, **environ: str) -> AsyncIterator[Process]:
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", *words,
        cwd=HERE, env=bare() | environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert running.stdout
        async with asyncio.timeout(WITHIN_S):
            ready = (await running.stdout.readline()).decode() if first_line else ""
        yield Process(running, ready)
    finally:
        if running.returncode is None:
            running.kill()
        await running.communicate()


def bare() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.fixture
def environ(rehearsal, database):
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_API_URL": rehearsal.api_url,
        "DATABASE_URL": database,
        "PORT": "0",
    }


async def health(process: Process) -> dict:
    url = process.ready.rsplit(" ", 1)[1].strip().rstrip(".")
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.get(f"{url}/health")).json()


async def test_it_says_when_it_is_ready_answers_and_ends_when_asked(environ):
    async with serving(**environ) as process:
        assert process.ready.startswith("Muster is ready: a socket to Slack, pages at http://127.0.0.1:")

        async def well() -> bool:
            return (await health(process))["status"] == "ok"

        await soon(well)
        assert await process.end() == 0


async def test_it_is_ready_only_when_the_socket_is_open(environ, rehearsal):
    rehearsal.knobs.latency_ms = 700  # of each call: the socket needs one, and is open after that
    async with serving(**environ) as process:
        assert process.ready.startswith("Muster is ready: ")
        assert (await health(process))["status"] == "ok"


@contextlib.asynccontextmanager
async def announcing(settings: Settings) -> AsyncIterator[tuple[Muster, asyncio.Task[None], io.StringIO]]:
    """A bot in this process that says when it is ready, and what it printed."""
    muster, printed = Muster(settings), io.StringIO()
    await muster.start()
    with contextlib.redirect_stdout(printed):
        telling = asyncio.create_task(serve.announce(muster))
        try:
            yield muster, telling, printed
        finally:
            telling.cancel()
            await muster.stop()


@pytest.mark.parametrize(("method", "lacks"), [("*", ["slack", "socket"]), ("auth.test", ["slack"])])
async def test_while_slack_is_away_it_says_what_is_missing(method, lacks, rehearsal, database, monkeypatch):
    monkeypatch.setattr(serve, "READY_WITHIN_S", 0.5)
    rehearsal.knobs.faults.append(Fault(method, status=503, times=100_000))
    async with announcing(settings_for(rehearsal, database)) as (muster, telling, printed):
        await soon(lambda: "doctor" in printed.getvalue())
        first, *told, last = printed.getvalue().splitlines()
        assert first == f"Muster runs and is not ready for Slack yet, pages at {muster.url}."
        assert [line.split(":")[0].strip() for line in told] == lacks
        assert last == "I go on trying by myself. `muster doctor` says what is missing."
        assert not telling.done()


async def test_it_is_ready_when_slack_is_back(rehearsal, database, monkeypatch):
    monkeypatch.setattr(wiring, "INTRODUCE_EVERY_S", 0.05)
    monkeypatch.setattr(serve, "READY_WITHIN_S", 0.01)
    monkeypatch.setattr(serve, "LOOK_EVERY_S", 0.05)
    rehearsal.knobs.faults.append(Fault("auth.test", status=503, times=4))
    async with announcing(settings_for(rehearsal, database)) as (muster, telling, printed):
        async with asyncio.timeout(WITHIN_S):
            await telling
        said = printed.getvalue()
        assert "not ready for Slack yet" in said
        assert said.endswith(f"\nMuster is ready: a socket to Slack, pages at {muster.url}.\n")
        assert (await muster.report()).status == "ok"


async def test_a_process_is_ended_while_it_waits_for_slack(environ, rehearsal):
    rehearsal.knobs.down = True
    url = f"http://127.0.0.1:{free_port()}"
    async with serving(**environ | {"PORT": url.rsplit(":", 1)[1]}, first_line=False) as process:

        async def answers() -> bool:
            with contextlib.suppress(httpx.TransportError):
                async with httpx.AsyncClient(trust_env=False) as client:
                    return (await client.get(f"{url}/health")).json()["status"] == "degraded"
            return False

        await soon(answers, WITHIN_S)
        assert await process.end() == 0


async def test_an_incident_opened_through_the_running_process_gets_its_channel(environ, rehearsal):
    async with serving(**environ) as process:

        async def well() -> bool:
            return (await health(process))["status"] == "ok"

        await soon(well)
        await rehearsal.person("ada").types("#general", "/incident open sev2 checkout is failing")
        await soon(lambda: any(c.name == "inc-1-checkout-is-failing" for c in rehearsal.workspace.channels.values()))
        assert await process.end(signal.SIGINT) == 0


async def test_the_two_halves_run_beside_each_other(environ, rehearsal):
    async with serving("--only", "worker", **environ) as worker, serving("--only", "web", **environ) as web:
        assert worker.ready == "Muster is ready: a socket to Slack, no pages in this process.\n"
        assert web.ready.startswith("Muster is ready: no socket in this process, pages at http://127.0.0.1:")

        async def well() -> bool:
            return (await health(web))["status"] == "ok"

        await soon(well)
        await rehearsal.person("ada").types("#general", "/incident open sev2 checkout is failing")
        await soon(lambda: any(c.name == "inc-1-checkout-is-failing" for c in rehearsal.workspace.channels.values()))
        assert (await web.end(), await worker.end()) == (0, 0)


async def failing(*words: str, **environ: str) -> tuple[int, str]:
    async with serving(*words, **environ) as process:
        _, err = await process.running.communicate()
        return process.running.returncode or 0, err.decode()


async def test_a_busy_port_is_one_sentence(environ):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, says = await failing(**environ | {"PORT": str(taken.getsockname()[1])})
    assert status == 1
    assert says.startswith("Muster cannot start: ")
    assert says.endswith("Set PORT to a free one.\n")
    assert len(says.splitlines()) == 2


async def test_missing_settings_are_all_named():
    status, says = await failing()
    assert status == 1
    assert "SLACK_BOT_TOKEN is missing" in says
    assert "SLACK_APP_TOKEN" in says


async def test_a_database_that_is_away_is_one_sentence(environ):
    url = "postgresql://ada:hunter2@127.0.0.1:1/muster"
    status, says = await failing(**environ | {"DATABASE_URL": url})
    assert status == 1
    assert says.startswith("The database fails: connection failed")
    assert "hunter2" not in says


async def test_the_web_half_needs_the_signing_secret_when_slack_comes_by_http(environ):
    status, says = await failing(
        "--only", "web", **environ | {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": SECRET[:3]}
    )
    assert status == 1
    assert "SLACK_SIGNING_SECRET" in says
