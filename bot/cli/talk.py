"""Speaking to a terminal: lines of its width, tables, JSON, numbers that were typed, and a quiet log."""

from __future__ import annotations

import argparse
import json
import logging
import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TextIO

WIDEST = 120  # longer lines of prose are hard to read
USUAL = 80  # of a terminal that does not say how wide it is
LEAST_LAST = 24  # columns that the last cell of a table needs beside the others


def number(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers from `least` to `most`, for argparse."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"`{text[:40]}` is not a number from {least} to {most}")
        return int(text)

    return read


def as_json(value: Any) -> str:
    """Indented JSON; datetimes in ISO 8601 with their zone."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_plain)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns, each as wide as its widest cell; the last is left ragged, and at a terminal fills what is left of it.

    Where too little is left, the last cell of each row stands below the others.
    """
    if not rows:
        return ""
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]) - 1)]
    before, most = sum(widths) + 2 * len(widths), columns()
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=False)] for row in rows]
    if most is None or before + max(len(row[-1]) for row in rows) <= most:
        return "\n".join("  ".join([*cells, row[-1]]).rstrip() for cells, row in zip(padded, rows, strict=True))
    if most - before < LEAST_LAST:
        return "\n".join(_stacked(row, most) for row in rows)
    return "\n".join(
        _lines(row[-1], most, first="".join(f"{cell}  " for cell in cells), later=" " * before)
        for cells, row in zip(padded, rows, strict=True)
    )


def wrapped(text: str, to: TextIO | None = None, *, indent: str = "", later: str = "") -> str:
    """Lines too long for the terminal broken between words, `commands` kept whole; elsewhere all as they are."""
    most = columns(to)
    if most is None:
        return textwrap.indent(text, indent)
    return "\n".join(
        _lines(line, min(most, WIDEST), first=indent, later=later or indent)
        if len(indent + line) > most
        else f"{indent}{line}".rstrip()
        for line in text.split("\n")
    )


def _stacked(row: Sequence[str], width: int) -> str:
    head = _lines("  ".join(cell for cell in row[:-1] if cell), width, first="", later="  ")
    return "\n".join(filter(None, (head, _lines(row[-1], width, first="    ", later="    ").rstrip())))


def _lines(text: str, width: int, *, first: str, later: str) -> str:
    """One line broken between words; what stands in backticks is broken nowhere, so that it can be copied."""
    whole = re.sub(r"`[^`]*`", lambda found: found[0].replace(" ", "\0"), text)
    made = textwrap.wrap(
        whole,
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(made).replace("\0", " ") or first.rstrip()


def columns(stream: TextIO | None = None) -> int | None:
    """How wide the terminal is that this is printed to; None where it is none."""
    to = stream or sys.stdout
    if not to.isatty():
        return None
    try:
        return os.get_terminal_size(to.fileno()).columns or USUAL
    except (OSError, ValueError):
        return USUAL


def quiet_logging() -> None:
    """Warnings and worse, one line each; nothing from a request is ever logged as it came."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    # Bolt warns that it will not use the token from the environment, which is as we want it.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return str(value)
