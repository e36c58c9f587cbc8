"""Playbooks as they lie in a folder: one Markdown file each, read strictly, refused one by one with file and line."""

from __future__ import annotations

import difflib
import os
import re
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot.domain.known_errors import KnownErrors, known_errors
from bot.domain.playbook import Match, Playbook
from bot.errors import NotFound
from bot.store.frontmatter import Fault
from bot.store.pages import Page, read_text
from bot.store.search import Index

MAX_BYTES = 256 * 1024
MAX_FAULTS_PER_FILE = 20
RECHECK_S = 1.0

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

Stamp = tuple[int, ...]


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
    return Shelf(folder).current()


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
    A walk that has begun keeps its own text (see Walk), so a change here never moves the steps under someone's hands.
    """

    def __init__(self, folder: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folder = folder
        self._clock = clock
        self._lock = threading.Lock()
        self._checked_at: float | None = None
        self._stamps: dict[str, Stamp] | None = None
        self._pages: dict[str, Page] = {}
        self._loaded = Loaded(())
        self._index: Index | None = None

    def current(self) -> Loaded:
        """Return the playbooks as the folder holds them now, at most RECHECK_S old."""
        with self._lock:
            self._refresh()
            return self._loaded

    def get(self, name: str) -> Playbook:
        """Return one playbook. Raises NotFound, worded for the person who typed `name`."""
        return self.current().get(name)

    def find(self, query: str, limit: int = 5) -> list[Match]:
        """Return the playbooks that fit `query`, best first; empty when none does."""
        with self._lock:
            self._refresh()
            if self._index is None:
                self._index = Index(self._loaded.playbooks)
            index = self._index
        return index.find(query, limit)

    def _refresh(self) -> None:
        now = self._clock()
        if self._checked_at is not None and now - self._checked_at < RECHECK_S:
            return
        self._checked_at = now
        try:
            stamps = _stamps(self._folder)
        except OSError as error:
            says = f"the folder cannot be read: {error.strerror}"
            self._stamps, self._pages, self._index = None, {}, None
            self._loaded = Loaded(
                (), (Problem(file=str(self._folder), line=1, says=says, hint="set MUSTER_PLAYBOOKS"),)
            )
            return
        if stamps == self._stamps:
            return
        old = self._stamps or {}
        self._pages = {
            file: self._pages[file] if old.get(file) == stamp else _read_file(self._folder, file)
            for file, stamp in stamps.items()
        }
        self._stamps, self._index = stamps, None
        self._loaded = _assemble(self._folder.name, self._pages)


def _stamps(folder: Path) -> dict[str, Stamp]:
    """Return the playbook files of `folder` by name, each with what changes when it is edited. Raises OSError."""
    found: dict[str, Stamp] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.endswith(".md") or entry.name.startswith(".") or entry.name.lower() == "readme.md":
                continue
            try:
                at = entry.stat()
                found[entry.name] = (at.st_mtime_ns, at.st_ctime_ns, at.st_size, at.st_ino)
            except OSError:
                found[entry.name] = ()
    return dict(sorted(found.items()))


def _assemble(folder: str, pages: dict[str, Page]) -> Loaded:
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
        return read_text(_text(folder, file), name)
    except Fault as fault:
        return Page(None, (fault,))


def _text(folder: Path, file: str) -> str:
    """Return the text of one file, byte for byte. Raises Fault; never opens a device and never leaves the folder."""
    try:
        real = (folder / file).resolve(strict=True)
        if not real.is_relative_to(folder.resolve()):
            raise Fault(1, "this link leads out of the folder", "copy the file here instead")
        if not stat.S_ISREG(real.stat().st_mode):
            raise Fault(1, "this is not a regular file", "a playbook is a plain Markdown file")
        # A FIFO put in its place since the look above must not make us wait.
        with os.fdopen(os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except RuntimeError as error:  # how Python 3.11 and 3.12 name a link that points to itself
        raise Fault(1, "this link points to itself", "copy the file here instead") from error
    except OSError as error:
        raise Fault(1, f"this file cannot be read: {error.strerror}") from error
    if len(data or b"") > MAX_BYTES:
        raise Fault(1, f"this file has more than {MAX_BYTES // 1024} KB", "split it into several playbooks")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault(line, "this is not UTF-8 text", "save the file as UTF-8") from error
