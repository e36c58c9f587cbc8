"""A playbook as a terminal shows it: its title, when to use it, its steps, in lines of the terminal's width."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from bot.cli.talk import columns
from bot.domain.playbook import Playbook

WIDEST = 100

_FENCE = re.compile(r"\s*(```|~~~)")
_AS_IT_IS = re.compile(r"\s*(?:#|\||>|[-*_]{3,}\s*$)")  # headings, tables, quotes, rules
_ITEM = re.compile(r"\s*(?:[-*+]|[0-9]{1,3}[.)])\s+")
_BEGINS = re.compile(rf"{_ITEM.pattern}|\*\*[^*]+\*\*")  # an item, or a line such as **Look for:**
_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n.*?^---[ \t]*\r?\n", re.DOTALL | re.MULTILINE)


def shown(book: Playbook) -> str:
    """The page below its front matter, headed by its title and what is known of it."""
    about = (
        book.name,
        book.severity,
        f"kept by {book.owner}" if book.owner else "",
        f"reviewed {book.reviewed}" if book.reviewed else "",
    )
    front = _FRONT_MATTER.match(book.text)
    page = book.text[front.end() if front else 0 :].strip()
    heading, _, rest = page.partition("\n")
    if heading.lstrip("# ").strip() == book.title:
        page = rest
    width = min(columns() or WIDEST, WIDEST)
    return "\n".join(
        [
            *textwrap.wrap(book.title, width, break_long_words=False),
            *textwrap.wrap(" · ".join(filter(None, about)), width, break_long_words=False),
            "",
            *_pieces(page.strip(), width),
        ]
    )


def _pieces(markdown: str, width: int) -> Iterator[str]:
    """Each paragraph and item laid out anew; code, tables, headings and quotes as they are."""
    held: list[str] = []  # the lines of the paragraph so far
    fence = ""
    for line in markdown.splitlines():
        mark = _FENCE.match(line)
        code = fence or mark or (line.startswith("    ") and not held)
        if code or not line.strip() or _AS_IT_IS.match(line) or _BEGINS.match(line):
            yield from _laid_out(held, width)
            held = []
        if code or not line.strip() or _AS_IT_IS.match(line):
            yield line
        else:
            held.append(line)
        if mark:
            fence = "" if fence == mark[1] else fence or mark[1]
    yield from _laid_out(held, width)


def _laid_out(lines: list[str], width: int) -> list[str]:
    if not lines:
        return []
    item = _ITEM.match(lines[0])
    text = " ".join(line.strip() for line in lines)
    lead = item[0] if item else ""
    return textwrap.wrap(
        text.removeprefix(lead.strip()).strip(),
        width,
        initial_indent=lead,
        subsequent_indent=" " * len(lead),
        break_long_words=False,
        break_on_hyphens=False,
    )
