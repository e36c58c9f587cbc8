"""`muster runbook find QUERY`, `muster runbook show NAME`, `muster runbook lint [PATH]`."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

from bot import settings
from bot.cli.talk import as_json, number, table
from bot.errors import NotFound
from bot.services import runbooks
from bot.store.playbooks import Shelf, load


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    find = verbs.add_parser("find", help="the playbooks that fit, best first")
    find.add_argument("query", nargs="+", help="what you see, or an error line")
    find.add_argument("--limit", type=number(1, 1000), default=5, metavar="N", help="at most N (default 5)")
    show = verbs.add_parser("show", help="print one playbook")
    show.add_argument("name")
    lint = verbs.add_parser("lint", help="what is wrong in a folder of playbooks or in one file, with its line")
    lint.add_argument("path", nargs="?", type=Path, help="a folder or a file in it (default MUSTER_PLAYBOOKS)")
    for verb in (find, show, lint):
        verb.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; nothing fitting is an answer too, and exit status 0."""
    if arguments.verb == "lint":
        return _lint(arguments.path or settings.read().muster_playbooks, data=arguments.json)
    shelf = Shelf(settings.read().muster_playbooks)
    if arguments.verb == "show":
        book = runbooks.get(shelf, arguments.name)
        print(as_json(asdict(book)) if arguments.json else book.text.rstrip())
        return 0
    matches = runbooks.find(shelf, " ".join(arguments.query), limit=arguments.limit)
    if arguments.json:
        print(as_json([asdict(match) for match in matches]))
        return 0
    rows = [
        (m.name, m.title, f"{'fits' if m.sure else 'may fit'} because of: {', '.join(m.why)}" if m.why else "")
        for m in matches
    ]
    print(table(rows) or "No playbook fits. Try the error line itself, or other words.")
    return 0


def _lint(path: Path, *, data: bool) -> int:
    """Print each problem with file, line and remedy. Exit status 1 when there is any."""
    if not path.exists():
        raise NotFound(f"There is no `{path}`.", hint="Name a folder of playbooks, or one file in it.")
    folder = path if path.is_dir() else path.parent
    found = load(folder)
    problems = [one for one in found.problems if path.is_dir() or Path(one.file).name == path.name]
    if data:
        print(as_json([asdict(problem) for problem in problems]))
    elif problems:
        print("\n".join(str(problem) for problem in problems))
    else:
        count, prose = len(found.playbooks), sum(not book.steps for book in found.playbooks)
        whole = f"{count} {'playbook' if count == 1 else 'playbooks'} in {folder}" if path.is_dir() else str(path)
        without = f" {prose} without steps: found and shown, not walked." if path.is_dir() and prose else ""
        print(f"{whole}: nothing wrong.{without}")
    return 1 if problems else 0
