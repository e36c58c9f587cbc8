"""`muster probe TARGET [PROBE…]`: look at a system of the inventory from a terminal, read-only."""

from __future__ import annotations

import argparse
import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot import settings
from bot.cli import record
from bot.cli.probe_shown import shown
from bot.cli.progress import telling
from bot.cli.talk import as_json, number, table
from bot.domain.chart import choose, spark
from bot.domain.chart.series import Sample, spelt
from bot.domain.check import written
from bot.domain.choice import choose as choose_playbooks
from bot.domain.finding import Verdict, worst
from bot.domain.inventory import System, no_inventory
from bot.domain.watch import sentence, worth_saying
from bot.probes import catalog
from bot.services.systems import checks
from bot.services.systems.looker import Looker, Taken
from bot.services.terminal import me
from bot.settings import Settings
from bot.store.inventory import InventoryFile, LoadedInventory
from bot.store.playbooks import Shelf
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
    loaded = InventoryFile(found.muster_inventory).current()
    if not arguments.target:
        print(_listing(loaded))
        return 0
    system = loaded.inventory.get(arguments.target)
    catalog.choose(system.kind, arguments.probes)
    return asyncio.run(_looks(found, system, arguments))


async def _looks(found: Settings, system: System, arguments: argparse.Namespace) -> int:
    looker, probes = Looker(found.credential), tuple(arguments.probes)
    seen: deque[Sample] = deque(maxlen=REMEMBERED)
    before, before_at = _remembered(found, system)
    looks, at = arguments.times or (1_000_000 if arguments.watch else 1), wall()
    for turn in range(looks):
        if turn:
            await asyncio.sleep(rest_s((wall() - at).total_seconds()))
        at = wall()
        looking = looker.look(system, probes, at=at, before=before, before_at=before_at)
        taken = await telling(looking, (system,), quiet=arguments.json or bool(turn))
        before, before_at = taken.result.kept, at
        if not turn:
            _remember(found, system, probes, taken)
        seen.append((at, taken.result.findings))
        if turn and not arguments.json:
            print(_again(system, taken, seen), flush=True)
        else:
            choices = choose_playbooks(Shelf(*found.muster_playbooks).current().playbooks, taken.result.findings)
            print(_data(system, taken, at) if arguments.json else shown(system, taken, at, choices), flush=True)
    return EXIT[worst(taken.result.findings)]


def rest_s(gone_s: float) -> float:
    """How long to wait for the next look, when the last one began so long ago; after one that took longer, not."""
    return max(WATCH_EVERY_S - gone_s, 0.0)


def _remembered(found: Settings, system: System) -> tuple[Mapping[str, Any], datetime | None]:
    """What the newest look kept, whoever took it; without it a restart of yesterday could not be seen."""
    with record.write(found) as at_desk:
        return checks.before_of(at_desk, system.name)


def _remember(found: Settings, system: System, probes: tuple[str, ...], taken: Taken) -> None:
    with record.write(found) as at_desk:
        checks.keep(at_desk, system, probes, taken, by=me())


def _data(system: System, taken: Taken, at: datetime) -> str:
    result = taken.result
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


def _again(system: System, taken: Taken, seen: Sequence[Sample]) -> str:
    """A look after the first: one line, what changed, and the numbers that moved since the look before."""
    at, findings = seen[-1]
    counts = ", ".join(
        f"{many} {verdict}"
        for verdict in reversed(Verdict)
        if (many := sum(finding.verdict is verdict for finding in findings))
    )
    lines = [f"{at:%H:%M:%S}  {worst(findings).value:<8}  {taken.result.took_s:.1f} s  {counts}"]
    if changed := worth_saying([one for _, one in seen]):
        lines.append(f"  * {sentence(system.name, changed, at)}")
    rows = []
    for line in choose(list(seen)):
        now, was = line.points[-1].value, line.points[-2].value
        if now is not None and now != was:
            limit = f"limit {spelt(line.limit)}" if line.limit is not None else ""
            rows.append(("   ", spark(line), line.name, f"{spelt(now)} {line.unit}", limit))
    return "\n".join([*lines, *([table(rows)] if rows else [])])


def _listing(loaded: LoadedInventory) -> str:
    """What there is to look at, and with what; and what was left out of it."""
    rows = [
        (system.name, system.kind.value, system.about, f"{len(catalog.of_kind(system.kind))} probes")
        for system in loaded.inventory.systems
    ]
    kinds = dict.fromkeys(system.kind for system in loaded.inventory.systems)
    probes = [(probe.name, probe.about) for kind in kinds for probe in catalog.of_kind(kind)]
    left = f"\n{len(loaded.problems)} mistakes in the inventory: `muster inventory lint`" if loaded.problems else ""
    if not rows and not left:
        raise no_inventory()
    return f"{table(rows)}\n\n{table(probes)}{left}".strip()
