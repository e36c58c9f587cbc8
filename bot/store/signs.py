"""What a playbook says about when to use it: the parts that are matched closely."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.playbook import Playbook
from bot.store.words import said

MIN_ERROR_CHARS = 4  # a shorter code stands in too many texts by accident


def head(playbook: Playbook) -> str:
    """What a playbook says about when to use it, the part that is worth matching closely."""
    return " \n ".join((playbook.name, playbook.title, *playbook.symptoms, *playbook.errors, *playbook.systems))


def columns(playbook: Playbook) -> tuple[str, str, str]:
    """The three columns of the index: title, signs, and the rest that may be searched."""
    steps = " \n ".join(step.title for step in playbook.steps)
    signs = " \n ".join((*playbook.symptoms, *playbook.errors, *playbook.systems))
    body = playbook.intro[:4_000] if playbook.steps else playbook.intro[:12_000]
    return f"{playbook.name} {playbook.title}", signs, f"{steps} \n {body}"


def quoted(playbook: Playbook, query: str) -> int:
    """How many words with a meaning the longest error text has that stands in the query, at least 1 if one does.

    Case and spaces aside, `*` for anything.
    """
    asked = _plain(query)
    stand = [
        max(1, len(said(error)))
        for error in playbook.errors
        if len(error) >= MIN_ERROR_CHARS and _in_order(_plain(error).split("*"), asked)
    ]
    return max(stand, default=0)


def stem(word: str) -> str:
    """A word without its commonest endings, so that `restarts` and `restarted` meet."""
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


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
