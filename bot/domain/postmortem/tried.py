"""What was tried, and what the record shows after each try. Whether it helped is for people to say."""

from __future__ import annotations

from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.outcomes import Outcomes, calls
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.wording import quote
from bot.domain.timeline import Entry, Tag

MOST_ASKED = 3
MOST_NAMED = 12  # by one question: who answers it looks at a few, and knows the others
SHORT_CHARS = 110


def tried(ev: Evidence) -> Section:
    """List guesses and actions in time, each with what the record shows next; where it shows nothing, ask."""
    tries = ev.tagged(Tag.HYPOTHESIS, Tag.ACTION)
    if not tries:
        ask = "What was tried, in which order, and what did each try show?"
        return Section(part=Part.TRIED, questions=(ev.ask(ask),))
    outcomes = Outcomes(ev)
    sentences: list[Sentence] = []
    silent: list[Entry] = []
    for entry in tries:
        sentences.append(ev.told(entry, _sort(entry)))
        if _shows_nothing(entry):
            continue
        followed = outcomes.answers(entry) if Tag.HYPOTHESIS in entry.tags else []
        followed = followed or outcomes.after(entry)
        sentences += followed
        silent += [] if followed else [entry]
    return Section(part=Part.TRIED, sentences=tuple(sentences), questions=tuple(_asked(ev, tries, silent)))


def _shows_nothing(entry: Entry) -> bool:
    """Words to those outside and calls for people show nothing of the system."""
    return Tag.UPDATE in entry.tags or (Tag.HYPOTHESIS not in entry.tags and calls(entry))


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
