"""Playbooks as they lie in folders: one Markdown file each, read strictly, refused one by one with file and line."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from bot.domain.known_errors import KnownErrors
from bot.domain.playbook import Match, Playbook
from bot.store.folders import Loaded, Seen, look
from bot.store.pages import read_again
from bot.store.search import Index

RECHECK_S = 1.0
PATIENCE_S = 0.5
PASTE_WORDS = 24  # more than anybody types


def load(*folders: Path) -> Loaded:
    """Read every playbook of `folders`. A file that is refused stands in `problems`; the others load."""
    return look(folders).loaded


def parse(text: str, name: str) -> Playbook:
    """Return the playbook that `text` holds, a text that a walk keeps since it was loaded from a folder.

    A walk re-reads it long after the folder has moved on, so links are not followed; and after upgrades, so what a
    stricter reader refuses by now is read as far as it goes: nobody in an incident could mend it.
    """
    return read_again(text, name)


class Shelf:
    """Folders of playbooks that stay fresh in a long-running process. Safe to share between threads.

    Of two pages of one name the later folder's stands. The folders are looked at no more than once in RECHECK_S; only
    files whose times, size or inode changed are read. That, and laying out what was read for the search, goes on beside
    those who ask: they wait up to PATIENCE_S for it, which is plenty for some hundred files, and are then answered from
    what was known. Only while nothing is known yet do they wait to the end. A walk that has begun keeps its own text
    (see Walk), so a change here never moves the steps under someone's hands.
    """

    def __init__(self, *folders: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._folders = folders
        self._clock = clock
        self._lock = threading.Lock()
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="playbooks")
        self._looking: Future[None] | None = None
        self._checked_at = 0.0
        self._patient_until = 0.0
        self._seen: Seen | None = None
        self._laying: Future[None] = Future()
        self._current: Loaded | None = None
        self._index: Index | None = None

    def current(self) -> Loaded:
        """Return the playbooks as the folders held them RECHECK_S ago, or a little earlier when there are thousands."""
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
        """Begin to read the folders, beside whoever calls."""
        self._due(self._index)

    def _due(self, known: object) -> tuple[Future[None], float | None]:
        """The newest look, and how long to wait for it: to the end while nothing is known."""
        with self._lock:
            looking = self._begin()
            return looking, None if known is None else max(0.0, self._patient_until - time.monotonic())

    def _begin(self) -> Future[None]:
        """Begin a look at the folders if it is due; return the newest look, under way or done."""
        now = self._clock()
        if self._looking is None or (self._looking.done() and now - self._checked_at >= RECHECK_S):
            self._checked_at, self._patient_until = now, time.monotonic() + PATIENCE_S
            self._looking = self._beside.submit(self._look)
        return self._looking

    def _look(self) -> None:
        seen = look(self._folders, self._seen)
        if seen is not self._seen:
            _ = seen.loaded.known_errors  # laid out here, not in the way of the first message that asks for it
            self._seen, self._current = seen, seen.loaded
            self._laying = self._beside.submit(self._lay, seen)

    def _lay(self, seen: Seen) -> None:
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
    first = [replace(match, sure=len(told) == 1) for match in told.values()]
    return sorted([*first, *others], key=lambda match: not match.code)[:limit]
