"""What people answered to the questions of a draft: each answer is an entry of the record, and stands with its author.

An entry answers when its data names the question, and puts one aside when it says so; struck, the question is open
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from bot.domain.postmortem.compared import asked
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.wording import plain
from bot.domain.timeline import Entry

QUESTION, ANSWER, ASIDE = "question", "answer", "aside"  # under these keys of an entry's data
ANSWERED = "Answered"
BESIDE = (Part.TIMES, Part.QUESTIONS)  # no sentences stand in the one, and the other takes its answers


def heeded(ev: Evidence, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return the sections without the questions that were answered or put aside, and with every answer."""
    said = _by_question(ev)
    if not said:
        return sections
    told: set[str] = set()
    found = {}
    for section in sorted(sections, key=lambda one: (one.part in BESIDE, one.part is Part.QUESTIONS)):
        here = [said[same(one)] for one in section.questions if same(one) in said and section.part is not Part.TIMES]
        if section.part is Part.QUESTIONS:  # with the answers to what is asked no more, or in other words
            here = list(said.values())
        fresh = [one for one in here if one.data.get(ANSWER) and one.id not in told]
        told |= {one.id for one in fresh}
        found[section.part] = replace(
            section,
            sentences=(*section.sentences, *(_sentence(ev, one) for one in fresh)),
            questions=tuple(one for one in section.questions if same(one) not in said),
        )
    return tuple(found[section.part] for section in sections)


def same(question: Question) -> str:
    """Return what makes two questions one: their words, however their clocks are shown."""
    return asked(question)[0]


def _by_question(ev: Evidence) -> Mapping[str, Entry]:
    named = ((entry.data.get(QUESTION), entry) for entry in ev.entries)
    return {same(Question(str(question))): entry for question, entry in named if question}


def _sentence(ev: Evidence, entry: Entry) -> Sentence:
    answer = plain(str(entry.data[ANSWER]), ev.facts.people)
    question = plain(str(entry.data[QUESTION]), ev.facts.people)
    return Sentence(f"{question} {ev.name(entry.author)}: {answer}", (entry.label,), mark=ANSWERED)
