"""A write-up taken apart: its headings, the lines below each, and what stands in its front matter.

A heading is one of Markdown (`## Impact`, underlined, or in bold on a line of its own), or a short line of plain text
that begins a paragraph and does not end as a sentence does. Inside a fence nothing is a heading. A heading that names
no section belongs to the one above it, and below a timeline everything is timeline. Comments are taken out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.postmortem.values import TITLES, Part
from bot.domain.writeup.pasted import at_start
from bot.domain.writeup.source import Source

MAX_PLAIN_WORDS, MAX_PLAIN_CHARS = 8, 60  # of a heading without any mark
MAX_HEADING_CHARS = 1_000
MAX_NAME_WORDS = 4  # of a heading that is nothing but a section's name
LABELLED_WORDS = 4  # of a section that begins on its label's line; fewer are a value
BOLD, PLAIN = 7, 8  # levels of headings without a mark of their own: inside all those that have one
LONG_CHARS = 60  # what follows such a heading is a list, a time or a paragraph, and longer than this

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_ATX = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{3,})\s*")
_BOLD = re.compile(r"\s*(\*\*|__)(?P<words>[^*_]{1,80}?):?\1:?\s*")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_LABEL = re.compile(r"(?:\*\*|__)(?P<name>[^*_:]{2,40}?)(?::(?:\*\*|__)|(?:\*\*|__):)\s*(?P<words>.*)")
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
    (Part.BADLY, r"went (badly|wrong|poorly)|did(n['’]?t| not) (go|work)|gone better|could be better|to improve"),
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
    (Part.UPDATES, r"communications?|messaging|(in|ex)ternal (e-?mail|message)|updates|announcements|status page"),
    (Part.PEOPLE, r"participants|people|responders|roles|attendees|who was involved"),
    (Part.QUESTIONS, r"(open )?questions|unknowns|^to ask\b"),
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
    part: Part | None = None  # the section it belongs to, None for one that has no place of its own
    names_it: bool = False  # whether its own heading names that section

    @property
    def text(self) -> str:
        """Its lines, without those that are blank at either end."""
        return "\n".join(line for _, line in self.lines).strip("\n")


@dataclass(frozen=True, kw_only=True)
class Parted:
    """A write-up in its blocks, with its front matter as it stands and by names in lower case.

    `title` is the block whose heading is the title of it all.
    """

    blocks: tuple[Block, ...]
    title: Block | None
    meta: Mapping[str, str]
    front: tuple[tuple[int, str], ...]
    comments: tuple[tuple[int, str], ...]

    def is_title(self, block: Block) -> bool:
        """Whether the heading of a block is the title, and the front matter gives no other."""
        return block is self.title and not self.meta.get("title", "").strip()


def parted(text: str) -> Parted:
    """Take a write-up apart. Raises UserError for one that is empty, no text, or too long."""
    source = Source.of(text)
    lines, first = source.lines, source.first
    blocks = [Block(heading="", level=0, line_number=first + 1, lines=())]
    held: list[tuple[int, str]] = []
    fence, at = "", first
    while at < len(lines):
        heading, level, took = ("", 0, 1) if fence else _heading(lines, at)
        label = None if fence or level else _label(lines, at)
        if label:
            blocks[-1] = replace(blocks[-1], lines=tuple(held))
            blocks.append(Block(heading=label[0], level=BOLD, line_number=at + 1, lines=()))
            held = [(at + 1, label[1])]
        elif level:
            blocks[-1] = replace(blocks[-1], lines=tuple(held))
            held = []
            blocks.append(Block(heading=heading, level=level, line_number=at + 1, lines=()))
        else:
            mark = _FENCE.match(lines[at])
            if mark and (not fence or mark[1].startswith(fence)):
                fence = "" if fence else mark[1]
            held.append((at + 1, lines[at]))
        at += took
    blocks[-1] = replace(blocks[-1], lines=tuple(held))
    there = [block for block in blocks if block.heading or block.text.strip()]
    title = _title(there)
    placed = _placed(there, title)
    pairs = (_META.fullmatch(line) for _, line in source.front)
    return Parted(
        blocks=tuple(placed),
        title=placed[there.index(title)] if title else None,
        meta={pair[1].lower(): pair[2].strip("\"'") for pair in pairs if pair},
        front=source.front,
        comments=source.comments,
    )


def _title(blocks: Sequence[Block]) -> Block | None:
    """The block whose heading is the title: the only one of level 1, or the first where it names no section."""
    headed = [block for block in blocks if block.heading]
    tops = [block for block in headed if block.level == 1]
    if tops and (len(tops) == 1 or part_of(tops[0].heading) is None or len(tops[0].heading.split()) > MAX_NAME_WORDS):
        return tops[0]
    return headed[0] if headed and headed[0] is blocks[0] and part_of(headed[0].heading) is None else None


def _placed(blocks: Sequence[Block], title: Block | None) -> list[Block]:
    """The blocks with the sections they belong to."""
    placed: list[Block] = []
    above: list[Block] = []
    for block in blocks:
        while above and above[-1].level >= block.level:
            above.pop()
        outer = above[-1].part if above else None
        own = None if block is title else part_of(block.heading)
        inside = outer is Part.TIMELINE or own is None
        placed.append(replace(block, part=outer if inside else own, names_it=not inside))
        if block is not title and block.level:
            above.append(placed[-1])
    return placed


def part_of(heading: str) -> Part | None:
    """The section that a heading names, by its own title or by what people call it."""
    said = " ".join(re.sub(r"[*_`#:]", " ", heading).split()).lower()
    own = next((part for part, title in TITLES.items() if title.lower() == said), None)
    return own or next((part for part, called in CALLED if said and re.search(called, said)), None)


def is_plain_name(heading: str, part: Part) -> bool:
    """Whether a heading says nothing but which section it is."""
    said = " ".join(re.sub(r"[*_`#:?]", " ", heading).split()).lower()
    return said == TITLES[part].lower() or any(one is part and re.fullmatch(called, said) for one, called in CALLED)


def is_item(line: str) -> bool:
    """Whether the line is an item of a list."""
    return bool(_ITEM.match(line))


def bare_item(line: str) -> str:
    """An item's words without its mark."""
    mark = _ITEM.match(line)
    return line[mark.end() :].strip() if mark else line.strip()


