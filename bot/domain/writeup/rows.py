"""What each line of a timeline is handed on as: a time and words, a day, more words of the entry above, or a riddle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.clocks import DAY, read_day
from bot.domain.writeup.pasted import Read, at_end, at_start, later, plain
from bot.domain.writeup.stated import is_zone
from bot.domain.writeup.structure import Block, bare_item, is_item
from bot.domain.writeup.tables import Row, tables
from bot.errors import UserError

_DAY_SAID = re.compile(rf"(?<![\w-]){DAY}", re.IGNORECASE)
_DAY_COLUMN = r"\b(?:date|day|datum|tag)\b"
_TIME_COLUMN = r"\btime|\bwhen\b|\bclock\b|\buhr|\bzeit|\butc\b|\bgmt\b"
_ZONE_COLUMN = r"\b(?:tz|time ?zone|zone)\b"
_WHO_COLUMN = r"^(?:who|by|by whom|person|people|author|actor|responder|name|wer)\b"
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})")
_TOLD = re.compile(r"[^\W_]")
_TIME_WORDS = re.compile(
    r"\b(?:later|after(?:wards)?|then|meanwhile|minutes?|hours?|soon|shortly|next|noon|midnight|morning|afternoon"
    r"|evening|night|lunch|o.clock|time|~|\d{1,2}[:.h]\d{2})\b",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[^\W\d_][\w .'’()-]{0,60}\s{1,8}\[?\d{1,2}:\d{2}(?:\s?[ap]\.?m\.?)?[\])]?", re.IGNORECASE)
FIRST_WORDS = 6  # of a line, where it would say when
INDENT = "  "  # of what belongs to the entry above


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line. `fed` is what the reader of pasted timelines gets, `own` whether it should have been an entry."""

    number: int
    raw: str
    fed: str
    own: bool = False
    loose: bool = False  # the time is not said to the minute, or a stretch of time is
    heading: bool = False  # stands above those that follow

    @property
    def words(self) -> str:
        """What it says, without the marks of a list or a table."""
        bare = bare_item(self.raw) if is_item(self.raw) else self.raw.strip()
        return " · ".join(cell for cell in map(str.strip, bare.strip("|").split("|")) if cell) if "|" in bare else bare


def rows(block: Block, *, today: date, month_first: bool) -> list[Line]:
    """The lines of a block that is a timeline, its heading first if that says something beside."""
    made = list(_heading(block, today, month_first))
    told, heads = _told(block.lines, today, month_first)
    fenced = _fences(block.lines)
    above = ""
    for number, raw in block.lines:
        if fenced.get(number) is False:  # code that is no list of times
            made.append(Line(number=number, raw=raw, fed=INDENT + raw))
        elif number in heads or not _TOLD.search(raw) or is_zone(raw):
            made.append(Line(number=number, raw=raw, fed=""))
        elif number in told:
            made.append(told[number])
        else:
            made.append(_line(number, raw, above, today, month_first))
        above = raw
    return made


def table_heads(block: Block) -> list[tuple[int, str]]:
    """The lines with the names of the columns of its tables."""
    heads = {table.head for table in tables(block.lines)}
    return [(number, line) for number, line in block.lines if number in heads]


def is_timed(line: str, *, month_first: bool = False) -> bool:
    """Whether the line begins with a time that is no word of a sentence."""
    read = at_start(line, month_first=month_first)
    sentence = read is not None and (read.loose or re.match(r"\s*at\s", line, re.IGNORECASE))
    return read is not None and (not sentence or is_item(line) or line.lstrip()[:1].isdigit())


def is_day(words: str, today: date) -> bool:
    """Whether the words are a day and nothing else."""
    try:
        return read_day(words.strip(" *_`#-:|[]()=.,"), today=today) is not None
    except UserError:
        return False


