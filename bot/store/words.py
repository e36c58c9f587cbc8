"""Words as people type them in a hurry: what carries meaning, what means the same, what was misspelt."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from sys import intern

from bot.store.vocabulary import ALIKE, GENERIC, IDLE, SYSTEMS, VAGUE

MAX_WORD_CHARS = 40
SYNONYM = 0.7
PIECES = (3, 4)  # letters

_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[\w'’-]+")


@dataclass(frozen=True)
class Said:
    """One word of the query: as typed, as searched, how much it says, and what means the same."""

    typed: str
    word: str
    weight: float
    synonyms: tuple[tuple[str, float], ...]


def said(query: str) -> list[Said]:
    """Return the words of `query` that carry meaning, each once, in the order they were typed."""
    found: dict[str, Said] = {}
    for token in _TOKEN.findall(_readable(query)):
        for part in _WORD.findall(re.sub(r"['’]", "", token)):
            word = _folded(part)
            if word in IDLE or word in found or not _carries(word):
                continue
            others = tuple((other, 1.0 if other in SYSTEMS else SYNONYM) for other in ALIKE.get(word, ()))
            found[word] = Said(part[:MAX_WORD_CHARS], word, _weight(part, word), others)
    return list(found.values())


def all_words(text: str) -> list[str]:
    """Return every word of `text`, folded, in order."""
    return [_folded(part) for part in _WORD.findall(_readable(text))]


def pieces(word: str) -> tuple[str, ...]:
    """Return the pieces of a word; a space stands for its ends, so that a beginning is not a middle."""
    padded = f" {word} "
    return tuple([intern(padded[at : at + size]) for size in PIECES for at in range(max(1, len(padded) - size + 1))])


def rarity(count: int, holders: int) -> float:
    """Return how much it says that a text holds what `holders` of `count` texts hold: 1 for what all hold, or more."""
    return math.log((1 + count) / (1 + holders)) + 1.0


def words_of(text: str) -> set[str]:
    """Return the searchable words of `text`."""
    return {word for part in _WORD.findall(_readable(text)) if _carries(word := _folded(part)) and not word.isdigit()}


Known = dict[tuple[str, int], set[str]]  # words by first letter and length


def known_words(texts: Iterable[str]) -> Known:
    """Return every word of `texts`, arranged for `spelled`."""
    parts: set[str] = set()
    for text in texts:
        parts.update(_WORD.findall(_readable(text)))
    known: Known = {}
    for word in words_of(" ".join(parts)):  # a word of many texts is folded once
        known.setdefault((word[0], len(word)), set()).add(word)
    return known


def is_known(word: str, known: Known) -> bool:
    """True when `word` stands in the texts as it is."""
    return word in known.get((word[0], len(word)), ())


def spelled(word: str, known: Known) -> list[str]:
    """Return up to four known words that `word` was probably meant to be, or that are parts of it."""
    if len(word) < 4 or any(letter.isdigit() for letter in word):
        return []
    lengths = range(len(word) - 2, len(word) + 3)
    letters = set(word)
    near = [
        other
        for first in dict.fromkeys(word[:2])
        for length in lengths
        for other in known.get((first, length), ())
        if len(letters & set(other)) * 3 >= len(letters) * 2
    ]
    meant = difflib.get_close_matches(word, near, n=2, cutoff=0.8 if len(word) > 4 else 0.75)
    size = len(word)
    parts = {word[a:b] for a in range(size - 5) for b in range(a + 6, size + 1) if b - a < size}
    return [*meant, *sorted((part for part in parts if is_known(part, known)), key=len)[-2:]]


def _readable(text: str) -> str:
    if text.isascii():
        return text.replace("\0", " ")
    return unicodedata.normalize("NFKC", text.replace("\0", " "))


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()[:MAX_WORD_CHARS]
    bare = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in bare if not unicodedata.combining(letter))[:MAX_WORD_CHARS]


def _carries(word: str) -> bool:
    """One letter says something only where a letter is a word, as in Chinese."""
    return len(word) > 1 or not word.isascii()


def _weight(typed: str, word: str) -> float:
    """How much a word says: codes and identifiers most, names of systems little, bare numbers next to nothing."""
    if word.isdigit():
        return 1.2 if 4 <= len(word) <= 8 else 0.1
    if word in GENERIC:
        return 0.4
    if word in VAGUE:
        return 0.6
    code = len(word) > 4 and (typed.isupper() or any(one.isupper() for one in typed[1:]))
    return 1.3 if code else 1.0
