"""The front matter of a playbook: a small, strict corner of YAML, read with line numbers.

Everything a hand-written page does not need is refused: aliases, anchors, tags, doubled keys, deep nesting, a second
document. Plain pages are read line by line (see plain.py). For the others PyYAML's pure-Python parser is used because
its C twin ends the process on 200,000 nested brackets; we take its events and build the tree ourselves, so that nothing
is constructed and the depth is known before it is reached.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from datetime import date

import yaml

from bot.domain.incident import Severity
from bot.domain.roles import Aim
from bot.errors import UserError
from bot.store.plain import Node as Node
from bot.store.plain import compose_plain

MAX_DEPTH = 20
MAX_CHARS = 16_384  # the parser reads some 200 KB a second, and a page refused must be refused within one
MAX_EVENTS = 20_000  # a third of a second; 256 KB of plain lines have fewer, and so has all front matter
MAX_TITLE_CHARS = 120
MAX_ITEMS = 100
MAX_ITEM_CHARS = 500

TEXTS = ("title", "owner", "severity", "reviewed")
LISTS = ("symptoms", "errors", "systems", "probes", "called_by", "forbidden_by", "follow_ups", "seen", "related")
SIGNALS = ("called_by", "forbidden_by")
KEYS = (*TEXTS, *LISTS)

_READ_AS = {"bool": "true or false", "null": "nothing", "int": "a number", "float": "a number", "timestamp": "a time"}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_PROBE = re.compile(r"[a-z][a-z0-9_.-]{0,63}")
_SIGNAL = re.compile(r"[a-z][a-z0-9-]{0,63}")


class Fault(UserError):
    """One thing wrong in a playbook file. `line` counts from 1 within the file."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.line = line


def did_you_mean(typed: str, known: tuple[str, ...]) -> str:
    """`did you mean "symptoms"?`, or the whole choice when nothing is near."""
    near = difflib.get_close_matches(typed[:64].lower(), known, n=1, cutoff=0.6)
    return f'did you mean "{near[0]}"?' if near else f"the keys are {', '.join(known)}"


def read(text: str, *, first_line: int, faults: list[Fault]) -> dict[str, Node]:
    """Return the keys of the front matter `text`, whose first line is `first_line` of the file.

    What is wrong goes into `faults`; the keys that could be read come back all the same.
    """
    try:
        root = compose(text, first_line=first_line)
    except Fault as fault:
        faults.append(fault)
        return {}
    if not isinstance(root.value, dict):
        faults.append(Fault(root.line, "the front matter is not a list of keys", 'write "title: ..." and so on'))
        return {}
    for key, node in root.value.items():
        faults.extend(_complaints(key, node))
    if "title" not in root.value:
        faults.append(Fault(first_line, "there is no title", 'add "title: ..." to the front matter'))
    return root.value


def sound(keys: dict[str, Node]) -> dict[str, Node]:
    """Those of the keys that nothing is wrong with."""
    return {key: node for key, node in keys.items() if not any(_complaints(key, node))}


def compose(text: str, *, first_line: int = 1) -> Node:
    """Return the tree of one YAML document. Raises Fault, with the file's line, for anything but the plain corner."""
    if len(text) > MAX_CHARS:
        raise Fault(first_line, f"the front matter has more than {MAX_CHARS:,} characters", "move text into the page")
    return compose_plain(text, first_line=first_line) or compose_yaml(text, first_line=first_line)


