"""Learning from the sentences that people typed: logistic regression over the pieces of their words.

By stochastic gradient descent with a step of its own for each weight (AdaGrad: Duchi, Hazan and Singer, 2011), which
settles within ten passes, a quarter of a minute for six thousand sentences. Their order is drawn from a fixed seed: the
same sentences give the same file.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import mul

from bot.store.learnt import FINE, NONE, Learnt, mark, softmax, told
from bot.store.words import all_words, rarity

PASSES = 10
RATE = 0.3
DECAY = 1e-4  # of a weight, at each sentence that moves it
SETTLED = 0.01  # a share that is wrong by less moves nothing
LEAST = 5  # sentences, for a piece to have weights of its own; of fewer than MANY, fewer
MANY = 1_000

Row = list[float]


def learn(lists: Mapping[str, Sequence[str]], progress: Callable[[int, int], None] = lambda done, of: None) -> Learnt:
    """Return what some lists of sentences teach. `progress` hears of each pass, and of how many there are."""
    pages = (*sorted(lists.keys() - {NONE}), NONE)
    counts = [(Counter(told(all_words(line))), pages.index(name)) for name in pages for line in lists.get(name, ())]
    holders = Counter(piece for count, _ in counts for piece in count)
    least = min(LEAST, 1 + len(counts) // MANY)
    known = {piece: rarity(len(counts), held) for piece, held in holders.items() if held >= least}
    unknown = rarity(len(counts), 1)
    texts = [(_weighed(count, known, unknown), right) for count, right in counts]
    weights: dict[str, Row] = {piece: [0.0] * len(pages) for piece in known}
    moved: dict[str, Row] = {piece: [1e-8] * len(pages) for piece in known}
    bias, bias_moved = [0.0] * len(pages), [1e-8] * len(pages)
    order = random.Random(1)
    for done in range(PASSES):
        progress(done, PASSES)
        order.shuffle(texts)
        for text, right in texts:
            rows = [weights[piece] for piece in text]
            values = list(text.values())
            columns = zip(*rows, strict=True) if rows else [()] * len(pages)
            wrong = softmax([held + sum(map(mul, values, column)) for held, column in zip(bias, columns, strict=True)])
            wrong[right] -= 1
            for page, much in enumerate(wrong):
                if abs(much) < SETTLED:
                    continue
                bias_moved[page] += much * much
                bias[page] -= RATE * much / math.sqrt(bias_moved[page])
                for (piece, value), row in zip(text.items(), rows, strict=True):
                    slope = value * much + DECAY * row[page]
                    tally = moved[piece]
                    tally[page] += slope * slope
                    row[page] -= RATE * slope / math.sqrt(tally[page])
    progress(PASSES, PASSES)
    marks = frozenset(mark(line) for lines in lists.values() for line in lines)
    step = max((abs(one) for row in weights.values() for one in row), default=0.0) / 127 or 1.0
    packed = {piece: _packed(known[piece], [round(one / step) for one in row]) for piece, row in weights.items()}
    return Learnt(pages, tuple(bias), step, unknown, packed, marks)


def _weighed(count: Counter[str], known: Mapping[str, float], unknown: float) -> dict[str, float]:
    """The known pieces with what each counts for; all pieces together are a vector of length 1."""
    value = {piece: known.get(piece, unknown) * (1 + math.log(times)) for piece, times in count.items()}
    length = math.sqrt(sum([one * one for one in value.values()])) or 1.0
    return {piece: one / length for piece, one in value.items() if piece in known}


def _packed(rare: float, steps: Sequence[int]) -> bytes:
    return bytes([min(255, round(rare * FINE)), *(one & 255 for one in steps)])
