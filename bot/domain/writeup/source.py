"""The text of a write-up as lines: whether it is one, without its comments, and apart from its front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import UserError

MAX_CHARS = 1_000_000
MAX_LINES = 10_000
MAX_FRONT_LINES = 60
LEAST_CHARS_A_CONTROL = 50  # in text there is seldom a control character; more than one in this many is no text

_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Source:
    """The lines, comments blanked; the front matter and the comments with their numbers; where the text begins."""

    lines: tuple[str, ...]
    first: int
    front: tuple[tuple[int, str], ...]
    comments: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, text: str) -> Source:
        """Take a text apart. Raises UserError for one that is empty, no text, or too long."""
        seen, comments = _without_comments(_checked(text))
        lines = tuple(seen.split("\n"))
        front, first = _front_matter(lines)
        return cls(lines=lines, first=first, front=front, comments=comments)


def _checked(text: str) -> str:
    if len(text) > MAX_CHARS:
        raise UserError(f"That has {len(text):,} characters; {MAX_CHARS:,} is the most.", hint="Split it.")
    if "\0" in text or len(_CONTROLS.findall(text)) * LEAST_CHARS_A_CONTROL > len(text):
        raise UserError("That is no text.", hint="Give a Markdown or plain text file, in UTF-8.")
    lines = re.split(r"\r\n|[\r\n\u2028\u2029\x85]", text)
    if len(lines) > MAX_LINES:
        raise UserError(f"That has {len(lines):,} lines; {MAX_LINES:,} is the most.", hint="Split it.")
    if not text.strip():
        raise UserError("There is nothing in that.", hint="Give a write-up in Markdown or plain text.")
    return "\n".join(lines)


def _without_comments(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The text with its comments blanked, line by line, and the comments with the numbers of their first lines."""
    found: list[tuple[int, str]] = []
    told: list[str] = []
    at, line, fences = 0, 1, 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        before, comment = text[at:begin], text[begin : end + 3]
        line, fences, at = line + before.count("\n"), fences + before.count("```"), end + 3
        in_code = fences % 2
        if not in_code:
            found.append((line, comment))
        told += [before, comment if in_code else "\n" * comment.count("\n")]
        line += comment.count("\n")
    return "".join((*told, text[at:])), tuple(found)


def _front_matter(lines: Sequence[str]) -> tuple[tuple[tuple[int, str], ...], int]:
    if lines[0].strip() != "---":
        return (), 0
    end = next((at for at in range(1, min(len(lines), MAX_FRONT_LINES)) if lines[at].strip() == "---"), 0)
    return tuple((at + 1, lines[at]) for at in range(1, end)), end + 1 if end else 0
