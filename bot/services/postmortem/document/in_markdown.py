"""The postmortem as CommonMark. Every string of data is escaped; the only raw HTML is the anchors of the entries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from bot.domain.postmortem.values import Draft, Line, Part, Question, Section, Sentence
from bot.domain.postmortem.wording import HAPPENED, one_line, stamp
from bot.domain.postmortem.written import Document
from bot.domain.roles import Person
from bot.services.postmortem.document.pieces import (
    Row,
    Sort,
    anchor,
    by,
    by_whom,
    local,
    moment_rows,
    pieces,
    safe_link,
    signatures,
    time_rows,
    told,
    whole,
    wording_note,
    zone_of,
)
from bot.services.postmortem.document.prose import in_place

BREAK = "\\\n"
FENCED = "\n"  # what follows a fence stands on a line of its own

# Intraword underscores are plain in CommonMark, and names such as db_main_1 stay readable when left alone.
_SPECIAL = re.compile(r"[\\`*\[\]<>|~$]|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_])|#(?=#*$)", re.MULTILINE)
_LINE_START = re.compile(r"^(?:(?=#)|(?=[-+=])|(\d{1,9})(?=[.)]))", re.MULTILINE)


def markdown(paper: Document | Draft, people: Mapping[str, Person] | None = None) -> str:
    """Return the whole postmortem as CommonMark, in valid UTF-8, ending in a newline."""
    document = whole(paper)
    draft = document.draft
    blocks = [
        f'# <a id="{anchor(draft.label)}"></a>{draft.label}: {_inline(draft.title)}',
        f"*{_origin(draft)}*",
        "\n".join(f"- **{fact.name}:** {_inline(fact.value)}" for fact in draft.header),
    ]
    for section in draft.sections:
        blocks.append(f"## {section.title}")
        written = document.written.get(section.part)
        blocks += [in_place(written.text)] if written else [block for block in _section(draft, section) if block]
    if signed := signatures(document, people or {}):
        blocks += ["## Signed by", "\n".join(f"- {_inline(line)}" for line in signed)]
    return "\n\n".join(blocks) + "\n"


def _origin(draft: Draft) -> str:
    drafted = f"Drafted from the record on {draft.drafted_at:%Y-%m-%d} at {stamp(draft.drafted_at, False)}"
    says = "each drafted statement names the entries it rests on, and what the record does not say is asked."
    return " ".join(part for part in (f"{drafted}: {says}", _inline(wording_note(draft))) if part)


def section_text(draft: Draft, part: Part) -> str:
    """Return a drafted section as Markdown without its heading, for people to write over."""
    return "\n\n".join(block for block in _section(draft, draft.section(part)) if block)


def sentence_text(draft: Draft, sentence: Sentence) -> str:
    """Return one drafted sentence as Markdown."""
    return _sentence(draft, sentence)


def escape(text: str) -> str:
    """Return prose of one or more lines so that CommonMark shows it as it is, its line breaks included."""
    text = re.sub(r" ?\n\s*", "\n", re.sub(r"[^\S\n]+", " ", text))
    escaped = _LINE_START.sub(lambda start: f"{start[1] or ''}\\", _SPECIAL.sub(r"\\\g<0>", text))
    return escaped.replace("\n", "\\\n")


def _section(draft: Draft, section: Section) -> Iterable[str]:
    if section.part is Part.TIMELINE:
        return _timeline(draft)
    if section.part is Part.TIMES:
        lengths, moments = _rows(time_rows(draft)), _rows(moment_rows(draft))
        return ("How long it took:", lengths, "When it happened:", moments, _questions(section.questions))
    if section.part is Part.SUMMARY:
        return (" ".join(_sentence(draft, sentence) for sentence in section.sentences),)
    listed = "\n".join(f"- {_indent(_sentence(draft, sentence))}" for sentence in section.sentences)
    nothing = "" if listed or section.part is Part.QUESTIONS else "Not recorded."
    return (listed or nothing, _questions(section.questions))


def _sentence(draft: Draft, sentence: Sentence) -> str:
    mark = f"*{sentence.mark}* " if sentence.mark else ""
    at = f"**{stamp(sentence.at, draft.dates(sentence.at))}** " if sentence.at else ""
    return f"{at}{mark}{_text(sentence.text)}{_refs(sentence.refs)}"


def _questions(questions: Iterable[Question]) -> str:
    groups = []
    for whom, asked in by_whom(questions).items():
        lines = "\n".join(f"- {_inline(question.text)}{_refs(question.refs)}" for question in asked)
        groups.append(f"**To ask{f' {_inline(whom)}' if whom else ''}:**\n\n{lines}")
    return "\n\n".join(groups)


def _rows(rows: Iterable[Row]) -> str:
    return "\n".join(
        f"- **{row.name}:** {_inline(row.value)}{f' ({_inline(row.note)})' if row.note else ''}{_refs(row.refs)}"
        for row in rows
    )


def _timeline(draft: Draft) -> Iterable[str]:
    zone = zone_of(draft)
    yield f"Times are UTC, in brackets those of {_inline(zone)}." if zone else "All times are UTC."
    day: date | None = None
    lines: list[str] = []
    for line in draft.timeline:
        if draft.dated and line.at.date() != day:
            yield "\n".join(lines)
            lines, day = [], line.at.date()
            yield f"### {line.at.day} {line.at:%B %Y}"
        lines.append(f"- {_indent(_line(draft, line))}")
    yield "\n".join(lines)
    if draft.aside:
        yield "Also on record:"
        yield "\n".join(f"- {_indent(_aside(draft, line))}" for line in draft.aside)


def _line(draft: Draft, line: Line) -> str:
    here = local(draft, line.at)
    clock = f"**{line.at:%H:%M}**{f' ({here})' if here else ''}"
    marks = "".join(f" **{HAPPENED[mark]}.**" for mark in line.marks)
    if not line.label:
        return f"{clock}{marks}{_refs(line.refs)}"
    tags = "".join(f" *#{tag}*" for tag in line.tags)
    text = _text(told(line))
    author = _inline(by(line))
    author += ":" if author and (text or tags) else ""
    words = " ".join(part for part in (f"{clock}{marks}", f"{author}{tags}".strip(), text) if part)
    return f"{_anchor(line)}{words}{_source(line)}"


def _aside(draft: Draft, line: Line) -> str:
    return f"{_anchor(line)}{stamp(line.at, draft.dates(line.at))} {_text(line.text)}{_source(line)}"


def _anchor(line: Line) -> str:
    return f'<a id="{anchor(line.label)}"></a>'


def _source(line: Line) -> str:
    address = safe_link(line.permalink)
    return f" ({line.label}, [message](<{address}>))" if address else f" ({line.label})"


def _refs(refs: Iterable[str]) -> str:
    return "".join(f" [{ref}](#{anchor(ref)})" for ref in refs)


def _text(text: str) -> str:
    """Return data that may have several lines and code in it."""
    parts = ""
    for piece in pieces(text):
        if piece.sort is Sort.CODE:
            parts += f"`{piece.text}`"
        elif piece.sort is Sort.BLOCK:
            parts = f"{parts.removesuffix(BREAK).rstrip(' ')}{_fence(piece.text)}"
        else:
            parts += escape(piece.text.lstrip() if parts.endswith(FENCED) else piece.text)
    return parts.strip(" ")


def _inline(text: str) -> str:
    """Return data on one line."""
    return escape(one_line(text))


def _fence(code: str) -> str:
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"\n{fence}\n{code}\n{fence}{FENCED}"


def _indent(text: str) -> str:
    """Keep the later lines of an item inside it."""
    return text.replace("\n", "\n  ").rstrip()
