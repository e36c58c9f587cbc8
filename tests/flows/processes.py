"""Bots in processes of their own, so that they can be killed as an operating system kills."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from types import TracebackType

from bot.rehearsal.server import Rehearsal
from tests.conftest import APP_TOKEN, BOT_TOKEN, SECRET

READY_WITHIN_S = 60.0


class Bots:
    """Starts bots on one database; whatever still runs at the end is killed."""

    def __init__(self, rehearsal: Rehearsal, database_url: str, folder: Path) -> None:
        self._environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": rehearsal.api_url,
            "DATABASE_URL": database_url,
        }
        self._log = folder / "bots.log"
        self._started: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> Bots:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._started:
            await killed(process)
        if error is not None and self._log.exists():
            print(self._log.read_text())  # noqa: T201  # pytest shows it beside the failure

    async def serve(self, executor: str = "one", *, port: int = 0) -> asyncio.subprocess.Process:
        """Start `muster serve` and return when it says that it is ready."""
        environ = {"MUSTER_EXECUTOR_ID": executor, "PORT": str(port or free_port())}
        process = await self._start(["serve"], environ, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        async with asyncio.timeout(READY_WITHIN_S):
            line = await process.stdout.readline()
        assert line.startswith(b"Muster is ready"), line
        return process

    async def terminal(self, *words: str) -> str:
        """Type one `muster` command and return what it printed. Fails when it fails."""
        process = await self._start(list(words), {}, stdout=asyncio.subprocess.PIPE)
        async with asyncio.timeout(READY_WITHIN_S):
            said, _ = await process.communicate()
        assert process.returncode == 0, said
        return said.decode()

    async def _start(self, words: list[str], environ: dict[str, str], stdout: int) -> asyncio.subprocess.Process:
        with self._log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", *words, env=self._environ | environ, stdout=stdout, stderr=log
            )
        self._started.append(process)
        return process


async def killed(process: asyncio.subprocess.Process) -> None:
    """Kill it, if it still runs, and wait until it is gone."""
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    await process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
