"""The plain corner of front matter, read line by line: keys at the margin, each with a text or a list of texts.

YAML's own reader takes milliseconds a page, most of them for pages that need none of its rules. What is read here
comes out exactly as that reader would give it (a test compares the two on thousands of mutated pages); whatever could
mean anything else is not guessed at but left to it, faults and their lines included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import yaml

# Each pattern is linear in what it reads, also where it fails: a group takes what it can and gives nothing back.
_SIGN = r"\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff"  # beside ASCII; no line ends
_FIRST = rf"[A-Za-z0-9()+./;<=^_$~\\{_SIGN}]"  # what a bare text may begin with: nothing YAML has a meaning for
_WITHIN = rf"[ !\"$%&'()*+,\-./0-9;<=>?@A-Z\[\\\]^_`a-z{{|}}~{_SIGN}]"  # no colon, no hash
_BARE = rf"{_FIRST}{_WITHIN}*+(?::(?=[^ ]){_WITHIN}*+)*+"
_BARE_IN_LIST = rf"{_FIRST}[ !\"$%&'()*+\-./0-9;<=>@A-Z\\^_`a-z|~{_SIGN}]*+"
_QUOTED = rf'"[ !#-\[\]-~{_SIGN}]*+"|\'[ -&(-~{_SIGN}]*+\''

_KEY = re.compile(r"([a-z_]{1,40}):(?: +(\S.*))?")
_ENTRY = re.compile(r"( *)- +(\S.*)")
_TEXT = re.compile(rf"({_QUOTED})|({_BARE})")
_IN_LIST = re.compile(rf" *+(?:({_QUOTED}) *+|({_BARE_IN_LIST}))([,\]])")


@dataclass(frozen=True, slots=True)
class Node:
    """One value and the line it stands on. `read_as` is what YAML takes a bare word for."""

    line: int
    value: str | list[Node] | dict[str, Node]
    read_as: str = ""
    key_line: int = field(default=0, compare=False)  # where its key stands; told by YAML's own reader only


def compose_plain(text: str, *, first_line: int = 1) -> Node | None:
    """The tree of `text` when it is plain, else None: then it is for YAML to read, or to refuse."""
    pairs: dict[str, Node] = {}
    began, key, margin = 0, "", ""
    entries: list[Node] | None = None  # of the key whose list is being read
    for number, whole in enumerate(text.split("\n"), start=first_line):
        line = whole.rstrip(" ")
        if not line:
            continue
        if entries is not None and (entry := _ENTRY.fullmatch(line)):
            one = _text(entry[2], number)
            if one is None or (entries and entry[1] != margin):
                return None
            if not entries:
                margin = entry[1]
                pairs[key] = Node(number, entries)
            entries.append(one)
            continue
        found = _KEY.fullmatch(line)
        if found is None or found[1] in pairs or entries == []:
            return None
        key, entries = found[1], None
        began = began or number
        if found[2] is None:
            entries = []
            continue
        value = _list(found[2], number) if found[2][0] == "[" else _text(found[2], number)
        if value is None:
            return None
        pairs[key] = value
    return Node(began, pairs) if pairs and entries != [] else None


def _text(written: str, line: int) -> Node | None:
    found = _TEXT.fullmatch(written)
    return _node(found, line) if found else None


def _list(written: str, line: int) -> Node | None:
    """The entries between two brackets on one line; None when anything else stands there."""
    at = 1
    items: list[Node] = []
    if written == "[]":
        return Node(line, items)
    while found := _IN_LIST.match(written, at):
        items.append(_node(found, line))
        at = found.end()
        if found[3] == "]":
            return Node(line, items) if at == len(written) else None
    return None


def _node(found: re.Match[str], line: int) -> Node:
    if found[1] is not None:
        return Node(line, found[1][1:-1])
    text = found[2].rstrip(" ")
    return Node(line, text, _read_as(text))


def _read_as(text: str) -> str:
    """What YAML takes a bare text for, "" for a text: its own patterns, by the first letter, asked in its order."""
    resolvers = yaml.SafeLoader.yaml_implicit_resolvers
    for tag, pattern in (*resolvers.get(text[0], ()), *resolvers.get(None, ())):
        if pattern.match(text):
            name: str = tag.rpartition(":")[2]
            return "" if name == "str" else name
    return ""
