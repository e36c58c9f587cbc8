"""`muster postmortem INCIDENT` in every form, and `import` and `check` for a write-up that was kept by hand."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from textwrap import shorten
from typing import TYPE_CHECKING

from bot import settings
from bot.cli import output, record, writeup
from bot.cli.talk import as_json, wrapped
from bot.domain.arguments import nearest
from bot.domain.incident import Status
from bot.errors import NotFound, UserError
from bot.services import incidents
from bot.store import postmortems

if TYPE_CHECKING:
    from bot.services.desk import Desk
    from bot.services.postmortem.exporting import Paper

FORMATS = ("md", "front-matter", "html", "pdf", "json", "csv", "git")
ENDINGS = {  # of files; the first is the usual one
    "md": ("md", "markdown", "txt"),
    "front-matter": ("md", "markdown", "txt"),
    "html": ("html", "htm"),
    "pdf": ("pdf",),
    "json": ("json",),
    "csv": ("csv",),
    "git": (),  # a folder's name
}
SUBJECT_CHARS = 72
EDGE_BYTES = 4096  # of a file that is there already, at either end: enough to see whose it is


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("incident", help="INC-3, or 3; or `import` or `check`, and a write-up kept by hand")
    parser.add_argument("file", nargs="?", type=Path, help="the write-up for import and check; - reads stdin")
    parser.add_argument("--format", choices=FORMATS, help="default: md; csv is the follow-ups alone")
    parser.add_argument("--out", type=output.path, metavar="FILE", help="where to write it; a folder for git")
    parser.add_argument("--since-draft", action="store_true", help="what has changed since the last draft")
    parser.add_argument("--yes", action="store_true", help="of import: store what was read")
    parser.add_argument("--json", action="store_true", help="print data; of an incident the same as --format json")


def run(arguments: argparse.Namespace) -> int:
    """Print or write the postmortem as it would be made from what is recorded now."""
    if wrong := _meaningless(arguments):
        print(wrapped(wrong, sys.stderr), file=sys.stderr)
        return 2
    if arguments.incident in writeup.VERBS:
        return writeup.run(arguments)
    number = incidents.number_of(arguments.incident)
    if number is None:
        raise UserError(
            f"`{arguments.incident}` is no incident's name.", hint="Write INC-3, or 3; or `import` or `check`."
        )
    with record.read(settings.read()) as desk:
        _draft_where_none_is(desk, number)
        form = "json" if arguments.json else arguments.format or "md"
        if arguments.since_draft:
            return _since(desk, number, data=form == "json")
        return _export(desk, number, form, arguments.out)


def _draft_where_none_is(desk: Desk, number: int) -> None:
    """Keep a draft of an incident that was closed where no bot ran, for later changes to be told from."""
    from bot.services.postmortem import drafting

    incident = incidents.find(desk, number=number)
    kept = postmortems.newest(desk.session, incident.id)
    if incident.status is Status.CLOSED and (kept is None or kept.draft is None):
        drafting.at_terminal(desk, incident.id)


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
        near = nearest(verb, writeup.VERBS, limit=1) if incidents.number_of(verb) is None else ()
        if near:
            return f"`{verb}` is no command: did you mean `muster postmortem {near[0]} {arguments.file}`?"
        return f"I do not know what `{arguments.file}` is for: to write into a file, use `--out {arguments.file}`."
    if arguments.yes:
        return "`--yes` goes with `muster postmortem import FILE`: it stores what was read there."
    if arguments.json and form not in (None, "json"):
        return f"`--json` and `--format {form}` ask for two forms: give one of them."
    if arguments.since_draft and arguments.out is not None:
        return "`--since-draft` prints what has changed, and does not go with `--out`."
    if arguments.since_draft and form not in (None, "json"):
        return f"`--since-draft` prints text, or data with `--json`, and does not go with `--format {form}`."
    return _contradicting(arguments.out, "json" if arguments.json else form or "md")


def _contradicting(out: Path | None, form: str) -> str:
    """Say that a file's name ends as another form than the one asked for; "" where it does not."""
    ending = out.suffix.lower().lstrip(".") if out else ""
    meant = next((name for name, endings in ENDINGS.items() if ending in endings), "")
    if out is None or out.is_dir() or not meant or ending in ENDINGS[form]:
        return ""
    if form == "git":
        return f"`--format git` takes a folder, and `{out}` is the name of a file: try `--out {out.parent}`."
    fits = f"`--format {meant}`, or a name that ends in `.{ENDINGS[form][0]}`"
    return f"`{out}` is a name for {meant}, and {form} is what would be written: give {fits}."


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
    told = output.write(
        out / f"{paper.name}.{ENDINGS[form][0]}" if out.is_dir() else out,
        made,
        what=f"{form} of {incident.label}",
        is_ours=lambda held: _is_earlier(held, form, incident.label),
    )
    print(wrapped(told))
    return 0


def _is_earlier(held: bytes, form: str, label: str) -> bool:
    """Whether a file holds what this command wrote for the same incident, so that nothing else is lost."""
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
    if incident.status is not Status.CLOSED and not postmortems.newest_version(desk.session, incident.id):
        raise NotFound(
            f"{incident.label} has no draft yet that anything could have changed since.",
            hint=f"It is made at `muster incident close {incident.label}`. What it would say now: "
            f"`muster postmortem {incident.label}`.",
        )
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
    print(wrapped("\n".join([says or f"{incident.label}: nothing has changed since draft {found.version}.", *lines])))
    return 0


def _entries(late: tuple[object, ...], struck: tuple[str, ...]) -> dict[str, object]:
    from dataclasses import asdict

    return {"late": [asdict(line) for line in late], "struck": struck}  # type: ignore[call-overload]
