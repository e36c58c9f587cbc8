"""What went well and badly, where luck helped, what surprised. Well and badly are facts held against named limits."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.incident import Moment
from bot.domain.metrics import Measure, between, spelt_out
from bot.domain.postmortem.evidence import Evidence, joined
from bot.domain.postmortem.follow_ups import task_entries
from bot.domain.postmortem.looks import spared
from bot.domain.postmortem.values import Part, Rule, Section, Sentence
from bot.domain.postmortem.walked import in_order, only_looked, step_entry
from bot.domain.postmortem.wording import plain, quote
from bot.domain.roles import Role
from bot.domain.timeline import Entry, Kind, Tag
from bot.domain.walk import Did

QUICK = timedelta(minutes=5)  # the first signal, the declaration and the commander, each within this, went well


def went_well(ev: Evidence) -> Section:
    """List what went well as far as facts and people say it; the rest is asked."""
    sentences = (*_paced(ev, quick=True), *_led(ev), *_walked(ev), *_owned(ev), *_tagged(ev, Tag.WELL))
    return Section(part=Part.WELL, sentences=sentences, questions=(ev.ask("What else helped, and who made it so?"),))


def went_badly(ev: Evidence) -> Section:
    """List what was slower than a named limit or left out, and what people tagged `#badly`."""
    sentences = (*_paced(ev, quick=False), *_led_late(ev), *_tagged(ev, Tag.BADLY))
    return Section(
        part=Part.BADLY, sentences=sentences, questions=(ev.ask("What else made it harder than it had to be?"),)
    )


def lucky(ev: Evidence) -> Section:
    """List what was tagged `#lucky`, how old the newest copies were, and who still held data that was lost."""
    told = (*_tagged(ev, Tag.LUCKY), *spared(ev))
    questions = () if told else (ev.ask("What could have made this worse, and by chance did not?"),)
    return Section(part=Part.LUCKY, sentences=told, questions=questions)


def surprises(ev: Evidence) -> Section:
    """List what was tagged `#surprise`."""
    told = tuple(_tagged(ev, Tag.SURPRISE))
    questions = () if told else (ev.ask("What happened that nobody expected?"),)
    return Section(part=Part.SURPRISES, sentences=told, questions=questions)


def _tagged(ev: Evidence, tag: Tag) -> list[Sentence]:
    return [ev.remark(entry) for entry in ev.tagged(tag)]


def _paced(ev: Evidence, *, quick: bool) -> list[Sentence]:
    """Tell how long it took to see and to declare it: what kept to QUICK where `quick`, else what did not."""
    sentences = []
    for measure, told in (
        (Measure.DETECT, "The first signal came {} after impact began"),
        (Measure.DECLARE, "The incident was declared {} after the first signal"),
    ):
        span = ev.spans[measure]
        measured = len(span.refs) > 1  # where one entry stands for both ends, nothing was
        if measured and span.length is not None and (span.length <= QUICK) is quick:
            text = told.format(spelt_out(span.length)) + ("." if quick else _limit())
            sentences.append(Sentence(text, span.refs, rule=Rule.LENGTH if quick else Rule.LIMIT))
    return sentences


def _limit() -> str:
    return f"; the aim is {spelt_out(QUICK)}."


def _first_lead(ev: Evidence) -> Entry | None:
    taken = [e for e in ev.of(Kind.ROLE) if e.data.get("role") == Role.COMMANDER and e.data.get("user")]
    return taken[0] if taken else None


def _led(ev: Evidence) -> list[Sentence]:
    declared, taken = ev.opened, _first_lead(ev)
    length = between(declared.at, taken.at) if taken else None
    if taken is None or length is None or not timedelta(0) <= length <= QUICK:
        return []
    told = f"There was a commander {spelt_out(length)} after the declaration."
    return [Sentence(told, joined(declared.refs, (taken.label,)), rule=Rule.LENGTH)]


def _led_late(ev: Evidence) -> list[Sentence]:
    if ev.read_in:  # who led it may stand in its own words
        return []
    declared, taken = ev.opened, _first_lead(ev)
    if taken and between(declared.at, taken.at) > QUICK:
        told = f"The first commander on record came {spelt_out(between(declared.at, taken.at))} after the declaration"
        return [Sentence(f"{told}{_limit()}", joined(declared.refs, (taken.label,)), rule=Rule.LIMIT)]
    held = any(a.role is Role.COMMANDER for a in ev.facts.assignments)
    closed = ev.moments.get(Moment.CLOSED)
    if taken or held or between(declared.at, closed.at if closed else ev.facts.drafted_at) <= QUICK:
        return []
    return [Sentence("No commander is on record.", (ev.incident.label,))]


def _walked(ev: Evidence) -> list[Sentence]:
    """Tell of each walk that steps of it were done which nobody said did not help: to have looked only is not enough,
    unless the walk came to its end."""
    sentences = []
    for walk in in_order(ev):
        vain = [mark for mark in walk.standing.values() if ev.facts.verdicts.get((walk.id, mark.step)) is False]
        done = [mark for mark in walk.standing.values() if mark.did is Did.DONE and mark not in vain]
        if done and not only_looked(walk, vain):
            refs = ev.refs(*(step_entry(ev, walk, mark) for mark in done))
            sentences.append(Sentence(f"A runbook was at hand: {quote(plain(walk.playbook.title, {}))}.", refs))
    return sentences


def _owned(ev: Evidence) -> list[Sentence]:
    tasks = [task for task in ev.facts.tasks if task.done_at is None]
    if not tasks or not all(task.owner for task in tasks):
        return []
    entries = task_entries(ev)
    refs = ev.refs(*(entry for task in tasks for entry in entries.get(task.id, ())))
    told = "Every open follow-up has" if len(tasks) > 1 else "The open follow-up has"
    return [Sentence(f"{told} an owner.", refs)]
