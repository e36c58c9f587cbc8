"""Where a step leads: to another step ("Too few: step 3"), to another page, or to a step there. Pure.

"The count of step 1" or "compare it with step 2" only name a step and lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.playbook import Step

SHORT_WORDS = 6  # a sentence of fewer words is told with the one before it
MAX_CONTEXT_CHARS = 400  # of that one; a longer one is left out
BEFORE_CHARS = 80  # that are looked at for what a step's number stands behind

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)", re.DOTALL | re.MULTILINE)
_PART = re.compile(r"\n\s*\n|(?:\A|\n)\s*(?:[-*+]|\d{1,3}\.)\s+|\|")  # paragraphs, items of a list, cells of a table
_SENTENCE = re.compile(r"(?:(?<=[.!?])|(?<=[.!?]\)))\s+(?=[^\sa-z0-9])")
_BOUND = re.compile(r"(?:then|so|that|this|it|they|these|those|otherwise|else)\b", re.I)  # to the sentence before
_NUMBERS = r"\d{1,2}(?:(?:, (?:and |or )?| and | or | to )\d{1,2})*"
_NAMED = re.compile(rf"\b(?:step (\d{{1,2}})(?: or (\d{{1,2}}))?|steps ({_NUMBERS}))\b", re.I)
_LINK = re.compile(
    rf"(?:\bsteps? (?P<before>{_NUMBERS}) of )?"
    r"\[(?P<label>[^\[\]]{0,500})\]"
    r"\((?:\./)?(?P<page>[a-z0-9][a-z0-9-]{0,63}\.md)?(?:#(?:step-)?(?P<place>\d{1,2})?[^()\s]{0,200})?[^()\s]{0,500}\)"
    rf"(?:,? \(?(?P<called>steps? )?(?P<behind>{_NUMBERS})\b)?"
)
_THERE = re.compile(rf"\bsteps? ({_NUMBERS}) there\b", re.I)
# Before a step that is only spoken of: its figures, when something is the case, or what it is held against.
_OF = re.compile(
    r"(?:\b(?:of|in|from|until|till|before|beside|after|below|above|than|that|what|why|unless|since|once|as|undoes|pass(?:es|ed)?)"
    r"|\b(?:when|since|until|unless)\b[^.,;:(]*\("
    r"|\b(?:compar|agree|differ|match|fit)\w*\b(?:(?!\b(?:go|back|take|do)\b)[^.,;:(])*"
    r"|\b(?:as|along|together|begins|began|starts|ends|ended|comes|came|done|to do) with)\s*$",
    re.IGNORECASE,
)
# Before a step whose lines are to be typed, though it stands behind "of" or "in".
_LINES = re.compile(
    r"(?:\b(?:do|repeat|run|type|take|with|first (?=the\b))\b[^.,;:()]{1,30}\b(?:lines?|read)\b[^.,;:()]{0,20}"
    r"|\bthe next one) (?:of|in)\s*$",
    re.IGNORECASE,
)
# Behind a step that is the way: the end of a clause, or a word on how to take it.
_ON = re.compile(
    r"\s*(?:$|[.,;:!?)]|(?:above|again|against|and|as well|at once|before|comes first|first|for|goes on|here|if|instead"
    r"|now|on|once|or|right away|straight away|then|this|too|when)\b)"
)
_WITH = re.compile(r"\s*with\b")  # is one only behind a word that moves, or at the beginning
_MOVE = re.compile(r"(?:^|[:;(]|\b(?:to|by|do|repeat|take|then|with))\s*$", re.IGNORECASE)
_SURE = re.compile(r"\s*(?:once more|(?:is|was) not done)\b")
_NOT = re.compile(r"\s*\w+ (?:no|not|nothing|never)\b")


@dataclass(frozen=True)
class Place:
    """Where a sentence leads: a step of the same page, another page, or a step of that."""

    page: str  # its name, "" for the same one
    step: int  # 0 for a page as a whole


@dataclass(frozen=True)
class Turn:
    """One way out of a step."""

    says: str  # the sentence that says so, and what it needs to be understood; Markdown
    to: tuple[Place, ...]  # each once, in the order of the text; none for words of *Stop if* that lead nowhere
    stops: bool  # True when that stands in *Stop if*


def turns(step: Step, steps: int, page: str = "") -> tuple[Turn, ...]:
    """Return where `step` of `page`, which has so many `steps`, leads: *Stop if* first, then in the order of the text.

    *Stop if* is told whole, each of its ways with the words up to it. Of "steps 3 and 4" only 3 is a way: from
    there one goes on. What leads to the step itself, or to none of the page, is left out.
    """
    own = _Own(step.number, steps, page)
    found = list(own.stops(step.stop_if))
    for text in (step.body, step.look_for, step.give_it, step.danger):
        found += own.ways(text)
    return (*found, *own.ways(f"Undo: {step.undo}" if step.undo else ""))


@dataclass(frozen=True)
class _Own:
    """The step whose text is read."""

    number: int
    steps: int
    page: str

    def stops(self, text: str) -> Iterator[Turn]:
        words: list[str] = []
        for part in _parts(text):
            for sentence in part:
                words.append(sentence)
                if to := self._to(sentence):
                    yield Turn(" ".join(words), to, stops=True)
                    words = []
        if words:
            yield Turn(" ".join(words), (), stops=True)

    def ways(self, text: str) -> Iterator[Turn]:
        for part in _parts(text):
            last, context = "", ""  # the last sentence, and the last that leads nowhere
            for sentence in part:
                to = self._to(sentence)
                if (
                    to
                    and 0 < len(context) <= MAX_CONTEXT_CHARS
                    and (sentence.count(" ") < SHORT_WORDS or _BOUND.match(sentence))
                ):
                    yield Turn(f"{context}{' ' if context == last else ' … '}{sentence}", to, stops=False)
                elif to:
                    yield Turn(sentence, to, stops=False)
                last, context = sentence, context if to else sentence

    def _to(self, sentence: str) -> tuple[Place, ...]:
        told = [place for _, place in sorted(_led_to(sentence), key=lambda one: one[0])]
        closer = {one.page for one in told if one.page and one.step}  # "[that page](x.md) first (step 3 there)"
        found = dict.fromkeys(one for one in told if one.step or one.page not in closer)
        places = (Place("" if one.page == self.page else one.page, one.step) for one in found)
        return tuple(one for one in places if one.page or (1 <= one.step <= self.steps and one.step != self.number))


def _parts(text: str) -> Iterator[list[str]]:
    """The sentences of each paragraph, item or cell."""
    for part in _PART.split(_FENCE.sub("\n\n", text)):
        if words := " ".join(part.split()):
            yield _SENTENCE.split(words)


def _led_to(sentence: str) -> Iterator[tuple[int, Place]]:
    """Each place, and where in the sentence it stands; links first."""
    page = ""
    for link in _LINK.finditer(sentence):
        page = (link["page"] or "").removesuffix(".md")
        label = _NAMED.search(link["label"])
        behind = link["behind"] if link["called"] or "step" in link["label"] else ""
        named = link["before"] or behind or link["place"] or (label and label[0])
        if page or link["place"]:
            yield from ((link.start(), Place(page, number)) for number in _numbers(named) or [0])
    rest = _LINK.sub(_blank, sentence)
    if page:
        yield from ((at.start(), Place(page, number)) for at in _THERE.finditer(rest) for number in _numbers(at[1]))
    rest = _THERE.sub(_blank, rest)
    for at in _NAMED.finditer(rest):
        if _is_way(rest, at):
            yield from ((at.start(), Place("", number)) for number in _numbers(at[0]))


def _is_way(said: str, named: re.Match[str]) -> bool:
    since = max(0, named.start() - BEFORE_CHARS)
    if _SURE.match(said, named.end()) or _LINES.search(said, since, named.start()):
        return True
    if said[since : named.start()].rstrip().endswith(":"):
        return not _NOT.match(said, named.end())
    if _OF.search(said, since, named.start()):
        return False
    moved = _WITH.match(said, named.end()) and _MOVE.search(said, since, named.start())
    return bool(_ON.match(said, named.end()) or moved)


def _numbers(named: str | None) -> list[int]:
    """Those to go to: the next one is reached from the one before it, and of "3 to 5" only 3 is."""
    numbers = [int(number) for number in re.findall(r"\d+", named or "")]
    if " to " in (named or ""):
        return numbers[:1]
    return [number for at, number in enumerate(numbers) if not at or number != numbers[at - 1] + 1]


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])
