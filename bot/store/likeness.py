"""How alike what was said and a playbook are: cosines of words, and of pieces of words, over the playbook's signs.

A sign is one thing a playbook says about when to use it: its title, a symptom, an error text, a line of a prose page.
Rare words and pieces weigh most, as TF-IDF has it; pieces of three and four letters bridge other endings and misspelt
words. docs/decisions/0002-playbooks.md has the figures of this and of what was tried before.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.domain.playbook import Playbook
from bot.store.signs import signs, stem
from bot.store.vocabulary import IDLE
from bot.store.words import all_words, pieces, rarity

WORD_POWER = 1.5  # of a word's rarity
BEST_SIGN = 0.4  # what the one sign that fits best counts beside all of them together
SAMPLED = 1_000  # signs, to count how rare words and pieces are
KEPT = 256  # playbooks whose vectors are held, about 100 KB each
WORDS_KEPT = 16_384


@dataclass(slots=True, eq=False)
class Vector:
    """Words, or pieces of words, with how much each weighs; and how long that is as a vector."""

    weights: dict[str, float]
    length: float


@dataclass(frozen=True)
class Asked:
    """What was said."""

    words: Vector
    pieces: Vector


@dataclass(frozen=True)
class Drawn:
    """A playbook: the words of each sign, of all together, and the pieces of all together.

    `roots` are the words it can be found by, without their endings, and two neighbours joined: read-only as readonly.
    """

    roots: frozenset[str]
    signs: tuple[Vector, ...]
    words: Vector
    pieces: Vector


@dataclass(slots=True, eq=False)
class _Word:
    """A word with all that is looked up about it; `length` is that of its pieces as a vector, squared."""

    folded: str
    root: str
    rarity: float  # 0 for a word that says nothing by itself
    pieces: tuple[tuple[str, float], ...]
    length: float


class Likeness:
    """How alike texts and some playbooks are."""

    def __init__(self, playbooks: Sequence[Playbook]) -> None:
        self._playbooks = playbooks
        every = -(-len(playbooks) * 40 // SAMPLED) or 1  # a playbook has some forty signs
        sample = [all_words(sign) for playbook in playbooks[::every] for sign in signs(playbook)]
        self._count = len(sample)
        self._holders = Counter(root for words in sample for root in set(map(stem, words)))
        holders = Counter(piece for words in sample for piece in {one for word in words for one in pieces(word)})
        self._pieces = {piece: (piece, rarity(self._count, count)) for piece, count in holders.items()}
        self._word = lru_cache(maxsize=WORDS_KEPT)(self._looked_up)
        self.drawn = lru_cache(maxsize=KEPT)(self._drawn)

    def asked(self, weights: Mapping[str, float], spoken: Iterable[str]) -> Asked:
        """Return what was said: words with how much each says, and every word for its pieces, in order."""
        words: dict[str, float] = {}
        for word, weight in weights.items():
            root = stem(word)
            words[root] = max(words.get(root, 0.0), weight * self.rarity(word))
        return Asked(_vector(words), _pieces([[self._word(word) for word in spoken]]))

    def alike(self, asked: Asked, number: int) -> float:
        """Return how alike they are, from 0 to 2.4."""
        drawn = self.drawn(number)
        best = max((_cosine(asked.words, sign) for sign in drawn.signs), default=0.0)
        return _cosine(asked.pieces, drawn.pieces) + _cosine(asked.words, drawn.words) + BEST_SIGN * best

    def rarity(self, word: str) -> float:
        """Return 1 for a word of all signs, more for a rarer one."""
        return float(rarity(self._count, self._holders.get(stem(word), 0)) ** WORD_POWER)

    def _drawn(self, number: int) -> Drawn:
        playbook = self._playbooks[number]
        texts = [[self._word(word) for word in all_words(sign)] for sign in signs(playbook)]
        said = [_vector({word.root: word.rarity for word in text if word.rarity}) for text in texts]
        total: dict[str, float] = defaultdict(float)
        for sign in said:
            for root, weight in sign.weights.items():
                total[root] += weight / sign.length
        roots = {word.root for text in texts for word in text}
        roots.update([one.folded + other.root for text in texts for one, other in pairwise(text)])
        roots.update(map(stem, playbook.systems))
        return Drawn(frozenset(roots), tuple(said), _vector(total), _pieces(texts))

    def _looked_up(self, word: str) -> _Word:
        says = len(word) > 1 and word not in IDLE
        unknown = rarity(self._count, 0)
        weighed = tuple([self._pieces.get(piece) or (piece, unknown) for piece in pieces(word)])
        length = sum([weight * weight for _, weight in weighed])
        return _Word(word, stem(word), self.rarity(word) if says else 0.0, weighed, length)


def _pieces(texts: Iterable[Sequence[_Word]]) -> Vector:
    """The pieces of some texts, each text counting the same however long it is."""
    shares: dict[_Word, float] = defaultdict(float)
    for text in texts:
        length = math.sqrt(sum([word.length for word in text])) or 1.0
        for word in text:
            shares[word] += 1 / length
    total: dict[str, float] = defaultdict(float)
    for word, share in shares.items():
        for piece, weight in word.pieces:
            total[piece] += weight * share
    return _vector(total)


def _vector(weights: dict[str, float]) -> Vector:
    return Vector(weights, math.sqrt(sum([weight * weight for weight in weights.values()])))


def _cosine(one: Vector, other: Vector) -> float:
    length = one.length * other.length
    alike = sum([weight * other.weights[key] for key, weight in one.weights.items() if key in other.weights])
    return alike / length if length else 0.0
