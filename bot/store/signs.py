"""What a playbook says about when to use it: the parts that are matched closely."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.known_errors import folded
from bot.domain.playbook import Playbook
from bot.store.words import said

MAX_LINES = 60  # of a prose page
MIN_ERROR_CHARS = 4  # a shorter code stands in too many texts by accident


def head(playbook: Playbook) -> str:
    """What a playbook says about when to use it, the part that is worth matching closely."""
    return " \n ".join((playbook.name, playbook.title, *playbook.symptoms, *playbook.errors, *playbook.systems))


def signs(playbook: Playbook) -> tuple[str, ...]:
    """Each thing a playbook says about when to use it; of a prose page, its lines."""
    lines = [] if playbook.steps else [line for line in playbook.intro.splitlines() if line.strip()][:MAX_LINES]
    return (playbook.title, playbook.name.replace("-", " "), *playbook.symptoms, *playbook.errors, *lines)


def quoted(playbook: Playbook, query: str) -> int:
    """How many words with a meaning the longest error text has that stands in the query, at least 1 if one does.

    Case and spaces aside, `*` for anything. A code counts as two words: nobody types it by accident.
    """
    asked = _plain(query)
    stand = [
        max(1, sum(2 if word.weight > 1 else 1 for word in said(error)))
        for error in playbook.errors
        if len(error) >= MIN_ERROR_CHARS and _in_order(_plain(error).split("*"), asked)
    ]
    return max(stand, default=0)


def is_symptom(playbook: Playbook, words: Iterable[str]) -> bool:
    """True when these words with a meaning are those of one of its symptoms, all of them and no other, in any order,
    two at least."""
    asked = set(map(stem, words))
    return len(asked) > 1 and any(asked == {stem(one.word) for one in said(symptom)} for symptom in playbook.symptoms)


def stem(word: str) -> str:
    """A word without its commonest endings, so that `restarts` and `restarted` meet."""
    if word.endswith("ies") and len(word) > 5:
        return word[:-3] + "y"
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _plain(text: str) -> str:
    return " ".join(folded(text).casefold().split())


def _in_order(parts: Iterable[str], text: str) -> bool:
    """True when the parts stand in `text` one after the other, as whole words at their ends."""
    at = 0
    for part in (part.strip() for part in parts):
        at = text.find(part, at)
        if at < 0 or (part[:1].isalnum() and at and text[at - 1].isalnum()):
            return False
        at += len(part)
        if part[-1:].isalnum() and text[at : at + 1].isalnum():
            return False
    return True
