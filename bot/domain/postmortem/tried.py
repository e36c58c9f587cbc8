"""What was tried, and what the record shows after each try. Whether it helped is for people to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.postmortem.deeds import showed, thought_of, told_by
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.outcomes import Outcomes, calls
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.walked import Stepped, tries
from bot.domain.postmortem.wording import quote
from bot.domain.timeline import Entry, Tag

MOST_ASKED = 3
MOST_NAMED = 12  # by one question: who answers it looks at a few, and knows the others
SHORT_CHARS = 110


@dataclass(frozen=True, kw_only=True)
class Try:
    """What somebody wrote of a try, or pressed on a step; a note may tell of a step, and then stands for both."""

    entry: Entry
    step: Stepped | None

    @property
    def pressed(self) -> bool:
        """Whether nobody wrote of it, and the press alone tells it."""
        return self.step is not None and self.step.entry is self.entry


def tried(ev: Evidence) -> Section:
    """List guesses, actions and steps in time, each with what the record shows next; where it shows nothing, ask."""
    found, outcomes = _tries(ev), Outcomes(ev)
    sentences: list[Sentence] = []
    silent: list[Entry] = []
    shown: set[str] = set()  # after an earlier try
    places = {entry.label: place for place, entry in enumerate(ev.entries)}
    for place, one in enumerate(found):
        kept = showed(ev, one.step, noted=not one.pressed) if one.step else []
        thought = thought_of(ev, one.step) if one.step else []
        followed = _followed(outcomes, one)
        if one.pressed:
            until = places[found[place + 1].entry.label] if place + 1 < len(found) else len(places)
            followed = _fresh(followed, places, until, shown)
        elif not (kept or thought or followed or _shows_nothing(one.entry)):
            silent.append(one.entry)
        shown |= {sentence.refs[-1] for sentence in followed}
        sentences += [_told(ev, one), *kept, *followed, *thought]
    return Section(part=Part.TRIED, sentences=tuple(sentences), questions=tuple(_asked(ev, found, silent)))


def _tries(ev: Evidence) -> list[Try]:
    noted, steps = ev.tagged(Tag.HYPOTHESIS, Tag.ACTION), tries(ev)
    by_note = told_by(ev, [e for e in noted if Tag.ACTION in e.tags], steps)
    told = {step.entry.label for step in by_note.values() if step.entry}
    found = {e.label: Try(entry=e, step=by_note.get(e.label)) for e in noted}
    for step in steps:
        if step.entry and step.entry.label not in told:
            found.setdefault(step.entry.label, Try(entry=step.entry, step=step))
    return [found[e.label] for e in ev.entries if e.label in found]


def _told(ev: Evidence, one: Try) -> Sentence:
    told = ev.told(one.entry, _sort(one))
    if one.step is None or one.step.entry is None:
        return told
    refs = joined(told.refs, (one.step.entry.label,))
    return replace(told, refs=refs, at=None if one.pressed and one.step.untimed else told.at)


def _followed(outcomes: Outcomes, one: Try) -> list[Sentence]:
    if one.pressed and one.step:
        return [] if one.step.untimed else outcomes.after(one.entry, ends=not one.step.only_looks)
    if _shows_nothing(one.entry):
        return []
    return (outcomes.answers(one.entry) if Tag.HYPOTHESIS in one.entry.tags else []) or outcomes.after(one.entry)


def _fresh(followed: list[Sentence], places: Mapping[str, int], until: int, shown: set[str]) -> list[Sentence]:
    """Leave out what came after the next try, and what stands beside an earlier one: a walk tries many in a row."""
    return [one for one in followed if one.refs[-1] not in shown and places[one.refs[-1]] < until]


def _shows_nothing(entry: Entry) -> bool:
    """Words to those outside and calls for people show nothing of the system."""
    return Tag.UPDATE in entry.tags or (Tag.HYPOTHESIS not in entry.tags and calls(entry))


def _asked(ev: Evidence, found: list[Try], silent: list[Entry]) -> list[Question]:
    if not found:
        return [ev.ask("What was tried, in which order, and what did each try show?")]
    asked = []
    if all(one.pressed for one in found):
        asked.append(ev.ask("What was tried beside these steps, and what did it show?"))
    guesses = [one.entry for one in found if Tag.HYPOTHESIS in one.entry.tags]
    if guesses:
        ask = "Which of the hypotheses held, which were ruled out, and by what?"
        asked.append(ev.ask(ask, ev.refs(*guesses[:MOST_NAMED])))
    asked += [ev.ask(f"What did this show: {quote(ev.text(e), SHORT_CHARS)}?", ev.refs(e)) for e in silent[:MOST_ASKED]]
    if silent[MOST_ASKED:]:
        asked.append(ev.ask("What did the other tries show?", ev.refs(*silent[MOST_ASKED:][:MOST_NAMED])))
    return asked


def _sort(one: Try) -> str:
    if one.pressed:
        return "Looked" if one.step and one.step.only_looks else "Step"
    guess, act = Tag.HYPOTHESIS in one.entry.tags, Tag.ACTION in one.entry.tags
    return "Hypothesis, action" if guess and act else "Hypothesis" if guess else "Action"
