"""Measures the look-up of playbooks: of those that come with the bot, and of a folder of ten thousand made of them.

The made ones are as long as the real ones and differ in their words: some of a page's words are replaced by words of
other pages, some by invented ones, so that rare and common words both exist, as on a shelf that many people filled.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import shutil
import statistics
import tempfile
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path

from bot.settings import HERE
from bot.store.heard import FOLDER, NOTHING_HEARD, read_lists
from bot.store.playbooks import RECHECK_S, Shelf, load
from bot.store.search import Index
from tests.playbooks.figures import asked
from tests.playbooks.figures import measure as count

SEED = 20140423
MANY = 10_000
ROUNDS = 3
SHIPPED = HERE / "playbooks"
LISTS = HERE / "tests" / "playbooks"
PAGE = HERE / "docs" / "benchmarks.md"
BEGIN, END = "<!-- lookup:begin -->", "<!-- lookup:end -->"
PASTE = 30  # entries of a list in one long paste

_SYLLABLES = (
    "ba",
    "cor",
    "den",
    "fi",
    "gol",
    "hur",
    "ket",
    "lam",
    "mon",
    "nep",
    "or",
    "pra",
    "qui",
    "sed",
    "tur",
    "vel",
)
_WORD = re.compile(r"(?<![\w{/.-])[a-z]{4,}(?![\w}/.-])")
_KEPT = re.compile(r"\*\*|##? |---|```|.*\]\(|.*\{\{|\w+:|\s+- \"?\w+: ")


@dataclass(frozen=True)
class Costs:
    """What a folder of playbooks costs in one process that reads it."""

    read_s: float
    heard_s: float
    index_s: float
    find_p50_ms: float
    find_p95_ms: float
    find_max_ms: float
    after_change_ms: float  # the look-up that notices that a file changed
    taken_up_s: float  # until what was written is known
    memory_mib: float


ROWS = {
    "read_s": ("all files read", "s", None),
    "heard_s": ("what people typed, and what was learnt from it, read", "s", None),
    "index_s": ("index built", "s", 2.0),
    "find_p50_ms": ("a look-up, median", "ms", 10.0),
    "find_p95_ms": ("a look-up, 95th percentile", "ms", None),
    "find_max_ms": ("a look-up, the longest", "ms", None),
    "after_change_ms": ("the look-up right after a file changed", "ms", 3_000.0),
    "taken_up_s": ("until the change is known", "s", None),
    "memory_mib": ("memory, on top of Python and the code", "MiB", None),
}


def main() -> int:
    """Measure both folders and how well the lists are answered, and write the tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--print", action="store_true", help="leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as few, tempfile.TemporaryDirectory() as many:
        shipped = make(Path(few), 0)
        make(Path(many), MANY)
        costs = [_median([_in_a_process(Path(folder)) for _ in range(ROUNDS)]) for folder in (few, many)]
    text = f"{_answers()}\n\n{_costs(shipped, *costs)}"
    print(text)
    if not arguments.print:
        before, rest = PAGE.read_text("utf-8").split(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.split(END)[1]}", "utf-8")
    return 0


