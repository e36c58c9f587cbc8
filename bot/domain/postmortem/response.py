"""Which runbook steps were walked, which of them helped, and which runbook was called for and left on the shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.postmortem.evidence import Evidence, joined, labels
from bot.domain.postmortem.looks import called_for
from bot.domain.postmortem.values import Part, Question, Rule, Section, Sentence
from bot.domain.postmortem.wording import listed, one_line, plain, quote
from bot.domain.timeline import Entry, Kind
from bot.domain.walk import Did, Mark, Walk


@dataclass(frozen=True, kw_only=True)
class Stepped:
    """A step that was left behind in some walk: how it is named in a sentence, and the entry of the press."""

    walk: Walk
    mark: Mark
    named: str  # Step 3 of “Force a failover”, “Close its door”,
    refs: tuple[str, ...]
    at: datetime | None


def playbooks(ev: Evidence) -> Section:
    """List every walk: who took it up, what was done, each step tried in vain or skipped, and what was left."""
    left = _left_on_the_shelf(ev)
    if not ev.facts.walks:
        ask = "Was there a runbook for this? If so, why was it not used; if not, who writes the first?"
        if left:
            ask = "Why was none of these runbooks used, and did the people in the room know of them?"
        return Section(part=Part.PLAYBOOKS, sentences=tuple(left), questions=(ev.ask(ask),))
    walks = sorted(ev.facts.walks, key=lambda walk: walk.begun_at)
    sentences = [sentence for walk in walks for sentence in _walk(ev, walk)]
    asked = [Question("Which step was missing, wrong, or slower to follow than to know?")]
    unsaid = [step for step in stepped(ev, Did.DONE) if (step.walk.id, step.mark.step) not in ev.facts.verdicts]
    if unsaid:
        asked.append(ev.ask("Which of the steps that were done helped?", joined(*(step.refs for step in unsaid))))
    return Section(part=Part.PLAYBOOKS, sentences=(*sentences, *left), questions=tuple(asked))


def stepped(ev: Evidence, did: Did) -> list[Stepped]:
    """Return the steps of all walks for which this stands, in the order of the walks."""
    found = []
    for walk in sorted(ev.facts.walks, key=lambda walk: walk.begun_at):
        titles = {step.number: one_line(plain(step.title, {})) for step in walk.playbook.steps}
        for number, mark in sorted(walk.standing.items()):
            if mark.did is did:
                entry = step_entry(ev, walk, mark)
                named = f"Step {number} of {quote(plain(walk.playbook.title, {}))}, {quote(titles.get(number, ''))},"
                at = entry.at if entry else None
                found.append(Stepped(walk=walk, mark=mark, named=named, refs=ev.refs(entry), at=at))
    return found


def step_entry(ev: Evidence, walk: Walk, mark: Mark) -> Entry | None:
    """Return the entry that recorded a press: same playbook, step and verdict, nearest in time."""
    fits = ev.presses.get((walk.playbook.name, str(mark.step), mark.did.value), ())
    return min(fits, key=lambda e: abs(e.at - mark.at), default=None)


def steps_named(numbers: Sequence[int]) -> str:
    """Return `step 4` or `steps 4, 5 and 6`."""
    return f"{'step' if len(numbers) == 1 else 'steps'} {listed(map(str, numbers))}"


def _walk(ev: Evidence, walk: Walk) -> list[Sentence]:
    begun = [e for e in ev.of(Kind.PLAYBOOK) if e.data.get("playbook") == walk.playbook.name]
    entry = min(begun, key=lambda e: abs(e.at - walk.begun_at), default=None)
    refs = ev.refs(entry)
    title = quote(plain(walk.playbook.title, {}))
    sentences = [Sentence(f"{title} was taken up by {ev.name(walk.begun_by)}.", refs, at=entry.at if entry else None)]
    sentences += _done(ev, walk)
    standing = walk.standing
    for step in walk.playbook.steps:
        if step.number in standing and standing[step.number].did is not Did.DONE:
            sentences.append(_step(ev, walk, standing[step.number], one_line(plain(step.title, {}))))
    left = [step.number for step in walk.playbook.steps if step.number not in standing]
    if left:
        told = f"Left undone: {steps_named(left)}."
        sentences.append(Sentence(told, refs, mark="Open", rule=Rule.LEFT))
    return sentences


def _done(ev: Evidence, walk: Walk) -> list[Sentence]:
    """Tell the steps that were done by their numbers, and what was said of them; the timeline has their words."""
    done = sorted((m for m in walk.standing.values() if m.did is Did.DONE), key=lambda mark: mark.step)
    if not done:
        return []
    entries = {mark.step: step_entry(ev, walk, mark) for mark in done}
    count = f"{len(done)} of {len(walk.playbook.steps)} steps {'was' if len(done) == 1 else 'were'} done"
    named = listed(str(mark.step) for mark in done)
    told = [Sentence(f"{count}: {named}.", ev.refs(*entries.values()), rule=Rule.STEPS)]
    for helped, words in ((True, "helped"), (False, "did not help")):
        said = [m.step for m in done if ev.facts.verdicts.get((walk.id, m.step)) is helped]
        if said:
            refs = ev.refs(*(entries[step] for step in said))
            told.append(Sentence(f"As people said afterwards, {steps_named(said)} {words}.", refs))
    return told


def _step(ev: Evidence, walk: Walk, mark: Mark, title: str) -> Sentence:
    entry = step_entry(ev, walk, mark)
    told = f"Step {mark.step}, {quote(title)}: {mark.did} by {ev.name(mark.by)}"
    if mark.did is Did.TRIED:
        told += "; it did not help"
    elif mark.reason:
        told += f", because {quote(plain(mark.reason, ev.facts.people))}"
    return Sentence(f"{told}.", ev.refs(entry), at=entry.at if entry else None, mark=mark.did.capitalize())


def _left_on_the_shelf(ev: Evidence) -> list[Sentence]:
    walked = {walk.playbook.name for walk in ev.facts.walks}
    return [
        Sentence(
            f"{quote(plain(one.playbook.title, {}))} was called for by what was found, and was not taken up.",
            labels(one.allowed[:1]),
            at=one.allowed[0].at,
            mark="Not used",
        )
        for one in called_for(ev)
        if one.allowed and one.playbook.name not in walked
    ]
