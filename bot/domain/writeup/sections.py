"""The sections of a write-up as Markdown, with everything in them that did not become an entry or a follow-up."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

from bot.domain.imports import UnreadLine
from bot.domain.postmortem.values import Part
from bot.domain.postmortem.written import MAX_SECTION_CHARS, RECORD
from bot.domain.writeup.clocked import Timed
from bot.domain.writeup.items import others
from bot.domain.writeup.structure import Block, Parted, is_plain_name

IN_TIMELINE = "Told in the timeline."
_PAIR = re.compile(r"([A-Za-z][\w -]{0,30}):\s*(.*)")


def sections(whole: Parted, times: Timed) -> tuple[dict[Part, str], list[UnreadLine]]:
    """The text of each section, and what could not stand in one: what is too long, headings that nothing follows."""
    told: dict[Part, list[str]] = {}
    unread: list[UnreadLine] = []
    if front := _front(whole):
        told[Part.SUMMARY] = [front]
    whole_list = any(block.part is Part.FOLLOW_UPS and others(block).strip() for block in whole.blocks)
    alone = {part for part, many in Counter(b.part for b in whole.blocks if b.names_it).items() if many == 1}
    for at, block in enumerate(whole.blocks):
        text = _kept(block, times)
        if not block.text.strip() and not _holds(whole, at) and not whole.is_title(block):
            why = "nothing stands below this heading"
            unread.append(UnreadLine(line_number=block.line_number, text=block.heading, why=why))
            continue
        if block.part is Part.FOLLOW_UPS and not whole_list:
            continue
        if not text and block.text.strip() and block.part is None and _is_named_apart(block, whole, alone):
            text = IN_TIMELINE
        if text:
            place = Part.SUMMARY if block.part is None or block.part in RECORD else block.part
            headed = f"# {_path(whole, at)}\n\n{text}".rstrip() if _is_named_apart(block, whole, alone) else text
            told.setdefault(place, []).append(headed)
    texts = {part: "\n\n".join(some) for part, some in told.items()}
    unread += [_end_of(part, text) for part, text in texts.items() if len(text) > MAX_SECTION_CHARS]
    return {part: text[:MAX_SECTION_CHARS] for part, text in texts.items()}, unread


def _front(whole: Parted) -> str:
    """The front matter as a list, but for the title."""
    lines = []
    for _, line in whole.front:
        pair = _PAIR.fullmatch(line)
        if pair and pair[1].lower() == "title" and whole.meta["title"].strip():
            continue
        lines.append(f"- **{pair[1]}:** {pair[2]}".rstrip() if pair else line)
    return "\n".join(line for line in lines if line.strip())


def _holds(whole: Parted, at: int) -> bool:
    """Whether headings below this one are part of it."""
    return at + 1 < len(whole.blocks) and whole.blocks[at + 1].level > whole.blocks[at].level


def _path(whole: Parted, at: int) -> str:
    """A heading, behind that of the one above it which only groups."""
    block = whole.blocks[at]
    above = next((one for one in reversed(whole.blocks[:at]) if one.level < block.level), None)
    groups = above and above is not whole.title and above.heading and not above.text.strip()
    return f"{above.heading}: {block.heading}" if above and groups and above.part is None else block.heading


def _is_named_apart(block: Block, whole: Parted, alone: Collection[Part | None]) -> bool:
    """Whether the heading says something that the section's own title does not."""
    if not block.heading or whole.is_title(block):
        return False
    return not (block.part and block.part in alone and block.names_it and is_plain_name(block.heading, block.part))


def _end_of(part: Part, text: str) -> UnreadLine:
    rest = text[MAX_SECTION_CHARS:]
    why = f"the end of “{part}”, {len(rest):,} characters over the {MAX_SECTION_CHARS:,} that a section may have"
    return UnreadLine(line_number=0, text=rest, why=why)


def _kept(block: Block, times: Timed) -> str:
    """What stays of a block once its lines that begin with a time are entries."""
    lines = [line for number, line in block.lines if number not in times.taken]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
