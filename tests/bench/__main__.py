"""Measures the bot as a process of its own against the rehearsal workspace, and writes docs/benchmarks.md.

The workspace runs in this process and waits `LATENCY_MS` in each call, as Slack does; the bot is `muster serve`
with SQLite on this machine's disk.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.rehearsal.server import Rehearsal
from bot.settings import HERE
from bot.slack.doors import PATH
from tests.conftest import BOT_TOKEN, SECRET, app_config

LATENCY_MS = 150
OPENS = 20
ACKS = 500
STARTS = 7
PAGE = HERE / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured:begin -->", "<!-- measured:end -->"


@dataclass(frozen=True)
class Figure:
    """One measured thing: its samples and the most its median, or its 99th percentile, should be."""

    name: str
    unit: str
    samples: Sequence[float]
    aim: float
    aim_p99: float | None = None

    @property
    def median(self) -> float:
        """Half of the samples are below."""
        return statistics.median(self.samples)

    @property
    def p99(self) -> float:
        """All but one in a hundred are below; with fewer samples the largest."""
        return sorted(self.samples)[max(0, -(-99 * len(self.samples) // 100) - 1)]

    def row(self) -> str:
        """The figure as a row of the table."""
        aim = f"{self.aim:g}" + (f" / {self.aim_p99:g}" if self.aim_p99 is not None else "")
        met = self.median <= self.aim and (self.aim_p99 is None or self.p99 <= self.aim_p99)
        return (
            f"| {self.name} | {self.median:.1f} | {min(self.samples):.1f} to {max(self.samples):.1f} | {self.p99:.1f} "
            f"| {aim} | {'yes' if met else 'no'} | {self.unit}, n = {len(self.samples)} |"
        )


@dataclass
class Bot:
    """The bot as a process."""

    process: subprocess.Popen[str]
    port: int
    ready_s: float

    def rss_mib(self) -> float:
        """Its resident memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> int:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--print", action="store_true", help="leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    figures = asyncio.run(measure())
    table = "\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {os.cpu_count()} cores, "
            f"{platform.system()}, Python {platform.python_version()}.",
            "",
            "| what | median | from and to | 99th percentile | aim | met | unit |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(figure.row() for figure in figures),
        ]
    )
    print(table)
    if not arguments.print:
        before, rest = PAGE.read_text().split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.split(END)[1]}")
    return 0


async def measure() -> list[Figure]:
    """All figures, in the order of the page."""
    ready = []
    for _ in range(STARTS):
        async with serving() as (_, bot):
            ready.append(bot.ready_s * 1000)
    inside, room = await measure_opens()
    async with serving() as (rehearsal, bot):
        await asyncio.sleep(5)
        resting = bot.rss_mib()
        acks = await measure_acks(rehearsal, bot)
        busy = bot.rss_mib()
    async with serving(again=True) as (rehearsal, bot):
        await asyncio.sleep(5)
        resting_again = bot.rss_mib()
        spaced = await measure_acks(rehearsal, bot, pause_s=0.01)
    return [
        Figure("the declarer is in the channel, after submitting", "ms", inside, 330),
        Figure("the room is ready, after submitting", "ms", room, 480),
        Figure("a command is acknowledged, after its durable write", "ms", acks, 3, 10),
        Figure("the same with 10 ms of nothing before each", "ms", spaced, 3, 10),
        Figure("ready after start", "ms", ready, 1500),
        Figure("memory at rest, after the first start, which made the tables", "MiB", [resting], 120),
        Figure("memory at rest, after any other start", "MiB", [resting_again], 120),
        Figure(f"memory after {ACKS} notes", "MiB", [busy], 140),
    ]


async def measure_opens() -> tuple[list[float], list[float]]:
    """Open incidents one by one at Slack's latency; times from the press of Enter, by the workspace's own clock."""
    inside, room = [], []
    async with serving() as (rehearsal, _):
        ada = rehearsal.person("ada")
        await ada.types("#general", "/incident open sev3 a first one to warm up")
        await asyncio.sleep(2)
        rehearsal.knobs.latency_ms = LATENCY_MS
        for number in range(2, OPENS + 2):
            began = time.monotonic()
            seen = len(rehearsal.ledger.calls())
            await ada.types("#general", f"/incident open sev2 number {number} is failing")
            await asyncio.sleep(1.2)
            calls = rehearsal.ledger.calls()[seen:]
            ends = {call.name: call.at_s + call.ms / 1000 - began for call in reversed(calls) if call.ok}
            inside.append(ends["conversations.invite"] * 1000)
            made = ("conversations.setTopic", "pins.add", "bookmarks.add")
            posts = [call.at_s + call.ms / 1000 - began for call in calls if call.name == "chat.postMessage"]
            room.append(max(*(ends[method] for method in made), *posts) * 1000)
    return inside, room


async def measure_acks(rehearsal: Rehearsal, bot: Bot, *, pause_s: float = 0.0) -> list[float]:
    """Send notes as signed requests over one kept connection, and time each answer."""
    ada = rehearsal.person("ada")
    await ada.types("#general", "/incident open sev2 where notes go")
    await asyncio.sleep(1)
    rehearsal.knobs.latency_ms = LATENCY_MS
    channel = next(c for c in rehearsal.workspace.channels.values() if c.name.startswith("inc-1"))
    # A process of its own: a thread of this one would wait for the workspace to let go of the interpreter.
    sender = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "tests.bench.notes",
            str(bot.port),
            rehearsal.workspace.team_id,
            channel.id,
            ada.user_id,
        ),
        *(SECRET, str(ACKS), str(pause_s)),
        cwd=HERE,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await sender.communicate()
    return [float(line) for line in said.split()]


@contextlib.asynccontextmanager
async def serving(*, again: bool = False, **settings: str) -> AsyncIterator[tuple[Rehearsal, Bot]]:
    """A workspace here, and the bot beside it on a fresh database, with these settings besides its own.

    `again`: on a database of its own that it has made in an earlier start.
    """
    rehearsal = Rehearsal(app_config())
    await rehearsal.start()
    with tempfile.TemporaryDirectory() as folder:
        bot = await asyncio.to_thread(_start, rehearsal.api_url, folder, settings)
        if again:
            bot.process.terminate()
            await asyncio.to_thread(bot.process.wait, 15)
            bot = await asyncio.to_thread(_start, rehearsal.api_url, folder, settings)
        rehearsal.use_request_url(f"http://127.0.0.1:{bot.port}{PATH}")
        await asyncio.sleep(0.5)
        try:
            yield rehearsal, bot
        finally:
            bot.process.terminate()
            await asyncio.to_thread(bot.process.wait, 15)
            await rehearsal.stop()


def _start(api_url: str, folder: str, settings: Mapping[str, str]) -> Bot:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")} | {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api_url,
        "DATABASE_URL": f"sqlite:///{folder}/muster.db",
        "PORT": str(port),
        **settings,
    }
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"], env=environment, cwd=HERE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    ready_s = time.monotonic() - began
    assert "ready" in line, line
    return Bot(process, port, ready_s)


if __name__ == "__main__":
    sys.exit(main())
