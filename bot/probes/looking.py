"""One look at a system: in a process of its own, within a deadline, whatever the system does."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import bot
from bot.domain.finding import Finding, Verdict
from bot.domain.inventory import System
from bot.probes.pins import Pins
from bot.probes.probe import Probe

LOOK_S = 2.7  # for the questions; with the start of the process a look stays within 3.5 s
START_S = 5.0  # what the process may need besides, on a machine that is busy
MOST_ANSWER_BYTES = 4 * 2**20


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked. `before` is what the newest earlier look kept, {} where there was none.

    With `snapshot` no probe judges: what is to be kept of the system comes back instead.
    """

    system: System
    probes: tuple[Probe, ...]
    at: datetime
    pins: Pins
    password: str = field(default="", repr=False)
    before: Mapping[str, Any] = field(default_factory=dict)
    before_at: datetime | None = None
    deadline_s: float = LOOK_S
    snapshot: bool = False


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a look found. `took_s` is wall-clock, the start of the process included; `trouble` is why it failed."""

    findings: tuple[Finding, ...]
    kept: Mapping[str, Any]
    evidence: Mapping[str, Any]
    took_s: float
    snapshot: Mapping[str, Any] = field(default_factory=dict)
    trouble: str = ""


async def look(request: Request) -> Result:
    """Look once. Never raises for what the system does: a look that fails says UNKNOWN for every signal."""
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.probes.cell",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={
            "PYTHONPATH": str(Path(bot.__file__).parent.parent),  # and none of our own secrets
            "MALLOC_ARENA_MAX": "1",  # glibc: a thread without room for a heap of its own takes a page for each value
        },
        limit=MOST_ANSWER_BYTES,
    )
    told, trouble = b"", ""
    try:
        async with asyncio.timeout(request.deadline_s + START_S):
            told, said = await process.communicate(_written(request))
        if not told:
            trouble = f"the look ended without an answer ({_last(said)})"
    except TimeoutError:
        trouble = f"the look did not end in {request.deadline_s + START_S:.1f} s"
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    took_s = time.monotonic() - began
    if trouble:
        return Result(findings=failed(request.probes, trouble), kept={}, evidence={}, took_s=took_s, trouble=trouble)
    answer = json.loads(told)
    findings = tuple(Finding(**{**one, "verdict": Verdict(one["verdict"])}) for one in answer["findings"])
    return Result(
        findings=findings,
        kept=answer["kept"],
        evidence=answer["evidence"],
        took_s=took_s,
        snapshot=answer["snapshot"],
    )


def failed(probes: Sequence[Probe], why: str) -> tuple[Finding, ...]:
    """What a look that failed says: unknown, for every signal it was to tell."""
    return tuple(probe.unknown(signal, f"Not known: {why}.") for probe in probes for signal in probe.signals)


def _written(request: Request) -> bytes:
    system = dataclasses.asdict(request.system) | {"options": dict(request.system.options)}
    return json.dumps(
        {
            "system": system,
            "probes": [probe.name for probe in request.probes],
            "at": request.at.isoformat(),
            "pins": request.pins.by_host,
            "password": request.password,
            "before": dict(request.before),
            "before_at": request.before_at.isoformat() if request.before_at else None,
            "deadline_s": request.deadline_s,
            "snapshot": request.snapshot,
        }
    ).encode()


def _last(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[-1][:120] if lines else "it said nothing"
