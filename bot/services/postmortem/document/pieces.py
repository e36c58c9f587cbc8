"""What every form of the document needs: prose told from code, links told from traps, rows told from values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from urllib.parse import quote, urlsplit

from bot.domain.incident import Moment
from bot.domain.metrics import Known, Measure, spelt_out
from bot.domain.postmortem.values import Draft, Line, Question
from bot.domain.postmortem.wording import HAPPENED, source, stamp, who
from bot.domain.postmortem.written import Document
from bot.domain.roles import Person
from bot.domain.timeline import Kind

NOT_RECORDED = "not recorded"

MEASURED = {
    Measure.DETECT: ("Time to detect", "from the beginning of the impact to the first signal"),
    Measure.ACKNOWLEDGE: ("Time to acknowledge", "from the first signal until somebody took it up"),
    Measure.DECLARE: ("Time to declare", "from the first signal to the declaration"),
    Measure.IDENTIFY: ("Time to identify", "from the first signal until it was known what was wrong"),
    Measure.MITIGATE: ("Time to mitigate", "from the beginning of the impact to its end"),
    Measure.RESOLVE: ("Time to resolve", "from the beginning of the impact to the steady state"),
}


class Sort(StrEnum):
    """What a stretch of text is."""

    PROSE = "prose"
    CODE = "code"  # between single backticks
    BLOCK = "block"  # between triple backticks


@dataclass(frozen=True)
class Piece:
    """One stretch of text of one sort."""

    sort: Sort
    text: str

    @property
    def is_word(self) -> bool:
        """Whether it is one plain word, such as the name of a host, that reads the same in any letters."""
        return re.fullmatch(r"[\w.-]+", self.text) is not None


@dataclass(frozen=True)
class Row:
    """One row of the times: what, its value or why there is none, where it comes from, what it rests on."""

    name: str
    value: str
    note: str
    refs: tuple[str, ...]
    known: bool


_CODE = re.compile(r"[ \t]*\n?```[ \t]*\n?(.*?)\s*```[ \t]*\n?|`([^`\n]+)`", re.DOTALL)


def whole(paper: Document | Draft) -> Document:
    """Return what is shown; a draft alone is a document that nobody has written in."""
    return paper if isinstance(paper, Document) else Document(draft=paper, version=0)


def pieces(text: str) -> list[Piece]:
    """Split text at its backticks, the one piece of markup that people use for sense and not for looks."""
    found, end = [], 0
    for match in _CODE.finditer(text):
        found.append(Piece(Sort.PROSE, text[end : match.start()]))
        block = match[1] is not None
        found.append(Piece(Sort.BLOCK if block else Sort.CODE, match[1] if block else match[2]))
        end = match.end()
    found.append(Piece(Sort.PROSE, text[end:]))
    return [piece for piece in found if piece.text]


def safe_link(address: str) -> str:
    """Return an http or https address that can stand in an attribute or between `<` and `>`, else ""."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # urlsplit drops tabs and newlines as browsers do; an address that needed that is no permalink.
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s\x00-\x20\x7f\\]", address):
        return ""
    return quote(address, safe="%/:?#@!$&*+,;=~-._", errors="replace")


def told(line: Line) -> str:
    """Return what a line of the timeline says beyond its phase marks; "" where it only repeats one."""
    words = line.text.rstrip(".").casefold()
    return "" if any(words == HAPPENED[mark].casefold() for mark in line.marks) else line.text


def by(line: Line) -> str:
    """Return whose line it is. Who pasted a line is not who did what it tells."""
    return f"pasted by {line.author}" if line.kind is Kind.IMPORTED and line.author else line.author


def zone_of(draft: Draft) -> str:
    """Return the name of the team's zone, "" where its clocks show UTC all through the timeline."""
    differs = any(line.at.astimezone(draft.zone).utcoffset() for line in draft.timeline)
    return draft.zone.key if differs else ""


def local(draft: Draft, at: datetime) -> str:
    """Return the time on the team's clocks: `14:03`, `23 Apr 00:30` on another day, "" where they show UTC."""
    here = at.astimezone(draft.zone)
    if not here.utcoffset():
        return ""
    return f"{here:%H:%M}" if here.date() == at.date() else f"{here.day} {here:%b %H:%M}"


def signatures(document: Document, people: Mapping[str, Person]) -> list[str]:
    """Return one line for each signature, with a word on those given to another text."""
    return [
        f"{who(one.by, people)}, {one.at:%Y-%m-%d}{'; the text has changed since' if one.changed else ''}"
        for one in document.signed
    ]


def wording_note(draft: Draft) -> str:
    """Return a sentence on what a language model worded, "" when nothing was."""
    if not draft.worded:
        return ""
    many = len(draft.worded)
    told = "1 sentence was" if many == 1 else f"{many} sentences were"
    return f"Of the summary, {told} worded by {draft.worded_by} and held against the evidence."


def anchor(label: str) -> str:
    """Return the fragment of a label: `e7` for `E7`."""
    return label.lower()


def numeral(label: str) -> str:
    """Return what a reference shows: `7` for `E7`, the incident's own label as it is."""
    return label.removeprefix("E")


def in_order(draft: Draft) -> list[Moment]:
    """Return every moment: the known ones in the order of time, each unknown one in its usual place among them."""
    known = iter(sorted(draft.moments, key=lambda moment: draft.moments[moment].at))
    return [next(known) if moment in draft.moments else moment for moment in Moment]


def moment_rows(draft: Draft) -> list[Row]:
    """Return one row for each moment, known or not."""
    return [_moment(draft, moment, draft.moments.get(moment)) for moment in in_order(draft)]


def time_rows(draft: Draft) -> list[Row]:
    """Return one row for each time; one whose ends contradict each other says so and gives no number."""
    rows = []
    for span in draft.times:
        name, note = MEASURED[span.measure]
        unknown = "contradictory, see the open questions" if span.contradiction else NOT_RECORDED
        value = unknown if span.length is None else spelt_out(span.length)
        rows.append(Row(name, value, note, span.refs, known=span.length is not None))
    return rows


def by_whom(questions: Iterable[Question]) -> dict[str, list[Question]]:
    """Group questions by whom to ask, in order of appearance."""
    groups: dict[str, list[Question]] = {}
    for question in questions:
        groups.setdefault(question.whom, []).append(question)
    return groups


def _moment(draft: Draft, moment: Moment, known: Known | None) -> Row:
    if known is None:
        return Row(HAPPENED[moment], NOT_RECORDED, "", (), known=False)
    return Row(HAPPENED[moment], stamp(known.at, draft.dates(known.at)), source(known), known.refs, known=True)
