"""Where a step leads besides the next one: "go to step 7", "Too few: step 3", "steps 3 and 4". Pure.

"The count of step 1" or "step 6 needs nothing" only name a step and lead nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.domain.playbook import Step

SHORT_WORDS = 6  # a sentence of fewer words is told with the one before it
BEFORE_CHARS = 80  # that are looked at for what a step's number stands behind

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,}).*?(?:^ {0,3}\1|\Z)", re.DOTALL | re.MULTILINE)
_PART = re.compile(r"\n\s*\n|(?:\A|\n)\s*(?:[-*+]|\d{1,3}\.)\s+|\|")  # paragraphs, items of a list, cells of a table
_SENTENCE = re.compile(r"(?<=[.!?)])\s+(?=[^\sa-z0-9])")
_LINK = re.compile(r"\[[^\[\]]{0,500}\]\([^()\s]{1,500}\)(?:,?\s*steps?\s\d{1,2}\b)?")  # and a step over there
_NAMED = re.compile(r"\bstep (\d{1,2})(?: or (\d{1,2}))?\b|\bsteps (\d{1,2}(?:(?:, | and | or | to )\d{1,2})*)\b", re.I)
# Before a step that is only spoken of: its figures, or when something is the case.
_OF = re.compile(
    r"(?:\b(?:of|in|from|until|till|before|beside|after|below|above|than|that|what|why|unless|since|once|as|undoes)"
    r"|\bwhen\b[^.,;:(]*\()\s*$",
    re.IGNORECASE,
)
# Behind a step that is the way: the end of a clause, or a word on how to take it.
_ON = re.compile(
    r"\s*(?:$|[.,;:!?)]|(?:above|again|and|as well|at once|before|first|for|here|if|instead|now|on|once|or|right away|"
    r"straight away|then|this|too|when|with)\b)"
)


@dataclass(frozen=True)
class Turn:
    """One way out of a step to another of the same page."""

    step: int  # where it leads
    says: str  # the sentence that says so, with the one before it when it is short; Markdown
    stops: bool  # True when that stands in *Stop if*


def turns(step: Step, steps: int) -> tuple[Turn, ...]:
    """Return where `step` leads, each other step of the page's `steps` once, in the order of the text.

    The next one is left out, the way goes there anyway; of "steps 3 and 4" only 3, for the same reason.
    """
    found: dict[int, Turn] = {}
    for text, stops in ((step.body, False), (step.look_for, False), (step.give_it, False), (step.stop_if, True)):
        for sentence, told in _sentences(text):
            for number in _led_to(sentence):
                if 1 <= number <= steps and number not in (step.number, step.number + 1):
                    found.setdefault(number, Turn(number, told, stops))
    return tuple(found.values())


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Each sentence, and how it is told: "Enough: step 4." alone says nothing."""
    for part in _PART.split(_FENCE.sub("\n\n", text)):
        before = ""
        for sentence in _SENTENCE.split(" ".join(part.split())):
            yield sentence, f"{before} {sentence}".strip() if sentence.count(" ") < SHORT_WORDS else sentence
            before = sentence


def _led_to(sentence: str) -> Iterator[int]:
    said = _LINK.sub(lambda link: " " * len(link[0]), sentence)
    for named in _NAMED.finditer(said):
        if _OF.search(said, max(0, named.start() - BEFORE_CHARS), named.start()) or not _ON.match(said, named.end()):
            continue
        numbers = [int(number) for number in re.findall(r"\d+", named[0])]
        if " to " in named[0]:
            numbers = numbers[:1]
        yield from (n for at, n in enumerate(numbers) if not at or n != numbers[at - 1] + 1)
