"""The process in which one system is asked: it may use little memory, reaches only pinned addresses, and ends in time.

Read on stdin: one JSON request (see `looking.Request`). Written on stdout: one JSON answer. Whatever a hostile server
does to a driver, it does it here, and the process that asked only ever reads a small, plain answer.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.domain.finding import Finding
from bot.domain.inventory import Member, System, SystemKind
from bot.probes import catalog
from bot.probes.evidence import evidence, plain
from bot.probes.pins import Pins
from bot.probes.probe import Probe
from bot.probes.seen import Answer, Look, Seen, Trouble
from bot.probes.subjects import address

MEMORY_BYTES = 50 * 2**20  # for all that is read; what the interpreter holds by itself comes on top
STACK_BYTES = 512 * 1024
MOST_FINDINGS = 200
MARGIN_S = 0.2  # a member's answers are handed over this long before the look ends


def main() -> None:
    """Answer the request on stdin and end at once, whatever threads still wait."""
    request = json.load(sys.stdin)
    answer = json.dumps(look(request))
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(answer)
        sys.stdout.flush()
    os._exit(0)


def look(request: Mapping[str, Any]) -> dict[str, Any]:
    """Ask all members side by side, judge, and return findings, what is to be kept, and the evidence."""
    system = system_of(request["system"])
    taking = importlib.import_module(catalog.SNAPSHOTS[system.kind]) if request["snapshot"] else None
    probes = () if taking else catalog.choose(system.kind, request["probes"])
    asking = importlib.import_module(catalog.ASKING[system.kind])
    if system.kind is not SystemKind.BACKUP:  # an object store's library finds its hosts itself
        Pins(request["pins"]).install()
    _hold_memory()
    questions = sorted(set(taking.ASKS) if taking else {question for probe in probes for question in probe.asks})
    looks = _ask_all(asking.ask, system, questions, request["deadline_s"], request["password"])
    before_at = request["before_at"]
    seen = Seen(
        system=system,
        at=datetime.fromisoformat(request["at"]),
        looks=looks,
        before=request["before"],
        before_at=datetime.fromisoformat(before_at) if before_at else None,
    )
    judged = [_judged(probe, seen) for probe in probes]
    return {
        "findings": [vars(finding) | {"data": plain(finding.data)} for found, _ in judged for finding in found],
        "kept": {probe.name: kept for probe, (_, kept) in zip(probes, judged, strict=True) if kept},
        "evidence": {} if taking else evidence(looks),
        "snapshot": plain(taking.take(seen)) if taking else {},
    }


def system_of(given: Mapping[str, Any]) -> System:
    """The system as `dataclasses.asdict` wrote it."""
    members = tuple(Member(**member) for member in given["members"])
    return System(**{**given, "kind": SystemKind(given["kind"]), "members": members, "may_look": ()})


def _judged(probe: Probe, seen: Seen) -> tuple[list[Finding], Any]:
    """A judge that stumbles over an odd answer leaves the others standing."""
    try:
        found = list(probe.judge(seen))[:MOST_FINDINGS]
        return found, plain(probe.keep(seen))
    except Exception as error:  # noqa: BLE001  # whatever it is, unknown is said as unknown
        says = f"The answers could not be judged ({type(error).__name__})."
        return [probe.unknown(signal, says) for signal in probe.signals], {}


def _ask_all(ask: Any, system: System, questions: Sequence[str], deadline_s: float, password: str) -> tuple[Look, ...]:
    subjects: tuple[Member | None, ...] = system.members or (None,)
    answers: list[dict[str, Answer]] = [{} for _ in subjects]

    def run(at: int, member: Member | None) -> None:
        try:
            answers[at] = ask(system, member, questions, deadline_s - MARGIN_S, password)
        except BaseException as error:  # noqa: BLE001  # a thread's end is an answer too
            answers[at] = dict.fromkeys(questions, Answer(trouble=Trouble.BROKEN, says=type(error).__name__))

    threading.stack_size(STACK_BYTES)
    until = time.monotonic() + deadline_s
    threads = [threading.Thread(target=run, args=one, daemon=True) for one in enumerate(subjects)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    silent = Answer(trouble=Trouble.SILENT, says=f"no answer in {deadline_s:.1f} s", took_s=deadline_s)
    return tuple(
        Look(member or address(system), found or dict.fromkeys(questions, silent))
        for member, found in zip(subjects, answers, strict=True)
    )


def _hold_memory() -> None:
    """Have what is allotted beyond the limit end in MemoryError, where the machine can hold a process to that."""
    with contextlib.suppress(OSError, ValueError):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


if __name__ == "__main__":
    main()
