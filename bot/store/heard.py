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
    """The lists of all folders at one moment: what they taught, what is new since, and what cannot be read."""

    stamps: Mapping[tuple[Path, str], Stamp]  # by folder and file
    new: Mapping[str, tuple[str, ...]]  # sentences that nothing was learnt from yet, by the name of their page
    unreadable: Mapping[tuple[Path, str], Fault]
    learnt: Learnt

    def faults(self, pages: Container[str]) -> Iterator[tuple[Path, str, Fault]]:
        """What is wrong with them beside these pages, by folder and file."""
        for (folder, file), fault in self.unreadable.items():
            yield folder, file, fault
        for folder, file in self.stamps:
            name = file.removesuffix(ENDING)
            told = file == LEARNT or (folder, file) in self.unreadable
            if not told and name not in pages and name != NONE:
                fault = Fault(1, f"there is no playbook {name}", f"name it after one, or {NONE}{ENDING}")
                yield folder, file, fault


NOTHING_HEARD = Lists({}, {}, {}, Learnt())


def read_lists(folder: Path, before: Lists, *later: Path) -> Lists:
    """Return the lists beside the playbooks of `folder` and of `later` ones, joined; `before` itself when nothing has
    changed. What was learnt is the last folder's that has it: it is learnt from the lists of those before it too."""
    found = {(one, file): stamp for one in (folder, *later) for file, stamp in lists_of(one).items()}
    if found == before.stamps:
        return before
    learnt, unreadable = Learnt(), dict[tuple[Path, str], Fault]()
    for one in reversed([one for one, file in found if file == LEARNT]):
        try:
            learnt = parsed(files.text(one / FOLDER, LEARNT, MAX_LEARNT_BYTES))
            break
        except Fault as fault:
            unreadable[one, LEARNT] = fault
    known, new = learnt.known(), dict[str, tuple[str, ...]]()
    for one, file in found:
        if file == LEARNT:
            continue
        try:
            unknown = tuple(said for said in read_list(one, file) if mark(said) not in known)
            name = file.removesuffix(ENDING)
            new[name] = (*new.get(name, ()), *unknown)
        except Fault as fault:
            unreadable[one, file] = fault
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
