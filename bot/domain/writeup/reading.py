"""A write-up kept by hand, read into what an incident is made of. What has no place of its own goes to the summary."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.arguments import find_severity
from bot.domain.imports import ImportedLine, UnreadLine
from bot.domain.incident import MAX_TITLE_CHARS, Severity
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import MAX_SECTION_CHARS, RECORD
from bot.domain.writeup import stated
from bot.domain.writeup.clocked import Timed, timed
from bot.domain.writeup.items import Item, items, others
from bot.domain.writeup.structure import Block, Parted, parted
from bot.errors import UserError

_SEVERITY = re.compile(r"(?:.{0,200}[.;,|])?[\s>*_-]*severity[*_]*\s*[:=][*_\s]*(?P<said>[\w -]{1,20})", re.IGNORECASE)
_ARCHIVE_LABEL = re.compile(r"^INC-\d+:\s*")


@dataclass(frozen=True, kw_only=True)
class Writeup:
    """What a write-up gave. `sections` are Markdown; `notes` are sentences that say what was assumed."""

    title: str
    severity: Severity | None
    lines: tuple[ImportedLine, ...]
    sections: Mapping[Part, str]
    follow_ups: tuple[Item, ...]
    unread: tuple[UnreadLine, ...]
    notes: tuple[str, ...]


def read(text: str, *, now: datetime, zone: ZoneInfo) -> Writeup:
    """Read a write-up. Clock times without a zone are those of `zone`. Raises UserError for what is no such text."""
    whole = parted(text)
    today, said = now.astimezone(zone).date(), stated.zone(text)
    times = timed(
        [pair for block in whole.blocks for pair in block.lines],
        now=now,
        zone=said or zone,
        date=stated.day(text, whole.meta, today=today),
    )
    title, used = _title(whole)
    sections, long = _sections(whole, times, used)
    return Writeup(
        title=title,
        severity=_severity(whole),
        lines=times.lines,
        sections=sections,
        follow_ups=tuple(
            item for block in whole.blocks if block.part is Part.FOLLOW_UPS for item in items(block, today=today)
        ),
        unread=tuple(sorted((*times.unread, *long), key=lambda one: one.line_number)),
        notes=tuple(dict.fromkeys((*_of_their_clock(said), *times.notes, *_assumed(times)))),
    )


def _title(whole: Parted) -> tuple[str, Block | None]:
    """The title, and the block whose heading it is: that of level 1, or the first that names no section."""
    if said := whole.meta.get("title", "").strip():
        return _cut(said), next((block for block in whole.blocks if block.level == 1), None)
    headed = [block for block in whole.blocks if block.heading]
    first = next((block for block in headed if block.level == 1), None)
    if first is None and headed and headed[0] is whole.blocks[0] and headed[0].part is None:
        first = headed[0]
    if first:
        return _cut(first.heading), first
    line = next((line for block in whole.blocks for _, line in block.lines if line.strip()), "A write-up without words")
    return _cut(re.split(r"(?<=[.!?])\s", line.strip(" #*_>-"))[0]), None


def _cut(title: str) -> str:
    line = _ARCHIVE_LABEL.sub("", " ".join(title.split()))
    return line if len(line) <= MAX_TITLE_CHARS else f"{line[: MAX_TITLE_CHARS - 2].rpartition(' ')[0]} …"


def _severity(whole: Parted) -> Severity | None:
    said = [whole.meta.get("severity", "")]
    said += [found["said"] for block in whole.blocks for _, line in block.lines if (found := _SEVERITY.match(line))]
    for word in filter(None, said):
        try:
            severity, _ = find_severity(word.strip())
        except UserError:
            continue
        if severity:
            return severity
    return None


def _sections(whole: Parted, times: Timed, title: Block | None) -> tuple[dict[Part, str], list[UnreadLine]]:
    told: dict[Part, list[str]] = {}
    for block in whole.blocks:
        text = _kept(block, times)
        part = block.part if block is not title else None
        if not text or (part is Part.FOLLOW_UPS and not others(block).strip()):
            continue
        if part is None or part in RECORD:
            headed = block is not title and block.heading
            told.setdefault(Part.SUMMARY, []).append(f"### {block.heading}\n\n{text}" if headed else text)
        else:
            told.setdefault(part, []).append(text)
    sections, long = {}, []
    for part, texts in told.items():
        text = "\n\n".join(texts)
        if len(text) > MAX_SECTION_CHARS:
            rest = text[MAX_SECTION_CHARS:]
            why = (
                f"the end of “{part}”, {len(rest):,} characters over the {MAX_SECTION_CHARS:,} that a section may have"
            )
            long.append(UnreadLine(line_number=0, text=rest[:200], why=why))
        sections[part] = text[:MAX_SECTION_CHARS]
    return sections, long


def _kept(block: Block, times: Timed) -> str:
    """What stays of a block once its lines that begin with a time are entries."""
    lines = [line for number, line in block.lines if number not in times.taken]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _of_their_clock(said: ZoneInfo | None) -> list[str]:
    return [f"Clock times without a zone are those of {said.key}, as the text says."] if said else []


def _assumed(times: Timed) -> list[str]:
    if not times.in_prose:
        return []
    many = len(times.in_prose)
    lines = "1 line of prose" if many == 1 else f"{many} lines of prose"
    return [f"Times were found in {lines}: each such sentence is an entry, and stays in its section too."]
