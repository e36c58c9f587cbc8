"""Links of a page that lead to no file or to no heading, though not to a playbook that there is none of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote

from bot.domain.links import worded
from bot.store.frontmatter import Fault
from bot.store.steps import fenced

NEIGHBOUR = re.compile(r"(?:\./)?([^/#?:]+)\.md(?:[#?].*)?")
_FILE = re.compile(r"(?!//)([^:#?]*/[^:#?]*\.md)(?:[#?].*)?", re.IGNORECASE)
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(\S.*)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+)[ \t]*")
_STEP = re.compile(r"([0-9]{1,2})\. ")


def dead_links(links: Iterable[tuple[int, str]], name: str, folder: Path, texts: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong with the `links`, (line, target), of the page `name` in `folder`.

    `texts` are the pages that stand, by name. A link to a page that is not among them is not looked at, nor is one that
    names a scheme: it leads to the web.
    """
    known: dict[str, frozenset[str]] = {}
    for line, target in links:
        path, _, place = target.partition("#")
        neighbour = NEIGHBOUR.fullmatch(path)
        to = neighbour[1] if neighbour else "" if path else name
        if file := None if neighbour else _FILE.fullmatch(target):
            if not _is_there(folder, unquote(file[1])):
                yield Fault(line, f'"{target[:60]}" leads to no file', "mend it, or delete it")
        elif to in texts and (place := unquote(place).lower()) not in ("", "top"):
            if to not in known:
                known[to] = places(texts[to])
            if place not in known[to]:
                says = f'"{target[:60]}" leads to no heading of {"this page" if to == name else f"{to}.md"}'
                yield Fault(line, says, _nearest(place, known[to]))


def places(text: str) -> frozenset[str]:
    """Return the places of a page that a link may name: each heading in the way Markdown pages do, each `step-4`."""
    found: set[str] = set()
    times: Counter[str] = Counter()
    before = ""
    for line in fenced(text.splitlines(), faults=[]):
        heading = _HEADING.fullmatch(line.text) if line.fence is None else None
        title = heading[1] if heading else before.strip() if before and _UNDERLINE.fullmatch(line.text) else ""
        before = line.text if line.fence is None and not heading else ""
        if title:
            place = re.sub(r"[^\w\- ]", "", worded(title.rstrip("# \t")).lower()).replace(" ", "-")
            found.add(f"{place}-{times[place]}" if times[place] else place)
            times[place] += 1
            if step := _STEP.match(title):
                found.add(f"step-{step[1]}")
    return frozenset(found)


def _nearest(place: str, known: frozenset[str]) -> str:
    """The place that was probably meant: that of the step with this number, or one that begins so."""
    number = re.match(r"[0-9]+-", place)
    near = sorted(one for one in known if number and one.startswith(number[0]))
    return f'did you mean "#{near[0]}"?' if near else "a heading's place is its words in small letters, with hyphens"


def _is_there(folder: Path, path: str) -> bool:
    """Whether a file is there, from the folder on; a path from / on may begin at any folder above, as a repository's
    pages do."""
    if not path.startswith("/"):
        return _exists(folder / path)
    return any(_exists(above / path.lstrip("/")) for above in (folder, *folder.resolve().parents))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name too long to be one
        return False
