"""One playbook file as text: front matter and steps, or a prose page without them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.domain.playbook import Playbook
from bot.store.dead_links import NEIGHBOUR
from bot.store.frontmatter import KEYS, Fault, Node, read, sound
from bot.store.steps import Body, fenced, first_step, read_body

MAX_LINES = 5_000

_KEY_LINE = re.compile(rf"(?:{'|'.join(KEYS)})\s*:")
_HEADING = re.compile(r"#{1,6} +(\S.*)")


@dataclass(frozen=True)
class Page:
    """One file, read: its playbook unless it was refused, and where it points to."""

    playbook: Playbook | None
    faults: tuple[Fault, ...] = ()
    pointers: tuple[tuple[int, str, str], ...] = ()  # line, what was written, the playbook's name it means
    notices: tuple[Fault, ...] = ()  # what may surprise, and is no mistake
    links: tuple[tuple[int, str], ...] = ()  # line and target of all that lead to a file or to a place


def read_text(text: str, name: str) -> Page:
    """Return the page that `text` holds; its playbook is None, and its faults say why, when it cannot be read."""
    faults: list[Fault] = []
    try:
        digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
        lines = _lines(text)
        front = _front_matter(lines)
    except UnicodeEncodeError:
        return Page(None, (Fault(1, "this is not UTF-8 text", "save the file as UTF-8"),))
    except Fault as fault:
        return Page(None, (fault,))
    if front is None:
        return Page(_prose(lines, name, text, digest), notices=tuple(_unread_steps(lines)))
    end = len(front) + 2
    keys = read("\n".join(front), first_line=2, faults=faults)
    page = read_body(lines[end:], first_line=end + 1, faults=faults)
    pointers = (*_related(keys), *_links(page.links))
    if faults:
        return Page(None, tuple(faults), pointers)
    links = tuple((line, target) for line, target in page.links if "#" in target or "/" in target)
    return Page(_playbook(name, keys, page, text, digest), pointers=pointers, links=links)


def read_again(text: str, name: str) -> Playbook:
    """Return a text that was read before, as it is read now. Of one that is refused by now, all that can be read: the
    keys that nothing is wrong with, every step, and a paragraph with a label that is not read any more in its body."""
    if (strict := read_text(text, name).playbook) is not None:
        return strict
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    ends = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    end = ends[1] if len(ends) > 1 and ends[0] == 0 else -1
    keys = sound(read("\n".join(lines[1 : max(end, 0)]), first_line=2, faults=[]))
    body = read_body(lines[end + 1 :], first_line=end + 2, faults=[])
    steps = tuple(replace(step, number=number) for number, step in enumerate(body.steps, start=1))
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    return _playbook(name, keys, replace(body, steps=steps), text, digest)


def _playbook(name: str, keys: dict[str, Node], page: Body, text: str, digest: str) -> Playbook:
    return Playbook(
        name=name,
        title=" ".join(_one(keys, "title").split()) or _named(name),
        owner=_one(keys, "owner"),
        severity=_one(keys, "severity"),
        reviewed=date.fromisoformat(_one(keys, "reviewed")) if "reviewed" in keys else None,
        symptoms=_many(keys, "symptoms"),
        errors=_many(keys, "errors"),
        systems=_many(keys, "systems"),
        probes=_many(keys, "probes"),
        called_by=_many(keys, "called_by"),
        forbidden_by=_many(keys, "forbidden_by"),
        follow_ups=_many(keys, "follow_ups"),
        seen=_many(keys, "seen"),
        related=_many(keys, "related"),
        intro=page.intro,
        steps=page.steps,
        notes=page.notes,
        text=text,
        digest=digest,
    )


def _lines(text: str) -> list[str]:
    """Split the text as editors do. Raises Fault for what no page needs."""
    if "\0" in text:
        raise Fault(text.count("\n", 0, text.index("\0")) + 1, "this line holds a NUL character", "delete it")
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise Fault(1, f"this file has {len(lines):,} lines; {MAX_LINES:,} is the most", "split it into several")
    if not "".join(lines).strip():
        raise Fault(1, "this file is empty", 'begin with "---" and "title: ..."')
    return lines


def _front_matter(lines: list[str]) -> list[str] | None:
    """Return the lines between the two `---`, None for a page without. Raises Fault when it is begun badly."""
    if lines[0].rstrip() != "---":
        first = next(index for index, line in enumerate(lines) if line.strip())
        if lines[first].strip() == "---" and first + 1 < len(lines) and _KEY_LINE.match(lines[first + 1]):
            raise Fault(first + 1, "the front matter must begin on the first line", "delete what stands above it")
        return None
    end = next((index for index, line in enumerate(lines) if index and line.rstrip() == "---"), 0)
    if not end:
        raise Fault(1, "the front matter is never closed", "add a line with --- after the keys")
    after = next((index for index in range(end + 1, len(lines)) if lines[index].strip()), 0)
    if after and _KEY_LINE.match(lines[after]):
        raise Fault(after + 1, "a second document begins here", "keep one front matter")
    return lines[1:end]


def _prose(lines: list[str], name: str, text: str, digest: str) -> Playbook:
    """A page without front matter: found by its words and shown whole."""
    headings = (_HEADING.fullmatch(line.text) for line in fenced(lines, faults=[]) if line.fence is None)
    title = next((heading[1].strip(" #") for heading in headings if heading), "") or _named(name)
    intro = "\n".join(lines).strip()
    first, _, rest = intro.partition("\n")
    if (heading := _HEADING.fullmatch(first)) and heading[1].strip(" #") == title[:120]:
        intro = rest.strip()  # whoever shows the page shows its title above it
    return Playbook(name=name, title=title[:120], intro=intro, text=text, digest=digest)


def _named(name: str) -> str:
    """The title of a page that says none."""
    return name.replace("-", " ").capitalize()


def _unread_steps(lines: list[str]) -> Iterator[Fault]:
    if line := first_step(lines):
        says = "this page has steps and no front matter, so it is prose: found and shown, not walked"
        yield Fault(line, says, "begin it with a line ---, title: ... and another ---")


def _one(keys: dict[str, Node], key: str) -> str:
    return str(keys[key].value).strip() if key in keys else ""


def _many(keys: dict[str, Node], key: str) -> tuple[str, ...]:
    items = keys[key].value if key in keys else []
    return tuple(" ".join(str(item.value).split()) for item in items if isinstance(item, Node))


def _related(keys: dict[str, Node]) -> list[tuple[int, str, str]]:
    items = keys["related"].value if "related" in keys else []
    named = (item for item in items if isinstance(item, Node) and isinstance(item.value, str))
    return [(item.line, str(item.value)[:60], str(item.value)) for item in named]


def _links(links: list[tuple[int, str]]) -> list[tuple[int, str, str]]:
    """The links that mean a neighbour in the folder. README.md is one too, and always allowed."""
    meant = ((line, target, NEIGHBOUR.fullmatch(target)) for line, target in links)
    return [(line, target[:60], one[1]) for line, target, one in meant if one and one[1].lower() != "readme"]
