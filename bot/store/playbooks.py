"""Playbooks as they lie in a folder: one Markdown file each, read strictly, refused one by one with file and line."""

from __future__ import annotations

import contextlib
import difflib
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bot.domain.known_errors import KnownErrors, known_errors
from bot.domain.playbook import Match, Playbook
from bot.errors import NotFound
from bot.store import files
from bot.store.files import Stamp
from bot.store.frontmatter import Fault
from bot.store.heard import FOLDER, NOTHING_HEARD, Lists, read_lists
from bot.store.pages import Page, read_text
from bot.store.search import Index

MAX_FAULTS_PER_FILE = 20
RECHECK_S = 1.0
PATIENCE_S = 0.5
PASTE_WORDS = 24  # more than anybody types

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a file was refused. As text: `playbooks/x.md:7: unknown key "symptom"; did you mean "symptoms"?`."""

    file: str
    line: int
    says: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.says}" + (f"; {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class Loaded:
    """What a folder held at one moment: the playbooks by name, and the problems of the files that were refused."""

    playbooks: tuple[Playbook, ...]
    problems: tuple[Problem, ...] = ()

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
        refused = [str(problem) for problem in self.problems if Path(problem.file).stem == wanted]
        if refused:
            raise NotFound(f"The playbook `{wanted}` cannot be read.", hint=refused[0], typed=name)
        near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
        hint = (
            f"Nearest: {', '.join(f'`{one}`' for one in near)}." if near else "Look for one with `/runbook` and words."
        )
        raise NotFound(f"I know no playbook `{wanted}`.", hint=hint, typed=name)


def load(folder: Path) -> Loaded:
    """Read every playbook of `folder`. A file that is refused stands in `problems`; the others load."""
    return _look(folder, None).loaded


def parse(text: str, name: str) -> Playbook:
    """Return the playbook that `text` holds. Raises Fault (a UserError that knows its line) when it cannot be read.

    Links to other playbooks are not followed: a walk re-reads its own text long after the folder has moved on.
    """
    page = read_text(text, name)
    if page.playbook is None:
        raise page.faults[0]
    return page.playbook


class Shelf:
    """A folder of playbooks that stays fresh in a long-running process. Safe to share between threads.

    The folder is looked at no more than once in RECHECK_S; only files whose times, size or inode changed are read.
    That, and laying out what was read for the search, goes on beside those who ask: they wait up to PATIENCE_S for it,
    which is plenty for some hundred files, and are then answered from what was known. Only while nothing is known yet
    do they wait to the end. A walk that has begun keeps its own text (see Walk), so a change here never moves the steps
    under someone's hands.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="playbooks")
        self._looking: Future[None] | None = None
        self._checked_at = 0.0
        self._patient_until = 0.0
        self._seen: _Seen | None = None
        self._laying: Future[None] = Future()
        self._current: Loaded | None = None
        self._index: Index | None = None

    def current(self) -> Loaded:
        """Return the playbooks as the folder held them RECHECK_S ago, or a little earlier when there are thousands."""
        looking, patience_s = self._due(self._current)
        with contextlib.suppress(TimeoutError):
            looking.result(patience_s)
        assert self._current is not None
        return self._current

    def get(self, name: str) -> Playbook:
        """Return one playbook. Raises NotFound, worded for the person who typed `name`."""
        return self.current().get(name)

    def find(self, query: str, limit: int = 5) -> list[Match]:
        """Return the playbooks that fit `query`, best first; empty when none does."""
        looking, patience_s = self._due(self._index)
        with contextlib.suppress(TimeoutError):
            looking.result(patience_s)
            self._laying.result(patience_s)
        assert self._index is not None and self._current is not None
        return _known_first(query, limit, self._index, self._current.known_errors)

    def warm(self) -> None:
        """Begin to read the folder, beside whoever calls."""
        self._due(self._index)

    def _due(self, known: object) -> tuple[Future[None], float | None]:
        """The newest look, and how long to wait for it: to the end while nothing is known."""
        with self._lock:
            looking = self._begin()
            return looking, None if known is None else max(0.0, self._patient_until - time.monotonic())

    def _begin(self) -> Future[None]:
        """Begin a look at the folder if it is due; return the newest look, under way or done."""
        now = self._clock()
        if self._looking is None or (self._looking.done() and now - self._checked_at >= RECHECK_S):
            self._checked_at, self._patient_until = now, time.monotonic() + PATIENCE_S
            self._looking = self._beside.submit(self._look)
        return self._looking

    def _look(self) -> None:
        seen = _look(self._folder, self._seen)
        if seen is not self._seen:
            _ = seen.loaded.known_errors  # laid out here, not in the way of the first message that asks for it
            self._seen, self._current = seen, seen.loaded
            self._laying = self._beside.submit(self._lay, seen)

    def _lay(self, seen: _Seen) -> None:
        new = seen.lists.new  # until they are learnt, such sentences count as symptoms of their page
        books = [replace(book, symptoms=(*book.symptoms, *new.get(book.name, ()))) for book in seen.loaded.playbooks]
        self._index = Index(books, seen.lists.learnt)