def compose_yaml(text: str, *, first_line: int = 1) -> Node:
    """The same for any YAML, plain or not, by way of its parser. Raises Fault likewise."""
    try:
        loader = yaml.SafeLoader(text)
        return _document(_events(loader, first_line), loader, first_line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = first_line + (mark.line if mark else 0)
        if "document start" in (error.problem or ""):
            raise Fault(line, "a second document begins here", "keep one of them") from error
        raise Fault(
            line, f"this is not YAML: {error.problem or error.context}", "put text with odd signs in quotes"
        ) from error
    except yaml.reader.ReaderError as error:
        line = first_line + text.count("\n", 0, max(error.position, 0))
        raise Fault(line, "a character here cannot be read", "delete it and type it again") from error


def _events(loader: yaml.SafeLoader, first_line: int) -> Iterator[yaml.Event]:
    count = 0
    while loader.check_event():
        event: yaml.Event = loader.get_event()  # type: ignore[no-untyped-call]
        if (count := count + 1) > MAX_EVENTS:
            raise Fault(_line(event, first_line), f"this has more than {MAX_EVENTS // 2:,} entries", "write fewer")
        yield event


def _document(events: Iterator[yaml.Event], loader: yaml.SafeLoader, first_line: int) -> Node:
    next(events)  # the stream begins
    event = next(events)
    if isinstance(event, yaml.StreamEndEvent):
        return Node(first_line, {})
    root = _build(next(events), events, loader, first_line, depth=1)
    next(events)  # the document ends
    event = next(events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise Fault(_line(event, first_line), "a second document begins here", "keep one of them")
    return root


def _build(
    event: yaml.Event, events: Iterator[yaml.Event], loader: yaml.SafeLoader, first: int, depth: int, key_line: int = 0
) -> Node:
    line = _line(event, first)
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        raise Fault(line, "anchors and aliases (& and *) are not read", "write the text out, or put it in quotes")
    if getattr(event, "tag", None):
        raise Fault(line, "tags (!) are not read", "write plain text, or put it in quotes")
    if depth > MAX_DEPTH:
        raise Fault(line, f"this is nested more than {MAX_DEPTH} deep", "a key holds a text or a list of texts")
    if isinstance(event, yaml.ScalarEvent):
        read_as: str = loader.resolve(yaml.ScalarNode, event.value, event.implicit)  # type: ignore[no-untyped-call]
        tag = read_as.rpartition(":")[2]
        return Node(line, event.value, "" if tag == "str" else tag, key_line)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_build(event, events, loader, first, depth + 1))
        return Node(line, items, key_line=key_line)
    pairs: dict[str, Node] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _build(event, events, loader, first, depth + 1)
        if not isinstance(key.value, str):
            raise Fault(key.line, "a key must be one word", "write it as one, then a colon and its value")
        if key.value in pairs:
            raise Fault(key.line, f'"{key.value[:40]}" stands here twice', "keep one of the two")
        pairs[key.value] = _build(next(events), events, loader, first, depth + 1, key.line)
    return Node(line, pairs, key_line=key_line)


def _line(event: yaml.Event, first_line: int) -> int:
    return first_line + (event.start_mark.line if event.start_mark else 0)


def _complaints(key: str, node: Node) -> Iterator[Fault]:
    """Yield what is wrong with one key and its value."""
    if key not in KEYS:
        yield Fault(node.line, f'unknown key "{key[:40]}"', did_you_mean(key, KEYS))
    elif key in LISTS:
        if not isinstance(node.value, list):
            yield Fault(node.line, f'"{key}" must be a list', f"write {key}: [one, two]")
            return
        if len(node.value) > MAX_ITEMS:
            yield Fault(node.line, f'"{key}" has {len(node.value):,} entries; {MAX_ITEMS} is the most')
        for item in node.value:
            if key != "follow_ups" or isinstance(item.value, str):
                yield from _text_complaints(key, item)
            if key == "probes" and isinstance(item.value, str) and not _PROBE.fullmatch(item.value):
                yield Fault(item.line, f'"{item.value[:40]}" is not the name of a probe', "names look like mongodb.lag")
            if key == "follow_ups":
                yield from _aim_complaints(item)
            if key in SIGNALS and isinstance(item.value, str) and not _SIGNAL.fullmatch(item.value):
                yield Fault(item.line, f'"{item.value[:40]}" is not a signal', "signals look like zombie-primary")
    else:
        yield from _text_complaints(key, node)


def _aim_complaints(item: Node) -> Iterator[Fault]:
    """Yield what is wrong with `detect: what to do`, a text in quotes since YAML would read two things in it."""
    if isinstance(item.value, dict):
        said = next(iter(item.value), "")
        yield Fault(item.line, f'"{said[:40]}: ..." stands without quotes', f'write "{said[:40]}: ..." in quotes')
        return
    aim, colon, text = str(item.value).partition(":")
    if not colon or not text.strip():
        yield Fault(item.line, f'"{str(item.value)[:40]}" does not say what it is for', 'write "prevent: what to do"')
    elif aim.strip() not in tuple(Aim):
        near = difflib.get_close_matches(aim.strip()[:64].lower(), tuple(Aim), n=1, cutoff=0.6)
        hint = f'did you mean "{near[0]}"?' if near else f"the aims are {', '.join(Aim)}"
        yield Fault(item.line, f'unknown aim "{aim.strip()[:40]}"', hint)


def _text_complaints(key: str, node: Node) -> Iterator[Fault]:
    if not isinstance(node.value, str):
        yield Fault(node.line, f'"{key}" must be text here', "write one line of text, in quotes if it has odd signs")
        return
    text, limit = node.value, MAX_TITLE_CHARS if key == "title" else MAX_ITEM_CHARS
    is_date = key == "reviewed" and node.read_as == "timestamp"
    is_code = node.read_as == "int" and re.fullmatch(r"0|[1-9]\d*", text)
    if node.read_as and not is_date and not is_code:
        taken_for = _READ_AS.get(node.read_as, node.read_as)
        says = f"{text[:40]} is read as {taken_for}" if text else f'"{key}" is empty'
        yield Fault(node.line, says, f'put it in quotes: "{text[:40]}"' if text else "fill it in or delete the key")
    elif not text.strip():
        yield Fault(node.line, f'"{key}" is empty', "fill it in or delete it")
    elif len(text) > limit:
        yield Fault(node.line, f'"{key}" has {len(text):,} characters; {limit} is the most')
    elif key == "severity" and text not in tuple(Severity):
        yield Fault(node.line, f'"{text[:40]}" is not a severity', "use sev1, sev2 or sev3")
    elif key == "reviewed" and not _is_date(text):
        yield Fault(node.line, f'"{text[:40]}" is not a date', "write it as 2026-01-31")


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
