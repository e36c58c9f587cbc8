"""Measures the processor's time that a postmortem draft takes, by the number of entries on its record."""

from __future__ import annotations

import argparse
import os
import platform
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from bot.domain.incident import Status
from bot.domain.playbook import Playbook, Step
from bot.domain.postmortem import Facts, draft
from bot.domain.roles import Aim, Task
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did, Mark, Walk
from bot.settings import HERE
from tests.domain.postmortem_cases import PEOPLE, at, entry, incident

AIMS_MS = {10: 10, 1_000: 50, 10_000: 500}
ROUNDS = 15
PAGE = HERE / "docs" / "benchmarks.md"
BEGIN, END = "<!-- drafts:begin -->", "<!-- drafts:end -->"
KINDS = (Kind.NOTE, Kind.NOTE, Kind.MESSAGE, Kind.MESSAGE, Kind.STEP, Kind.FINDING, Kind.ROLE, Kind.JOINED, Kind.TASK)
STEPS = 50


def main() -> int:
    """Measure all and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--print", action="store_true", help="leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    rows = [_row(size, aim) for size, aim in AIMS_MS.items()]
    text = "\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {os.cpu_count()} cores, "
            f"{platform.system()}, Python {platform.python_version()}. Medians of {ROUNDS} drafts; "
            f"the load of the machine was {os.getloadavg()[0]:.1f}.",
            "",
            "| entries | median, ms | from and to, ms | aim, ms | met |",
            "| --- | --- | --- | --- | --- |",
            *rows,
        ]
    )
    print(text)
    if not arguments.print:
        before, rest = PAGE.read_text("utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", "utf-8")
    return 0


def record(size: int) -> Facts:
    """Everything of an incident with `size` entries of all kinds and tags, spread over a day; the same each time."""
    dice = random.Random(size)
    entries = tuple(_entry(dice, seq, size) for seq in range(1, size + 1))
    steps = tuple(Step(number=n, title=f"Do the thing number {n}", body="") for n in range(1, STEPS + 1))
    book = Playbook(
        name="book",
        title="The way out of it",
        steps=steps,
        called_by=("zombie-primary",),
        follow_ups=tuple(f"{aim}: the {aim} proposal" for aim in Aim),
        text="",
        digest="",
    )
    marks = tuple(
        Mark(step=n, did=dice.choice((Did.DONE, Did.SKIPPED, Did.TRIED)), by="U2", at=at("12:30"))
        for n in range(1, STEPS + 1)
    )
    tasks = tuple(
        Task(id=f"t{n}", number=n, text=f"Follow up on {n}", owner="U2", made_by="U1", made_at=at("14:00"))
        for n in range(1, max(2, size // 100))
    )
    ends = {"mitigated_at": at("23:30"), "resolved_at": at("23:40"), "closed_at": at("23:50")}
    walk = Walk(id="w", incident_id="i7", playbook=book, marks=marks, begun_by="U2", begun_at=at("12:29"))
    return Facts(
        incident=incident(status=Status.CLOSED, **ends),
        entries=entries,
        tasks=tasks,
        people=PEOPLE,
        walks=(walk,),
        proposals=(book,),
        drafted_at=at("23:55"),
    )


def _entry(dice: random.Random, seq: int, size: int) -> Entry:
    kind = Kind.DECLARED if seq == 1 else dice.choice(KINDS)
    finding = {"probe": "mongodb.zombie", "signal": "zombie-primary", "verdict": dice.choice(("ok", "critical"))}
    data = {
        Kind.STEP: {"playbook": "book", "step": dice.randint(1, STEPS), "did": dice.choice(("done", "tried"))},
        Kind.FINDING: {"system": f"db{dice.randint(1, 5)}", "findings": [finding] * 5},
        Kind.ROLE: {"role": "commander", "user": dice.choice(("U1", "U2"))},
        Kind.TASK: {"task": dice.randint(1, 5)},
    }
    words = (
        f"<@U{dice.randint(1, 6)}> saw {dice.randint(1, 99)} errors in `db-primary` at <https://x.example/{seq}|graph>"
    )
    tags = tuple(dict.fromkeys(dice.choices(tuple(Tag), k=dice.choice((0, 0, 0, 1, 2)))))
    moment = at("12:02") + timedelta(seconds=seq * 40_000 / size)
    return entry(seq, "", words, f"U{dice.randint(1, 6)}", kind, *tags, at=moment, data=data.get(kind, {}))


def _row(size: int, aim: int) -> str:
    facts = record(size)
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        draft(facts)
        took.append((time.process_time() - began) * 1000)
    median = statistics.median(took)
    met = "yes" if median <= aim else "no"
    return f"| {size:,} | {median:.1f} | {min(took):.1f} to {max(took):.1f} | {aim} | {met} |"


if __name__ == "__main__":
    raise SystemExit(main())
