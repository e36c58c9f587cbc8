"""The document for a canvas of Slack, which has Markdown without anchors in a page and without HTML."""

from __future__ import annotations

import re

MAX_CANVAS_CHARS = 1_000_000  # Slack takes 1,048,576

_ANCHOR = re.compile(r'<a id="[\w-]{1,40}"></a>')
_REFERENCE = re.compile(r"\[([A-Z]{1,4}-?\d{1,9})\]\(#[\w-]{1,40}\)")


def canvas(markdown: str, label: str) -> str:
    """Return the document's Markdown for a canvas, "" when it is longer than a canvas may be.

    It is a copy: people may change it there, and nothing that they write is overwritten, nor comes back from there.
    """
    text = _REFERENCE.sub(r"(\1)", _ANCHOR.sub("", markdown))
    where = f"*The draft as it was made. The postmortem itself is written on its page: `/postmortem {label}`.*"
    whole = f"{where}\n\n{text}"
    return whole if len(whole) <= MAX_CANVAS_CHARS else ""
