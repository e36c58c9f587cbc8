"""`muster runbook find QUERY`, `muster runbook show NAME`."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from bot import settings
from bot.cli.talk import as_json, number, table
from bot.services import runbooks
from bot.store.playbooks import Shelf


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    find = verbs.add_parser("find", help="the playbooks that fit, best first")
    find.add_argument("query", nargs="+", help="what you see, or an error line")
    find.add_argument("--limit", type=number(1, 1000), default=5, metavar="N", help="at most N (default 5)")
    show = verbs.add_parser("show", help="print one playbook")
    show.add_argument("name")
    for verb in (find, show):
        verb.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; nothing fitting is an answer too, and exit status 0."""
    shelf = Shelf(settings.read().muster_playbooks)
    if arguments.verb == "show":
        book = runbooks.get(shelf, arguments.name)
        print(as_json(asdict(book)) if arguments.json else book.text.rstrip())
        return 0
    matches = runbooks.find(shelf, " ".join(arguments.query), limit=arguments.limit)
    if arguments.json:
        print(as_json([asdict(match) for match in matches]))
        return 0
    rows = [(m.name, m.title, f"fits because of: {', '.join(m.why)}" if m.why else "") for m in matches]
    print(table(rows) or "No playbook fits. Try the error line itself, or other words.")
    return 0
