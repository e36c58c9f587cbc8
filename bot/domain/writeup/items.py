"""Follow-ups in a list kept by hand: what is to be done, by whom, until when, and whether it is done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.clocks import DAY, read_day
from bot.domain.writeup.pasted import plain
from bot.domain.writeup.structure import Block, bare_item, is_item
from bot.domain.writeup.tables import Row, tables
from bot.errors import UserError

_BOX = re.compile(r"\[([ xX])\]\s*")
_MARK = re.compile(r"[*_]*(to do|todo|done|open|proposed)[*_]*:?\s+(?:\d{1,3}\.\s+)?", re.IGNORECASE)
_OWNER = re.compile(
    r"(?:[*_]{0,2}(?:owner|owned by|assignee|assigned to|responsible)[*_]{0,2}\s*[:=]?[*_]{0,2}\s*)"
    r"(?P<name>@?[^\W\d_][\w'’-]*(?:\s+[A-Z][\w'’-]*){0,2})",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"(?:no owner|owner\W{0,4}(?:none|tbd|nobody|unassigned|\?+|-+))\b", re.IGNORECASE)
_AT = re.compile(r"(?<![\w@.])@(?P<name>[\w][\w.-]{1,60})")
_DUE = re.compile(
    rf"[*_(]{{0,2}}(?<!\w)(?:due(?:\s+(?:by|on|date))?|deadline|by|until|before)[*_]{{0,2}}\s*[:=]?[*_]{{0,2}}\s*"
    rf"(?P<day>{DAY}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}})",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[](?P<said>[^()\[\]]{1,120})[)\]](?=[\s.;,]*$)")
_OWN = re.compile(  # as our own documents write one
    r"(?P<text>.+?[.!?…])(?: Aim: (?P<aim>[\w ]+)\.)?(?: Owner: (?P<name>[^.]+(?:\.[^.\s]+)*)\.| No owner yet\.)"
    r"(?: Due: (?P<day>\d{1,2} [A-Z][a-z]+ \d{4})\.)?(?P<link> Tracked at \S+\.)?"
)
_TODO = re.compile(r"\s*(?:[*_]{0,2})(?:to-?do|action|ai)(?:[*_]{0,2})\s*[:-]\s*(?=\S)", re.IGNORECASE)
_NAMED_FIRST = re.compile(r"(?P<name>@?[A-Z][\w'’-]+(?:\s[A-Z][\w'’-]+)?):\s+\S")
_ISO = re.compile(r"(?<![\d-])(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![\d-])")
_TEXT_COLUMN = r"action|item|task|what|description|to-?do|follow|improvement|step"
_OWNER_COLUMN = r"owner|assignee|\bwho\b|responsible|\bdri\b|person|team"
_DUE_COLUMN = r"due|deadline|target|\bwhen\b|\bdate\b|\beta\b|\bby\b"
_STATE_COLUMN = r"state|status|done"
_DONE = re.compile(r"done|closed|complete[d]?|fixed|yes|x|✓|✅|\[x\]", re.IGNORECASE)
MAX_ITEM_CHARS = 400  # of a follow-up: with its owner's name it still fits into a task
_REFS = re.compile(r"\s{0,4}\[(?:E\d+|INC-\d+)\]\(#[\w-]+\)")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One follow-up. `owner` and `due` are as they were read, "" and None where nobody said."""

    text: str
    line_number: int
    owner: str = ""
    due: date | None = None
    done: bool = False
    proposed: bool = False  # nobody has accepted it
    maybe: str = ""  # a name before a colon, which may be its owner


def items(block: Block, *, today: date, month_first: bool = False) -> tuple[Item, ...]:
    """The follow-ups that the lists and tables of a section hold. Indented lines belong to the item above."""
    found, _ = _listed(block)
    rows = [
        _row(row, today, month_first)
        for table in tables(block.lines)
        for row in table.rows
        if row.head and any(row.cells)
    ]
    listed = [_item(number, text, today, month_first) for number, text in found if text]
    return tuple(sorted((*listed, *rows), key=lambda item: item.line_number))


