"""What people typed when a playbook was the right one, and when none was: the lists in `heard/` beside the playbooks.

`heard/connection-limit.txt` belongs to `connection-limit.md`, `heard/none.txt` to no page: one sentence or error line a
line; what stands behind a tab is where it comes from, and is not read. `heard/learnt.json` is what they taught.
"""

from __future__ import annotations

import contextlib
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.store import files
from bot.store.files import Stamp
from bot.store.frontmatter import Fault
from bot.store.learnt import NONE, Learnt, parsed

FOLDER = "heard"
ENDING = ".txt"
LEARNT = "learnt.json"
MAX_BYTES = 1024 * 1024  # of one list
MAX_LEARNT_BYTES = 8 * 1024 * 1024
MAX_CHARS = 400  # of a sentence; of a longer one the beginning counts


@dataclass(frozen=True)
class Lists:
    """The lists of a folder at one moment, by the name of their page, and the files that cannot be read."""

    stamps: Mapping[str, Stamp]
    sentences: Mapping[str, tuple[str, ...]]
    unreadable: Mapping[str, Fault]
    learnt: Learnt

    def new(self) -> dict[str, tuple[str, ...]]:
        """The sentences that nothing was learnt from yet, by page; none for no page."""
        knows = self.learnt.knows
        return {name: tuple(line for line in lines if not knows(line)) for name, lines in self.sentences.items()}

    def faults(self, pages: Container[str]) -> Iterator[tuple[str, Fault]]:
        """What is wrong with them beside these pages, by file."""
        yield from self.unreadable.items()
        for name in self.sentences:
            if name not in pages and name != NONE:
                fault = Fault(1, f"there is no playbook {name}", f"name it after one, or {NONE}{ENDING}")
                yield f"{name}{ENDING}", fault


NOTHING_HEARD = Lists({}, {}, {}, Learnt())


def read_lists(folder: Path, before: Lists) -> Lists:
    """Return the lists beside the playbooks of `folder`; `before` itself when nothing has changed."""
    found: dict[str, Stamp] = {}
    with contextlib.suppress(OSError):  # most folders of a team have none
        found = files.stamps(folder / FOLDER, (ENDING, LEARNT))
    if found == before.stamps:
        return before
    told: dict[str, tuple[str, ...]] = {}
    unreadable: dict[str, Fault] = {}
    learnt = Learnt()
    for file in found:
        try:
            if file == LEARNT:
                learnt = parsed(files.text(folder / FOLDER, file, MAX_LEARNT_BYTES))
            else:
                told[file.removesuffix(ENDING)] = _sentences(files.text(folder / FOLDER, file, MAX_BYTES))
        except Fault as fault:
            unreadable[file] = fault
    return Lists(found, told, unreadable, learnt)


def _sentences(text: str) -> tuple[str, ...]:
    said = (line.partition("\t")[0].strip()[:MAX_CHARS] for line in text.splitlines())
    return tuple(line for line in said if line and not line.startswith("#"))
