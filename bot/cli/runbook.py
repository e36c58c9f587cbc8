"""`muster runbook list`, `find QUERY`, `show NAME`, `paper NAME`, `lint [PATH]`, `learn [FOLDER]`, `stats`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from bot import settings
from bot.cli import output, record, runbook_learn, runbook_lint, runbook_list
from bot.cli.runbook_shown import shown
from bot.cli.talk import as_json, columns, number, table, wrapped
from bot.domain.playbook import Playbook
from bot.services.playbooks import runbooks, usage
from bot.services.playbooks.flaws import flaws
from bot.store.playbooks import Shelf, load


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs and their options."""
    verbs = parser.add_subparsers(dest="verb", metavar="verb", required=True)
    listing = verbs.add_parser("list", help="every playbook there is")
    find = verbs.add_parser("find", help="the playbooks that fit, best first")
    find.add_argument("query", nargs="+", help="what you see, or an error line")
    find.add_argument("--limit", type=number(1, 1000), default=5, metavar="N", help="at most N (default 5)")
    show = verbs.add_parser("show", help="print one playbook")
    show.add_argument("name")
    show.add_argument("--raw", action="store_true", help="the file as it is, front matter too; so it is in a pipe")
    lint = verbs.add_parser("lint", help="what is wrong in a folder of playbooks or in one file, with its line")
    lint.add_argument("path", nargs="?", type=Path, help="a folder or a file in it (default MUSTER_PLAYBOOKS)")
    paper = verbs.add_parser("paper", help="one playbook to print for a wall, with boxes to tick")
    paper.add_argument("name")
    paper.add_argument(
        "--out", type=output.path, metavar="FILE", help="where to write it (default NAME.html here; - prints it)"
    )
    learn = verbs.add_parser("learn", help="learn from what people typed (the lists in heard/), for look-ups")
    learn.add_argument("path", nargs="?", type=Path, metavar="FOLDER", help="default MUSTER_PLAYBOOKS")
    stats = verbs.add_parser("stats", help="what was looked up, opened, refused and walked, and which steps helped")
    for verb in (listing, find, show, lint, stats):
        verb.add_argument("--json", action="store_true", help="print data")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; nothing fitting is an answer too, and exit status 0."""
    if arguments.verb == "lint":
        return runbook_lint.run(arguments.path, data=arguments.json)
    if arguments.verb == "stats":
        return _stats(data=arguments.json)
    if arguments.verb == "learn":
        return runbook_learn.run(runbook_lint.read_with(arguments.path))
    if arguments.verb == "list":
        return runbook_list.run(load(*settings.read().muster_playbooks), data=arguments.json)
    shelf = Shelf(*settings.read().muster_playbooks)
    if arguments.verb == "paper":
        return _paper(runbooks.get(shelf, arguments.name), arguments.out)
    if arguments.verb == "show":
        book = runbooks.get(shelf, arguments.name)
        for flaw in flaws(shelf.current(), book.name):
            print(wrapped(f"Mend {flaw}", later="    "), file=sys.stderr)
        _show(book, raw=arguments.raw, data=arguments.json)
        return 0
    matches = runbooks.find(shelf, " ".join(arguments.query), limit=arguments.limit)
    if arguments.json:
        print(as_json([asdict(match) for match in matches]))
        return 0
    rows = [(m.name, m.title, f"{'fits' if m.sure else 'may fit'} {m.because}") for m in matches]
    print(table(rows) or wrapped("No playbook fits. Try the error line itself, or other words."))
    return 0


def _show(book: Playbook, *, raw: bool, data: bool) -> None:
    """Print it for a reader at a terminal; anywhere else, and when asked, byte for byte as it lies in its file."""
    if data:
        print(as_json(asdict(book)))
    elif raw or columns() is None:
        print(book.text.rstrip())
    else:
        print(shown(book))


def _paper(book: Playbook, out: Path | None) -> int:
    """Write the page to print, over nothing but an earlier print of the same playbook."""
    from bot.services.postmortem.document.paper import paper  # what renders Markdown is wanted by this verb only

    page = paper(book)
    if out and str(out) == "-":
        print(page)
        return 0
    file = out or Path(f"{book.name}.html")
    mark = f"Playbook <code>{book.name}</code>".encode()
    told = output.write(
        file / f"{book.name}.html" if file.is_dir() else file,
        page.encode("utf-8", "replace"),
        what=f"page to print of {book.name}",
        is_ours=lambda held: held.startswith(b"<!doctype html>") and mark in held,
    )
    print(wrapped(f"{told} Open it in a browser and print it, A4 or Letter."))
    return 0


def _stats(*, data: bool) -> int:
    """Print what became of every playbook, and what was looked for in vain."""
    with record.read(settings.read()) as desk:
        found = usage.usage(desk)
    if data:
        print(as_json(asdict(found)))
        return 0
    rows = [
        (
            use.playbook,
            f"{use.offered} offered",
            f"{use.opened} opened",
            f"{use.refused} not this",
            f"{use.walked} walked",
            f"helped {use.helped} of {use.judged}" if use.judged else "",
        )
        for use in found.playbooks
    ]
    print(table(rows) or "Nothing was looked up or walked yet.")
    steps = [(use.playbook, step.title, str(step.helped)) for use in found.playbooks for step in use.steps]
    if steps:
        print(f"\nSteps, as people said after the close:\n{table(steps)}")
    if found.in_vain:
        print("\nLooked for in vain, the newest first:")
        print("\n".join(f"  {words}" for words in found.in_vain))
    return 0
