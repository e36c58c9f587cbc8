"""The page below the front matter: its intro, numbered steps and closing notes, each fault with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from bot.domain.links import targets
from bot.domain.playbook import Fill, Step, Variable
from bot.store.frontmatter import Fault

MAX_STEPS = 50
MAX_STEP_TITLE_CHARS = 140

LABELS = {
    "Look for": "look_for",
    "Give it": "give_it",
    "Undo": "undo",
    "Danger": "danger",
    "Stop if": "stop_if",
}

_FENCE = re.compile(r"\s*(`{3,}|~{3,})\s*(.*)")
_STEP = re.compile(r"## (\d{1,3})\. +(\S.*)")
_NEARLY_STEP = re.compile(r"#{1,2}\s*(?:step\s*\d|\d{1,2}(?:[.):]|\s|$))", re.IGNORECASE)
_HEADING = re.compile(r"#{1,2} +\S")
_LABEL = re.compile(r"((?:[>+\s-]|\*(?!\*))*)\*\*([^*:]{2,20}?)\s*(:\*\*|\*\*:|\*\*$)\s*(.*)")
_GAP = re.compile(r"\{\{([^{}]{0,80})\}\}|\{\{")
_NAME = re.compile(r"([a-z][a-z0-9_]{0,31})(?::([a-z]+))?")
_FILLS = frozenset(Fill)
# Characters that make a line show in another order than it runs.
_REORDERING = re.compile("[\u202a-\u202e\u2066-\u2069]")


class Line(NamedTuple):
    """One line of the page. `fence` is None in prose, else the info string of the fenced block around it."""

    number: int
    text: str
    fence: str | None = None

    @property
    def runs(self) -> bool:
        """True inside a block that is marked `run`."""
        return self.fence is not None and "run" in self.fence.split()


@dataclass
class Body:
    """What stands below the front matter. `links` are (line, target) of the prose."""

    intro: str = ""
    steps: tuple[Step, ...] = ()
    notes: str = ""
    links: list[tuple[int, str]] = field(default_factory=list)


def read_body(lines: list[str], *, first_line: int, faults: list[Fault]) -> Body:
    """Return the page of `lines`, whose first is `first_line` of the file. What is wrong goes into `faults`."""
    page = Body()
    intro: list[Line] = []
    notes: list[Line] = []
    into = intro
    sections: list[tuple[int, str, list[Line]]] = []
    for line in fenced(lines, first_line=first_line, faults=faults):
        marked = line.fence is None and line.text.startswith("#")
        heading = _STEP.fullmatch(line.text.rstrip()) if marked else None
        if heading:
            number, title = int(heading[1]), _closed(heading[2])
            faults.extend(_heading_faults(line.number, number, title, len(sections), after_notes=into is notes))
            into = []
            sections.append((number, title, into))
            continue
        if marked and _NEARLY_STEP.match(line.text):
            faults.append(Fault(line.number, "this looks like a step but is not one", 'write "## 1. Title"'))
        elif marked and sections and _HEADING.match(line.text):
            into = notes
        if line.fence is None and "]" in line.text:
            page.links += [(line.number, target) for target in targets(line.text)]
        into.append(line)
    page.intro, page.notes = _without_title(_joined(intro)), _joined(notes)
    kinds: dict[str, Fill] = {}
    _variables(intro, kinds, faults)
    page.steps = tuple(_step(number, title, body, kinds, faults) for number, title, body in sections[:MAX_STEPS])
    _variables(notes, kinds, faults)
    return page


def first_step(lines: list[str]) -> int:
    """The number of the first line that is a step's heading, 0 for none."""
    prose = (line for line in fenced(lines, faults=[]) if line.fence is None)
    return next((line.number for line in prose if _STEP.fullmatch(line.text.rstrip())), 0)


def fenced(lines: list[str], *, first_line: int = 1, faults: list[Fault]) -> Iterator[Line]:
    """Yield each line with the fenced block it belongs to, the fences themselves included."""
    fence, info, opened = "", "", 0
    for number, text in enumerate(lines, start=first_line):
        mark = _FENCE.match(text) if "```" in text or "~~~" in text else None
        if fence:
            yield Line(number, text, info)
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
            fence, info, opened = mark[1], mark[2].strip(), number
            if "run" in info.split() and not re.fullmatch(r"[A-Za-z0-9+_-]+ run", info):
                faults.append(Fault(number, "a block to run names its language first", "write ```sh run"))
            yield Line(number, text, info)
        else:
            yield Line(number, text)
    if fence:
        faults.append(Fault(opened, "this block is never closed", f"add a line with {fence}"))


