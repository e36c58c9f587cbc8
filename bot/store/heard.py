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
from bot.store.learnt import NONE, Learnt, mark, parsed

FOLDER = "heard"
ENDING = ".txt"
LEARNT = "learnt.json"
MAX_BYTES = 1024 * 1024  # of one list
MAX_LEARNT_BYTES = 8 * 1024 * 1024
MAX_CHARS = 400  # of a sentence; of a longer one the beginning counts


@dataclass(frozen=True)
class Lists:
    """The lists of a folder at one moment: what they taught, what is new in them since, and what cannot be read."""

    stamps: Mapping[str, Stamp]
    new: Mapping[str, tuple[str, ...]]  # sentences that nothing was learnt from yet, by the name of their page
    unreadable: Mapping[str, Fault]
    learnt: Learnt

    def faults(self, pages: Container[str]) -> Iterator[tuple[str, Fault]]:
        """What is wrong with them beside these pages, by file."""
        yield from self.unreadable.items()
        for name in self.new:
            if name not in pages and name != NONE:
                fault = Fault(1, f"there is no playbook {name}", f"name it after one, or {NONE}{ENDING}")
                yield f"{name}{ENDING}", fault


NOTHING_HEARD = Lists({}, {}, {}, Learnt())


def read_lists(folder: Path, before: Lists) -> Lists:
    """Return the lists beside the playbooks of `folder`; `before` itself when nothing has changed."""
    found = lists_of(folder)
    if found == before.stamps:
        return before
    learnt, unreadable = Learnt(), dict[str, Fault]()
    if LEARNT in found:
        try:
            learnt = parsed(files.text(folder / FOLDER, LEARNT, MAX_LEARNT_BYTES))
        except Fault as fault:
            unreadable[LEARNT] = fault
    known, new = learnt.known(), dict[str, tuple[str, ...]]()
    for file in sorted(found.keys() - {LEARNT}):
        try:
            new[file.removesuffix(ENDING)] = tuple(one for one in read_list(folder, file) if mark(one) not in known)
        except Fault as fault:
            unreadable[file] = fault
    return Lists(found, new, unreadable, learnt)


def lists_of(folder: Path) -> dict[str, Stamp]:
    """The files of what people typed beside the playbooks of `folder`, and of what was learnt. Most have none."""
    with contextlib.suppress(OSError):
        return files.stamps(folder / FOLDER, (ENDING, LEARNT))
    return {}


def read_list(folder: Path, file: str) -> tuple[str, ...]:
    """Return the sentences of one list beside the playbooks of `folder`. Raises Fault when it cannot be read."""
    lines = files.text(folder / FOLDER, file, MAX_BYTES).splitlines()
    said = (line.partition("\t")[0].strip()[:MAX_CHARS] for line in lines)
    return tuple(line for line in said if line and not line.startswith("#"))
