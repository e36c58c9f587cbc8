"""What a sentence says, however its clocks are shown: a date beside a time of the same day is nothing new."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime

from bot.domain.postmortem.values import Draft, Part, Question, Sentence

Key = tuple[str, ...]

_DATE = re.compile(r"\b\d{1,2} [A-Z][a-z]{2} (?=\d{2}:\d{2} UTC)", re.ASCII)  # as `stamp` puts it before a clock


def said(sentence: Sentence) -> Key:
    """Return words, mark, time and references, without the dates of the clocks among the words."""
    at = sentence.at.astimezone(UTC).isoformat() if sentence.at else ""
    return (_DATE.sub("", sentence.text), sentence.mark, at, *sentence.refs)


def asked(question: Question) -> Key:
    """Return the question, whom it is for and its references, without the dates of its clocks."""
    return (_DATE.sub("", question.text), question.whom, *question.refs)


def told(draft: Draft, part: Part) -> dict[Key, Sentence]:
    """Return the sentences of a section by what they say; of those with a clock also on which days it happened."""
    days = _days(draft)
    found: dict[Key, Sentence] = {}
    for one in draft.section(part).sentences:
        key = said(one)
        if _clocked(one):
            key += tuple(str(day) for ref in one.refs for day in sorted(days.get(ref, ())))
        found.setdefault(key, one)
    return found


def differ(one: Draft, other: Draft, part: Part) -> bool:
    """Return whether two drafts say or ask something else in a section."""
    questions = [[asked(each) for each in draft.section(part).questions] for draft in (one, other)]
    return list(told(one, part)) != list(told(other, part)) or questions[0] != questions[1]


def _clocked(sentence: Sentence) -> bool:
    return sentence.at is None and bool(re.search(r"\d{2}:\d{2} UTC", sentence.text, re.ASCII))


def _days(draft: Draft) -> Mapping[str, set[date]]:
    days: dict[str, set[date]] = defaultdict(set)

    def put(label: str, at: datetime) -> None:
        days[label].add(at.astimezone(UTC).date())

    for line in (*draft.timeline, *draft.aside):
        put(line.label, line.at)
    for known in draft.moments.values():
        for ref in known.refs:
            put(ref, known.at)
    return days
