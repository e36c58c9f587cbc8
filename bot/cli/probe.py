"""`muster probe TARGET [PROBE…]`: look at a system of the inventory from a terminal, read-only."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import settings
from bot.cli.talk import as_json, number, table
from bot.domain.chart import choose, spark
from bot.domain.chart.series import Sample, spelt
from bot.domain.check import written
from bot.domain.finding import Verdict, by_weight, worst
from bot.domain.inventory import System
from bot.domain.watch import sentence, worth_saying
from bot.probes import catalog
from bot.services.looker import Looker, Taken
from bot.settings import Settings
from bot.store.inventory import InventoryFile
from bot.wiring import wall

WATCH_EVERY_S = 10
REMEMBERED = 60  # looks that a line of blocks is made of
EXIT = {Verdict.OK: 0, Verdict.UNKNOWN: 3, Verdict.WARNING: 1, Verdict.CRITICAL: 2}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("target", nargs="?", help="a system of the inventory; without one, what there is")
    parser.add_argument("probes", nargs="*", metavar="probe", help="as in `lag`; all light ones if none is named")
    parser.add_argument("--json", action="store_true", help="print data, the evidence included")
    parser.add_argument("--watch", action="store_true", help=f"look every {WATCH_EVERY_S} s until Ctrl-C")
    parser.add_argument("--times", type=number(1, 100_000), help="with --watch: stop after so many looks")


def run(arguments: argparse.Namespace) -> int:
    """Look, print, and exit with 0 ok, 1 warning, 2 critical, 3 unknown."""
    found = settings.read()
    inventory = InventoryFile(found.muster_inventory).current().inventory
    if not arguments.target:
        print(_listing(inventory.systems))
        return 0
    system = inventory.get(arguments.target)
    catalog.choose(system.kind, arguments.probes)
    return asyncio.run(_looks(found, system, arguments))


async def _looks(found: Settings, system: System, arguments: argparse.Namespace) -> int:
    looker = Looker(found.credential)
    before: Mapping[str, Any] = {}
    before_at: datetime | None = None
    seen: deque[Sample] = deque(maxlen=REMEMBERED)
    looks = arguments.times or (1_000_000 if arguments.watch else 1)
    for turn in range(looks):
        if turn:
            await asyncio.sleep(WATCH_EVERY_S)
        at = wall()
        taken = await looker.look(system, tuple(arguments.probes), at=at, before=before, before_at=before_at)
        before, before_at = taken.result.kept, at
        seen.append((at, taken.result.findings))
        again = turn and not arguments.json
        print(_again(system, taken, seen) if again else _shown(system, taken, at, arguments.json), flush=True)
    return EXIT[worst(taken.result.findings)]


def _shown(system: System, taken: Taken, at: datetime, in_json: bool) -> str:
    result = taken.result
    if in_json:
        return as_json(
            {
                "system": system.name,
                "at": at,
                "verdict": worst(result.findings).value,
                "took_s": round(result.took_s, 3),
                "findings": written(result.findings),
                "evidence": result.evidence,
            }
        )
    head = f"{system.name} ({system.kind}): {worst(result.findings)}, {at:%H:%M:%S} UTC, took {result.took_s:.1f} s"
    rows = [
        (one.verdict.upper(), one.member, one.signal, one.value, one.limit, one.says)
        for one in by_weight(result.findings)
    ]
    return (
        head
        + "\n"
        + (table([("", "member", "signal", "value", "limit", ""), *rows]) if rows else "No probe knows this kind yet.")
    )


def _again(system: System, taken: Taken, seen: Sequence[Sample]) -> str:
    """A look after the first: one line, what changed, and the numbers that moved since the look before."""
    at, findings = seen[-1]
    counts = ", ".join(
        f"{many} {verdict}"
        for verdict in reversed(Verdict)
        if (many := sum(finding.verdict is verdict for finding in findings))
    )
    lines = [f"{at:%H:%M:%S}  {worst(findings).value:<8}  {taken.result.took_s:.1f} s  {counts}"]
    if changed := worth_saying(seen[-2][1], findings):
        lines.append(f"  * {sentence(system.name, changed, at)}")
    rows = []
    for line in choose(list(seen)):
        now, was = line.points[-1].value, line.points[-2].value
        if now is not None and now != was:
            limit = f"limit {spelt(line.limit)}" if line.limit is not None else ""
            rows.append(("   ", spark(line), line.name, f"{spelt(now)} {line.unit}", limit))
    return "\n".join([*lines, *([table(rows)] if rows else [])])


def _listing(systems: tuple[System, ...]) -> str:
    rows = [
        (system.name, system.kind.value, ", ".join(probe.name for probe in catalog.of_kind(system.kind)) or "no probes")
        for system in systems
    ]
    return table(rows) or "The inventory is empty: docs/inventory.md says how to write one."
