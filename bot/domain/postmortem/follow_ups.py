"""What is to be done: the tasks, sorted by what they are for, and what the playbooks concerned propose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.looks import called_for
from bot.domain.postmortem.values import Part, Section, Sentence
from bot.domain.postmortem.walked import in_order, only_looked, taken_up
from bot.domain.postmortem.wording import one_line, plain, quote
from bot.domain.roles import Aim, Task
from bot.domain.timeline import Entry, Kind

ORDER = {aim.value: place for place, aim in enumerate(Aim)}


@dataclass(frozen=True)
class Proposal:
    """A follow-up that a playbook proposes: what, what it is for, the playbook's name, and what it rests on."""

    text: str
    aim: str
    by: str
    refs: tuple[str, ...]


def follow_ups(ev: Evidence) -> Section:
    """List the tasks, those still to do first, by what they are for; then what playbooks propose."""
    tasks = sorted(
        ev.facts.tasks, key=lambda task: (task.done_at is not None, ORDER.get(task.aim or "", len(ORDER)), task.number)
    )
    entries = task_entries(ev)
    sentences = [_task(ev, task, entries.get(task.id, ())) for task in tasks]
    proposed = proposals(ev)
    sentences += [_proposed(one) for one in proposed]
    questions = []
    if not tasks:
        ask = (
            "Which of these is worth doing, and who takes it?" if proposed else "What is to be done, and who takes it?"
        )
        questions.append(ev.ask(ask, joined(*(one.refs for one in proposed))))
    for task in tasks:
        if not task.owner and task.done_at is None:
            ask = f"Who takes follow-up {task.number}, {quote(plain(task.text, ev.facts.people))}?"
            questions.append(ev.ask(ask, ev.refs(*entries.get(task.id, ()))))
    return Section(part=Part.FOLLOW_UPS, sentences=tuple(sentences), questions=tuple(questions))


def task_entries(ev: Evidence) -> Mapping[str, list[Entry]]:
    """Return the entries that recorded each task, by its id; they name it by its number or its id."""
    named: dict[str, list[Entry]] = defaultdict(list)
    for entry in ev.of(Kind.TASK):
        named[str(entry.data.get("task"))].append(entry)
    return {task.id: named.get(task.id, named.get(str(task.number), [])) for task in ev.facts.tasks}


def _task(ev: Evidence, task: Task, entries: list[Entry] | tuple[()]) -> Sentence:
    text = _ended(one_line(plain(task.text, ev.facts.people)))
    aim = f" Aim: {task.aim}." if task.aim else ""
    owner = f" Owner: {ev.name(task.owner)}." if task.owner else " No owner yet."
    due = f" Due: {task.due.day} {task.due:%B %Y}." if task.due else ""
    link = f" Tracked at {plain(task.link, {})}." if task.link else ""
    told = f"{task.number}. {text}{aim}{owner}{due}{link}"
    return Sentence(told, ev.refs(*entries), mark="Done" if task.done_at else "To do")


def proposals(ev: Evidence) -> list[Proposal]:
    """Return what the playbooks that were walked or called for propose, without what a task says already."""
    said = {_key(plain(task.text, ev.facts.people)) for task in ev.facts.tasks}
    concerned = _concerned(ev)
    found: list[Proposal] = []
    for book in ev.facts.proposals:
        for proposal in book.follow_ups if book.name in concerned else ():
            aim, _, text = proposal.partition(":")
            if _key(text) and _key(text) not in said:
                said.add(_key(text))
                told = _ended(one_line(plain(text, {})))
                refs = ev.refs(*concerned[book.name])
                found.append(
                    Proposal(f"{told[:1].upper()}{told[1:]}", aim.strip(), one_line(plain(book.name, {})), refs)
                )
    return sorted(found, key=lambda one: ORDER.get(one.aim, len(ORDER)))


def _proposed(one: Proposal) -> Sentence:
    return Sentence(f"{one.text} Aim: {one.aim}. Proposed by {one.by}.", one.refs, mark="Proposed")


def _concerned(ev: Evidence) -> Mapping[str, tuple[Entry, ...]]:
    """Return the playbooks that were walked or called for, by name, each with the entry that says so.

    One that was taken up and left before its end without a step done that acts proposes nothing by that.
    """
    concerned = {one.playbook.name: one.looks[:1] for one in called_for(ev)}
    for walk in reversed(in_order(ev)):
        if walk.walked and not only_looked(walk):
            begun, name = taken_up(ev, walk), walk.playbook.name
            concerned[name] = (begun,) if begun else concerned.get(name, ())
    return concerned


def _key(text: str) -> str:
    return one_line(text).casefold().rstrip(".!")


def _ended(text: str) -> str:
    return text if text[-1:] in (".", "!", "?") else f"{text}."
