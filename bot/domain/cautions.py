"""What a playbook says before its first step that nobody may miss: when not to use it, what makes it worse, which steps
are for whom, and what to know before a line is typed."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LINES = 8
MAX_LINE_CHARS = 300
MAX_WORSE_CHARS = 900
MAX_STEPS_CHARS = 600
MAX_TYPING_CHARS = 1500

_LEAD = re.compile(
    r"^(?:\*\*(?P<bold>[^*\n]{1,60}?)[.:]?\*\*[.:]?|#{2,6} (?P<heading>[^\n]{1,60}?)[.:]?[ \t]*$)", re.MULTILINE
)
_ITEM = re.compile(r"^[-*] ", re.MULTILINE)
_PAGE = re.compile(r"\[([^\[\]]{1,500})\]\((?:\./)?([a-z0-9][a-z0-9-]{0,63})\.md(?:#[^()\s]{0,200})?\)")
_SENTENCE_END = re.compile(r"(?:(?<=[.!?])|(?<=[.!?][\"')\]]))\s+(?=[A-Z0-9\"'`(\[*])")


@dataclass(frozen=True, kw_only=True)
class Cautions:
    """Markdown, short. Other playbooks stand as text, with the name to type."""

    not_when: tuple[str, ...] = ()
    worse: str = ""
    steps: str = ""  # which of them to take
    typing: str = ""  # before you type: tools, logins, versions


def cautions(intro: str) -> Cautions:
    """Read an intro that has `**When not to use.**`, `**What makes it worse.**`, `**Which steps.**` or `**Before you
    type.**`, or headings of these words. The last takes all paragraphs down to the next such words or block, the others
    one."""
    parts = _parts(intro)
    listed = _ITEM.split(parts.get("when not to use", ""))
    items = listed[1:] or [_first(listed[0])]
    worse, steps = (_first(parts.get(lead, "")) for lead in ("what makes it worse", "which steps"))
    return Cautions(
        not_when=tuple(cut(line, MAX_LINE_CHARS) for item in items[:MAX_LINES] if (line := _line(item))),
        worse=cut(_line(worse), MAX_WORSE_CHARS),
        steps=cut(_line(steps), MAX_STEPS_CHARS),
        typing=cut(_line(parts.get("before you type", "").partition("\n```")[0]), MAX_TYPING_CHARS),
    )


def cut(text: str, most: int) -> str:
    """Return as many whole sentences of `text` as `most` characters hold, "…" behind them if there were more."""
    if len(text) <= most:
        return text
    ends = [found.start() for found in _SENTENCE_END.finditer(text) if found.start() <= most - 2]
    return f"{text[: ends[-1]] if ends else text[: most - 2].rpartition(' ')[0]} …"


def _parts(intro: str) -> dict[str, str]:
    """The text behind each lead, by the lead's words in small letters."""
    leads = list(_LEAD.finditer(intro))
    ends = [*(lead.start() for lead in leads[1:]), len(intro)]
    return {
        (lead["bold"] or lead["heading"]).strip().lower(): intro[lead.end() : end]
        for lead, end in zip(leads, ends, strict=False)
    }


def _first(part: str) -> str:
    return part.strip().partition("\n\n")[0]


def _line(markdown: str) -> str:
    return _PAGE.sub(r"\1 (`\2`)", " ".join(markdown.split()))
