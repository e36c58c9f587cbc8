"""Follow-ups in a list kept by hand: what is to be done, by whom, until when, and whether it is done."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.domain.clocks import DAY, read_day
from bot.domain.writeup.structure import Block, bare_item, is_item
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
    rf"(?P<day>{DAY})",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<![\d-])(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})(?![\d-])")
_REFS = re.compile(r"\s*\[(?:E\d+|INC-\d+)\]\(#[\w-]+\)")


@dataclass(frozen=True, kw_only=True)
class Item:
    """One follow-up. `owner` and `due` are as they were read, "" and None where nobody said."""

    text: str
    line_number: int
    owner: str = ""
    due: date | None = None
    done: bool = False


def items(block: Block, *, today: date) -> tuple[Item, ...]:
    """The follow-ups that the lists of a section hold. Indented lines belong to the item above."""
    found: list[tuple[int, str]] = []
    outer = 0
    for number, line in block.lines:
        indent = len(line) - len(line.lstrip())
        if is_item(line) and not (found and indent >= outer + 2):
            found.append((number, bare_item(line)))
            outer = indent
        elif found and line.strip() and indent > outer:
            found[-1] = (found[-1][0], f"{found[-1][1]} {bare_item(line) if is_item(line) else line.strip()}")
    return tuple(_item(number, text, today) for number, text in found if text)


def others(block: Block) -> str:
    """What a section says outside its lists."""
    return "\n".join(line for _, line in block.lines if line.strip() and not is_item(line) and not line[0].isspace())


def _item(number: int, text: str, today: date) -> Item:
    text = _REFS.sub("", text)
    box = _BOX.match(text)
    text = text[box.end() :] if box else text
    mark = _MARK.match(text)
    text = text[mark.end() :] if mark else text
    done = bool(box and box[1] != " ") or bool(mark and mark[1].lower() == "done")
    named = None if _NOBODY.search(text) else _OWNER.search(text) or _AT.search(text)
    return Item(
        text=" ".join(text.split()),
        line_number=number,
        owner=named["name"].lstrip("@") if named else "",
        due=_day((found["day"] for found in (*_DUE.finditer(text), *_ISO.finditer(text))), today),
        done=done,
    )


def _day(typed: Iterable[str], today: date) -> date | None:
    for word in typed:
        try:
            return read_day(word, today=today)
        except UserError:
            continue
    return None
