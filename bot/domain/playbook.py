"""A playbook and its steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MAX_REASONS = 8
NO_WORD = "as people typed alike"  # the reason of a page of which no single word was typed

_ONLY_READS = re.compile(r"nothing to undo\W+(?:\w+\s+){1,2}only\s+reads?\b", re.IGNORECASE)  # how an Undo begins
_LOOKS = re.compile(  # a title that says no more than to look; `Compare, then let people back` does something
    r"(?:check|compare|count|list|look|read|see|verify|watch)\b(?!-)(?!.*(?:\b(?:and|then|out|to it|that)\b|[,;:]))",
    re.IGNORECASE,
)


class Fill(StrEnum):
    """What may be filled in for a variable of a `run` block."""

    HOST = "host"  # a host name or an address
    PORT = "port"  # 1 to 65535
    NUMBER = "number"  # digits
    PATH = "path"  # an absolute path
    KEY = "key"  # a key of Redis: a word that may hold : / @ + , = too
    WORD = "word"  # letters, digits, dot, hyphen, underscore; what a variable is unless it says otherwise


@dataclass(frozen=True, kw_only=True)
class Variable:
    """A gap in a step, written `{{name}}` or `{{name:host}}`. The person fills it in; nothing is ever evaluated."""

    name: str
    fill: Fill


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: what to do, how you know it worked, what can go wrong. Texts are Markdown."""

    number: int  # 1, 2, 3…
    title: str
    body: str  # everything of the step that is not named below, `run` blocks included
    look_for: str = ""
    give_it: str = ""  # how long to wait before judging
    undo: str = ""
    danger: str = ""
    stop_if: str = ""
    variables: tuple[Variable, ...] = ()  # in the order of their first use

    @property
    def only_looks(self) -> bool:
        """Whether it changes nothing: its Undo says so (`nothing to undo; it only reads`), or, of a step that has
        neither an Undo nor a Danger, the title begins with a word for looking. In doubt it changes something."""
        if self.undo or self.danger:
            return bool(_ONLY_READS.match(self.undo))
        return bool(_LOOKS.match(self.title))


@dataclass(frozen=True, kw_only=True)
class Playbook:
    """One failure and the way out of it, as read from one Markdown file."""

    name: str  # the file's name without .md; what people type
    title: str
    owner: str = ""
    symptoms: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()  # error texts or codes that point here
    systems: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    called_by: tuple[str, ...] = ()  # signals of findings that call for it
    forbidden_by: tuple[str, ...] = ()  # signals of findings that speak against it
    follow_ups: tuple[str, ...] = ()  # what to propose afterwards, `aim: text`
    severity: str = ""  # a hint: sev1, sev2, sev3 or ""
    seen: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    reviewed: date | None = None
    intro: str = ""  # Markdown before the first step; all of a prose runbook
    steps: tuple[Step, ...] = ()  # empty for a prose runbook
    notes: str = ""  # Markdown after the last step: where it was seen, sources; shown with the page, not in a walk
    text: str  # the whole file
    digest: str  # SHA-256 of the file, hex: a walk says which version it began with


@dataclass(frozen=True, kw_only=True)
class Match:
    """A playbook that fits what was typed. Higher `score` is better; between answers it is only roughly so."""

    name: str
    title: str
    score: float
    why: tuple[str, ...] = ()  # the words that matched, as typed; none where the whole is like what people typed
    sure: bool = True  # False where it may fit: little of what was typed speaks for it, or as much for another
    walkable: bool = True  # False for a page of prose, which has no steps
    code: str = ""  # a code or a log id of its own that stands in what was typed: such a page comes before the others

    @property
    def because(self) -> str:
        """Its reason, to stand behind `fits`: `because of: primary, heartbeats`, eight words at most."""
        return f"because of: {', '.join(self.why[:MAX_REASONS])}" if self.why else NO_WORD
