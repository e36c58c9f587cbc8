"""A write-up taken apart: its headings, the lines below each, and what stands in its front matter.

A heading is one of Markdown (`## Impact`, underlined, or in bold on a line of its own), or a short line of plain text
that begins a paragraph and does not end as a sentence does. Inside a fence nothing is a heading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.clocks import read_clock
from bot.domain.postmortem.values import TITLES, Part
from bot.errors import UserError

MAX_CHARS = 1_000_000
MAX_LINES = 10_000
MAX_PLAIN_WORDS, MAX_PLAIN_CHARS = 8, 60  # of a heading without any mark
LONG_CHARS = 60  # what follows such a heading is a list, a time or a paragraph, and longer than this

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_ATX = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{3,})\s*")
_BOLD = re.compile(r"\s*(\*\*|__)(?P<words>[^*_]{1,80}?):?\1:?\s*")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_PLAIN = re.compile(r"[A-Z0-9“\"'](?:[^.,;]*[^.,;:\s])?[:?]?")
_META = re.compile(r"([A-Za-z][\w -]{0,30}):\s*(.*?)\s*")

# What people call a section. The first that fits counts.
CALLED: tuple[tuple[Part, str], ...] = (
    (Part.FOLLOW_UPS, r"follow[- ]?ups?|action items?|actions?( taken)?$|next steps|to-?dos?|(going|moving) forward"),
    (
        Part.FOLLOW_UPS,
        r"(what|things) (we|are we|will we|we are|we'?re|we'?ll) (will|going|do|chang)|prevent|improvements",
    ),
    (Part.LUCKY, r"luck|fortunate"),
    (Part.WELL, r"went well|worked well|what worked|positives"),
    (Part.BADLY, r"went (badly|wrong|poorly)|did(n'?t| not) (go well|work)|gone better|could be better|to improve"),
    (Part.SURPRISES, r"surpris"),
    (Part.TIMELINE, r"time ?line|chronology|sequence of events|event log"),
    (Part.DETECTION, r"detect|how (did )?we (found|find|notice|learn)|alerting|alarms?$"),
    (
        Part.CAUSES,
        r"causes?\b|contributing|trigger|five whys|5 whys|why (did )?(it|this) happen|the problem|what broke",
    ),
    (Part.TRIED, r"investigat|diagnos|troubleshoot|what (we|was) tried|attempts?"),
    (Part.RESOLUTION, r"resolution|recover|remediation|mitigation|restor|the fix|how (we|it was|was it) (fix|solv)"),
    (Part.IMPACT, r"impact|affected|damage|consequences|blast radius"),
    (Part.PLAYBOOKS, r"(run|play)books?"),
    (Part.DECISIONS, r"decisi(ve|ons?)"),
    (Part.WAITS, r"where the time went|delays|waiting"),
    (Part.FINDINGS, r"evidence|findings|graphs|metrics and logs|what the systems showed"),
    (Part.UPDATES, r"communications?|updates|announcements|status page"),
    (Part.PEOPLE, r"participants|people|responders|roles|attendees|who was involved"),
    (Part.QUESTIONS, r"(open )?questions|unknowns"),
    (Part.TIMES, r"^times$|time to (detect|repair|resolve)"),
    (Part.SUMMARY, r"summary|overview|tl;?dr|abstract|introduction|in short|what happened|background"),
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One heading and the lines below it, each with its number. What stands above all headings has heading ""."""

    heading: str
    level: int  # 1 for the title's own, 0 where there is none
    line_number: int
    lines: tuple[tuple[int, str], ...]

    @property
    def part(self) -> Part | None:
        """The section that the heading names, None for one that has no place of its own."""
        return part_of(self.heading)

    @property
    def text(self) -> str:
        """Its lines, without those that are blank at either end."""
        return "\n".join(line for _, line in self.lines).strip("\n")


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A write-up in its blocks, with the values of its front matter by their names in lower case."""

    blocks: tuple[Block, ...]
    meta: Mapping[str, str]


def parted(text: str) -> Parted:
    """Take a write-up apart. Raises UserError for one that is empty, no text, or too long."""
    lines = _checked(text)
    meta, first = _front_matter(lines)
    blocks = [Block(heading="", level=0, line_number=first + 1, lines=())]
    held: list[tuple[int, str]] = []
    fence, at = "", first
    while at < len(lines):
        heading, level, took = ("", 0, 1) if fence else _heading(lines, at)
        if level:
            blocks[-1] = _with(blocks[-1], held)
            held = []
            blocks.append(Block(heading=heading, level=level, line_number=at + 1, lines=()))
        else:
            mark = _FENCE.match(lines[at])
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            held.append((at + 1, lines[at]))
        at += took
    blocks[-1] = _with(blocks[-1], held)
    return Parted(blocks=tuple(block for block in blocks if block.heading or block.text.strip()), meta=meta)


def part_of(heading: str) -> Part | None:
    """The section that a heading names, by its own title or by what people call it."""
    said = " ".join(re.sub(r"[*_`#:]", " ", heading).split()).lower()
    own = next((part for part, title in TITLES.items() if title.lower() == said), None)
    return own or next((part for part, called in CALLED if said and re.search(called, said)), None)


def is_item(line: str) -> bool:
    """Whether the line is an item of a list."""
    return bool(_ITEM.match(line))


def bare_item(line: str) -> str:
    """An item's words without its mark."""
    return _ITEM.sub("", line, count=1).strip()


