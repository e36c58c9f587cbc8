"""The plain shapes that a picture is laid out with, and how much room letters take."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LETTERS, SMALL = 12.0, 10.0  # heights
APART = 6.0  # of two diagonals of a hatching
_NARROW = frozenset("iljtfrI1.,:;'|!()[]· ")
_BROAD = frozenset("mwMW@%—…")


@dataclass(frozen=True)
class Line:
    """A way over some points; `dashed` ones are limits and moments, not values."""

    points: tuple[tuple[float, float], ...]
    ink: str
    dashed: bool = False


@dataclass(frozen=True)
class Box:
    """A rectangle. `hatched` ones are diagonals inside it, `framed` ones its edge; else it is filled."""

    x: float
    y: float
    width: float
    height: float
    ink: str
    look: str = "filled"
    says: str = ""  # shown to who points at it

    @property
    def diagonals(self) -> tuple[tuple[tuple[float, float], tuple[float, float]], ...]:
        """The lines of a hatching, cut off at the edges."""
        ways = []
        for number in range(1, int((self.width + self.height) / APART) + 1):
            run = number * APART  # from the upper left corner, along the upper edge and down the left one
            begin = (min(run, self.width), max(0.0, run - self.width))
            end = (max(0.0, run - self.height), min(run, self.height))
            ways.append(((self.x + begin[0], self.y + begin[1]), (self.x + end[0], self.y + end[1])))
        return tuple(ways)


@dataclass(frozen=True)
class Mark:
    """A sign around a point: `dot`, `disc`, `ring`, `triangle`, `square`, `frame`, `diamond`, `cross`, `flag`, `arrow`.

    `to` is the fragment of what it stands for on the page, `says` what is shown to who points at it.
    """

    x: float
    y: float
    shape: str
    ink: str
    to: str = ""
    says: str = ""


@dataclass(frozen=True)
class Word:
    """Text on its base line; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    ink: str = "ink"
    anchor: str = "start"
    bold: bool = False
    small: bool = False

    @property
    def room(self) -> tuple[float, float]:
        """From where to where it reaches."""
        width = wide(self.text, small=self.small)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return left, left + width


Shape = Line | Box | Mark | Word


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """What a painter needs; `says` is the picture in words, for who does not see it."""

    width: int
    height: int
    title: str
    says: str
    shapes: tuple[Shape, ...]


def wide(text: str, *, small: bool = False) -> float:
    """How much room a text takes at most, in whichever plain typeface the reader has."""
    return sum(map(_letter, text)) * (SMALL if small else LETTERS)


def cut(text: str, room: float, *, small: bool = False) -> str:
    """The text on one line, cut to fit the room; "" where not even some letters would."""
    line = " ".join(text.split())
    if wide(line, small=small) <= room:
        return line
    left = room / (SMALL if small else LETTERS) - _letter("…")
    for number, letter in enumerate(line):
        left -= _letter(letter)
        if left < 0:
            return f"{line[:number].rstrip(' .,:;-')}…" if number > 2 else ""
    return line


def _letter(letter: str) -> float:
    if letter in _NARROW:
        return 0.36
    if letter in _BROAD or (not letter.isascii() and unicodedata.east_asian_width(letter) in "WF"):
        return 1.02
    if letter.isupper():
        return 0.72
    return 0.6 if letter.isascii() or letter.isalpha() else 1.0
