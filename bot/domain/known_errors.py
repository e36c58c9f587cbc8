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
_OPEN = re.compile(r"\w*\*\w*")  # a word of which only a part is fixed
_LOG_ID = re.compile(r"[0-9]{4,8}")
_CODES = (
    re.compile(r"[A-Za-z]*[a-z][A-Z][A-Za-z]{2,}"),  # NotWritablePrimary
    re.compile(r"[A-Z]{6,}"),  # ENOSPC
    re.compile(r"(?=.*[0-9])[A-Z]+-?[0-9]{4,}"),  # E11000, SERVER-21307
    re.compile(r"[+-][a-z]+(?:-[a-z]+)+"),  # +switch-master
    re.compile(r"[A-Za-z]+(?:_[A-Za-z]+)*[_:][A-Za-z_:]*[A-Za-z0-9]+"),  # rdb_last_bgsave_status:err
)
# socketTimeoutMS, evicted_keys, pg_restore: a setting, a counter or a tool. Healthy servers print them too.
_NAME = re.compile(r"[a-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_MIN_CODE_CHARS = 6
_SHORT_CODE = re.compile(r"[A-Z]{2}[0-9]{3}")  # RS102
# An event of Redis Sentinel: +reboot master. One that +sdown is what it alone thinks, and flips back in a second.
_EVENT = re.compile(r"[+-](?!sdown)[a-z-]+ (?:master|slave|sentinel)")
_STRAIGHT = str.maketrans("’‘ʼ“”", "'''\"\"")


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
        text = _plain(text[:MAX_TEXT_CHARS])
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
            if is_telling(error) and _anchors(error):
                names.setdefault(_plain(error), []).append(playbook.name)
    common = Counter(word for error in names for word in set(_words(error)))
    anchors: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for error, whose in names.items():
        # The rarest word leads to the text, so that one common word never means looking at them all.
        anchor = min(_anchors(error), key=lambda word: (common[word], -len(word), word))
        anchors.setdefault(anchor, []).append((error, tuple(whose)))
    return KnownErrors({anchor: tuple(texts) for anchor, texts in anchors.items()})


def is_telling(error: str) -> bool:
    """True for an error text that people do not write by chance: a code, a log id, an event of Sentinel, or a phrase of
    enough length. With a `*`, one at most, so much of a phrase must stand in a row. The bare name of a setting, of a
    counter or of a tool is none."""
    if _NAME.fullmatch(error):
        return False
    if is_code(error) or is_log_id(error) or _EVENT.fullmatch(error):
        return True
    parts = [part.split() for part in error.split("*")]
    if len(parts) == 1 and len(parts[0]) > 1 and any(is_code(word) for word in parts[0]):
        return True
    fixed = any(len(words) >= MIN_PHRASE_WORDS and len(" ".join(words)) >= MIN_PHRASE_CHARS for words in parts)
    return fixed and len(parts) <= 2


def is_log_id(word: str) -> bool:
    """True for the number of a log line or of an error."""
    return bool(_LOG_ID.fullmatch(word))


def folded(text: str) -> str:
    """The same with straight quotes for the curly ones that phones and Macs type, and Redis for Valkey, which prints
    its errors under a name of its own: `BUSY Valkey is busy running a script`."""
    return text.translate(_STRAIGHT).replace("Valkey", "Redis")


def is_code(word: str) -> bool:
    """True for what is built like an error's name: nobody types it by chance."""
    long = len(word) >= _MIN_CODE_CHARS and any(code.fullmatch(word) for code in _CODES)
    return long or bool(_SHORT_CODE.fullmatch(word))


def _plain(text: str) -> str:
    return " ".join(folded(text).split())


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _anchors(error: str) -> list[str]:
    """The words of an error text that stand in a message as they are."""
    return _words(_OPEN.sub(" ", error))


def _pattern(error: str) -> re.Pattern[str]:
    """The text between word ends, a `*` for one word or the rest of one. What is told by its code alone keeps its case:
    an upgrade problem is no UPGRADE PROBLEM. A log id stands where a log line has it, an event of Sentinel before a
    name, an address and a port."""
    if is_log_id(error):
        return re.compile(rf'(?<!\w)"?id"?\s?[:=]\s?{error}(?!\w)')
    if _EVENT.fullmatch(error):
        return re.compile(rf"(?<!\w){re.escape(error)} \S+ \S+ [0-9]{{2,5}}(?!\w)")
    phrase = r"\S{1,60}".join(map(re.escape, error.split("*")))
    return re.compile(rf"(?<!\w){phrase}(?!\w)", 0 if len(error.split()) < MIN_PHRASE_WORDS else re.IGNORECASE)
