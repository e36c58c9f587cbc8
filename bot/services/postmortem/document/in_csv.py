"""The follow-ups as CSV (RFC 4180), for trackers and spreadsheets. No cell of it is a formula to anyone."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.follow_ups import proposals
from bot.domain.postmortem.values import Draft, Facts
from bot.domain.postmortem.wording import one_line, plain, who

COLUMNS = ("incident", "title", "number", "follow_up", "aim", "state", "owner", "due", "link", "evidence")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


def follow_ups_csv(facts: Facts, draft: Draft) -> str:
    """Return a line for each task, then one for each follow-up that a playbook proposes. Lines end in CRLF."""
    return written([COLUMNS, *_tasks(facts, draft), *_proposed(facts, draft)])


def written(rows: Iterable[tuple[str, ...]]) -> str:
    """Return the rows as they stand in a file, every cell harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8", "replace").decode("utf-8")


def _tasks(facts: Facts, draft: Draft) -> Iterable[tuple[str, ...]]:
    for task in sorted(facts.tasks, key=lambda task: task.number):
        yield (
            draft.label,
            draft.title,
            str(task.number),
            one_line(plain(task.text, facts.people)),
            task.aim or "",
            "done" if task.done_at else "to do",
            who(task.owner, facts.people) if task.owner else "",
            task.due.isoformat() if task.due else "",
            task.link,
            "",
        )


def _proposed(facts: Facts, draft: Draft) -> Iterable[tuple[str, ...]]:
    for one in proposals(Evidence(facts)):
        yield (draft.label, draft.title, "", one.text, one.aim, "proposed", "", "", "", " ".join(one.refs))


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
