"""What people typed when a playbook was the right one, and when none was: the lists in `heard/` beside the playbooks.

`heard/connection-limit.txt` belongs to `connection-limit.md`, `heard/none.txt` to no page: one sentence or error line a
line; what stands behind a tab is where it comes from, and is not read. What is asked now is compared with all of
them, and the nearest speak for their pages. docs/decisions/0002-playbooks.md has the figures.
"""

from __future__ import annotations

import contextlib
import heapq
import math
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from pathlib import Path
from sys import intern

from bot.store import files
from bot.store.files import Stamp
from bot.store.frontmatter import Fault
from bot.store.words import all_words, pieces, rarity

FOLDER = "heard"
ENDING = ".txt"
MAX_BYTES = 1024 * 1024  # of one list
MAX_CHARS = 400  # of a sentence; of a longer one the beginning counts
NONE = "none"  # the list of what fits no page
COMMON = 0.1  # of the sentences: a piece that more of them hold tells none from another
NEAREST = 40  # sentences that speak
MAX_WORDS = 60  # of what is asked


@dataclass(frozen=True)
class Spoken:
    """What the nearest sentences say: the share of each page, and of no page. They add up to 1, or 0."""

    shares: Mapping[str, float]
    none: float


class Heard:
    """Sentences with the page that was right for each, arranged to be compared with. Reads are safe from any thread."""

    def __init__(self, lists: Mapping[str, Sequence[str]]) -> None:
        self.pages = frozenset(lists) - {NONE}
        self._right = [name for name, lines in lists.items() for _ in lines]
        texts = [tuple(map(intern, all_words(line))) for lines in lists.values() for line in lines]
        cut = cache(pieces)  # for as long as this takes: the same words come again and again
        # Counted twice, since the counts of all texts at once take 60 MB.
        holders = Counter(chain.from_iterable(_counted(text, cut) for text in texts))
        most = COMMON * len(texts) + 1
        self._unknown = rarity(len(texts), 0)
        self._rarity = {piece: rarity(len(texts), held) if held <= most else 0.0 for piece, held in holders.items()}
        standing: defaultdict[str, tuple[array[int], array[float]]] = defaultdict(lambda: (array("I"), array("f")))
        for number, text in enumerate(texts):
            for piece, weight in self._weighed(_counted(text, cut), 0.0).items():
                numbers, weights = standing[piece]
                numbers.append(number)
                weights.append(weight)
        self._standing = dict(standing)

    def ask(self, words: Sequence[str]) -> Spoken:
        """Return what the sentences nearest to some words say. Without any sentence nothing is near."""
        alike = [0.0] * len(self._right)
        for piece, weight in self._weighed(_counted(words[:MAX_WORDS], pieces), self._unknown).items():
            for number, other in zip(*self._standing.get(piece, ((), ())), strict=True):
                alike[number] += weight * other
        least = min(heapq.nlargest(NEAREST, alike), default=0.0)
        nearest = [number for number, much in enumerate(alike) if much and much >= least]
        total = sum(alike[number] for number in nearest)
        if not total:
            return Spoken({}, 0.0)
        shares: defaultdict[str, float] = defaultdict(float)
        for number in nearest:
            shares[self._right[number]] += alike[number] / total
        none = shares.pop(NONE, 0.0)
        return Spoken(dict(shares), none)

    def _weighed(self, count: Counter[str], unknown: float) -> dict[str, float]:
        """Pieces with what each counts for, as a vector of length 1. Of what is asked, unknown pieces count as well."""
        weights = {
            piece: rarity * (1 + math.log(times))
            for piece, times in count.items()
            if (rarity := self._rarity.get(piece, unknown))
        }
        length = math.sqrt(sum([weight * weight for weight in weights.values()])) or 1.0
        return {piece: weight / length for piece, weight in weights.items()}


@dataclass(frozen=True)
class Lists:
    """The lists of a folder as they were at one moment, by the name of their page, and those that cannot be read."""

    stamps: Mapping[str, Stamp]
    sentences: Mapping[str, tuple[str, ...]]
    unreadable: Mapping[str, Fault]

    @cached_property
    def heard(self) -> Heard:
        """Their sentences, arranged to be compared with: about a second for ten thousand."""
        return _arranged(tuple(self.sentences.items()))

    def faults(self, pages: Container[str]) -> Iterator[tuple[str, Fault]]:
        """What is wrong with them beside these pages, by the name of the list."""
        yield from self.unreadable.items()
        for name in self.sentences:
            if name not in pages and name != NONE:
                yield name, Fault(1, f"there is no playbook {name}", f"name it after one, or {NONE}{ENDING}")


NOTHING_HEARD = Lists({}, {}, {})


@lru_cache(maxsize=2)
def _arranged(sentences: tuple[tuple[str, tuple[str, ...]], ...]) -> Heard:
    """One for all shelves of a process that hold the same sentences: it is never changed, and dear to make."""
    return Heard(dict(sentences))


def read_lists(folder: Path, before: Lists) -> Lists:
    """Return the lists beside the playbooks of `folder`; `before` itself when nothing has changed."""
    found: dict[str, Stamp] = {}
    with contextlib.suppress(OSError):  # most folders of a team have none
        found = files.stamps(folder / FOLDER, ENDING)
    if found == before.stamps:
        return before
    told: dict[str, tuple[str, ...]] = {}
    unreadable: dict[str, Fault] = {}
    for file in found:
        name = file.removesuffix(ENDING)
        try:
            lines = files.text(folder / FOLDER, file, MAX_BYTES).splitlines()
        except Fault as fault:
            unreadable[name] = fault
        else:
            said = (line.partition("\t")[0].strip()[:MAX_CHARS] for line in lines)
            told[name] = tuple(line for line in said if line and not line.startswith("#"))
    return Lists(found, told, unreadable)


def _counted(words: Iterable[str], cut: Callable[[str], tuple[str, ...]]) -> Counter[str]:
    return Counter(chain.from_iterable(map(cut, words)))
