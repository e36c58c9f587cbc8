"""Where a drafted sentence goes in a section that people wrote, and how one that is gone is taken out of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.domain.postmortem.values import Part
from bot.errors import UserError

_ITEM = re.compile(r"[-*+] |\d{1,9}[.)] ")
_CLOCK = re.compile(r"[-*+] \*\*(?:\d{1,2} [A-Z][a-z]{2} )?(\d{2}:\d{2}) UTC\*\*")


def put(text: str, sentence: str, part: Part) -> str:
    """Return the text with a sentence in it.

    One with a time goes before the first later one of the last list of times, another below the last item of a list;
    without a list it stands behind what people wrote and in front of a table that ends it. A summary is one paragraph
    after the other.
    """
    lines = text.rstrip().split("\n")
    if part is Part.SUMMARY:
        return _paragraph(lines, sentence)
    item = f"- {sentence.replace(chr(10), chr(10) + '  ')}"
    starts = [at for at, line in enumerate(lines) if _ITEM.match(line) and not _fenced(lines, at)]
    if not starts:
        return _paragraph(lines, item)
    at = _in_time(lines, starts, item) if _CLOCK.match(item) else None
    at = _end_of(lines, starts[-1]) if at is None else at
    return "\n".join([*lines[:at], *item.split("\n"), *lines[at:]])


def without(text: str, shown: Iterable[str]) -> str:
    """Return the text without a sentence, in whichever way a draft showed it. Raises UserError when none is there."""
    for one in shown:
        item = f"- {one.replace(chr(10), chr(10) + '  ')}"
        for stands in (f"{item}\n", item, f"{one} ", one):
            if stands in text:
                return text.replace(stands, "", 1)
    raise UserError(
        "That sentence stands there in other words by now.", hint="Write the section, or leave the offer as it is."
    )


def _paragraph(lines: list[str], block: str) -> str:
    """Behind the last paragraph; in front of the table that ends the text, unless there is nothing but a table."""
    end = len(lines)
    while end and lines[end - 1].lstrip().startswith("|"):
        end -= 1
    end = end if any(line.strip() for line in lines[:end]) else len(lines)
    before, after = "\n".join(lines[:end]).rstrip(), "\n".join(lines[end:])
    return "\n\n".join(part for part in (before, block, after) if part)


def _in_time(lines: list[str], starts: list[int], item: str) -> int | None:
    """The line of the first later time in the list that ends last, None where no time is later or dates differ."""
    mine = _CLOCK.match(item)
    timed = [(at, found) for at in starts if (found := _CLOCK.match(lines[at]))]
    if mine is None or not timed or any(len(one[0]) != len(mine[0]) for _, one in timed):
        return None
    return next((at for at, found in timed if found[1] > mine[1]), _end_of(lines, timed[-1][0]))


def _end_of(lines: list[str], start: int) -> int:
    """The line after an item: what is indented below it, or goes on without an empty line, belongs to it."""
    at = start + 1
    while at < len(lines):
        if not lines[at].strip():
            if not "".join(lines[at + 1 : at + 2]).startswith("  "):
                break
        elif not lines[at].startswith("  ") and _begins(lines[at]):
            break
        at += 1
    return at


def _begins(line: str) -> bool:
    return bool(_ITEM.match(line)) or line.startswith(("#", "|", "```", ">"))


def _fenced(lines: list[str], at: int) -> bool:
    return sum(line.lstrip().startswith("```") for line in lines[:at]) % 2 == 1
