"""What is wrong with playbooks that load all the same, and what is looked with where a name stands for no probe."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from bot.domain.inventory import SystemKind
from bot.domain.playbook import Playbook
from bot.probes import catalog
from bot.store.folders import Loaded, Problem, problem
from bot.store.frontmatter import Fault

STANDS = "It can be read and walked all the same."


def flaws(loaded: Loaded, *names: str) -> list[Problem]:
    """Return what is wrong in the playbooks that stand, or in those of `names`: probes and signals that there are none
    of, links that lead nowhere. Such a page is walked all the same."""
    books = [book for book in loaded.playbooks if not names or book.name in names]
    files = {loaded.homes[book.name] / f"{book.name}.md" for book in books}
    unknown = [one for book in books for one in _unknown_names(book, loaded.homes[book.name])]
    return [*unknown, *(one for one in loaded.flaws if one.path in files)]


def looks_with(book: Playbook, kind: SystemKind) -> tuple[str, ...] | None:
    """Return the probes with which a playbook's steps look at systems of `kind`, empty for all light ones; None where
    they do not look at such a system.

    A name of no probe may have meant any of its kind, so all light ones of that kind take its place: a misspelt name
    must not take a look away. Its kind is what stands before its dot, else those of `systems`, else any.
    """
    probes = catalog.of_kind(kind)
    about = kind.value in book.systems
    if not book.probes:
        return () if about else None
    known, kinds = {probe.name for probe in catalog.probes()}, {one.value for one in SystemKind}
    lost = {name.partition(".")[0] for name in book.probes if name not in known}
    anywhere = about or not kinds & set(book.systems)
    light_too = kind.value in lost or (anywhere and bool(lost - kinds))
    against = set(book.forbidden_by)  # whoever walks it must hear what speaks against it
    asked = tuple(
        probe.name
        for probe in probes
        if probe.name in book.probes or (probe.light and (light_too or not against.isdisjoint(probe.signals)))
    )
    return asked or None


def _unknown_names(book: Playbook, folder: Path) -> Iterator[Problem]:
    yield from _unknown(book, folder, "probe", "probes", book.probes, {probe.name for probe in catalog.probes()})
    for key, names in (("called_by", book.called_by), ("forbidden_by", book.forbidden_by)):
        yield from _unknown(book, folder, "signal", key, names, catalog.signals())


def _unknown(
    book: Playbook, folder: Path, what: str, key: str, names: Collection[str], known: Collection[str]
) -> Iterator[Problem]:
    begins = re.search(rf"^{key}[ \t]*:", book.text, re.MULTILINE)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f'did you mean "{near[0]}"?' if near else "`muster probe` lists what there is."
            hint += " Until then its steps look with all light ones." if what == "probe" else ""
            at = book.text.find(name, begins.start() if begins else 0)
            line = 1 + book.text.count("\n", 0, max(0, at))
            yield problem(folder, f"{book.name}.md", Fault(line, f'there is no {what} "{name}"', hint))
