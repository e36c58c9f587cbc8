"""Tables of a write-up: which lines are rows of one, what their columns are called, and what each cell says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_RULE = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-*:?\s*)?|\s*\|\s*:?-+:?\s*\|?\s*")
_TIME = re.compile(r"[*_]*(?:time|when|date|timestamp)(?: \([\w/+-]{1,30}\))?[*_]*", re.IGNORECASE)
_BAR = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of a table. `head` holds the names of its columns in lower case, () where they have none."""

    line_number: int
    cells: tuple[str, ...]
    head: tuple[str, ...] = ()

    def column(self, called: str, *, but: Sequence[int] = ()) -> int | None:
        """The first column whose name `called` finds."""
        return next((at for at, name in enumerate(self.head) if at not in but and re.search(called, name)), None)

    def cell(self, at: int | None) -> str:
        """What stands in a column, "" where the row has none."""
        return self.cells[at] if at is not None and at < len(self.cells) else ""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Lines that stand together as a table. `head` is the number of the line with the columns' names, 0 for none."""

    rows: tuple[Row, ...]
    head: int
    names: tuple[str, ...]  # of the columns, as they stand


def is_row(line: str) -> bool:
    """Whether the line is one of a table, by its bars."""
    return line.strip().startswith("|") and len(_BAR.findall(line)) > 1


def tables(lines: Sequence[tuple[int, str]]) -> Iterator[Table]:
    """The tables among the lines, in order."""
    held: list[tuple[int, str]] = []
    for number, line in [*lines, (0, "")]:
        if is_row(line) or (held and line.strip() and _BAR.search(line)):
            held.append((number, line))
        elif held:
            yield _table(held)
            held = []


def _table(lines: Sequence[tuple[int, str]]) -> Table:
    ruled = len(lines) > 1 and (bool(_RULE.fullmatch(lines[1][1])) or _names_columns(_cells(lines[0][1])))
    head = tuple(_bare(cell).lower() for cell in _cells(lines[0][1])) if ruled else ()
    rows = (
        Row(line_number=number, cells=_cells(line), head=head)
        for number, line in lines[1 if ruled else 0 :]
        if not _RULE.fullmatch(line)
    )
    return Table(rows=tuple(rows), head=lines[0][0] if ruled else 0, names=_cells(lines[0][1]) if ruled else ())


def _names_columns(cells: Sequence[str]) -> bool:
    """Whether the first line, without a rule below it, can be nothing but the names of a timeline's columns."""
    return len(cells) > 1 and bool(_TIME.fullmatch(cells[0])) and all(len(cell.split()) <= 2 for cell in cells)


def _cells(line: str) -> tuple[str, ...]:
    said = line.strip()
    said = said[1:] if said.startswith("|") else said
    said = said[:-1] if said.endswith("|") and not said.endswith("\\|") else said
    return tuple(cell.replace("\\|", "|").strip() for cell in _BAR.split(said))


def _bare(cell: str) -> str:
    return re.sub(r"[*_`:]", "", cell).strip()
