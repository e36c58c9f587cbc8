"""What went well, where luck helped, and what is to be done. Well means a fact that passes a named limit."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.incident import Moment
from bot.domain.metrics import Measure, between, spelt_out
from bot.domain.postmortem.evidence import Evidence
from bot.domain.postmortem.response import step_entry
from bot.domain.postmortem.values import Part, Question, Section, Sentence
from bot.domain.postmortem.wording import one_line, plain, quote
from bot.domain.roles import Role, Task
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did

QUICK = timedelta(minutes=5)  # the first signal, the declaration and the commander, each within this, went well


def went_well(ev: Evidence) -> Section:
    """List what went well as far as facts can say it; the rest is asked."""
    sentences = (*_quick(ev), *_led(ev), *_walked(ev), *_owned(ev))
    return Section(
        part=Part.WENT_WELL, sentences=sentences, questions=(ev.ask("What else helped, and who made it so?"),)
    )


def lucky(ev: Evidence) -> Section:
    """List what was tagged `#lucky`."""
    told = tuple(ev.told(entry) for entry in ev.tagged(Tag.LUCKY))
    questions = () if told else (ev.ask("What could have made this worse, and by chance did not?"),)
    return Section(part=Part.LUCKY, sentences=told, questions=questions)


def follow_ups(ev: Evidence) -> Section:
    """List the tasks, those still to do first, each with its owner."""
    tasks = sorted(ev.facts.tasks, key=lambda task: (task.done_at is not None, task.number))
    questions = (
        [Question("What would prevent this, what would show it sooner, what would shorten it?")] if not tasks else []
    )
    orphans = [task for task in tasks if not task.owner and task.done_at is None]
    for task in orphans:
        ask = f"Who takes follow-up {task.number}, {quote(plain(task.text, ev.facts.people))}?"
        questions.append(ev.ask(ask, ev.refs(*task_entries(ev, task))))
    return Section(part=Part.FOLLOW_UPS, sentences=tuple(_task(ev, t) for t in tasks), questions=tuple(questions))


def task_entries(ev: Evidence, task: Task) -> list[Entry]:
    """Return the entries that recorded a task, named there by its number or its id."""
    names = (str(task.number), task.id)
    return [e for e in ev.of(Kind.TASK) if str(e.data.get("task")) in names]


def _task(ev: Evidence, task: Task) -> Sentence:
    entries = task_entries(ev, task)
    text = one_line(plain(task.text, ev.facts.people))
    if text[-1:] not in (".", "!", "?"):
        text += "."
    owner = f"Owner: {ev.name(task.owner)}." if task.owner else "No owner yet."
    return Sentence(f"{task.number}. {text} {owner}", ev.refs(*entries), mark="Done" if task.done_at else "To do")


def _quick(ev: Evidence) -> list[Sentence]:
    detect, declare = ev.spans[Measure.DETECT], ev.spans[Measure.DECLARE]
    sentences = []
    if detect.length is not None and detect.length <= QUICK:
        sentences.append(Sentence(f"The first signal came {spelt_out(detect.length)} after impact began.", detect.refs))
    if declare.length is not None and declare.length <= QUICK:
        told = f"The incident was declared {spelt_out(declare.length)} after the first signal."
        sentences.append(Sentence(told, declare.refs))
    return sentences


def _led(ev: Evidence) -> list[Sentence]:
    declared = ev.moments[Moment.DECLARED]
    taken = [e for e in ev.of(Kind.ROLE) if e.data.get("role") == Role.COMMANDER and e.data.get("user")]
    length = between(declared.at, taken[0].at) if taken else None
    if length is None or not timedelta(0) <= length <= QUICK:
        return []
    told = f"There was a commander {spelt_out(length)} after the declaration."
    return [Sentence(told, tuple(dict.fromkeys((*declared.refs, taken[0].label))))]


def _walked(ev: Evidence) -> list[Sentence]:
    sentences = []
    for walk in ev.facts.walks:
        done = [mark for mark in walk.standing.values() if mark.did is Did.DONE]
        if done:
            title = quote(plain(walk.playbook.title, {}))
            steps = f"{len(done)} of {len(walk.playbook.steps)} steps"
            refs = ev.refs(*(step_entry(ev, walk, mark) for mark in done))
            sentences.append(Sentence(f"A runbook was at hand: {steps} of {title} were done.", refs))
    return sentences


def _owned(ev: Evidence) -> list[Sentence]:
    tasks = [task for task in ev.facts.tasks if task.done_at is None]
    if not tasks or not all(task.owner for task in tasks):
        return []
    refs = ev.refs(*(entry for task in tasks for entry in task_entries(ev, task)))
    told = "Every open follow-up has" if len(tasks) > 1 else "The open follow-up has"
    return [Sentence(f"{told} an owner.", refs)]