def _answers() -> str:
    """The table of how well each list is answered by the playbooks that come with the bot."""
    find = Shelf(SHIPPED).find
    lines = [
        "| list | right page first | among the first three | nothing though one fits | nothing where none fits "
        "| nothing, or said to be unsure, where none fits |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name in ("symptoms.toml", "tuning.toml", "weighed.toml", "untouched.toml", "fresh.toml"):
        found = count(asked(name), find)
        fitting, others = found.fitting, found.others
        cells = (
            (found.first, fitting),
            (found.in_three, fitting),
            (found.false_none, fitting),
            (found.none, others),
            (found.unsure, others),
        )
        lines.append(f"| {name} | {' | '.join(f'{part} of {of} ({part / of:.0%})' for part, of in cells)} |")
    return "\n".join(lines)


def _costs(shipped: int, few: Costs, many: Costs) -> str:
    """The table of what both folders cost."""
    lines = [
        f"Medians of {ROUNDS} processes, {len(queries())} look-ups in each, every one asked once.",
        "",
        f"| what | {shipped} playbooks | {MANY:,} playbooks | aim | unit |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, (says, unit, aim) in ROWS.items():
        small, large = getattr(few, name), getattr(many, name)
        lines.append(f"| {says} | {small:.3g} | {large:.3g} | {'' if aim is None else format(aim, 'g')} | {unit} |")
    return "\n".join(lines)


def measure(folder: Path) -> Costs:
    """Read, index, ask, change a file. Each look-up is asked once, as in life."""
    rested = _rss_mib()
    began = time.perf_counter()
    loaded = load(folder)
    read_s = time.perf_counter() - began
    assert not loaded.problems, loaded.problems[:3]
    began = time.perf_counter()
    heard = read_lists(folder, NOTHING_HEARD).learnt
    heard_s = time.perf_counter() - began
    began = time.perf_counter()
    index = Index(loaded.playbooks, heard)
    index_s = time.perf_counter() - began
    took_ms = sorted(_find_ms(index, query) for query in queries())
    memory_mib = _rss_mib() - rested
    del index, heard, loaded
    after_change_ms, taken_up_s = _change(folder)
    return Costs(
        read_s=read_s,
        heard_s=heard_s,
        index_s=index_s,
        find_p50_ms=statistics.median(took_ms),
        find_p95_ms=took_ms[len(took_ms) * 95 // 100],
        find_max_ms=took_ms[-1],
        after_change_ms=after_change_ms,
        taken_up_s=taken_up_s,
        memory_mib=memory_mib,
    )


def make(folder: Path, count: int) -> int:
    """Write the shipped playbooks into `folder`, and mutations of them until there are `count`; the same each time.

    Returns how many are shipped.
    """
    chance = random.Random(SEED)
    texts = {path.stem: path.read_text("utf-8") for path in sorted(SHIPPED.glob("*.md")) if path.stem != "README"}
    common = sorted({word for text in texts.values() for word in _WORD.findall(text)})
    rare = ["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4))) for _ in range(30_000)]
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    shutil.copytree(SHIPPED / FOLDER, folder / FOLDER, dirs_exist_ok=True)
    names = list(texts)
    for number in range(len(names), count):
        name = names[number % len(names)]
        (folder / f"{name[:50]}-{number}.md").write_text(_mutated(texts[name], chance, common, rare), "utf-8")
    return len(names)


def queries() -> list[str]:
    """Short words, sentences and error lines that people wrote, and long pastes."""
    said = [_says(name) for name in ("symptoms.toml", "tuning.toml")]
    hurried = tomllib.loads((LISTS / "hurried.toml").read_text("utf-8")).values()
    pastes = ["\n".join(said[1][at : at + PASTE]) for at in range(0, len(said[1]), PASTE)]
    return [*said[0], *said[1], *(one for ones in hurried for one in ones), *pastes]


def _says(name: str) -> list[str]:
    return [one["says"] for one in tomllib.loads((LISTS / name).read_text("utf-8"))["symptom"]]


def _mutated(text: str, chance: random.Random, common: Sequence[str], rare: Sequence[str]) -> str:
    """The page with other words, where a word says nothing to the one who reads the file."""

    def other(word: re.Match[str]) -> str:
        drawn = chance.random()
        return chance.choice(common) if drawn < 0.25 else chance.choice(rare) if drawn < 0.4 else word[0]

    return "\n".join(line if _KEPT.match(line) else _WORD.sub(other, line) for line in text.split("\n"))


def _change(folder: Path) -> tuple[float, float]:
    """Milliseconds of the look-up that notices a changed file, and seconds until what was written is known."""
    page = max(folder.glob("*.md"))
    shelf = Shelf(folder)
    shelf.find("no primary")
    time.sleep(RECHECK_S)
    page.write_text("# A page that was changed\n\nTurn it round.\n", "utf-8")
    began = time.perf_counter()
    shelf.find("no primary")
    noticed_ms = (time.perf_counter() - began) * 1000
    while shelf.get(page.stem).title != "A page that was changed":
        time.sleep(0.05)
    return noticed_ms, time.perf_counter() - began


def _find_ms(index: Index, query: str) -> float:
    began = time.perf_counter()
    index.find(query)
    return (time.perf_counter() - began) * 1000


def _in_a_process(folder: Path) -> Costs:
    """A fresh process each time: memory that was freed is seldom given back."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        costs = pool.submit(measure, folder).result()
    make(folder, len(list(folder.glob("*.md"))))  # what was changed is put back
    return costs


def _median(costs: Sequence[Costs]) -> Costs:
    return Costs(**{one.name: statistics.median(getattr(cost, one.name) for cost in costs) for one in fields(Costs)})


def _rss_mib() -> float:
    return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0]) / 1024


if __name__ == "__main__":
    raise SystemExit(main())
