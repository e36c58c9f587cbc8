"""`muster runbook lint [PATH]`: what is wrong with playbooks, each with its line and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bot import settings
from bot.cli.talk import as_json, wrapped
from bot.domain.playbook import Playbook
from bot.errors import NotFound
from bot.services.playbooks.flaws import flaws
from bot.store.playbooks import load


def read_with(folder: Path | None) -> tuple[Path, ...]:
    """The folders that count beside `folder`, itself the last: those before it in the settings, if it is one of them.
    Without it all of the settings."""
    known = settings.read().muster_playbooks
    if folder is None:
        return known
    before = next((at for at, one in enumerate(known) if one.resolve() == folder.resolve()), 0)
    return (*known[:before], folder)


def run(path: Path | None, *, data: bool) -> int:
    """Print each problem with file, line and remedy. Exit status 1 when there is any, and when there is no playbook."""
    if path and not path.exists():
        raise NotFound(f"There is no `{path}`.", hint="Name a folder of playbooks, or one file in it.")
    folders = read_with(path if path is None or path.is_dir() else path.parent)
    asked = (folders[-1],) if path else folders
    file = path.name if path and not path.is_dir() else ""

    def is_asked(one: Path) -> bool:
        return one == asked[0] / file if file else any(at in asked for at in (one, one.parent, one.parent.parent))

    found = load(*folders)
    everything = (*found.problems, *flaws(found))
    problems = [replace(one, file=str(one.path)) for one in everything if is_asked(one.path)]
    notices = [replace(one, file=str(one.path)) for one in found.notices if is_asked(one.path)]
    books = [book for book in found.playbooks if is_asked(found.homes[book.name] / f"{book.name}.md")]
    where = str(path) if path else " and ".join(map(str, folders))
    if not books and not problems:
        says = f"`{where}` is no playbook." if file else f"There is no playbook in `{where}`."
        raise NotFound(says, hint="A playbook is a Markdown file whose name ends in .md; README.md is none.")
    if data:
        both = ((problems, True), (notices, False))
        print(as_json([one.data() | {"mistake": mistake} for some, mistake in both for one in some]))
        return 1 if problems else 0
    for one in problems:
        print(wrapped(str(one), later="    "))
    for one in notices:
        print(wrapped(f"no mistake: {one}", later="    "))
    if not problems and not (file and notices):
        print(wrapped(_one_well(where, books[0]) if file else _all_well(where, books)))
    return 1 if problems else 0


_BARE = "found and shown, not walked."


def _all_well(where: str, books: Sequence[Playbook]) -> str:
    count, prose = len(books), sum(not book.steps for book in books)
    without = f" {prose} without steps: {_BARE}" if prose else ""
    return f"{count} {'playbook' if count == 1 else 'playbooks'} in {where}: nothing wrong.{without}"


def _one_well(where: str, book: Playbook) -> str:
    if book.steps:
        return f"{where}: nothing wrong."
    return f"{where}: {'front matter, no steps' if book.text.startswith('---') else 'prose, no front matter'}: {_BARE}"