def _heading_faults(line: int, number: int, title: str, so_far: int, *, after_notes: bool) -> Iterator[Fault]:
    if number != so_far + 1:
        yield Fault(line, f"step {number} stands where step {so_far + 1} belongs", "number the steps 1, 2, 3")
    if after_notes:
        yield Fault(line, f"a heading without a number stands before step {number}", "move it after the last step")
    if len(title) > MAX_STEP_TITLE_CHARS:
        yield Fault(line, f"this title has {len(title):,} characters; {MAX_STEP_TITLE_CHARS} is the most")
    if so_far == MAX_STEPS:
        yield Fault(line, f"there are more than {MAX_STEPS} steps", "make two playbooks and relate them")


def _step(number: int, title: str, lines: list[Line], kinds: dict[str, Fill], faults: list[Fault]) -> Step:
    """Sort the lines of one step into its body and its named paragraphs."""
    parts: dict[str, list[str]] = {}
    body: list[Line] = []
    label = ""
    for line in lines:
        named = _LABEL.match(line.text) if line.fence is None and "**" in line.text else None
        if named and (key := _label_key(line, named, faults)):
            label = key
            parts.setdefault(label, []).append(named[4].strip())
            if not named[4].strip():
                faults.append(Fault(line.number, f"nothing follows **{named[2]}:**", "go on in the same paragraph"))
        elif line.fence is not None or not line.text.strip():
            label = ""
            body.append(line)
        elif label:
            parts[label][-1] += "\n" + line.text.rstrip()
        else:
            body.append(line)
    texts = {key: "\n\n".join(paragraphs) for key, paragraphs in parts.items()}
    return Step(number=number, title=title, body=_joined(body), variables=_variables(lines, kinds, faults), **texts)


def _label_key(line: Line, named: re.Match[str], faults: list[Fault]) -> str:
    """The field a paragraph belongs to, "" for ordinary bold text. A near miss is a fault, never silently body."""
    prefix, words, colon = named[1].strip(), " ".join(named[2].split()), named[3]
    near = _nearest_label(words.capitalize())
    if not near:
        return ""
    if prefix or colon != ":**" or words.capitalize() != near:
        faults.append(Fault(line.number, f'"{line.text.strip()[:30]}" is not read', f"write **{near}:** first"))
    return LABELS[near]


@lru_cache(maxsize=1_000)
def _nearest_label(words: str) -> str:
    """The label that was probably meant, "" for none. Pages say the same few words in bold over and over."""
    return next(iter(difflib.get_close_matches(words, LABELS, n=1, cutoff=0.8)), "")


def _variables(lines: list[Line], kinds: dict[str, Fill], faults: list[Fault]) -> tuple[Variable, ...]:
    """The gaps of prose and `run` blocks. Other blocks are shown as they are and may hold any braces.

    `kinds` remembers, for the whole page, what each name's first use said it is.
    """
    found: dict[str, Variable] = {}
    for line in lines:
        if "{{" not in line.text and line.text.isascii():
            continue  # most lines: neither a gap nor a hidden character
        if line.fence is not None and not line.runs:
            continue
        if line.runs and _REORDERING.search(line.text):
            faults.append(Fault(line.number, "a hidden character changes the order this line shows in", "type it anew"))
        for gap in _GAP.finditer(line.text):
            name = _NAME.fullmatch(gap[1] or "")
            if name is None or (name[2] and name[2] not in _FILLS):
                hint = f"write {{{{host}}}} or {{{{db1:host}}}} ({', '.join(Fill)}), or use a block without run"
                faults.append(Fault(line.number, f'"{gap[0][:40]}" is not a variable', hint))
                continue
            said = name[2] or (name[1] if name[1] in _FILLS else "")
            fill = kinds.setdefault(name[1], Fill(said or Fill.WORD))
            if said and fill != said:
                faults.append(Fault(line.number, f'"{name[1]}" was a {fill} before', "say its kind at its first use"))
            found.setdefault(name[1], Variable(name=name[1], fill=fill))
    return tuple(found.values())


def _joined(lines: list[Line]) -> str:
    """The lines as one text; empty lines that fell together outside blocks become one."""
    kept: list[str] = []
    for line in lines:
        text = line.text if line.fence is not None else line.text.rstrip()
        if text or line.fence is not None or (kept and kept[-1]):
            kept.append(text)
    return "\n".join(kept).strip("\n")


def _closed(title: str) -> str:
    """A heading's text without the `##` that some people close it with."""
    bare = title.rstrip("#")
    return bare.rstrip() if bare.endswith((" ", "\t")) else title.rstrip()


def _without_title(intro: str) -> str:
    """The intro without a leading `# Title`, which pages carry for other readers; the title is in the front matter."""
    first, _, rest = intro.partition("\n")
    return rest.strip() if first.startswith("# ") else intro
