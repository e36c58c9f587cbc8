"""`muster preflight CHANGE SYSTEM [details]`: go, wait or stop before a change, from a look of its own."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from bot import settings
from bot.cli import record
from bot.cli.progress import telling
from bot.cli.talk import as_json, table, wrapped
from bot.domain.check import written
from bot.domain.preflight.changes import CHANGES
from bot.domain.preflight.values import Answer, Line
from bot.services.systems import preflight, preflight_answer
from bot.services.systems.looker import Looker
from bot.services.systems.preflight_answer import Preflight
from bot.services.terminal import me
from bot.store.inventory import InventoryFile
from bot.wiring import wall

EXIT = {Answer.GO: 0, Answer.WAIT: 1, Answer.STOP: 2, Answer.UNKNOWN: 3}


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("change", nargs="?", help="as in `drop-index`; without one, what there is")
    parser.add_argument("system", nargs="?", help="a system of the inventory")
    parser.add_argument("details", nargs="*", help="as in `shop.orders status_1`, `+4x100`, `backup=orders-backups`")
    parser.add_argument("--json", action="store_true", help="print data, every line with its finding")


def run(arguments: argparse.Namespace) -> int:
    """Look, decide, print, and exit with 0 go, 1 wait, 2 stop, 3 unknown."""
    if not arguments.change:
        print(table([(change.name, change.about, change.example) for change in CHANGES]))
        return 0
    found = settings.read()
    words = [word for word in (arguments.change, arguments.system, *arguments.details) if word]
    made = preflight.plan(InventoryFile(found.muster_inventory).current().inventory, words)
    with record.write(found) as desk:
        kept, before = preflight_answer.earlier(desk, made)
    looking = preflight_answer.look(Looker(found.credential), made, kept, at=wall(), wall=wall)
    seen = asyncio.run(telling(looking, made.systems, quiet=arguments.json))
    with record.write(found) as desk:
        told = preflight_answer.decided(desk, made, seen, before, in_incident=False)
        preflight_answer.keep(desk, preflight.begin(desk, made, by=me()), seen)
    print(as_json(_data(told)) if arguments.json else _shown(told))
    return EXIT[told.decision.answer]


def _shown(told: Preflight) -> str:
    head = f"{told.decision.answer.upper()}  {told.plan.line}\n{told.decision.next}\n"
    rows = [("told" if one.told else one.answer.upper(), one.says, one.playbook) for one in told.decision.lines]
    lines = [(answer, says + (f"  [{book}]" if book else "")) for answer, says, book in rows]
    return "\n".join([wrapped(head), table(lines), *_way(told)])


def _way(told: Preflight) -> list[str]:
    """The playbook that leads through the change, and what was found that speaks against it now."""
    book = told.plan.change.playbook
    if book not in told.titles:
        return []
    against = [f"not now: {finding.says}" for finding in told.forbidden.get(book, ())[:1]]
    return ["", *table([("playbook", line) for line in (told.titles[book], *against)]).splitlines(), _typed(book)]


def _typed(book: str) -> str:
    return f"          muster runbook show {book}"


def _data(told: Preflight) -> dict[str, Any]:
    return {
        "change": told.plan.change.name,
        "system": told.plan.system.name,
        "details": dict(told.plan.details),
        "answer": told.decision.answer.value,
        "next": told.decision.next,
        "playbook": told.plan.change.playbook if told.plan.change.playbook in told.titles else "",
        "took_s": round(told.took_s, 3),
        "lines": [_line(one) for one in told.decision.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "answer": line.answer.value,
        "decides": not line.told,
        "says": line.says,
        "then": line.then,
        "playbook": line.playbook,
        "finding": written((line.finding,))[0] if line.finding else None,
    }
