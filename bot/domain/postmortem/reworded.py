"""Whether a sentence that a language model wrote may stand in for a plain one. Pure; in doubt the plain one stays.

The model sees the sentence and what its evidence says, and may only word it. It rests on the same entries by
construction: the reply names the sentence by its number. What it may not do is add a fact, lose one, or conclude.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.domain.postmortem.values import Draft, Part
from bot.domain.postmortem.wording import stamp

LONGER = 1.6  # times as long as the plain sentence, and then it says more than that
SPARE_CHARS = 40

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*", re.ASCII)
_COUNTED = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty|dozens?|hundreds?|"
    r"thousands?|millions?|half|twice|several|many|most|all|every|both|none|almost|nearly)\b",
    re.IGNORECASE,
)
_CONCLUDES = re.compile(
    r"\b(?:because|caus\w+|due to|led to|leading to|result\w*|thanks to|root|therefore|thus|hence|trigger\w*|"
    r"prevent\w*|success\w*|fail\w*|fix\w*|should|could|would|might|likely|probably|apparently|unfortunately|fault|blam\w+|error)\b",
    re.IGNORECASE,
)
_DENIES = re.compile(r"\b(?:not|no|never|nobody|nothing|without|contradict\w*|unknown|n't)\b|n't\b", re.IGNORECASE)
_NAMED = re.compile(r"(?<=[\w,;:)”\"'] )[A-Z][\w-]*|\b\w*[a-z][A-Z]\w*|\b\w+[_-]\w[\w-]*", re.ASCII)
_QUOTED = re.compile(r"[“\"]([^”\"]{1,400})[”\"]")
_MARKED = re.compile(r"https?:|[<>\[\]{}`*|\\]|@\w")


def evidence(draft: Draft) -> dict[str, str]:
    """Return each sentence of the summary with what the entries say that it rests on."""
    lines = {line.label: line for line in (*draft.timeline, *draft.aside) if line.label}
    record = "; ".join(f"{fact.name}: {fact.value}" for fact in draft.header)
    said = {
        label: f"{stamp(line.at, draft.dates(line.at))} {line.author}: {line.text}" for label, line in lines.items()
    }
    return {
        sentence.text: "\n".join(said.get(ref, record) for ref in sentence.refs)
        for sentence in draft.section(Part.SUMMARY).sentences
    }


def reworded(draft: Draft, texts: Mapping[str, str], *, by: str) -> Draft:
    """Return the draft with those sentences of the summary that `texts` words anew; `by` is the model's name.

    The wording is held against the evidence once more: what was worded for an earlier draft may not fit this one.
    """
    rests_on = evidence(draft)
    fits = {
        plain: said for plain, said in texts.items() if plain in rests_on and not why_not(plain, said, rests_on[plain])
    }
    if not fits:
        return draft
    summary = draft.section(Part.SUMMARY)
    told = tuple(replace(one, text=fits.get(one.text, one.text)) for one in summary.sentences)
    sections = tuple(replace(s, sentences=told) if s is summary else s for s in draft.sections)
    return replace(draft, sections=sections, worded=fits, worded_by=by)


def why_not(plain: str, worded: str, evidence: str) -> str:
    """Return why `worded` may not stand for the sentence `plain`, "" when it may.

    `evidence` is what the entries of the sentence say, in any order: words and names may be taken from it, numbers
    and times too. Every number and time of the plain sentence must still be there.
    """
    said = worded.strip()
    if not said or said != " ".join(said.split()) or said[-1] not in ".!?”":
        return "it is not one sentence on one line"
    if len(said) > LONGER * len(plain) + SPARE_CHARS:
        return "it is longer than what it rests on"
    if _MARKED.sub("", said) != said and set(_MARKED.findall(said)) - set(_MARKED.findall(plain)):
        return "it has a link, a mention or marks"
    return _facts(plain, said, evidence)


def _facts(plain: str, said: str, evidence: str) -> str:
    known = f"{plain}\n{evidence}"
    if lost := _missing(_NUMBER.findall(plain), _NUMBER.findall(said)):
        return f"it leaves out {lost}"
    if new := _missing(_NUMBER.findall(said), _NUMBER.findall(known)):
        return f"{new} is not in its evidence"
    for pattern in (_COUNTED, _CONCLUDES):
        if new := _missing(_lower(pattern, said), _lower(pattern, known)):
            return f"“{new}” is not in its evidence"
    if bool(_DENIES.search(plain)) != bool(_DENIES.search(said)):
        return "it says no where the plain sentence does not, or the other way round"
    if new := _missing(_NAMED.findall(said), re.findall(r"[\w-]+", known)):
        return f"{new} is not in its evidence"
    for quoted in _QUOTED.findall(said):
        if quoted.rstrip(".!?… ") not in known:
            return "it quotes what nobody said"
    return ""


def _missing(wanted: list[str], there: list[str]) -> str:
    return next((one for one in wanted if one not in there), "")


def _lower(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found.lower() for found in pattern.findall(text)]