def _known_first(query: str, limit: int, index: Index, known: KnownErrors) -> list[Match]:
    """What is found, with a known error line before it that a long paste buries under its other words."""
    found = index.find(query, limit)
    if len(query.split()) <= PASTE_WORDS or (found and found[0].sure):
        return found
    lines = (match for error in known.seen(query) for match in index.find(error.words, 1) if match.sure)
    told = {match.name: match for match in lines}
    others = [replace(match, sure=False) for match in found if match.name not in told]
    return [*(replace(match, sure=len(told) == 1) for match in told.values()), *others][:limit]


@dataclass(frozen=True)
class _Seen:
    """A folder at one moment; `stamps` is None for one that could not be read."""

    stamps: dict[str, Stamp] | None
    pages: dict[str, Page]
    loaded: Loaded
    lists: Lists


def _look(folder: Path, before: _Seen | None) -> _Seen:
    """Read what changed in `folder` since `before`; return `before` itself when nothing did."""
    old = before.stamps if before and before.stamps is not None else {}
    try:
        stamps = files.stamps(folder)
    except OSError as error:
        says = f"the folder cannot be read: {error.strerror}"
        problem = Problem(file=str(folder), line=1, says=says, hint="set MUSTER_PLAYBOOKS")
        return _Seen(None, {}, Loaded((), (problem,)), NOTHING_HEARD)
    lists = read_lists(folder, before.lists if before else NOTHING_HEARD)
    if before and stamps == before.stamps and lists is before.lists:
        return before
    pages = {
        file: before.pages[file] if before and old.get(file) == stamp else _read_file(folder, file)
        for file, stamp in stamps.items()
    }
    return _Seen(stamps, pages, _assemble(folder.name, pages, lists), lists)


def _assemble(folder: str, pages: dict[str, Page], lists: Lists) -> Loaded:
    """Join the pages. A pointer to a file that is refused still counts, so one bad file never takes others along."""
    names = {file.removesuffix(".md") for file in pages}
    playbooks: list[Playbook] = []
    problems: list[Problem] = []
    for file, page in pages.items():
        faults = list(page.faults) + [
            Fault(line, f'"{written}" points to no playbook', _nearest(name, names))
            for line, written, name in page.pointers
            if name not in names
        ]
        if page.playbook and not faults:
            playbooks.append(page.playbook)
        problems += [
            Problem(file=f"{folder}/{_shown(file)}", line=fault.line, says=fault.message, hint=fault.hint)
            for fault in sorted(faults, key=lambda fault: fault.line)[:MAX_FAULTS_PER_FILE]
        ]
    for name, fault in lists.faults(names):
        file = f"{folder}/{FOLDER}/{_shown(name)}"
        problems.append(Problem(file=file, line=fault.line, says=fault.message, hint=fault.hint))
    return Loaded(tuple(playbooks), tuple(problems))


def _nearest(name: str, names: set[str]) -> str:
    near = difflib.get_close_matches(name[:64], names, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else "delete it, or add that file"


def _shown(file: str) -> str:
    """A file's name that is safe to print, whatever bytes it was made of."""
    return "".join(letter if letter.isprintable() else "?" for letter in file[:100])


def _read_file(folder: Path, file: str) -> Page:
    name = file.removesuffix(".md")
    try:
        if not _NAME.fullmatch(name):
            raise Fault(1, "this file name cannot be typed", "use a-z, 0-9 and hyphens, 64 at most, then .md")
        return read_text(files.text(folder, file), name)
    except Fault as fault:
        return Page(None, (fault,))
