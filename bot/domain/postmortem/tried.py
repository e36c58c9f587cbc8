"""What was tried, and what the record shows right after each try. Whether it helped is for people to say."""

from __future__ import annotations

from bisect import bisect_right
from datetime import timedelta

from bot.domain.incident import Status
from bot.domain.metrics import between, spelt_out
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.values import Part, Question, Rule, Section, Sentence
from bot.domain.postmortem.wording import ended, quote
from bot.domain.timeline import Entry, Kind, Tag

ANSWERS_WITHIN = timedelta(minutes=15)  # a look, an impact or its end this soon after a try may show what it did
MOST_ASKED = 3
MOST_NAMED = 12  # by one question: who answers it looks at a few, and knows the others
SHORT_CHARS = 110


def tried(ev: Evidence) -> Section:
    """List hypotheses and actions in time, each with what the record shows next; where it shows nothing, ask."""
    tries = ev.tagged(Tag.HYPOTHESIS, Tag.ACTION)
    if not tries:
        ask = "What was tried, in which order, and what did each try show?"
        return Section(part=Part.TRIED, questions=(ev.ask(ask),))
    answers = [e for e in ev.entries if _shows(e)]
    ats = [(e.at, e.seq) for e in answers]
    sentences: list[Sentence] = []
    silent: list[Entry] = []
    for entry in tries:
        sentences.append(ev.told(entry, _sort(entry)))
        place = bisect_right(ats, (entry.at, entry.seq))
        answer = answers[place] if place < len(answers) else None
        if answer and answer.at - entry.at <= ANSWERS_WITHIN:
            sentences.append(_next(ev, entry, answer))
        else:
            silent += [] if Tag.UPDATE in entry.tags else [entry]  # words to those outside show nothing of the system
    return Section(part=Part.TRIED, sentences=tuple(sentences), questions=tuple(_asked(ev, tries, silent)))


def _shows(entry: Entry) -> bool:
    if entry.kind is Kind.STATUS:
        return entry.data.get("to") == Status.MITIGATED
    return entry.kind is Kind.FINDING or Tag.IMPACT in entry.tags or Tag.MITIGATED in entry.tags


def _next(ev: Evidence, entry: Entry, answer: Entry) -> Sentence:
    told = f"Next on record, {spelt_out(between(entry.at, answer.at))} later: {ended(quote(ev.text(answer)))}"
    return Sentence(told, ev.refs(entry, answer), mark="Then", rule=Rule.LENGTH)


def _asked(ev: Evidence, tries: list[Entry], silent: list[Entry]) -> list[Question]:
    asked = []
    guesses = [e for e in tries if Tag.HYPOTHESIS in e.tags]
    if guesses:
        ask = "Which of the hypotheses held, which were ruled out, and by what?"
        asked.append(ev.ask(ask, ev.refs(*guesses[:MOST_NAMED])))
    asked += [ev.ask(f"What did this show: {quote(ev.text(e), SHORT_CHARS)}?", ev.refs(e)) for e in silent[:MOST_ASKED]]
    if silent[MOST_ASKED:]:
        asked.append(ev.ask("What did the other tries show?", ev.refs(*silent[MOST_ASKED:][:MOST_NAMED])))
    return asked


def _sort(entry: Entry) -> str:
    guess, act = Tag.HYPOTHESIS in entry.tags, Tag.ACTION in entry.tags
    return "Hypothesis, action" if guess and act else "Hypothesis" if guess else "Action"
