"""An RSS or Atom feed as plain values, by a parser that takes no document type: so no entity can grow or reach out.

Decision 10 says why the standard library's own is enough for that.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.parsers import expat

MOST_ENTRIES = 50
MOST_DEPTH = 60
MOST_CHARS = 4_000  # of one text; what a status is, stands at its beginning
MOST_SHOWN = 400

_ENTRIES, _TEXTS = ("item", "entry"), ("content", "summary", "description", "encoded")
_TIMES = ("updated", "pubDate", "published", "date")
_FEEDS = ("rss", "feed", "RDF")
_TAG = re.compile(r"<[^<>]{0,500}>")


class _Refused(Exception):
    """What no feed needs: a document type, elements without end."""


def feed(body: bytes) -> dict[str, Any] | None:
    """`{"format": "feed", "name": …, "entries": [{"title", "text", "at"}]}`; None for what is none, or is odd."""
    reading = _Reading()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reading.begins
    parser.EndElementHandler = reading.ends
    parser.CharacterDataHandler = reading.says
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.buffer_text = True
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        return None
    if reading.root not in _FEEDS:
        return None
    return {"format": "feed", "name": _plain(reading.feed.get("title", "")), "entries": reading.entries}


class _Reading:
    """What the parser has told so far."""

    def __init__(self) -> None:
        self.root = ""
        self.feed: dict[str, str] = {}
        self.entries: list[dict[str, str]] = []
        self._entry: dict[str, str] | None = None
        self._path: list[str] = []
        self._in = ""  # the field that is being read
        self._at = 0  # how deep it stands

    def begins(self, name: str, _: Mapping[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self.root = self.root or tag
        self._path.append(tag)
        if len(self._path) > MOST_DEPTH:
            raise _Refused
        if tag in _ENTRIES and self._entry is None:
            self._entry, self._in = {}, ""
        elif not self._in and tag in ("title", *_TEXTS, *_TIMES):
            self._in, self._at = tag, len(self._path)

    def says(self, text: str) -> None:
        if self._in:
            into = self.feed if self._entry is None else self._entry
            into[self._in] = (into.get(self._in, "") + text)[:MOST_CHARS]

    def ends(self, name: str) -> None:
        if self._in and len(self._path) == self._at:
            self._in = ""
        self._path.pop()
        if name.rpartition(" ")[2] in _ENTRIES and self._entry is not None:
            if len(self.entries) < MOST_ENTRIES:
                self.entries.append(_as_entry(self._entry))
            self._entry = None


def _refuse(*_: Any) -> None:
    raise _Refused


def _as_entry(told: Mapping[str, str]) -> dict[str, str]:
    return {
        "title": _plain(told.get("title", "")),
        "text": _plain(next((told[name] for name in _TEXTS if told.get(name, "").strip()), "")),
        "at": next((at for name in _TIMES if (at := _time(told.get(name, "").strip()))), ""),
    }


def _plain(text: str) -> str:
    """Without markup and with single spaces, cut to what is looked at."""
    return " ".join(html.unescape(_TAG.sub(" ", html.unescape(text))).split())[:MOST_SHOWN]


def _time(text: str) -> str:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            told = read(text)
            return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return ""
