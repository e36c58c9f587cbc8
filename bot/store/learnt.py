"""What was learnt from the sentences that people typed: which pieces of words speak for which page, and how loudly.

`heard/learnt.json` is written by `muster runbook learn` (see learning) and read here. Asking is one pass over the
pieces of what was typed, however many sentences there were. docs/decisions/0002-playbooks.md has the figures.
"""

from __future__ import annotations

import hashlib
import json
import math
import struct
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from operator import mul

from bot.store.frontmatter import Fault
from bot.store.signs import stem
from bot.store.vocabulary import IDLE
from bot.store.words import all_words, pieces

NONE = "none"  # stands for no page
MAX_WORDS = 60  # of what is asked
MAX_FILED_CHARS = 1_000  # a longer one is no sentence of a list, and would cost what a page costs
MARK_BYTES = 4  # of a sentence's digest: enough to know it again among some thousands
FINE = 25.0  # steps of a rarity between 1 and 2
FORMAT = 2
BEGINS = b'{\n"format"'  # a file of this kind, whatever its version and its state


@dataclass(frozen=True)
class Spoken:
    """What the sentences say of some words: the share of each page, and of no page. They add up to 1, or 0."""

    shares: Mapping[str, float]
    none: float


@dataclass(frozen=True)
class Learnt:
    """How loudly each piece speaks for each page, and for none. Reads are safe from any thread.

    A row has a piece's rarity and then its weight for each page, a byte each; `step` is what one of a weight counts.
    """

    pages: tuple[str, ...] = ()
    bias: tuple[float, ...] = ()
    step: float = 0.0
    unknown: float = 1.0  # the rarity of a piece without a row
    rows: Mapping[str, bytes] = field(default_factory=dict)
    marks: bytes = b""  # of the sentences it was learnt from, one after the other
    gists: Mapping[str, bytes] = field(default_factory=dict)  # and what each list's are known again by

    def ask(self, words: Sequence[str]) -> Spoken:
        """Return what was learnt of some words. Of words that hold nothing known, nothing."""
        row = struct.Struct(f"B{len(self.pages)}b")
        values, weights, length = [], [], 0.0
        for piece, times in Counter(told(words[:MAX_WORDS])).items():
            known = self.rows.get(piece)
            value = 1 + math.log(times)
            if known is None:
                length += (value * self.unknown) ** 2
            else:
                rare, *speaks = row.unpack(known)
                value *= rare / FINE
                length += value * value
                values.append(value)
                weights.append(speaks)
        if not values:
            return Spoken({}, 0.0)
        unit = self.step / math.sqrt(length)
        columns = zip(self.bias, zip(*weights, strict=True), strict=True)
        loud = [bias + unit * sum(map(mul, values, column)) for bias, column in columns]
        shares = dict(zip(self.pages, softmax(loud), strict=True))
        return Spoken(shares, shares.pop(NONE, 0.0))

    def loud(self, words: Sequence[str], page: str) -> dict[str, int]:
        """How much louder each of some words speaks for a page than for none; nothing of a page it did not learn."""
        if page not in self.pages or NONE not in self.pages:
            return {}
        at, none = 1 + self.pages.index(page), 1 + self.pages.index(NONE)
        row = struct.Struct(f"B{len(self.pages)}b")
        loud: dict[str, int] = {}
        for word in dict.fromkeys(words[:MAX_WORDS]):
            rows = [row.unpack(known) for piece in told([word]) if (known := self.rows.get(piece)) is not None]
            loud[word] = sum(one[0] * (one[at] - one[none]) for one in rows)
        return loud

    def holds(self, word: str, page: str) -> bool:
        """True when sentences of the page have this word, whatever its ending: no other has a weight above 0 for it."""
        row = self.rows.get(f"={stem(word)}")
        if row is None or page not in self.pages:
            return False
        _, *speaks = struct.unpack(f"B{len(self.pages)}b", row)
        return bool(speaks[self.pages.index(page)] > 0)

    def filed(self, sentence: str) -> str:
        """The list that holds this very sentence, `none` too; "" where none or several do, or it is too long."""
        if len(sentence) > MAX_FILED_CHARS:
            return ""
        said = gist(sentence)
        holding = [name for name, gists in self.gists.items() if _holds(gists, said)]
        return holding[0] if len(holding) == 1 else ""

    def known(self) -> frozenset[bytes]:
        """The marks of the sentences it was learnt from."""
        return frozenset(self.marks[at : at + MARK_BYTES] for at in range(0, len(self.marks), MARK_BYTES))


def told(words: Sequence[str]) -> list[str]:
    """Everything that is weighed of some words: their pieces, they themselves, and each with the next."""
    found = list(chain.from_iterable(map(pieces, words)))
    found += [f"={stem(word)}" for word in words]
    found += [f"+{one}_{other}" for one, other in pairwise(words)]
    return found


def softmax(loud: Sequence[float]) -> list[float]:
    """Shares that add up to 1, the louder the larger."""
    most = max(loud)
    shares = [math.exp(one - most) for one in loud]
    total = sum(shares)
    return [share / total for share in shares]


def mark(sentence: str) -> bytes:
    """What a sentence is known again by, letter by letter."""
    return hashlib.blake2b(sentence.encode(), digest_size=MARK_BYTES).digest()


def gist(sentence: str) -> bytes:
    """What a sentence is known again by: its words that say something, in whatever order and with whatever endings."""
    words = sorted({stem(word) for word in all_words(sentence) if word not in IDLE})
    return mark(" ".join(words) or sentence)


def joined(marks: Iterable[bytes]) -> bytes:
    """Return marks one after the other, each once: the same marks, the same bytes."""
    return b"".join(sorted(set(marks)))


def written(learnt: Learnt) -> str:
    """The file's text: JSON, a line for each piece."""
    held = {
        "format": FORMAT,
        "pages": learnt.pages,
        "bias": [round(one, 4) for one in learnt.bias],
        "step": learnt.step,
        "unknown": learnt.unknown,
        "marks": b64encode(learnt.marks).decode(),
        "gists": {name: b64encode(gists).decode() for name, gists in learnt.gists.items()},
        "rows": {piece: b64encode(row).decode() for piece, row in sorted(learnt.rows.items())},
    }
    return json.dumps(held, indent=0, ensure_ascii=False) + "\n"


def parsed(text: str) -> Learnt:
    """Return what a file holds. Raises Fault for anything but what `written` writes."""
    try:
        held = json.loads(text)
        marks, pages = b64decode(held["marks"], validate=True), tuple(map(str, held["pages"]))
        gists = {str(name): b64decode(one, validate=True) for name, one in held["gists"].items()}
        rows = {str(piece): b64decode(row, validate=True) for piece, row in held["rows"].items()}
        bias = tuple(map(float, held["bias"]))
        step, unknown = float(held["step"]), float(held["unknown"])
        whole = (
            held["format"] == FORMAT
            and gists.keys() <= {*pages}
            and len(bias) == len(pages)
            and all(map(math.isfinite, (*bias, step, unknown)))
        )
        if not whole or not pages or any(len(row) != 1 + len(pages) or not row[0] for row in rows.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Fault(1, "this is not what was learnt by this version", "type `muster runbook learn`") from error
    return Learnt(pages, bias, step, unknown, rows, marks, gists)


def _holds(marks: bytes, one: bytes) -> bool:
    """Whether a mark is among others; what only begins in the middle of one is none."""
    at = marks.find(one)
    while at % MARK_BYTES and at > 0:
        at = marks.find(one, at + 1)
    return at >= 0
