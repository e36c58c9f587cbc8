"""Folders of playbooks at one moment: what was read, what was refused and why, and which page stands for which."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from bot.domain.known_errors import KnownErrors, known_errors
from bot.domain.playbook import Playbook
from bot.errors import NotFound
from bot.store import files
from bot.store.dead_links import dead_links
from bot.store.files import Stamp
from bot.store.frontmatter import Fault
from bot.store.heard import FOLDER, NOTHING_HEARD, Lists, read_lists
from bot.store.pages import Page, read_text

MAX_FAULTS_PER_FILE = 20

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a file was refused. As text: `playbooks/x.md:7: unknown key "symptom"; did you mean "symptoms"?`."""

    path: Path  # below the folder as it was given
    file: str  # the same, as it is shown: below the folder's name
    line: int
    says: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says}" + (f"; {self.hint}" if self.hint else "")

    def data(self) -> dict[str, str | int]:
        """The same for a program."""
        return {"file": self.file, "line": self.line, "says": self.says, "hint": self.hint}


def problem(folder: Path, file: str, fault: Fault) -> Problem:
    """What is wrong with a file of a folder."""
    shown = f"{folder.name}/{_shown(file)}"
    return Problem(path=folder / file, file=shown, line=fault.line, says=fault.message, hint=fault.hint)


@dataclass(frozen=True)
class Loaded:
    """What the folders held at one moment: the playbooks by name, and the problems of the files that were refused."""

    playbooks: tuple[Playbook, ...]
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()  # what may surprise, and is no mistake
    flaws: tuple[Problem, ...] = ()  # mistakes that cost a page nothing but a link, so that it stands all the same
    homes: Mapping[str, Path] = field(default_factory=dict)  # the folder of each playbook, by name

    @cached_property
    def known_errors(self) -> KnownErrors:
        """Their telling error texts, laid out at the first look: a second for 10,000 playbooks."""
        return known_errors(self.playbooks)

    def get(self, name: str) -> Playbook:
        """Return one playbook. Raises NotFound, with the nearest names or with why its file was refused."""
        wanted = name.strip().lower().removesuffix(".md")[:80]
        names = [playbook.name for playbook in self.playbooks]
        if wanted in names:
            return self.playbooks[names.index(wanted)]
        refused = [str(problem) for problem in self.problems if problem.path.stem == wanted]
        if refused:
            raise NotFound(f"The playbook `{wanted}` cannot be read.", hint=refused[0], typed=name)
        near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
        hint = (
            f"Nearest: {', '.join(f'`{one}`' for one in near)}." if near else "Look for one with `/runbook` and words."
        )
        raise NotFound(f"I know no playbook `{wanted}`.", hint=hint, typed=name)


@dataclass(frozen=True)
class Read:
    """One folder at one moment; `stamps` is None for one that could not be read, and `problem` says why."""

    folder: Path
    stamps: dict[str, Stamp] | None
    pages: dict[str, Page]
    problem: Problem | None = None


@dataclass(frozen=True)
class Seen:
    """All folders at one moment, and what they make together."""

    reads: tuple[Read, ...]
    loaded: Loaded
    lists: Lists


def look(folders: Sequence[Path], before: Seen | None = None) -> Seen:
    """Read what changed in `folders` since `before`; return `before` itself when nothing did."""
    old = before.reads if before else (None,) * len(folders)
    reads = tuple(_read(folder, known) for folder, known in zip(folders, old, strict=True))
    lists = read_lists(folders[0], before.lists if before else NOTHING_HEARD, *folders[1:])
    if before and lists is before.lists and all(new is known for new, known in zip(reads, old, strict=True)):
        return before
    return Seen(reads, _assemble(reads, lists), lists)


def _read(folder: Path, before: Read | None) -> Read:
    """Read what changed in one folder; return `before` itself when nothing did."""
    try:
        stamps = files.stamps(folder)
    except OSError as error:
        says = f"the folder cannot be read: {error.strerror}"
        problem = Problem(path=folder, file=str(folder), line=1, says=says, hint="set MUSTER_PLAYBOOKS")
        return before if before and before.problem == problem else Read(folder, None, {}, problem)
    if before and stamps == before.stamps:
        return before
    old = before.stamps if before and before.stamps is not None else {}
    pages = {
        file: before.pages[file] if before and old.get(file) == stamp else _read_file(folder, file)
        for file, stamp in stamps.items()
    }
    return Read(folder, stamps, pages)


def _assemble(reads: Sequence[Read], lists: Lists) -> Loaded:
    """Join the pages: of one name the last folder's stands. A pointer to a file that is refused still counts, so one
    bad file never takes others along; nor does the page come back that a refused one stands for."""
    standing = {file: read for read in reads for file in read.pages}
    names = {file.removesuffix(".md") for file in standing}
    playbooks: list[Playbook] = []
    problems = [read.problem for read in reads if read.problem]
    notices = list(_replaced(reads, standing))
    for file, read in sorted(standing.items()):
        page = read.pages[file]
        faults = [*page.faults, *_dead_pointers(page, names)]
        if page.playbook and not faults:
            playbooks.append(page.playbook)
        for fault in sorted(faults, key=lambda fault: fault.line)[:MAX_FAULTS_PER_FILE]:
            problems.append(problem(read.folder, file, fault))
        notices += [problem(read.folder, file, notice) for notice in page.notices]
    for folder, file, fault in lists.faults(names):
        problems.append(problem(folder, f"{FOLDER}/{file}", fault))
    homes = {book.name: standing[f"{book.name}.md"].folder for book in playbooks}
    return Loaded(tuple(playbooks), tuple(problems), tuple(notices), tuple(_flaws(playbooks, standing)), homes)


def _flaws(playbooks: Sequence[Playbook], standing: Mapping[str, Read]) -> Iterator[Problem]:
    texts = {book.name: book.text for book in playbooks}
    for name in texts:
        file, read = f"{name}.md", standing[f"{name}.md"]
        dead = dead_links(read.pages[file].links, name, read.folder, texts)
        yield from (problem(read.folder, file, fault) for fault in islice(dead, MAX_FAULTS_PER_FILE))


def _replaced(reads: Sequence[Read], standing: Mapping[str, Read]) -> Iterator[Problem]:
    """A notice for each page that another folder's stands for."""
    for read in reads:
        for file in read.pages:
            if standing[file] is not read:
                fault = Fault(1, f"stands in place of {_shown(str(read.folder / file))}")
                yield problem(standing[file].folder, file, fault)


def _dead_pointers(page: Page, names: set[str]) -> Iterator[Fault]:
    for line, written, name in page.pointers:
        if name not in names:
            yield Fault(line, f'"{written}" points to no playbook', _nearest(name, names))


def _nearest(name: str, names: set[str]) -> str:
    near = difflib.get_close_matches(name[:64], names, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else "delete it, or add that file"


def _shown(file: str) -> str:
    """A file's name that is safe to print, whatever bytes it was made of."""
    return "".join(letter if letter.isprintable() else "?" for letter in file[:200])


def _read_file(folder: Path, file: str) -> Page:
    name = file.removesuffix(".md")
    try:
        page = read_text(files.text(folder, file), name)
    except Fault as fault:
        page = Page(None, (fault,))
    if _NAME.fullmatch(name):
        return page
    untypable = Fault(1, "this file name cannot be typed", "use a-z, 0-9 and hyphens, 64 at most, then .md")
    return replace(page, playbook=None, faults=(untypable, *page.faults))
