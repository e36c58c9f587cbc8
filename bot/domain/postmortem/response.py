"""Which runbook steps were walked, which of them helped, and which runbook was called for and left on the shelf."""

from __future__ import annotations

from bot.domain.incident import Status
from bot.domain.postmortem.evidence import Evidence, labels
from bot.domain.postmortem.looks import called_for
from bot.domain.postmortem.values import Part, Question, Rule, Section, Sentence
from bot.domain.postmortem.walked import (
    Stepped,
    in_order,
    opinion,
    put_away,
    standing,
    step_entry,
    steps_named,
    taken_up,
)
from bot.domain.postmortem.wording import listed, one_line, plain, quote
from bot.domain.walk import MOVES, TRIES, Did, Mark, Walk


def playbooks(ev: Evidence) -> Section:
    """List every walk: who took it up, what was done or tried in vain, each step skipped, and what was left."""
    left = _left_on_the_shelf(ev)
    if not ev.facts.walks:
        ask = "Was there a runbook for this? If so, why was it not used; if not, who writes the first?"
        if left:
            ask = "Why was none of these runbooks used, and did the people in the room know of them?"
        return Section(part=Part.PLAYBOOKS, sentences=tuple(left), questions=(ev.ask(ask),))
    sentences = [sentence for walk in in_order(ev) for sentence in _walk(ev, walk)]
    asked = [Question("Which step was missing, wrong, or slower to follow than to know?")]
    unsaid = [step for step in standing(ev, Did.DONE) if opinion(ev, step) is None]
    if unsaid:
        asked.append(ev.ask("Which of the steps that were done helped?", ev.refs(*(step.entry for step in unsaid))))
    return Section(part=Part.PLAYBOOKS, sentences=(*sentences, *left), questions=tuple(asked))


def _walk(ev: Evidence, walk: Walk) -> list[Sentence]:
    begun, away = taken_up(ev, walk), put_away(ev, walk)
    kept, at = walk.standing, begun.at if begun else None
    title, name = quote(plain(walk.playbook.title, {})), one_line(plain(walk.playbook.name, {}))
    took = f"{title} ({name}) was taken up by {ev.name(walk.begun_by)}"
    over = ev.incident.status is Status.CLOSED or not walk.in_hand
    if not kept and over:
        ended = " and put away" if walk.ended_at else ""
        return [Sentence(f"{took}{ended}; no step of it was done.", ev.refs(begun, away), at=at)]
    skipped = [mark for _, mark in sorted(kept.items()) if mark.did is Did.SKIPPED]
    told = [Sentence(f"{took}.", ev.refs(begun), at=at), *_done(ev, walk), *_in_vain(ev, walk)]
    told += [_skipped(ev, walk, mark) for mark in skipped]
    if walk.open_steps and not walk.finished:
        words = f"{'Left undone' if over else 'Not done so far'}: {steps_named(walk.open_steps)}."
        told.append(Sentence(words, ev.refs(away or begun), mark="Open", rule=Rule.LEFT))
    return [*told, *_ended(ev, walk)]


def _ended(ev: Evidence, walk: Walk) -> list[Sentence]:
    """Tell that no other step was needed, or that the last one in hand had been taken up again."""
    if walk.finished and walk.open_steps:
        last = next(mark for mark in reversed(walk.marks) if mark.did in TRIES)
        left = (
            f"{steps_named(walk.open_steps).capitalize()} {'was' if len(walk.open_steps) == 1 else 'were'} not needed"
        )
        return [Sentence(f"{left}, said {ev.name(last.by)}.", ev.refs(step_entry(ev, walk, last)))]
    took = next((mark for mark in reversed(walk.marks) if mark.did in MOVES), None)
    if took and took.did in (Did.BACK, Did.WENT) and walk.again and not walk.in_hand:
        told = f"Step {walk.position} was taken up again, and how that ended nobody recorded."
        return [Sentence(told, ev.refs(step_entry(ev, walk, took)), mark="Open")]
    return []


def _done(ev: Evidence, walk: Walk) -> list[Sentence]:
    """Tell the steps that were done by their numbers, and what was said of them; each stands with what was tried."""
    done = [step for step in standing(ev, Did.DONE) if step.walk is walk]
    if not done:
        return []
    count = f"{len(done)} of {len(walk.playbook.steps)} steps {'was' if len(done) == 1 else 'were'} done"
    named = listed(str(step.mark.step) for step in done)
    told = [Sentence(f"{count}: {named}.", ev.refs(*(step.entry for step in done)), rule=Rule.STEPS)]
    for helped, words in ((True, "helped"), (False, "did not help")):
        said = [(step, one) for step in done if (one := opinion(ev, step)) and one.helped is helped]
        if said:
            refs = ev.refs(*(entry for step, one in said for entry in (step.entry, one.entry)))
            numbers = steps_named([step.mark.step for step, _ in said])
            told.append(Sentence(f"As people said afterwards, {numbers} {words}.", refs))
    return told


def _in_vain(ev: Evidence, walk: Walk) -> list[Sentence]:
    vain: list[Stepped] = [step for step in standing(ev, Did.TRIED) if step.walk is walk]
    if not vain:
        return []
    numbers = steps_named([step.mark.step for step in vain]).capitalize()
    told = f"{numbers} {'was' if len(vain) == 1 else 'were'} tried and did not help."
    return [Sentence(told, ev.refs(*(step.entry for step in vain)), mark="Tried")]


def _skipped(ev: Evidence, walk: Walk, mark: Mark) -> Sentence:
    entry = step_entry(ev, walk, mark)
    title = next((step.title for step in walk.playbook.steps if step.number == mark.step), "")
    told = f"Step {mark.step}, {quote(one_line(plain(title, {})))}: skipped by {ev.name(mark.by)}"
    if mark.reason:
        told += f", because {quote(plain(mark.reason, ev.facts.people))}"
    return Sentence(f"{told}.", ev.refs(entry), at=entry.at if entry else None, mark="Skipped")


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
