"""What a step showed and what was said of it, and which note of a person tells of the same deed as a press."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.domain.metrics import between, spelt_out
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.outcomes import SHOWS_WITHIN, stems
from bot.domain.postmortem.values import Rule, Sentence
from bot.domain.postmortem.walked import Stepped, opinion, step_entry
from bot.domain.postmortem.wording import ended, one_line, plain, quote
from bot.domain.timeline import Entry
from bot.domain.walk import TRIES, Did, Mark

LEAST_SHARED = 2  # rare words of a note and of a step's title, for the two to tell of one deed
MOST_NOTES = 3  # of what was noted on one step

_DENIES = re.compile(
    r"\b(?:not|no|never|nobody|cannot|without|unable|fail\w*|undo\w*|undid|revert\w*|revers\w*|back)\b|n['’]t\b",
    re.IGNORECASE,
)
_VERB = re.compile(r"[^\W\d_]+(?=\s)")  # the first word of a title; in `Redis: save` it is none
_BEFORE = r"\W*(?:(?:i|we|have|has|just|now|then)\W+)*"  # what may stand before the verb of a note
_ENDS = r"\w?(?:e|y|s|es|ies|ed|ied|ing)?\b"  # close, closing; stop, stopped; apply, applied


def told_by(ev: Evidence, notes: Sequence[Entry], steps: Sequence[Stepped]) -> Mapping[str, Stepped]:
    """Return the steps that a person's own note tells of too, by the note's label: in the same words, near in time.

    In doubt they are two deeds: a reader passes over what stands twice, and would believe what is joined wrongly.
    """
    found: dict[str, Stepped] = {}
    words = {e.label: stems(ev.text(e)) for e in notes} if steps else {}
    for step in steps:
        press = step.entry
        if press is None or step.untimed:
            continue
        title = plain(next((one.title for one in step.walk.playbook.steps if one.number == step.mark.step), ""), {})
        of_title = stems(title)
        near = [e for e in notes if e.label not in found and abs(e.at - press.at) <= SHOWS_WITHIN]
        same = [e for e in near if _same(ev.text(e), title, words[e.label], of_title)]
        if same:
            found[min(same, key=lambda e: abs(e.at - press.at)).label] = step
    return found


def showed(ev: Evidence, step: Stepped, *, noted: bool) -> list[Sentence]:
    """Return what a step was done with, what was noted on it, and whether somebody went back on it.

    `noted` tells that a person's note stands for the press; that it was in vain, which the press alone says, is added.
    """
    assert step.entry is not None
    kept = [*_values(ev, step, step.entry), *_notes(ev, step, step.entry), *_gone_back(ev, step, step.entry)]
    if noted and step.mark.did is Did.TRIED:
        told = f"It did not help, said {ev.name(step.entry.author)}."
        kept.append(Sentence(told, (step.entry.label,), mark="What was said of it"))
    return kept


def thought_of(ev: Evidence, step: Stepped) -> list[Sentence]:
    """Return what was said of a step after the close."""
    one = opinion(ev, step)
    return [Sentence(one.text, ev.refs(step.entry, one.entry), mark="What was said of it")] if one else []


def _same(note: str, title: str, words: frozenset[str], of_title: frozenset[str]) -> bool:
    """Whether a note repeats a step's title, or begins with its verb and shares half of the longer one's rare words.

    It denies and undoes no more than the title does. Without the verb, what was stopped and what was started are alike.
    """
    shared = len(words & of_title)
    alike = shared >= LEAST_SHARED and shared * 2 >= max(len(words), len(of_title)) and _begins_alike(note, title)
    whole = re.escape(one_line(title).casefold())
    repeats = bool(whole) and bool(re.search(rf"(?<![\w-]){whole}", one_line(note).casefold()))
    return (alike or repeats) and bool(_DENIES.search(note)) == bool(_DENIES.search(title))


def _begins_alike(note: str, title: str) -> bool:
    verb = _VERB.match(title.strip())
    if verb is None:
        return False
    stem = re.sub(r"[ey]$", "", verb[0].casefold())
    return bool(re.match(_BEFORE + re.escape(stem) + _ENDS, note.casefold()))


def _values(ev: Evidence, step: Stepped, press: Entry) -> list[Sentence]:
    """Tell the values that the variables of a step which acts had at its press, as far as their entries tell them."""
    named = () if step.only_looks else step.variables
    given = {name: mark for mark in step.walk.marks[: _place(step)] for name in mark.values}  # the last one counts
    found: dict[str, Entry] = {}
    for name, mark in ((name, given[name]) for name in named if name in given):
        entry, told = step_entry(ev, step.walk, mark), f"{name} = {mark.values[name]}"
        if entry and mark.values[name] and plain(told, ev.facts.people) in ev.text(entry):  # not cut out as a secret
            found[one_line(plain(told, ev.facts.people))] = entry
    return [Sentence(f"{', '.join(found)}.", ev.refs(press, *found.values()), mark="With")] if found else []


def _notes(ev: Evidence, step: Stepped, press: Entry) -> list[Sentence]:
    """Tell what was noted before the press, or after the last one on its step."""
    marks, number = step.walk.marks, step.mark.step
    presses = [place for place, mark in enumerate(marks) if mark.step == number and mark.did in TRIES]
    here = _place(step)
    kept = [
        mark
        for place, mark in enumerate(marks)
        if mark.step == number
        and mark.did is Did.NOTED
        and next((one for one in presses if one > place), presses[-1]) == here
    ]
    found = [(mark, step_entry(ev, step.walk, mark)) for mark in kept]
    return [
        Sentence(
            ended(quote(plain(mark.reason, ev.facts.people))),
            joined((press.label, entry.label)),
            mark="What was noted on it",
        )
        for mark, entry in found[:MOST_NOTES]
        if entry
    ]


def _gone_back(ev: Evidence, step: Stepped, press: Entry) -> list[Sentence]:
    after: list[Mark] = [
        m for m in step.walk.marks[_place(step) + 1 :] if m.did is Did.BACK and m.step <= step.mark.step
    ]
    entry = step_entry(ev, step.walk, after[0]) if after else None
    if entry is None or entry.at < press.at:
        return []
    told = f"{spelt_out(between(press.at, entry.at))} later {ev.name(entry.author)} went back to step {after[0].step}."
    return [Sentence(told, ev.refs(press, entry), mark="What followed", rule=Rule.LENGTH)]


def _place(step: Stepped) -> int:
    return next(place for place, mark in enumerate(step.walk.marks) if mark is step.mark)
