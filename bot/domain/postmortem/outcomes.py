"""What the record tells after a try: the next word of what it did, and what was said of a guess later on.

Nothing here says that one thing came of another. It finds what a reader would look for next, and names what it is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bot.domain.incident import Status
from bot.domain.metrics import between, spelt_out
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Rule, Sentence
from bot.domain.postmortem.wording import ended, quote
from bot.domain.timeline import Entry, Kind, Tag

SHOWS_WITHIN = timedelta(minutes=15)  # what is recorded this soon after a try may tell what it did
MOST_ANSWERS = 3  # of what was said later of one guess
FEW, MOST_FEW, OF = 4, 12, 12  # a word is rare in FEW entries, in long records in up to MOST_FEW: one of OF entries
STEM = 6  # letters by which a word is known in its other forms

WORDS = (Kind.NOTE, Kind.MESSAGE, Kind.IMPORTED)
TELLING = frozenset({Tag.IMPACT, Tag.MITIGATED, Tag.IDENTIFIED, Tag.DETECTED, Tag.SURPRISE})
TURNS = {
    Tag.MISLED: "What misled",
    Tag.IDENTIFIED: "What was wrong",
    Tag.HYPOTHESIS: "The next guess",
}
OVER = (Status.MITIGATED, Status.RESOLVED)

_WORD = re.compile(r"[^\W\d_]{5,}")
_CALLS = re.compile(r"<@[UW]|\b(?:call(?:s|ed|ing)? (?:in|for|up)|pag(?:e|ed|ing)|escalat\w+|join\w*)\b", re.IGNORECASE)
_THREAD = re.compile(r"[?&]thread_ts=(\d+)\.(\d+)")
_OWN = re.compile(r"/p(\d{10})(\d{6})")
_COMMON = frozenset(
    word[:STEM]
    for word in _WORD.findall(
        "about above after again against almost alone along already although always among another anything around "
        "away because become before begin began being below between bring brought could doing during either enough "
        "every everything first found getting given going happen having however inside instead itself known later "
        "least looks looking maybe might minute minutes never nobody nothing often other others outside people perhaps "
        "quite really right seems shall should since something somebody still taken their themselves there these "
        "thing things think those though through times today together toward trying under until usual wants "
        "where whether which while whole whose within without would write years"
    )
)


@dataclass(frozen=True)
class Outcomes:
    """Finds what was recorded after a try. One for a whole draft: it sorts the entries once."""

    ev: Evidence

    def after(self, entry: Entry, *, ends: bool = True) -> list[Sentence]:
        """Return what was said soon after a try, and the next look or moment where that was neither.

        Of a guess only these: words that share none of its own are seldom about it. Without `ends` the end of the
        impact is left out, which no look brings about.
        """
        said = [] if Tag.HYPOTHESIS in entry.tags else _next(self._telling, entry)
        chosen = {e.label: e for e in (*said, *_next(self._sure, entry))}
        told = [e for e in chosen.values() if ends or not _ends(e)]
        return [self._followed(entry, e) for e in sorted(told, key=_place)]

    def answers(self, guess: Entry) -> list[Sentence]:
        """Return what was said later of a guess: in its thread, or with its rare words, what misled before the rest.

        Where there is no such thing, the next guess, or the entry that names what was wrong or what misled.
        """
        later = [e for e in self._linked(guess) if _place(e) > _place(guess)]
        chosen = sorted(later, key=lambda e: (Tag.MISLED not in e.tags, *_place(e)))[:MOST_ANSWERS]
        if chosen:
            return [self._later(guess, e, "What was said of it") for e in sorted(chosen, key=_place)]
        named = self._turns[bisect_right(self._turns, _place(guess), key=_place) :][:1]
        return [self._later(guess, e, next(word for tag, word in TURNS.items() if tag in e.tags)) for e in named]

    @cached_property
    def _telling(self) -> list[Entry]:
        return [e for e in self.ev.story if _tells(e) and self.ev.text(e)]

    @cached_property
    def _said(self) -> list[Entry]:
        return [e for e in self.ev.of(*WORDS) if self.ev.text(e)]

    @cached_property
    def _sure(self) -> list[Entry]:
        return [e for e in self._telling if e.kind is Kind.FINDING or _ends(e)]

    @cached_property
    def _turns(self) -> list[Entry]:
        return self.ev.tagged(*TURNS)

    @cached_property
    def _by_stem(self) -> Mapping[str, list[Entry]]:
        """Where each rare word stands."""
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._said:
            for stem in stems(self.ev.text(entry)):
                found[stem].append(entry)
        most = max(FEW, min(MOST_FEW, len(self._said) // OF))
        return {stem: entries for stem, entries in found.items() if len(entries) <= most}

    @cached_property
    def _replies(self) -> Mapping[tuple[str, ...], list[Entry]]:
        found: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
        for entry in self._said:
            if replied := _THREAD.search(entry.permalink):
                found[replied.groups()].append(entry)
        return found

    def _linked(self, guess: Entry) -> list[Entry]:
        thread = _THREAD.search(guess.permalink) or _OWN.search(guess.permalink)
        linked = {e.label: e for e in (self._replies.get(thread.groups(), ()) if thread else ())}
        for stem in stems(self.ev.text(guess)):
            linked |= {e.label: e for e in self._by_stem.get(stem, ())}
        return list(linked.values())

    def _followed(self, entry: Entry, other: Entry) -> Sentence:
        later, says = spelt_out(between(entry.at, other.at)), ended(quote(self.ev.text(other)))
        if other.kind is Kind.STATUS:
            over = "said to be resolved" if other.data.get("to") == Status.RESOLVED else "said to be mitigated"
            told = f"It was {over} {later} later."
        elif other.kind is Kind.FINDING:
            told = f"The next look, {later} later: {says}"
        elif Tag.MITIGATED in other.tags:
            told = f"The end of the impact, {later} later: {says}"
        else:
            return self._later(entry, other, "What followed")
        return Sentence(told, self.ev.refs(entry, other), mark="What followed", rule=Rule.LENGTH)

    def _later(self, guess: Entry, other: Entry, mark: str) -> Sentence:
        told = f"{spelt_out(between(guess.at, other.at))} later: {ended(quote(self.ev.text(other)))}"
        return Sentence(told, self.ev.refs(guess, other), mark=mark, rule=Rule.LENGTH)


def calls(entry: Entry) -> bool:
    """Return whether an entry calls for people, which shows nothing of the system."""
    return bool(_CALLS.search(entry.text))


def _ends(entry: Entry) -> bool:
    return entry.kind is Kind.STATUS or Tag.MITIGATED in entry.tags


def _tells(entry: Entry) -> bool:
    if entry.kind is Kind.STATUS:
        return entry.data.get("to") in OVER
    if TELLING.intersection(entry.tags):
        return Tag.ACTION not in entry.tags or Tag.MITIGATED in entry.tags
    return entry.kind is Kind.FINDING or (entry.kind in WORDS and not entry.tags and not calls(entry))


def _next(entries: list[Entry], entry: Entry) -> list[Entry]:
    after = entries[bisect_right(entries, _place(entry), key=_place) :][:1]
    return [e for e in after if e.at - entry.at <= SHOWS_WITHIN]


def _place(entry: Entry) -> tuple[datetime, int]:
    return (entry.at, entry.seq)


def stems(text: str) -> frozenset[str]:
    """Return the beginnings of the words that tell what a text is about: no short ones, and none of every text."""
    return frozenset(word[:STEM] for word in _WORD.findall(text.casefold())) - _COMMON
