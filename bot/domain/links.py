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
_DEFINED = re.compile(r" {0,3}\[(?!\^)[^\[\]]{1,300}\]:[ \t]*<?([^<>\s]{1,500})")  # [label]: target


def targets(line: str) -> Iterator[str]:
    """Yield where the links of one line of Markdown lead, as written, and what it defines a label to stand for."""
    if "](" in line:
        yield from (found["angled"] or found["bare"] for found in _ENDS.finditer(line))
    if "]:" in line and (defined := _DEFINED.match(line)):
        yield defined[1]


def worded(markdown: str, *, addresses: bool = False) -> str:
    """Return Markdown with its links as their labels; with `addresses` those of the web stand behind, in brackets."""

    def word(found: re.Match[str]) -> str:
        target = str(found["angled"] or found["bare"])
        return f"{found['label']} ({target})" if addresses and target.startswith("http") else str(found["label"])

    return _LINK.sub(word, markdown) if "](" in markdown else markdown
