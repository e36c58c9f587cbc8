"""`muster serve`, and its two halves for a Procfile: `--only web`, `--only worker`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import ctypes
import signal
from collections.abc import Callable
from dataclasses import replace

from bot import settings
from bot.cli.talk import quiet_logging
from bot.errors import UserError
from bot.settings import Settings
from bot.wiring import Muster

READY_WITHIN_S = 10.0  # for Slack to know us and for the socket; then it is said what is missing
LOOK_EVERY_S = 1.0


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--only", choices=("web", "worker"), help="run one half only, beside the other in its process")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    found = settings.read(needs_slack=True)
    if arguments.only:
        # Two processes under one executor id would take each other's running work.
        found = replace(found, muster_executor_id=f"{found.muster_executor_id}:{arguments.only}")
    if arguments.only == "web" and not found.slack_signing_secret and not found.socket_mode:
        raise UserError("SLACK_SIGNING_SECRET is missing.", hint="The web process needs it to trust Slack's requests.")
    quiet_logging()
    with asyncio.Runner(loop_factory=_fast_loop()) as runner:
        runner.run(_serve(found, arguments.only))
    return 0


def _fast_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one: it is not made for every system."""
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.new_event_loop
    return None


async def _serve(found: Settings, only: str | None) -> None:
    muster = Muster(found, web=only != "worker", worker=only != "web")
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    try:
        await muster.start()
    except OSError as error:
        await muster.stop()
        raise UserError(f"Muster cannot start: {error.strerror or error}.", hint="Set PORT to a free one.") from None
    with contextlib.suppress(OSError, AttributeError):  # glibc only: what the start took and freed goes back
        ctypes.CDLL(None).malloc_trim(0)
    telling = asyncio.create_task(announce(muster))
    await stop.wait()
    telling.cancel()
    await muster.stop()


async def announce(muster: Muster) -> None:
    """Print that it is ready once Slack can reach it; when that takes over 10 s, first what is missing."""
    where = f"pages at {muster.url}" if muster.url else "no pages in this process"
    how = "Slack's requests by HTTP"
    if muster.settings.socket_mode:
        how = "a socket to Slack" if muster.worker else "no socket in this process"
    try:
        await muster.ready(READY_WITHIN_S)
    except TimeoutError:
        checks = (await muster.report()).checks
        lacks = [f"  {name}: {check['says']}" for name, check in checks.items() if not check["ok"]]
        after = "I go on trying by myself. `muster doctor` says what is missing."
        print("\n".join([f"Muster runs and is not ready for Slack yet, {where}.", *lacks, after]), flush=True)
        await muster.ready(None, look_every_s=LOOK_EVERY_S)
    print(f"Muster is ready: {how}, {where}.", flush=True)
