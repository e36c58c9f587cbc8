"""Turning stored text, times and names into words a reader understands. Nothing here escapes anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.domain.incident import Moment
from bot.domain.metrics import How, Known
from bot.domain.roles import Person

QUOTE_CHARS = 220
LEAST_KEPT = 0.4  # of the allowed length, for a quotation to end with a clause

HAPPENED = {
    Moment.STARTED: "Impact began",
    Moment.DETECTED: "First signal",
    Moment.ACKNOWLEDGED: "Acknowledged",
    Moment.DECLARED: "Declared",
    Moment.IDENTIFIED: "Identified",
    Moment.MITIGATED: "Mitigated",
    Moment.RESOLVED: "Resolved",
    Moment.CLOSED: "Closed",
}

# What the forms write when a person gives a time and says no more: it marks a moment and tells nothing.
BARE = frozenset({"Impact began", "First signal seen", "Impact stopped"})

_SOURCE = {How.OBSERVED: "seen by the bot", How.SAID: "said by a person"}

# C0 and C1 controls except newline and tab; characters that hide text or turn its direction round; lone surrogates.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_HIDDEN_IN_NUMBER = re.compile(rf"(?<=\d){_HIDDEN.pattern}+(?=\d)")  # taking it out would make one number of two
_NEWLINES = re.compile("\r\n|[\r\u2028\u2029]")
_SENTENCE = re.compile(r"[.!?](?= )")
_CLAUSE = re.compile(r"[,;:](?= )|(?<=\w)(?= [–—(] ?)")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SLACK = re.compile(r"<([@#!]|https?://|mailto:)([^<>|\s]*)(?:\|([^<>]*))?>")


def source(known: Known) -> str:
    """Return how a moment is known; of a derived one, by which rule."""
    return f"derived: {known.rule}" if known.how is How.DERIVED else _SOURCE[known.how]


def stamp(at: datetime, dated: bool) -> str:
    """Return `12:13 UTC`, or `13 Mar 12:13 UTC` where the incident crosses midnight."""
    return f"{at.day} {at:%b %H:%M} UTC" if dated else f"{at:%H:%M} UTC"


def plain(text: str, people: Mapping[str, Person]) -> str:
    """Return stored text as a reader would see it: names for mentions, addresses for links, no hidden characters."""
    if not (text.isascii() and text.isprintable()):  # most of what people write has nothing to take out
        text = _HIDDEN_IN_NUMBER.sub(" ", _NEWLINES.sub("\n", text))
        text = _SURROGATES.sub("�", _HIDDEN.sub("", text))
    if "<" not in text:
        return text.strip()
    return _SLACK.sub(lambda token: _spoken(token, people), text).strip()


def one_line(text: str) -> str:
    """Return the text with every run of white space as one space."""
    return " ".join(text.split())


def quote(text: str, limit_chars: int = QUOTE_CHARS) -> str:
    """Return the text on one line in quotation marks, cut where a group of words ends if it is over `limit_chars`."""
    line = re.sub("`{3,}", "`", one_line(text))  # a block of code, quoted, is code within the line
    if len(line) > limit_chars:
        line = f"{_cut(line, limit_chars)} …"
    return f"“{line}”"


def _cut(line: str, limit_chars: int) -> str:
    """Return the beginning of a line up to the end of a sentence, else of a clause, else of a word."""
    for end in (_SENTENCE, _CLAUSE):
        places = [
            found.end() for found in end.finditer(line, 0, limit_chars) if found.end() >= limit_chars * LEAST_KEPT
        ]
        if places:
            return line[: places[-1]].rstrip(",;: ")
    return line[:limit_chars].rpartition(" ")[0] or line[:limit_chars]


def ended(quoted: str) -> str:
    """Return a quotation as the end of a sentence: with a full stop, unless it brings its own."""
    return quoted if quoted[-2] in ".!?…" else f"{quoted}."


def listed(words: Iterable[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def who(user: str, people: Mapping[str, Person]) -> str:
    """Return a person's name, `<name> (terminal)`, `Muster` for the bot itself, or the id of someone unknown."""
    if not user:
        return "Muster"
    if user.startswith("terminal:"):
        return f"{one_line(plain(user.removeprefix('terminal:'), {}))} (terminal)"
    person = people.get(user)
    name = one_line(plain(person.name, {})) if person else ""
    return name or one_line(plain(user, {}))


def _spoken(token: re.Match[str], people: Mapping[str, Person]) -> str:
    sign, body, label = token[1], token[2], (token[3] or "").strip()
    if sign == "@":
        return f"@{who(body, people) if body in people else label or body}"
    if sign == "#":
        return f"#{label or body}"
    if sign == "!":  # <!channel>, <!subteam^S1|@team>, <!date^1392734382^{date}|18 Feb>
        return label or f"@{body.partition('^')[0]}"
    address = (sign if sign.startswith("http") else "") + body
    return f"{label} ({address})" if label and label != address else address
