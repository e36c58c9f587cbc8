"""Measures whole looks at patients: from asking for one until its findings are there, and the memory of its process.

A look is measured as it is within a watch, with what an earlier one kept to compare with; the very first look at a
system takes two samples, 0.6 s apart, and is a row of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.finding import Verdict
from bot.domain.inventory import Member, System, SystemKind
from bot.probes.seen import Trouble
from bot.rehearsal.patients.mongodb import ReplicaSet
from bot.rehearsal.patients.redis_server import RedisServer
from bot.services.systems.looker import Looker, Taken
from bot.settings import HERE
from tests.bench.__main__ import serving
from tests.bench.opening import until_the_first_look

ROUNDS = 7
EVERY_S = 0.004  # how often the memory of the process that looks is read
PAGE = HERE / "docs" / "benchmarks.md"
BEGIN, END = "<!-- looks:begin -->", "<!-- looks:end -->"
INVENTORY = (
    "systems:\n  orders: {kind: mongodb, members: [db1, db2, db3]}\n  sessions: {kind: redis, members: [c1, c2]}\n"
)


@dataclass(frozen=True)
class Measured:
    """The looks at one patient."""

    name: str
    took_s: Sequence[float]
    memory_mib: Sequence[float]
    aim_s: float | None

    def row(self) -> str:
        """As a row of the table."""
        median = statistics.median(self.took_s)
        met = "" if self.aim_s is None else f"{self.aim_s:g} | {'yes' if median < self.aim_s else 'no'}"
        memory = f"{statistics.median(self.memory_mib):.0f}" if self.memory_mib else ""
        return (
            f"| {self.name} | {median:.2f} | {min(self.took_s):.2f} to {max(self.took_s):.2f} | {met or ' | '} "
            f"| {memory} |"
        )


def main() -> int:
    """Measure all and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--print", action="store_true", help="leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    text = asyncio.run(_measure())
    print(text)
    if not arguments.print:
        before, rest = PAGE.read_text("utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", "utf-8")
    return 0


async def _measure() -> str:
    rows: list[Measured] = []
    load = os.getloadavg()[0]
    async with ReplicaSet(members=3) as patient:
        rows.append(
            await _looks("three members of MongoDB, the first look", _mongodb(patient), None, _is_well, first=True)
        )
        rows.append(await _looks("three members of MongoDB, well", _mongodb(patient), 1.0, _is_well))
        await patient.fall_ill("zombie-primary")
        rows.append(await _looks("the same, its primary a zombie", _mongodb(patient), 4.0, _finds_the_zombie))
    with tempfile.TemporaryDirectory() as folder:
        kept = {"appendonly": "yes"}
        async with (
            RedisServer(Path(folder) / "a", settings=kept) as master,
            RedisServer(Path(folder) / "b", settings=kept, follows=master) as second,
        ):
            await second.linked()
            pair = _system(SystemKind.REDIS, [f"127.0.0.1:{one.port}" for one in (master, second)])
            rows.append(await _looks("two servers of Redis, well", pair, None, _is_well))
    opened = await _openings()
    without, with_one = [await _at_rest(text) for text in ("", INVENTORY)]
    return "\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {os.cpu_count()} cores, "
            f"{platform.system()}, Python {platform.python_version()}. Medians of {ROUNDS} looks, "
            f"the start of the process included; before them the load of the machine was {load:.1f}.",
            "",
            "| what is looked at | median, s | from and to, s | aim, s | met | memory of its process, MiB |",
            "| --- | --- | --- | --- | --- | --- |",
            *(row.row() for row in rows),
            *(row.row() for row in opened),
            "",
            f"The bot at rest takes {without:.1f} MiB with an empty inventory and {with_one:.1f} MiB with two systems: "
            "the drivers are loaded in the process that looks, and nowhere else.",
        ]
    )


async def _openings() -> list[Measured]:
    """From /incident open until the first look stands in the channel, with a bot and a workspace that are real."""
    async with ReplicaSet(members=3) as patient:
        well = await until_the_first_look(patient, "orders-db", rounds=ROUNDS)
        await patient.fall_ill("zombie-primary")
        ill = await until_the_first_look(patient, "zombie-primary", rounds=ROUNDS)
    name = "from /incident open until its first look stands in the channel"
    return [Measured(f"{name}, well", well, (), 5.0), Measured(f"{name}, a zombie", ill, (), 5.0)]


async def _looks(
    name: str,
    system: System,
    aim_s: float | None,
    proves: Callable[[Taken], bool],
    *,
    first: bool = False,
) -> Measured:
    """Looks one after the other, each compared with the one before; each must prove that it saw what there is."""
    at = datetime.now(UTC)
    taken = await Looker(lambda _: "").look(system, at=at)
    took_s, memory_mib = [], []
    for _ in range(ROUNDS):
        before = {} if first else {"before": taken.result.kept, "before_at": at}
        at = datetime.now(UTC)
        most = asyncio.create_task(_memory())
        began = time.perf_counter()
        taken = await Looker(lambda _: "").look(system, at=at, **before)
        took_s.append(time.perf_counter() - began)
        most.cancel()
        memory_mib.append(await most)
        assert proves(taken), taken.result.findings
    return Measured(name, took_s, memory_mib, aim_s)


def _is_well(taken: Taken) -> bool:
    findings = taken.result.findings
    return (
        bool(findings) and not any(one.speaks for one in findings) and all(map(_heard, taken.result.evidence.values()))
    )


def _heard(answers: Mapping[str, Mapping[str, object]]) -> bool:
    return all("value" in one or one["trouble"] == Trouble.UNSUPPORTED for one in answers.values())


def _finds_the_zombie(taken: Taken) -> bool:
    return any(one.signal == "zombie-primary" and one.verdict is Verdict.CRITICAL for one in taken.result.findings)


async def _memory() -> float:
    """The most that a process that looks had in memory, MiB, until this is cancelled."""
    most = 0.0
    with contextlib.suppress(asyncio.CancelledError):
        while True:
            await asyncio.sleep(EVERY_S)
            most = max([most, *map(_peak_mib, _children())])
    return most


def _children() -> list[Path]:
    found: list[Path] = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # a thread that has just ended
            found += [Path("/proc") / pid for pid in (task / "children").read_text().split()]
    return found


def _peak_mib(process: Path) -> float:
    with contextlib.suppress(OSError, IndexError):
        if b"bot.probes.cell" in (process / "cmdline").read_bytes():
            return int((process / "status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    return 0.0


async def _at_rest(inventory: str) -> float:
    """The bot's resident memory a second after its start, MiB."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "inventory.yaml"
        file.write_text(inventory or "systems: {}\n", "utf-8")
        async with serving(MUSTER_INVENTORY=str(file)) as (_, bot):
            await asyncio.sleep(1)
            return bot.rss_mib()


def _mongodb(patient: ReplicaSet) -> System:
    return _system(SystemKind.MONGODB, patient.addresses)


def _system(kind: SystemKind, addresses: Sequence[str]) -> System:
    places = [address.rpartition(":") for address in addresses]
    members = tuple(Member(host=host, port=int(port)) for host, _, port in places)
    return System(name="measured", kind=kind, members=members)


if __name__ == "__main__":
    raise SystemExit(main())
