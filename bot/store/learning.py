"""Learning from the sentences that people typed: logistic regression over the pieces of their words.

By stochastic gradient descent with a step that shrinks from pass to pass, and weights that shrink with it, so that none
grows without reason; it settles within ten passes, half a minute for ten thousand sentences. Their order is drawn from
a fixed seed: the same sentences give the same file.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import add, mul

from bot.store.learnt import FINE, NONE, Learnt, gist, joined, mark, softmax, told
from bot.store.words import all_words, rarity

PASSES = 10
RATE = 2.0  # of the first pass
SLOWS = 0.3  # of each further pass: the rate is RATE / (1 + SLOWS x passes)
BIAS_RATE = 0.1  # a page's own loudness moves by so much less
KEPT = 15.0  # after a pass a weight loses rate / KEPT of itself
SETTLED = 0.02  # a share that is wrong by less moves nothing
LEAST = 5  # sentences, for a piece to have weights of its own; of fewer than MANY, fewer
MANY = 1_000
FEW = 10  # a list with less than so small a part of the longest is drowned by the others, and not learnt


def learn(lists: Mapping[str, Sequence[str]], progress: Callable[[int, int], None] = lambda done, of: None) -> Learnt:
    """Return what some lists of sentences teach; of a page with few, nothing: its sentences go on counting as symptoms.

    `progress` hears of each pass, and of how many there are.
    """
    longest = max((len(lines) for name, lines in lists.items() if name != NONE), default=0)
    pages = (*sorted(name for name in lists.keys() - {NONE} if len(lists[name]) * FEW >= longest), NONE)
    counts = [(Counter(told(all_words(line))), pages.index(name)) for name in pages for line in lists.get(name, ())]
    holders = Counter(piece for count, _ in counts for piece in count)
    least = min(LEAST, 1 + len(counts) // MANY)
    known = {piece: rarity(len(counts), held) for piece, held in holders.items() if held >= least}
    unknown = rarity(len(counts), 1)
    order, number = random.Random(1), {piece: at for at, piece in enumerate(known)}
    texts = [(_weighed(count, known, unknown, number), right) for count, right in counts]
    weights = _Weights(len(known), len(pages))
    for done in range(PASSES):
        progress(done, PASSES)
        order.shuffle(texts)
        weights.learn(texts, RATE / (1 + SLOWS * done))
    progress(PASSES, PASSES)
    step = max((abs(one) for column in weights.columns for one in column), default=0.0) / 127 or 1.0
    rows = {
        piece: _packed(known[piece], [round(one / step) for one in row])
        for piece, row in zip(known, zip(*weights.columns, strict=True), strict=True)
    }
    marks = joined(mark(line) for name in pages for line in lists.get(name, ()))
    gists = {name: joined(map(gist, lists.get(name, ()))) for name in pages}
    return Learnt(pages, tuple(weights.bias), step, unknown, rows, marks, gists)


_Text = tuple[tuple[int, ...], tuple[float, ...]]  # the numbers of its pieces, and what each counts for


class _Weights:
    """A weight for each page and piece."""

    def __init__(self, pieces: int, pages: int) -> None:
        self.columns = [[0.0] * pieces for _ in range(pages)]
        self.bias = [0.0] * pages

    def learn(self, texts: Iterable[tuple[_Text, int]], rate: float) -> None:
        """Go through all sentences once, then shrink."""
        for text, right in texts:
            self._move(text, right, rate)
        kept = 1 - rate / KEPT
        self.columns = [[one * kept for one in column] for column in self.columns]

    def _move(self, text: _Text, right: int, rate: float) -> None:
        """Move what a sentence holds towards its page, and away from those it was taken for."""
        pieces, values = text
        spoken = [sum(map(mul, values, map(column.__getitem__, pieces))) for column in self.columns]
        wrong = softmax(list(map(add, self.bias, spoken)))
        wrong[right] -= 1
        for page, much in enumerate(wrong):
            if abs(much) < SETTLED:
                continue
            self.bias[page] -= rate * BIAS_RATE * much
            column, much = self.columns[page], rate * much
            for piece, value in zip(pieces, values, strict=True):
                column[piece] -= much * value


def _weighed(count: Counter[str], known: Mapping[str, float], unknown: float, number: Mapping[str, int]) -> _Text:
    """The known pieces with what each counts for; all pieces together are a vector of length 1."""
    value = {piece: known.get(piece, unknown) * (1 + math.log(times)) for piece, times in count.items()}
    length = math.sqrt(sum([one * one for one in value.values()])) or 1.0
    held = [piece for piece in value if piece in known]
    return tuple([number[piece] for piece in held]), tuple([value[piece] / length for piece in held])


def _packed(rare: float, steps: Sequence[int]) -> bytes:
    return bytes([min(255, round(rare * FINE)), *(one & 255 for one in steps)])
