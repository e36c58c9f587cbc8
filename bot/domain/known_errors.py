"""Which playbooks' error texts stand in a message, strictly: a code, a log id or a whole phrase, never mere prose.

Speaking unasked costs everybody's attention, so this asks for more than the search does: a short or ordinary text of a
playbook counts when somebody looks for it, and not here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.domain.playbook import Playbook

MAX_TEXT_CHARS = 20_000
MIN_PHRASE_WORDS = 4
MIN_PHRASE_CHARS = 18

_WORD = re.compile(r"[^\W_]+")
_LOG_ID = re.compile(r"[0-9]{4,8}")
_CODES = (
    re.compile(r"[A-Za-z]*[a-z][A-Z][A-Za-z]{2,}"),  # NotWritablePrimary
    re.compile(r"[A-Z]{6,}"),  # ENOSPC
    re.compile(r"(?=.*[0-9])[A-Z]+-?[0-9]{4,}"),  # E11000, SERVER-21307
    re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*[_:][A-Za-z_:]*[A-Za-z0-9]+"),  # rdb_last_bgsave_status:err
)
_MIN_CODE_CHARS = 6


@dataclass(frozen=True, kw_only=True)
class Known:
    """A playbook whose error text stands in a message, and that text as the playbook writes it."""

    name: str
    words: str


@dataclass(frozen=True)
class KnownErrors:
    """The error texts of some playbooks, laid out so that a message is read once however many there are."""

    by_anchor: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]

    def seen(self, text: str) -> list[Known]:
        """Return each playbook once, the one with the longest text first; empty when nothing known stands there."""
        text = " ".join(text[:MAX_TEXT_CHARS].split())
        found: dict[str, str] = {}
        for anchor in dict.fromkeys(_words(text)):
            for error, names in self.by_anchor.get(anchor, ()):
                if _pattern(error).search(text):
                    found |= {name: max(found.get(name, ""), error, key=len) for name in names}
        return [Known(name=name, words=words) for name, words in sorted(found.items(), key=lambda x: (-len(x[1]), x))]


def known_errors(playbooks: Iterable[Playbook]) -> KnownErrors:
    """Lay out the telling error texts of `playbooks`; the others are left to the search."""
    names: dict[str, list[str]] = {}
    for playbook in playbooks:
        for error in dict.fromkeys(playbook.errors):
            if is_telling(error):
                names.setdefault(" ".join(error.split()), []).append(playbook.name)
    common = Counter(word for error in names for word in set(_words(error)))
    anchors: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for error, whose in names.items():
        # The rarest word leads to the text, so that one common word never means looking at them all.
        anchor = min(_words(error), key=lambda word: (common[word], -len(word), word))
        anchors.setdefault(anchor, []).append((error, tuple(whose)))
    return KnownErrors({anchor: tuple(texts) for anchor, texts in anchors.items()})


def is_telling(error: str) -> bool:
    """True for an error text that people do not write by chance: a code, a log id, or a phrase of enough length."""
    if "*" in error:  # what stands for anything cannot be called word for word
        return False
    if _is_code(error) or _LOG_ID.fullmatch(error):
        return True
    words = error.split()
    if len(words) < 2:
        return False
    return any(_is_code(word) for word in words) or (
        len(words) >= MIN_PHRASE_WORDS and len(" ".join(words)) >= MIN_PHRASE_CHARS
    )


def _is_code(word: str) -> bool:
    return len(word) >= _MIN_CODE_CHARS and any(code.fullmatch(word) for code in _CODES)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _pattern(error: str) -> re.Pattern[str]:
    """The text between word ends; a lone code keeps its case, a log id stands where a log line has it."""
    if _LOG_ID.fullmatch(error):
        return re.compile(rf'(?<!\w)"?id"?\s?[:=]\s?{error}(?!\w)')
    return re.compile(rf"(?<!\w){re.escape(error)}(?!\w)", 0 if _is_code(error) else re.IGNORECASE)
