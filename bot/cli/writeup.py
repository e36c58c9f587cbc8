"""`muster postmortem import FILE` and `check FILE`: a write-up that somebody keeps by hand."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from bot import settings
from bot.cli import record
from bot.cli.talk import as_json, table, wrapped
from bot.domain.incident import Moment
from bot.domain.postmortem.values import TITLES, Part
from bot.domain.postmortem.wording import HAPPENED
from bot.domain.writeup import Writeup, check, read
from bot.domain.writeup.clocked import TIMELINE_LINES
from bot.domain.writeup.items import Item
from bot.domain.writeup.source import MAX_CHARS
from bot.errors import NotFound, UserError
from bot.services.postmortem import importing
from bot.services.terminal import me
from bot.wiring import wall

VERBS = ("import", "check")
LEAST_TIMES = 2  # of entries and moments: with fewer, nothing has a length
MAX_BYTES = 4 * MAX_CHARS  # UTF-8 has no longer letters


def run(arguments: argparse.Namespace) -> int:
    """Read or check the file."""
    if arguments.file is None:
        raise UserError(
            f"Which write-up shall I {arguments.incident if arguments.incident == 'check' else 'read'}?",
            hint=f"Name the file: `muster postmortem {arguments.incident} FILE`.",
        )
    text = _text(arguments.file)
    if arguments.incident == "check":
        return _check(arguments.file, text, data=arguments.json)
    return _import(text, store=arguments.yes, data=arguments.json)


def _text(file: Path) -> str:
    if str(file) == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    elif file.is_file():
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    elif file.is_dir():
        raise UserError(f"`{file}` is a folder.", hint="Name one file in it.")
    else:
        raise NotFound(f"There is no file `{file}`.", hint="Name a Markdown or plain text file, or - for stdin.")
    if len(data) > MAX_BYTES:
        raise UserError(f"`{file}` is larger than {MAX_BYTES:,} bytes.", hint="Split it.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(
            f"`{file}` is no UTF-8 text: byte {error.start:,} belongs to no letter.", hint="Save it as UTF-8."
        ) from None


def _check(file: Path, text: str, *, data: bool) -> int:
    """Print what was found, one line each. Exit status 1 when there is anything."""
    found = check(text, now=wall(), zone=settings.read().zone)
    if data:
        told = [{"file": str(file)} | asdict(one) | {"try": one.try_} for one in found]
        print(as_json([{name: value for name, value in one.items() if name != "try_"} for one in told]))
    elif found:
        for one in found:
            where = f"{file}:{one.line_number}" if one.line_number else str(file)
            print(wrapped(f"{where}: {one.what}. {one.try_}", later="    "))
    else:
        print(f"{file}: nothing to look at.")
    return 1 if found else 0


def _import(text: str, *, store: bool, data: bool) -> int:
    """Show what was read; with --yes, store it."""
    found = settings.read()
    writeup, incident = read(text, now=wall(), zone=found.zone), None
    if store:
        with record.write(found) as desk:
            incident = importing.store(desk, writeup, text=text, by=me())
    if data:
        print(
            as_json(asdict(writeup) | {"named": sorted(writeup.named), "stored": incident.label if incident else None})
        )
        return 0
    print(wrapped("\n".join(_shown(writeup))))
    if incident:
        print(wrapped(f"\nStored as {incident.label}, closed. See it with `muster postmortem {incident.label}`."))
        return 0
    print(wrapped(f"\nRead: {_counted(writeup)}. Nothing is stored yet.\n{_asked(writeup)}"))
    return 0


def _counted(writeup: Writeup) -> str:
    return ", ".join(
        (
            _many(len(writeup.lines), "entry", "entries"),
            _many(len(writeup.moments), "moment", "moments"),
            _many(len(writeup.named), "section", "sections"),
            _many(len(writeup.follow_ups), "follow-up", "follow-ups"),
            f"{_many(len(writeup.unread), 'thing', 'things')} not read",
        )
    )


def _asked(writeup: Writeup) -> str:
    """The question whether to store it, with a warning where it may be no postmortem at all."""
    try:
        importing.check(writeup)
    except UserError as wrong:
        return f"As it is it cannot be stored. {wrong.message} {wrong.hint}"
    there = writeup.named - {Part.SUMMARY, Part.QUESTIONS, Part.PEOPLE, Part.PLAYBOOKS}
    times = len(writeup.lines) + len(writeup.moments)
    if len(writeup.lines) >= TIMELINE_LINES or (times >= LEAST_TIMES and (there or writeup.moments)):
        return "Is this right? Then the same again with --yes."
    lacks = ["hardly a time"]
    lacks += [] if there else ["no section that a postmortem has (Impact, Timeline, Root cause, Action items)"]
    lacks += [] if writeup.moments else ["no moment (`Detected: 12:03 UTC`)"]
    said = f"{', '.join(lacks[:-1])} and {lacks[-1]}" if len(lacks) > 1 else lacks[0]
    return f"This may be no postmortem: it has {said}. If it is one, the same again with --yes."


def _shown(writeup: Writeup) -> list[str]:
    severity = writeup.severity.value if writeup.severity else "sev2, as none is given"
    lines = [
        writeup.title if writeup.headed else f"{writeup.title}  (how it begins; no title)",
        f"Severity: {severity}",
    ]
    if writeup.moments:
        stated = [
            (f"line {one.line_number}", f"{one.at:%Y-%m-%d %H:%M} UTC", HAPPENED[moment], _short(one.text, 60))
            for moment, one in writeup.moments.items()
        ]
        lines += ["", "Moments", table(stated)]
    if writeup.lines:
        rows = [(f"line {one.line_number}", f"{one.at:%Y-%m-%d %H:%M} UTC", _short(one.text)) for one in writeup.lines]
        lines += ["", f"Timeline, {_many(len(rows), 'entry', 'entries')}", table(rows)]
    if writeup.sections:
        lines += ["", "Sections"]
        lines.append(table([(TITLES[part], _short(text)) for part, text in writeup.sections.items()]))
    if writeup.follow_ups:
        lines += ["", "Follow-ups", table([_follow_up(one) for one in writeup.follow_ups])]
    if writeup.unread:
        lines += ["", "Not read as what it may have been meant for"]
        lines += [
            f"{f'line {one.line_number}: ' if one.line_number else ''}{one.why}: {_short(one.text)}"
            for one in writeup.unread
        ]
    notes = [*writeup.notes, *_unsaid(writeup)]
    return [*lines, *([""] if notes else []), *notes]


def _follow_up(one: Item) -> tuple[str, str, str, str]:
    due = one.due.isoformat() if one.due else "no day"
    return f"line {one.line_number}", one.owner or "no owner", due, f"{'done: ' if one.done else ''}{_short(one.text)}"


def _unsaid(writeup: Writeup) -> list[str]:
    """What an incident has and the text does not say: it is asked in the draft, not made up."""
    if not writeup.dated or Moment.DECLARED in writeup.moments:
        return []
    return ["When it was declared is not said, and stays not recorded. `Declared: 12:03 UTC` says it."]


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _short(text: str, most: int = 90) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rpartition(' ')[0] or line[:most]} …"