def _checked(text: str) -> list[str]:
    if "\0" in text:
        raise UserError("That is no text.", hint="Give a Markdown or plain text file, in UTF-8.")
    if len(text) > MAX_CHARS:
        raise UserError(f"That has {len(text):,} characters; {MAX_CHARS:,} is the most.", hint="Split it.")
    lines = re.split(r"\r\n|[\r\n\u2028\u2029\x85]", text)
    if len(lines) > MAX_LINES:
        raise UserError(f"That has {len(lines):,} lines; {MAX_LINES:,} is the most.", hint="Split it.")
    if not text.strip():
        raise UserError("There is nothing in that.", hint="Give a write-up in Markdown or plain text.")
    return lines


def _front_matter(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    if lines[0].strip() != "---":
        return {}, 0
    end = next((at for at in range(1, min(len(lines), 60)) if lines[at].strip() == "---"), 0)
    pairs = (_META.fullmatch(line) for line in lines[1:end])
    return {pair[1].lower(): pair[2].strip("\"'") for pair in pairs if pair}, end + 1 if end else 0


def _with(block: Block, lines: Sequence[tuple[int, str]]) -> Block:
    return Block(heading=block.heading, level=block.level, line_number=block.line_number, lines=tuple(lines))


def _heading(lines: Sequence[str], at: int) -> tuple[str, int, int]:
    """The heading that begins at this line, its level (0: none), and how many lines it takes."""
    line = lines[at]
    if atx := _ATX.fullmatch(line):
        return _words(atx[2]), len(atx[1]), 1
    below = lines[at + 1] if at + 1 < len(lines) else ""
    above = lines[at - 1] if at else ""
    if line.strip() and not above.strip() and not is_item(line) and (rule := _UNDERLINE.fullmatch(below)):
        return _words(line), 1 if rule[1][0] == "=" else 2, 2
    if bold := _BOLD.fullmatch(line):
        return _words(bold["words"]), 2, 1
    if _is_plain_heading(line, above, next((later for later in lines[at + 1 : at + 4] if later.strip()), "")):
        return _words(line), 2, 1
    return "", 0, 1


def _is_plain_heading(line: str, above: str, below: str) -> bool:
    said = line.strip()
    if not _PLAIN.fullmatch(said) or len(said) > MAX_PLAIN_CHARS or len(said.split()) > MAX_PLAIN_WORDS:
        return False
    if is_item(line) or line[0].isspace() or read_clock(said) is not None or _META.fullmatch(said.rstrip(":")):
        return False
    begins = len(below) > LONG_CHARS or is_item(below) or read_clock(below.strip()) is not None
    known = part_of(said) is not None and (not above.strip() or len(below) > LONG_CHARS)
    return begins and (known or not above.strip())


def _words(heading: str) -> str:
    plain = re.sub(r'<a id="[^"]*"></a>', "", heading)
    return " ".join(re.sub(r"[*_`]", "", plain).split()).rstrip(":").strip()
