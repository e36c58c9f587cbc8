"""The inventory: one YAML file that says what may be looked at, read strictly, refused system by system."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bot.domain.inventory import Inventory, System
from bot.store.files import MAX_BYTES, Stamp
from bot.store.folders import Problem
from bot.store.frontmatter import Fault, compose_yaml
from bot.store.inventory_keys import Faults
from bot.store.inventory_systems import complaints, system_of
from bot.store.plain import Node
from bot.store.playbooks import RECHECK_S

MAX_SYSTEMS = 500
MAX_FAULTS_PER_SYSTEM = 20
MAX_FAULTS = 100  # from then on one for each system: finding the nearest key to each of thousands takes its time


@dataclass(frozen=True)
class LoadedInventory:
    """What the file held at one moment: the systems that could be read, and the problems of the others."""

    inventory: Inventory
    problems: tuple[Problem, ...] = ()


def load(path: Path) -> LoadedInventory:
    """Read the inventory. A system with a fault stands in `problems`, the others load; never raises."""
    systems: list[System] = []
    faults: list[Fault] = []
    try:
        for name, node in _entries(compose_yaml(_text(path)), faults):
            room = max(1, min(MAX_FAULTS_PER_SYSTEM, MAX_FAULTS - len(faults)))
            wrong = list(islice(complaints(name, node), room))
            try:
                systems += [] if wrong else [system_of(name, node)]
            except Fault as fault:
                wrong = list(fault.each[:room]) if isinstance(fault, Faults) else [fault]
            faults += wrong
    except Fault as fault:
        faults.append(fault)
    problems = tuple(
        Problem(path=path, file=_shown(str(path)), line=fault.line, says=_shown(fault.message), hint=_shown(fault.hint))
        for fault in sorted(faults, key=lambda fault: fault.line)
    )
    return LoadedInventory(Inventory(tuple(systems), tuple(str(problem) for problem in problems)), problems)


class InventoryFile:
    """An inventory that stays fresh in a long-running process. Safe to share between threads.

    The file is looked at no more than once in RECHECK_S, and read when its times, size or inode changed. Without a
    path there is nothing to look at, and nothing wrong.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._checked_at: float | None = None
        self._stamp: Stamp | None = None
        self._held = LoadedInventory(Inventory())

    def current(self) -> LoadedInventory:
        """Return the inventory as the file held it RECHECK_S ago or later."""
        if self._path is None:
            return self._held
        with self._lock:
            now = self._clock()
            if self._checked_at is None or now - self._checked_at >= RECHECK_S:
                self._checked_at = now
                stamp = _stamp(self._path)
                if stamp != self._stamp:
                    self._stamp, self._held = stamp, load(self._path)
            return self._held


def _stamp(path: Path) -> Stamp:
    try:
        at = path.stat()
    except OSError:
        return ()
    return (at.st_mtime_ns, at.st_ctime_ns, at.st_size, at.st_ino)


def _text(path: Path) -> str:
    """The file's text. Raises Fault; waits for no pipe and reads no device."""
    try:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                raise Fault(1, "this is not a regular file", "an inventory is a plain YAML file")
            data = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        says = getattr(error, "strerror", None) or "not a path"
        raise Fault(1, f"this file cannot be read: {says}", "set MUSTER_INVENTORY") from error
    if len(data) > MAX_BYTES:
        raise Fault(1, f"this file has more than {MAX_BYTES // 1024} KB", "an inventory lists systems and no more")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Fault(line, "this is not UTF-8 text", "save the file as UTF-8") from error


def _entries(root: Node, faults: list[Fault]) -> list[tuple[str, Node]]:
    """The systems by name; what stands beside them goes into `faults`. Raises Fault where there are none."""
    found = root.value if isinstance(root.value, dict) else {}
    for key, node in found.items():
        if key != "systems":
            faults.append(Fault(node.key_line, f'unknown key "{key[:40]}"', 'all systems stand under "systems:"'))
    systems = found.get("systems")
    if systems is None:
        raise Fault(root.line, 'there is no key "systems"', "docs/inventory.md shows what the file looks like")
    if not isinstance(systems.value, dict) or not systems.value:
        raise Fault(systems.key_line, '"systems" names no system', 'write "name:" and its keys below, indented')
    if len(systems.value) > MAX_SYSTEMS:
        raise Fault(systems.key_line, f"there are more than {MAX_SYSTEMS} systems", "keep those that somebody looks at")
    return list(systems.value.items())


def _shown(text: str) -> str:
    """What is safe to print, whatever somebody put into a name."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)