def _heading(lines: Sequence[str], at: int) -> tuple[str, int, int]:
    """The heading that begins at this line, its level (0: none), and how many lines it takes."""
    line = lines[at]
    if len(line) > MAX_HEADING_CHARS:
        return "", 0, 1
    if atx := _ATX.fullmatch(line):
        return _words(atx[2]), len(atx[1]), 1
    below = lines[at + 1] if at + 1 < len(lines) else ""
    above = lines[at - 1] if at else ""
    if line.strip() and not above.strip() and not is_item(line) and (rule := _UNDERLINE.fullmatch(below)):
        return _words(line), 1 if rule[1][0] == "=" else 2, 2
    if bold := _BOLD.fullmatch(line):
        return _words(bold["words"]), BOLD, 1
    if _is_plain_heading(line, above, next((later for later in lines[at + 1 : at + 4] if later.strip()), "")):
        return _words(line), PLAIN, 1
    return "", 0, 1


def _label(lines: Sequence[str], at: int) -> tuple[str, str] | None:
    """`**Impact:** many words`: the name and the words of a section that has a label for a heading.

    A label of anything else that stands below such a section ends it, and its line is handed on as it is.
    """
    found = _LABEL.match(lines[at])
    if not found or (at and lines[at - 1].strip() and not _LABEL.match(lines[at - 1])):
        return None
    told = found["words"].strip()
    part = part_of(found["name"])
    if part is None or part in (Part.TIMELINE, Part.TIMES) or len(told.split()) < LABELLED_WORDS or at_start(told):
        return ("", lines[at])
    return _words(found["name"]), told


def _is_plain_heading(line: str, above: str, below: str) -> bool:
    said = line.strip()
    if not _PLAIN.fullmatch(said) or len(said) > MAX_PLAIN_CHARS or len(said.split()) > MAX_PLAIN_WORDS:
        return False
    if is_item(line) or line[0].isspace() or at_start(said) is not None or _META.fullmatch(said.rstrip(":")):
        return False
    begins = len(below) > LONG_CHARS or is_item(below) or at_start(below) is not None
    known = part_of(said) is not None and (not above.strip() or len(below) > LONG_CHARS)
    return begins and (known or not above.strip())


def _words(heading: str) -> str:
    plain = re.sub(r'<a id="[^"]*"></a>', "", heading)
    return " ".join(re.sub(r"[*_`]", "", plain).split()).rstrip(":").strip()
