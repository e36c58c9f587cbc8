"""Measures the processor's time that each form of a postmortem takes, for a record of a thousand entries."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot.domain.postmortem import Draft, draft
from bot.services.postmortem import document
from bot.services.postmortem.document.in_pdf import pdf
from tests.bench.drafts import PAGE, record

ENTRIES = 1_000
AIM_S = {"PDF": 3.0}
ROUNDS = 5
BEGIN, END = "<!-- forms:begin -->", "<!-- forms:end -->"
FORMS: dict[str, Callable[[Draft], object]] = {
    "Markdown": document.markdown,
    "HTML": document.html,
    "JSON": lambda paper: json.dumps(document.as_json(paper)),
    "PDF": pdf,
}


def main() -> int:
    """Measure all and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--print", action="store_true", help="leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    paper = draft(record(ENTRIES))
    text = "\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, {os.cpu_count()} cores, "
            f"{platform.system()}, Python {platform.python_version()}. {ENTRIES:,} entries; medians of {ROUNDS} rounds "
            f"of the processor's time, after one to warm up; the load of the machine was {os.getloadavg()[0]:.1f}.",
            "",
            "| form | median, s | from and to, s | aim, s | met |",
            "| --- | --- | --- | --- | --- |",
            *(_row(name, make, paper) for name, make in FORMS.items()),
        ]
    )
    print(text)
    if not arguments.print:
        before, rest = PAGE.read_text("utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", "utf-8")
    return 0


def _row(name: str, make: Callable[[Draft], object], paper: Draft) -> str:
    make(paper)
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        make(paper)
        took.append(time.process_time() - began)
    median, aim = statistics.median(took), AIM_S.get(name)
    met = "" if aim is None else "yes" if median <= aim else "no"
    return f"| {name} | {median:.3f} | {min(took):.3f} to {max(took):.3f} | {aim or ''} | {met} |"


if __name__ == "__main__":
    raise SystemExit(main())
