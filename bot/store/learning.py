"""Learning from the sentences that people typed: logistic regression over the pieces of their words.

By stochastic gradient descent with a step of its own for each weight (AdaGrad: Duchi, Hazan and Singer, 2011), which
settles within ten passes, a quarter of a minute for six thousand sentences. Their order is drawn from a fixed seed: the
same sentences give the same file.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import mul

from bot.store.learnt import FINE, NONE, Learnt, mark, softmax, told
from bot.store.words import all_words, rarity

PASSES = 10
RATE = 0.3
DECAY = 1e-4  # of a weight, at each sentence that moves it
SETTLED = 0.01  # a share that is wrong by less moves nothing
LEAST = 5  # sentences, for a piece to have weights of its own; of fewer than MANY, fewer
MANY = 1_000


def learn(lists: Mapping[str, Sequence[str]], progress: Callable[[int, int], None] = lambda done, of: None) -> Learnt:
    """Return what some lists of sentences teach. `progress` hears of each pass, and of how many there are."""
    pages = (*sorted(lists.keys() - {NONE}), NONE)
    counts = [(Counter(told(all_words(line))), pages.index(name)) for name in pages for line in lists.get(name, ())]
    holders = Counter(piece for count, _ in counts for piece in count)
    least = min(LEAST, 1 + len(counts) // MANY)
    known = {piece: rarity(len(counts), held) for piece, held in holders.items() if held >= least}
    unknown = rarity(len(counts), 1)
    texts = [(_weighed(count, known, unknown), right) for count, right in counts]
    weights, order = _Weights(known, len(pages)), random.Random(1)
    for done in range(PASSES):
        progress(done, PASSES)
        order.shuffle(texts)
        for text, right in texts:
            weights.learn(text, right)
    progress(PASSES, PASSES)
    step = max((abs(one) for row in weights.rows.values() for one in row), default=0.0) / 127 or 1.0
    rows = {piece: _packed(known[piece], [round(one / step) for one in row]) for piece, row in weights.rows.items()}
    marks = frozenset(mark(line) for lines in lists.values() for line in lines)
    return Learnt(pages, tuple(weights.bias), step, unknown, rows, marks)


class _Weights:
    """A weight for each piece and page, and how far each was moved: the further, the less it moves from then on."""

    def __init__(self, pieces: Iterable[str], pages: int) -> None:
        self.rows = {piece: [0.0] * pages for piece in pieces}
        self.bias = [0.0] * pages
        self._moved = {piece: [1e-8] * pages for piece in self.rows}
        self._bias_moved = [1e-8] * pages

    def learn(self, text: Mapping[str, float], right: int) -> None:
        """Move what a sentence holds towards its page, and away from those it was taken for."""
        rows, values = [self.rows[piece] for piece in text], list(text.values())
        columns = zip(*rows, strict=True) if rows else [()] * len(self.bias)
        wrong = softmax([one + sum(map(mul, values, column)) for one, column in zip(self.bias, columns, strict=True)])
        wrong[right] -= 1
        for page, much in enumerate(wrong):
            if abs(much) < SETTLED:
                continue
            self._bias_moved[page] += much * much
            self.bias[page] -= RATE * much / math.sqrt(self._bias_moved[page])
            for (piece, value), row in zip(text.items(), rows, strict=True):
                slope = value * much + DECAY * row[page]
                moved = self._moved[piece]
                moved[page] += slope * slope
                row[page] -= RATE * slope / math.sqrt(moved[page])


def _weighed(count: Counter[str], known: Mapping[str, float], unknown: float) -> dict[str, float]:
    """The known pieces with what each counts for; all pieces together are a vector of length 1."""
    value = {piece: known.get(piece, unknown) * (1 + math.log(times)) for piece, times in count.items()}
    length = math.sqrt(sum([one * one for one in value.values()])) or 1.0
    return {piece: one / length for piece, one in value.items() if piece in known}


def _packed(rare: float, steps: Sequence[int]) -> bytes:
    return bytes([min(255, round(rare * FINE)), *(one & 255 for one in steps)])
