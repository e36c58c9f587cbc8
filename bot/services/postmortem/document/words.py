"""Markdown as the words of a picture: in lines that fit, and cut only where the meaning stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from bot.domain.chart.shapes import LETTERS, wide
from bot.domain.links import worded

_GAP = re.compile(r"\{\{([a-z][a-z0-9_]{0,31})(?::[a-z]+)?\}\}")
_MORE = "\u00a0…"  # on the line of the word before it
_CLAUSES = (re.compile(r"[.!?;:](?=[\s)])"), re.compile(r",(?=\s)"))  # where one ends, and where it may
_STEP = re.compile(r"\b(steps?) (?=\d)", re.IGNORECASE)


def plain_words(markdown: str) -> str:
    """One line of Markdown as words: links by their label, gaps by their name, without backticks and stars."""
    text = _GAP.sub(r"\1", worded(markdown))
    return " ".join(re.sub(r"`([^`]+)`|[`*]+", lambda code: code[1] or "", text).split())


def cut(text: str, most: int) -> str:
    """Return `text` with at most `most` letters: whole, or up to the end of a clause, with " …" behind it.

    Where no clause ends behind the first third, it ends with a word; a word that is longer than that is cut.
    """
    if len(text) <= most:
        return text
    head = text[: max(most - 2, 1)]
    for clause in _CLAUSES:
        ends = [found.start() for found in clause.finditer(head)]
        if ends and ends[-1] >= most // 3:
            return head[: ends[-1]] + _MORE
    return (head.rpartition(" ")[0] or head) + _MORE


def wrapped(text: str, room: float, size: int, most: int) -> tuple[str, ...]:
    """Return `text` in at most `most` lines of `room` pixels in letters of `size` pixels; the rest is cut off.

    A word is broken only when it has no room on a line of its own, behind a hyphen or a slash if it can be. "Step 7"
    stays together.
    """
    letters = max(room / size, 8.0)
    shown = min(len(text), int(most * letters * 3))  # no line holds more than three narrow letters for a high one
    text = _STEP.sub("\\1\u00a0", text)
    while len(lines := tuple(_lines(cut(text, shown), letters))) > most:
        shown -= 4
    return lines or ("",)


def _lines(text: str, letters: float) -> Iterator[str]:
    line = ""
    for word in filter(None, text.split(" ")):
        longer = f"{line} {word}".strip()
        if _fits(longer, letters):
            line = longer
            continue
        if line:
            yield line
        while not _fits(word, letters):
            most = max(sum(1 for room in accumulate(map(wide, word)) if room <= letters * LETTERS), 1)
            most = max(word.rfind("-", 0, most), word.rfind("/", 0, most)) + 1 or most
            yield word[:most]
            word = word[most:]
        line = word
    if line:
        yield line


def _fits(text: str, letters: float) -> bool:
    return wide(text.replace("\u00a0", " ")) <= letters * LETTERS