def others(block: Block) -> str:
    """What a section says outside its lists, and outside the tables whose rows are follow-ups."""
    _, listed = _listed(block)
    listed |= {row.line_number for table in tables(block.lines) if table.head for row in table.rows}
    listed |= {table.head for table in tables(block.lines)}
    return "\n".join(line for number, line in block.lines if number not in listed and any(map(str.isalnum, line)))


def _listed(block: Block) -> tuple[list[tuple[int, str]], set[int]]:
    """The items of the section's lists with the lines that belong to them, and the numbers of all these lines."""
    found: list[tuple[int, str]] = []
    numbers: set[int] = set()
    outer = 0
    for number, line in block.lines:
        indent = len(line) - len(line.lstrip())
        todo = _TODO.match(line)
        if (is_item(line) or todo) and not (found and indent >= outer + 2):
            found.append((number, line[todo.end() :].strip() if todo else bare_item(line)))
            outer = indent
        elif found and line.strip() and indent > outer:
            found[-1] = (found[-1][0], f"{found[-1][1]} {bare_item(line) if is_item(line) else line.strip()}")
        else:
            continue
        numbers.add(number)
    return found, numbers


def _row(row: Row, today: date, month_first: bool) -> Item:
    """A row of a table as a follow-up: its words, and every other cell behind them by the column's name."""
    said = row.column(_TEXT_COLUMN)
    said = said if said is not None else max(range(len(row.cells)), key=lambda at: len(row.cells[at]))
    owner = row.column(_OWNER_COLUMN, but=[said])
    due = row.column(_DUE_COLUMN, but=[said] if owner is None else [said, owner])
    state = row.column(_STATE_COLUMN, but=[said])
    name = row.cell(owner).strip("*_` @")
    name = "" if _NOBODY.search(f"owner: {name}") else name
    day = _day([row.cell(due).strip("*_` ")], today, month_first)
    read = {said, owner if name or not row.cell(owner) else said, due if day else said}
    rest = [
        f"{row.head[at]}: {cell}" for at, cell in enumerate(row.cells) if cell and at not in read and at < len(row.head)
    ]
    behind = f" ({'; '.join(rest)})" if rest else ""
    made = _item(row.line_number, row.cell(said), today, month_first)
    return replace(
        made,
        text=f"{made.text}{behind}",
        owner=name or made.owner,
        due=day or made.due,
        done=made.done or bool(_DONE.fullmatch(row.cell(state).strip("*_` "))),
        maybe="" if name else made.maybe,
    )


def _item(number: int, text: str, today: date, month_first: bool) -> Item:
    text = _REFS.sub("", text)
    box = _BOX.match(text)
    text = text[box.end() :] if box else text
    mark = _MARK.match(text)
    text = text[mark.end() :] if mark else text
    marked = mark[1].lower() if mark else ""
    made = Item(
        text=" ".join(text.split()),
        line_number=number,
        done=bool(box and box[1] != " ") or marked == "done",
        proposed=marked == "proposed",
    )
    if marked and (own := _OWN.fullmatch(made.text)):
        said = own["text"] + (own["link"] or "")
        return replace(made, text=said, owner=own["name"] or "", due=_day([own["day"] or ""], today, month_first))
    named = None if _NOBODY.search(text) else _OWNER.search(text) or _AT.search(text)
    first = None if named else _NAMED_FIRST.match(made.text)
    return replace(
        made,
        text=_without_brackets(made.text),
        owner=named["name"].lstrip("@") if named else "",
        due=_day((found["day"] for found in (*_DUE.finditer(text), *_ISO.finditer(text))), today, month_first),
        maybe=first["name"].lstrip("@") if first else "",
    )


def _without_brackets(text: str) -> str:
    """The words without brackets at their end that say nothing but the owner and the day."""
    found = _BRACKETS.search(text)
    if not found:
        return text
    rest = _ISO.sub("", _DUE.sub("", _NOBODY.sub("", _OWNER.sub("", found["said"]))))
    return text if any(map(str.isalnum, rest)) else f"{text[: found.start()]}{text[found.end() :]}".strip()


def _day(typed: Iterable[str], today: date, month_first: bool) -> date | None:
    for word in typed:
        try:
            return read_day(plain(word, month_first=month_first), today=today)
        except UserError:
            continue
    return None
