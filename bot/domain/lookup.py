"""What people made of the playbooks that were offered to them, and how that counts the next time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.domain.playbook import Match

ALIKE = 0.5  # the share of words that two look-ups must have in common to speak about each other
PER_VERDICT = 0.05  # what one verdict adds to a score, or takes from it
MOST = 3  # verdicts that count; more would let habit hide a page that fits better

# When a page that may fit is worth being said unasked; tests/playbooks/test_unasked.py counts.
LIKELY = 0.8  # a score below this is an accident too often
AHEAD = 2.0  # times what the second has
TELLING = 2  # words that matched


class Said(StrEnum):
    """What became of an offer."""

    NOTHING = ""
    OPENED = "opened"
    NOT_THIS = "not this"


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """Some words and the playbook that was offered for them; `playbook` is "" when none fitted."""

    id: str  # with `:NAME` behind it where another page than the one offered first was opened or refused
    incident_id: str = ""  # "" outside incidents
    words: str
    playbook: str
    unasked: bool = False
    said: Said = Said.NOTHING
    said_by: str = ""
    made_at: datetime

    @property
    def offer(self) -> bool:
        """False for what became of another page than the one offered first."""
        return ":" not in self.id


@dataclass(frozen=True, kw_only=True)
class Helped:
    """How often people said that a step helped, of how many times they were asked, and when last it did."""

    times: int
    of: int
    last: datetime | None = None

    def __str__(self) -> str:
        often = f"helped {self.times} of {self.of} {'time' if self.of == 1 else 'times'}"
        return often + (f"; last on {self.last.day} {self.last:%b %Y}" if self.last else "")


def weigh(matches: Sequence[Match], words: str, memory: Iterable[Lookup]) -> list[Match]:
    """Return the matches in the order that past verdicts on words like these suggest.

    A verdict moves a score by a twentieth, three at most: it settles what is close, and never adds or removes a page.
    A page whose own code was typed stays before those without.
    """
    mine = _words(words)
    votes = dict.fromkeys((match.name for match in matches), 0)
    for past in memory:
        if past.playbook in votes and _alike(mine, _words(past.words)):
            votes[past.playbook] += {Said.OPENED: 1, Said.NOT_THIS: -1}.get(past.said, 0)
    weighed = [
        replace(match, score=match.score * (1 + PER_VERDICT * max(-MOST, min(MOST, votes[match.name]))))
        for match in matches
    ]
    return sorted(weighed, key=lambda match: (not match.code, -match.score))


def worth_saying(matches: Sequence[Match]) -> Match | None:
    """Return the first match where it is worth everybody's attention though nobody asked: when it is sure, or when it
    is likely, more than one word speaks for it and it is far ahead of the second."""
    if not matches:
        return None
    best = matches[0]
    likely = best.score >= LIKELY and len(best.why) >= TELLING
    ahead = all(best.score >= AHEAD * other.score for other in matches[1:])
    return best if best.sure or (likely and ahead) else None


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one and other) and len(one & other) / len(one | other) >= ALIKE


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]{2,}", text.lower()))
