"""`muster postmortem INCIDENT` in every form, and `import` and `check` for a write-up that was kept by hand."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

from bot import settings
from bot.cli import record, writeup
from bot.cli.hints import at_a_terminal
from bot.cli.talk import as_json
from bot.errors import UserError
from bot.services import incidents

if TYPE_CHECKING:
    from bot.services.desk import Desk
    from bot.services.postmortem.exporting import Paper

FORMATS = ("md", "front-matter", "html", "pdf", "json", "csv", "git")
ENDINGS = {"front-matter": "md"}
SUBJECT_CHARS = 72
EDGE_BYTES = 4096  # of a file that is there already, at either end: enough to see whose it is


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("incident", help="INC-3, or 3; or `import` or `check`, and a write-up kept by hand")
    parser.add_argument("file", nargs="?", type=Path, help="the write-up for import and check; - reads stdin")
    parser.add_argument("--format", choices=FORMATS, help="default: md; csv is the follow-ups alone")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write it; a folder for git")
    parser.add_argument("--since-draft", action="store_true", help="what has changed since the last draft")
    parser.add_argument("--yes", action="store_true", help="of import: store what was read")
    parser.add_argument("--json", action="store_true", help="print data; of an incident the same as --format json")


def run(arguments: argparse.Namespace) -> int:
    """Print or write the postmortem as it would be made from what is recorded now."""
    if wrong := _meaningless(arguments):
        print(at_a_terminal(wrong), file=sys.stderr)
        return 2
    if arguments.incident in writeup.VERBS:
        return writeup.run(arguments)
    number = incidents.number_of(arguments.incident)
    if number is None:
        raise UserError(f"`{arguments.incident}` is no incident's name.", hint="Write INC-3, or 3.")
    with record.read(settings.read()) as desk:
        form = "json" if arguments.json else arguments.format or "md"
        if arguments.since_draft:
            return _since(desk, number, data=form == "json")
        return _export(desk, number, form, arguments.out)


def _meaningless(arguments: argparse.Namespace) -> str:
    """Say what does not go together, in one sentence; "" where all does."""
    verb, form = arguments.incident, arguments.format
    options = {
        "--format": form is not None,
        "--out": arguments.out is not None,
        "--since-draft": arguments.since_draft,
        "--yes": arguments.yes,
    }
    if verb in writeup.VERBS:
        known = ("--yes",) if verb == "import" else ()
        given = [f"`{name}`" for name, is_given in options.items() if is_given and name not in known]
        takes = " and ".join(f"`{name}`" for name in (*known, "--json"))
        return f"`muster postmortem {verb}` takes {takes}, not {' and '.join(given)}." if given else ""
    if arguments.file is not None:
        return f"I do not know what `{arguments.file}` is for: to write into a file, use `--out {arguments.file}`."
    if arguments.yes:
        return "`--yes` goes with `muster postmortem import FILE`: it stores what was read there."
    if arguments.json and form not in (None, "json"):
        return f"`--json` and `--format {form}` ask for two forms: give one of them."
    if arguments.since_draft and arguments.out is not None:
        return "`--since-draft` prints what has changed, and does not go with `--out`."
    if arguments.since_draft and form not in (None, "json"):
        return f"`--since-draft` prints text, or data with `--json`, and does not go with `--format {form}`."
    return ""


def _export(desk: Desk, number: int, form: str, out: Path | None) -> int:
    from bot.services.postmortem import exporting  # what renders is wanted by this verb only

    incident = incidents.find(desk, number=number)
    paper = exporting.paper(desk, incident, as_recorded=form == "git")
    if form == "git":
        return _commit(paper, out)
    if form == "pdf" and out is None and sys.stdout.isatty():
        raise UserError("A PDF is nothing for a terminal.", hint=f"Write it with --out {paper.name}.pdf.")
    made = exporting.rendered(paper, form)
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(made)
        return 0
    file = out / f"{paper.name}.{ENDINGS.get(form, form)}" if out.is_dir() else out
    there = file.exists()
    if there and not _is_earlier(file, form, incident.label):
        raise UserError(
            f"`{file}` is there already, and is no {form} of {incident.label}.",
            hint="Name another file with --out, or move that one away.",
        )
    file.write_bytes(made)
    print(f"{file}: written{' over the one from before' if there else ''}.")
    return 0


def _is_earlier(file: Path, form: str, label: str) -> bool:
    """Whether the file is one that this command wrote for the same incident, so that nothing else is lost."""
    if not file.is_file():
        return False
    held = file.read_bytes()
    head, tail = held[:EDGE_BYTES], held[-EDGE_BYTES:]
    begins = {
        "md": f'# <a id="{label.lower()}"></a>{label}:',
        "front-matter": f'---\nincident: "{label}"',
        "html": "<!doctype html>",
        "pdf": "%PDF-",
        "json": "{",
        "csv": "incident,title,number,",
    }
    names = {"html": f"<title>{label}:", "json": f'"incident": "{label}"', "pdf": f"(muster {label})"}
    return head.startswith(begins[form].encode()) and names.get(form, "").encode() in head + tail


def _commit(paper: Paper, out: Path | None) -> int:
    from bot.services.postmortem import exporting, repository

    if out is None:
        raise UserError("Which folder of which repository?", hint="Name it: --format git --out REPO/postmortems.")
    label = paper.document.draft.label
    done = repository.commit(
        out,
        exporting.repository_name(paper),
        exporting.rendered(paper, "front-matter").decode(),
        subject=shorten(f"Postmortem of {label}: {paper.document.draft.title}", SUBJECT_CHARS, placeholder=" …"),
        earlier=rf"\d{{4}}-\d\d-\d\d-{label.lower()}(?:-[a-z0-9-]+)?\.md",
    )
    print(f"{done.file}: committed as {done.commit}." if done.commit else f"{done.file}: nothing has changed.")
    return 0


def _since(desk: Desk, number: int, *, data: bool) -> int:
    from bot.services.postmortem import exporting

    incident = incidents.find(desk, number=number)
    found = exporting.changes(desk, incident)
    if data:
        print(as_json({"version": found.version, "sentences": found.sentences} | _entries(found.late, found.struck)))
        return 0
    lines = []
    for title in dict.fromkeys(title for title, _, _ in found.sentences):
        lines += ["", title]
        lines += [f"{'+' if new else '-'} {' '.join(text.split())}" for of, text, new in found.sentences if of == title]
    if found.late:
        lines += ["", "Entries since then"]
        lines += [f"+ {one.label}  {one.at:%Y-%m-%d %H:%M} UTC  {' '.join(one.text.split())}" for one in found.late]
    if found.struck:
        lines += ["", f"Struck since then: {', '.join(found.struck)}"]
    says = f"{incident.label}, since draft {found.version}:" if lines else ""
    print("\n".join([says or f"{incident.label}: nothing has changed since draft {found.version}.", *lines]))
    return 0


def _entries(late: tuple[object, ...], struck: tuple[str, ...]) -> dict[str, object]:
    from dataclasses import asdict

    return {"late": [asdict(line) for line in late], "struck": struck}  # type: ignore[call-overload]
