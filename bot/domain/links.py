"""Links in Markdown. Every part has a bound: a bracket that nothing ends must not look for its end in all of a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TARGET = (
    r"\([ \t]{0,9}(?:<(?P<angled>[^<>\n]{1,500})>|(?P<bare>(?:[^()<>\s]|\([^()<>\s]{0,100}\)){1,500}))"
    r"(?:[ \t]{1,9}(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'))?[ \t]{0,9}\)"
)
_LINK = re.compile(r"\[(?P<label>[^\[\]]{0,500})\]" + _TARGET)
_ENDS = re.compile(r"\]" + _TARGET)  # a label may hold brackets, as that of a picture in a link
_PAGE = re.compile(r"(?:\./)?([a-z0-9][a-z0-9-]{0,63})\.md(?:#[^#\s]{0,300})?")
_DEFINED = re.compile(r" {0,3}\[(?!\^)[^\[\]]{1,300}\]:[ \t]*<?([^<>\s]{1,500})")  # [label]: target


def targets(line: str) -> Iterator[str]:
    """Yield where the links of one line of Markdown lead, as written, and what it defines a label to stand for."""
    if "](" in line:
        yield from (found["angled"] or found["bare"] for found in _ENDS.finditer(line))
    if "]:" in line and (defined := _DEFINED.match(line)):
        yield defined[1]


def worded(markdown: str, *, addresses: bool = False) -> str:
    """Return Markdown with its links as their labels; with `addresses` it stands behind, in brackets, where they lead:
    an address of the web, or the name of another playbook, which is what one types."""

    def word(found: re.Match[str]) -> str:
        label, target = str(found["label"]), str(found["angled"] or found["bare"])
        if addresses and target.startswith("http"):
            return f"{label} ({target})"
        page = _PAGE.fullmatch(target) if addresses else None
        return f"{label} (`{page[1]}`)" if page else label

    return _LINK.sub(word, markdown) if "](" in markdown else markdown
