"""Whether the probes and signals that playbooks name exist: the folder's own reader does not know them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from pathlib import Path

from bot.domain.playbook import Playbook
from bot.probes import catalog
from bot.store.folders import Loaded, Problem, problem
from bot.store.frontmatter import Fault


def unknown_names(loaded: Loaded) -> list[Problem]:
    """Return a problem for each name of no probe and no signal, with the line it stands on."""
    probes, signals = {probe.name for probe in catalog.probes()}, catalog.signals()
    return [
        unknown
        for book in loaded.playbooks
        for key, names, known in (
            ("probe", book.probes, probes),
            ("signal", (*book.called_by, *book.forbidden_by), signals),
        )
        for unknown in _unknown(book, loaded.homes[book.name], key, names, known)
    ]


def _unknown(
    book: Playbook, folder: Path, what: str, names: Collection[str], known: Collection[str]
) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = f'did you mean "{near[0]}"?' if near else "`muster probe` lists what there is"
            line = 1 + book.text[: max(0, book.text.find(name))].count("\n")
            yield problem(folder, f"{book.name}.md", Fault(line, f'there is no {what} "{name}"', hint))
