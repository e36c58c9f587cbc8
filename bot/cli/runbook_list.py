"""`muster runbook list`: every playbook there is, with its systems, how many steps it has, and whose it is."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cli.talk import as_json, columns, table, wrapped
from bot.domain.playbook import Playbook
from bot.errors import NotFound
from bot.services.playbooks.flaws import flaws
from bot.services.playbooks.runbooks import is_shipped
from bot.store.folders import Loaded, Problem


def run(loaded: Loaded, *, data: bool) -> int:
    """Print them by name, and what is wrong with those that stand. Files that were refused are for lint; that there are
    any is said."""
    if not loaded.playbooks and not data:
        raise NotFound("There are no playbooks.", hint="`muster runbook lint` says why.")
    if data:
        wrong = flaws(loaded)
        print(as_json([_data(book, loaded, wrong) for book in loaded.playbooks]))
        return 0
    rows = [_row(book, loaded) for book in loaded.playbooks]
    if columns() is None:
        print(table(rows))
    for name, title, *about in rows if columns() else ():
        print(wrapped(f"{name}: {title}", later="    "))
        print(wrapped(" · ".join(filter(None, about)), indent="    "))
    for flaw in flaws(loaded):
        print(wrapped(f"Mend {flaw}", later="    "))
    if loaded.problems:
        print(wrapped("Not everything could be read; `muster runbook lint` says what, and why."))
    return 0


def _row(book: Playbook, loaded: Loaded) -> tuple[str, ...]:
    steps = f"{len(book.steps)} step{'s' * (len(book.steps) != 1)}" if book.steps else "prose"
    return book.name, book.title, "shipped" if is_shipped(loaded, book) else "own", steps, ", ".join(book.systems)


def _data(book: Playbook, loaded: Loaded, wrong: Sequence[Problem]) -> dict[str, object]:
    file = loaded.homes[book.name] / f"{book.name}.md"
    return {
        "name": book.name,
        "title": book.title,
        "steps": len(book.steps),
        "systems": list(book.systems),
        "shipped": is_shipped(loaded, book),
        "folder": str(file.parent),
        "mend": [one.data() for one in wrong if one.path == file],
    }