def _line(number: int, raw: str, above: str, today: date, month_first: bool) -> Line:
    """A line outside tables and code; `above` is the one before it."""
    if read := at_start(raw, month_first=month_first):
        return _timed(number, raw, read)
    bare = plain(raw.strip(), month_first=month_first)
    if is_day(bare, today) or _SPEAKER.fullmatch(raw.strip()):
        return Line(number=number, raw=raw, fed=bare)
    if raw.startswith(">") or raw.lstrip().startswith(("![", "<")):
        return Line(number=number, raw=raw, fed=INDENT + raw.lstrip("> "))
    if raw[0].isspace() and not (is_item(raw) and later(raw)):
        words = f"· {bare_item(raw)}" if is_item(raw) else raw.lstrip("> \t")
        return Line(number=number, raw=raw, fed=INDENT + words)
    if (read := at_end(raw)) and not _SPEAKER.fullmatch(raw.strip()):
        return _timed(number, raw, read)
    wrapped = above.strip() and not is_item(raw) and (is_item(above) or raw.lstrip()[:1].islower())
    if wrapped and not _says_when(raw):
        return Line(number=number, raw=raw, fed=INDENT + raw)
    return Line(number=number, raw=raw, fed=raw.strip(), own=True)


def _says_when(raw: str) -> bool:
    return later(raw) is not None or bool(_TIME_WORDS.search(" ".join(raw.split()[:FIRST_WORDS])))


def _timed(number: int, raw: str, read: Read) -> Line:
    return Line(number=number, raw=raw, fed=read.line, own=True, loose=bool(read.loose))


def _heading(block: Block, today: date, month_first: bool) -> Iterator[Line]:
    """A day that the heading gives, and the heading itself where it stands within a timeline."""
    said = plain(block.heading, month_first=month_first)
    day = next((found[0] for found in _DAY_SAID.finditer(said) if any(map(str.isdigit, found[0]))), "")
    if is_day(said, today):
        yield Line(number=block.line_number, raw=block.heading, fed=said)
        return
    if day and is_day(day, today):
        yield Line(number=block.line_number, raw=block.heading, fed=day)
    if block.heading and not block.names_it and block.level > 1:
        yield Line(number=block.line_number, raw=block.heading, fed=block.heading, own=True, heading=True)


def _fences(lines: Sequence[tuple[int, str]]) -> dict[int, bool]:
    """The lines in code, and whether that code is a list of times."""
    found: dict[int, bool] = {}
    held: list[tuple[int, str]] = []
    for number, line in lines:
        if held or _FENCE.match(line):
            held.append((number, line))
        if len(held) > 1 and _FENCE.match(line):
            found |= dict.fromkeys((one for one, _ in held), any(is_timed(said) for _, said in held))
            held = []
    return found


def _told(lines: Sequence[tuple[int, str]], today: date, month_first: bool) -> tuple[dict[int, Line], set[int]]:
    """The rows of tables, each as a line, and the numbers of the lines that only name the columns."""
    raws = dict(lines)
    told, heads = {}, set()
    for table in tables(lines):
        heads.add(table.head)
        for row in table.rows:
            told[row.line_number] = _row(row, raws[row.line_number], today, month_first)
    return told, heads


def _row(row: Row, raw: str, today: date, month_first: bool) -> Line:
    day = row.column(_DAY_COLUMN) if row.head else None
    clock = row.column(_TIME_COLUMN, but=[] if day is None else [day])
    if day is not None and clock is None:
        day, clock = None, day  # one column for both
    if clock is None or not at_start(row.cell(clock), month_first=month_first):
        timed = (at for at, cell in enumerate(row.cells) if at_start(cell, month_first=month_first) and len(cell) < 60)
        clock = next(timed, clock)
    if day is None and clock and is_day(plain(row.cell(clock - 1), month_first=month_first), today):
        day = clock - 1
    zone = row.column(_ZONE_COLUMN) if row.head else None
    who = row.column(_WHO_COLUMN) if row.head else None
    rest = " · ".join(cell for at, cell in enumerate(row.cells) if cell and at not in (day, clock, zone, who))
    rest = ": ".join(filter(None, (row.cell(who), rest)))
    when = " ".join(
        plain(row.cell(at), month_first=month_first).strip("*_` ") for at in (day, clock, zone) if at is not None
    )
    read = at_start(f"{when} - {rest}", month_first=month_first) if when.strip() else None
    if read:
        return _timed(row.line_number, raw, read)
    if not row.cell(clock):  # the time of the row above
        return Line(number=row.line_number, raw=raw, fed=INDENT + rest)
    return Line(number=row.line_number, raw=raw, fed=raw.strip(), own=True)
